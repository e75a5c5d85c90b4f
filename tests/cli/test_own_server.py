"""The Prefect server of one command: what flows ask of a server, it does, on tables that no migration made."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from fedbytweets.cli.prefect_server import listening

PATIENCE_SECONDS = 120
ROUTES_OF_A_CAREFUL_CLIENT = {"/api/csrf-token", "/api/admin/version"}

_PROGRAM = """
import json
import sys
from contextlib import contextmanager
from uuid import uuid4

import httpx
from fedbytweets.cli.local_prefect import local_prefect
from prefect.settings import get_current_settings

order, asked = [], set()

@contextmanager
def beside():
    order.append(["entered", get_current_settings().api.url is None])
    yield
    order.append(["left", get_current_settings().api.url is None])

with local_prefect(verbose=False, beside=beside()):
    order.append(["ready", get_current_settings().api.url is None])
    at_first = set(sys.modules)
    send = httpx.Client.send

    def sent(client, request, **how):
        asked.add(request.url.path)
        return send(client, request, **how)

    httpx.Client.send = sent
    from prefect import flow, task
    from prefect.artifacts import create_markdown_artifact
    from prefect.client.orchestration import get_client

    tries = {"flow": 0, "task": 0}

    def fail_once(what):
        tries[what] += 1
        if tries[what] == 1:
            raise ValueError(what)

    @task(retries=1)
    def shaky():
        fail_once("task")
        create_markdown_artifact("# done", key="what-is-left")

    @flow(name="child", retries=1)
    def child():
        shaky()
        fail_once("flow")

    @flow(name="parent")
    def parent():
        child()

    parent()
    late = sorted(set(sys.modules) - at_first)
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            client.read_flow_run(uuid4())
        except ObjectNotFound:
            missing = "told"
        runs = {client.read_flow(run.flow_id).name: run for run in client.read_flow_runs()}
        seen = {
            "states": {name: run.state_name for name, run in runs.items()},
            "runs of the child": runs["child"].run_count,
            "is linked": runs["child"].parent_task_run_id is not None,
            "artifacts": [each.key for each in client.read_artifacts() if each.key],
            "a run that is not there": missing,
        }
print(json.dumps({"seen": seen | tries, "order": order, "asked": sorted(asked), "late": late}))
"""


@pytest.fixture(scope="module")
def run_of_a_command() -> dict[str, Any]:
    """Return what a program says that ran flows as a command does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=kept,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


@pytest.mark.flow
def test_flows_are_retried_linked_and_leave_artifacts_on_the_server_of_a_command(
    run_of_a_command: dict[str, Any],
) -> None:
    """A child's retry is the server's decision, the link to its parent and the artifacts are rows of its tables."""
    assert run_of_a_command["seen"] == {
        "states": {"parent": "Completed", "child": "Completed"},
        "runs of the child": 2,
        "is linked": True,
        "artifacts": ["what-is-left", "what-is-left"],
        "a run that is not there": "told",
        "flow": 2,
        "task": 3,
    }


@pytest.mark.flow
def test_what_a_command_needs_beside_prefect_starts_while_the_server_does(run_of_a_command: dict[str, Any]) -> None:
    """It is entered before there is an API to speak to, and left after the last flow."""
    assert run_of_a_command["order"] == [["entered", True], ["ready", False], ["left", True]]


@pytest.mark.flow
def test_flows_ask_a_server_of_their_own_for_no_token_and_no_version(run_of_a_command: dict[str, Any]) -> None:
    """Each would be a question more for each flow, on a server that nobody else can reach, of the same release."""
    asked = set(run_of_a_command["asked"])
    assert "/api/flow_runs/" in asked
    assert not asked & ROUTES_OF_A_CAREFUL_CLIENT


@pytest.mark.flow
def test_the_first_flow_finds_imported_what_it_needs(run_of_a_command: dict[str, Any]) -> None:
    """What takes long to import is there: nothing else is done while the server starts."""
    assert not set(run_of_a_command["late"]) & {"fastapi", "graphviz", "prefect.flow_engine", "prefect.task_engine"}


def test_the_server_sends_an_answer_at_once() -> None:
    """With Nagle's algorithm the second half of an answer waits 40 ms for a word of the client."""

    async def option() -> int:
        accepted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = writer.get_extra_info("socket")
            accepted.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = listening()
        async with await asyncio.start_server(connected, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            found = await accepted
            writer.close()
        return found

    assert asyncio.run(option()) != 0
