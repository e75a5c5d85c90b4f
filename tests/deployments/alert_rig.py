"""A Prefect server on loopback, deployed to as `make deploy` does, and a web hook here that its alerts reach."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from deployments_rig import target
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.events.schemas.automations import AutomationCore, EventTrigger
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect_api import PrefectApi, until

from deployments.automations import automations, renew
from deployments.rollout import roll_out
from deployments.target import Target

SHORTEST = timedelta(seconds=10)
"""The least that Prefect lets a trigger wait for what does not come."""
BLOCK = "custom-webhook/alerts"
SERVER = {
    "PREFECT_API_DATABASE_CONNECTION_URL": (
        "sqlite+aiosqlite:///file::memory:?cache=shared&uri=true&check_same_thread=false"
    ),
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # Quick to see what is late, and what does not come.
    "PREFECT_SERVER_SERVICES_LATE_RUNS_LOOP_SECONDS": "1",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_AFTER_SECONDS": "1",
    "PREFECT_SERVER_EVENTS_PROACTIVE_GRANULARITY": "PT1S",
}


@dataclass(frozen=True)
class Alert:
    """A notification as it came."""

    subject: str
    body: str


@dataclass
class Watched:
    """Staging as it is deployed, runs that are made in it, and the alerts that came."""

    prefect: PrefectApi
    client: SyncPrefectClient
    target: Target
    alerts: list[Alert] = field(default_factory=list)

    def run(self, deployment: str, state: State[Any] | None = None, **parameters: Any) -> FlowRun:
        """Make a run of a deployment, as Prefect's scheduler or a person does."""
        found = self.client.read_deployment_by_name(f"{deployment}/{self.target.environment}")
        return self.client.create_flow_run_from_deployment(found.id, state=state, parameters=parameters)

    def into(self, run: FlowRun, *states: State[Any]) -> None:
        """Take a run through states, as a worker and the run itself tell the server."""
        for state in states:
            self.client.set_flow_run_state(run.id, state, force=True)

    def of(self, run: FlowRun) -> list[Alert]:
        """Return the alerts that name a run, by its address."""
        return [alert for alert in self.alerts if str(run.id) in alert.body]

    def first_of(self, run: FlowRun) -> Alert:
        """Return the alert of a run once it has come."""
        try:
            return until(f"alert of {run.name}", 60, lambda: next(iter(self.of(run)), None))
        except AssertionError as error:
            raise AssertionError(f"{error}; there are {self.alerts}") from error

    def renew(self, change: Callable[[AutomationCore], AutomationCore]) -> None:
        """Renew the automations as a deploy does, each changed before."""

        async def renewed() -> None:
            async with get_client() as client:
                block = (await client.read_block_document_by_name("alerts", "custom-webhook")).id
                flows = tuple({each["name"] for each in self.prefect.all("flows")})
                await renew(client, tuple(map(change, automations(self.target, flows, block))))

        asyncio.run(renewed())


def hastened(automation: AutomationCore) -> AutomationCore:
    """Return an automation that waits for what does not come as briefly as Prefect allows."""
    trigger = automation.trigger
    if not isinstance(trigger, EventTrigger) or not trigger.within:
        return automation
    return automation.model_copy(update={"trigger": trigger.model_copy(update={"within": SHORTEST})})


@contextmanager
def watched(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Have a server with everything of staging in it."""
    made = target(scheduled=True, container_secrets={})  # no secret and another's image: nothing to ask of AWS
    staging = Target(made.aws, "hybrid", "registry.example/fed-by-tweets:v1", "v1", {}, BLOCK)
    alerts: list[Alert] = []
    with _server(folder) as prefect, _web_hook(alerts) as url, temporary_settings(_of_runs(prefect)):
        patch.setenv("PREFECT_API_URL", prefect.url)  # the deploy's own subprocess
        CustomWebhookNotificationBlock(
            name="alerts", url=url, json_data={"subject": "{{subject}}", "body": "{{body}}"}
        ).save("alerts")
        asyncio.run(roll_out(staging))
        with get_client(sync_client=True) as client:
            yield Watched(prefect, client, staging, alerts)


def _of_runs(prefect: PrefectApi) -> dict[Any, Any]:
    """Return the settings of runs that are real: no sign of life, as ten seconds after one they would be given up."""
    return {PREFECT_API_URL: prefect.url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}


@contextmanager
def _server(folder: Path) -> Iterator[PrefectApi]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    api = PrefectApi(f"http://127.0.0.1:{port}/api")
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, **SERVER, "PREFECT_HOME": str(folder), "PREFECT_UI_URL": api.url.removesuffix("/api")}
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            until("Prefect server", 120, lambda: api.is_up() or None)
            yield api
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def _web_hook(alerts: list[Alert]) -> Iterator[str]:
    """Note what is posted; return the address."""

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            alerts.append(Alert(told["subject"], told["body"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()
