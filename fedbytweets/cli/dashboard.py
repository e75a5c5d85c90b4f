"""The command `dashboard`: the local Prefect dashboard, with every flow as a deployment that runs on this machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter
from cyclopts.validators import Number

from fedbytweets.cli.environment import LakeFlag, examples, use_lake
from fedbytweets.cli.output import say
from fedbytweets.errors import SettingsError

if TYPE_CHECKING:
    from prefect import Flow

_LONGEST_START_SECONDS = 180
PortFlag = Annotated[
    int, Parameter(name="--port", help="Port of the dashboard on 127.0.0.1.", validator=Number(gte=1, lte=65535))
]
CronFlag = Annotated[
    str | None,
    Parameter(name="--cron", help="Also run batch-ingestion then: a cron line, UTC. [default: only by hand]"),
]


def register(app: App) -> None:
    """Give the app this command."""
    app.command(
        dashboard,
        help_epilogue=examples(
            "fedbytweets dashboard",
            'FEDBYTWEETS_X_BEARER_TOKEN_FILE=~/.x-token fedbytweets dashboard --cron "0 10,17,0 * * *"',
        ),
    )


def dashboard(*, port: PortFlag = 4200, cron: CronFlag = None, lake: LakeFlag = None) -> None:
    """Serve the Prefect dashboard on this machine, with every flow ready to be run from it, until interrupted.

    Runs keep their history in Prefect's own database (PREFECT_HOME). Where PREFECT_API_URL names a server, the flows
    are served to that one, and none is started.
    """
    use_lake(lake)
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    from prefect.settings import PREFECT_API_URL, get_current_settings, temporary_settings

    if named := get_current_settings().api.url:
        _serve(named.removesuffix("/api"), cron=cron)
        return
    with _server(port) as address:
        os.environ["PREFECT_API_URL"] = f"{address}/api"  # the runs are processes of their own
        with temporary_settings({PREFECT_API_URL: f"{address}/api"}):
            _serve(address, cron=cron)


def _serve(address: str, *, cron: str | None) -> None:
    """Serve the flows as deployments until interrupted; a run that is asked for starts as a process of this machine."""
    from prefect import serve
    from prefect.types.entrypoint import EntrypointType

    flows = _flows()
    say(f"The dashboard is at {address} (Ctrl-C ends it). Ready to be run from it:")
    for flow in flows:
        say(f"  {flow.name}/local")
    deployments = [
        flow.to_deployment(
            "local", tags=["local"], cron=None if number else cron, entrypoint_type=EntrypointType.MODULE_PATH
        )
        for number, flow in enumerate(flows)
    ]
    serve(*deployments, print_starting_message=False)  # type: ignore[arg-type] # typed for async callers


def _flows() -> "list[Flow[..., Any]]":
    """Return every flow that makes sense by itself, the one that runs on schedule first."""
    from flows.batch_ingestion import batch_ingestion
    from flows.compliance import compliance
    from flows.get_tweets import get_tweets
    from flows.import_archive import import_archive
    from flows.maintain import maintain
    from flows.process_raw import process_raw
    from flows.replay import replay
    from flows.to_silver import SILVER_FLOWS

    return [batch_ingestion, get_tweets, process_raw, *SILVER_FLOWS, replay, import_archive, maintain, compliance]


@contextmanager
def _server(port: int) -> Iterator[str]:
    """Have a Prefect server with its dashboard while the block runs; return its address.

    Raises:
        SettingsError: it does not start.

    """
    if _is_taken(port):
        raise SettingsError(
            f"Port {port} is taken: name another with --port, or set PREFECT_API_URL to what serves it."
        )
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    asks_itself = os.environ | {"PREFECT_SERVER_UI_API_URL": f"{address}/api"}  # its pages would ask port 4200
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=asks_itself) as server:  # noqa: S603
        try:
            _await(server, address)
            yield address
        finally:
            server.terminate()


def _await(server: "subprocess.Popen[bytes]", address: str) -> None:
    end = time.monotonic() + _LONGEST_START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/api/health", timeout=5):  # noqa: S310 (loopback)
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.25)
    raise SettingsError("The Prefect server does not start: `prefect server start` shows why.")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
