"""The command `dashboard`: the local Prefect dashboard, with every flow as a deployment that runs on this machine."""

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter
from cyclopts.validators import Number

from fedbytweets.cli.dashboard_file import published
from fedbytweets.cli.environment import LakeFlag, examples, use_lake
from fedbytweets.cli.local_prefect import prefect_settings, usable_dashboard, using
from fedbytweets.cli.output import say
from fedbytweets.cli.server_access import LOOPBACK, ServerAccess, bypass_proxies, new_auth_string
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

    It prints the password that its page asks for, which is new at each start; commands that run flows on this machine
    use it by themselves. Runs keep their history in Prefect's own database (PREFECT_HOME). Where PREFECT_API_URL names
    a server, the flows are served to that one, and none is started.
    """
    use_lake(lake)
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    bypass_proxies()
    settings = prefect_settings()
    running = usable_dashboard(settings)
    if settings.api.url and running is None:
        _serve(settings.api.url.removesuffix("/api"), cron=cron)
        return
    if running:
        raise SettingsError(
            f"A dashboard runs already, at {running.address}: use that one, or end it first. "
            "With another PREFECT_HOME there can be a second."
        )
    with _server(port) as access, published(access, settings.home) as file:
        os.environ |= access.of_clients()  # the runs are processes of their own
        with using(access):
            _serve(
                access.address,
                f"The page asks for a password; paste it whole into its one field: {_for_this_output(access, file)}",
                cron=cron,
            )


def _for_this_output(access: ServerAccess, file: Path) -> str:
    """Return the auth string, or where it is if the output goes to a file, which others may read."""
    is_file = stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    return f'the "auth_string" in {file}' if is_file else access.auth_string


def _serve(address: str, *notes: str, cron: str | None) -> None:
    """Serve the flows as deployments until interrupted; a run that is asked for starts as a process of this machine."""
    from prefect import serve
    from prefect.types.entrypoint import EntrypointType

    flows = _flows()
    ready = ("Ready to be run from it:", *(f"  {flow.name}/local" for flow in flows))
    for line in (f"The dashboard is at {address} (Ctrl-C ends it).", *notes, *ready):
        say(line)
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
def _server(port: int) -> Iterator[ServerAccess]:
    """Have a Prefect server with its dashboard while the block runs; return the access to it.

    Raises:
        SettingsError: it does not start.

    """
    if _is_taken(port):
        raise SettingsError(
            f"Port {port} is taken: name another with --port, or set PREFECT_API_URL to what serves it."
        )
    access = ServerAccess(f"http://{LOOPBACK}:{port}", new_auth_string())
    command = [sys.executable, "-m", "fedbytweets.cli.dashboard_server", str(port)]
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.PIPE,  # which ends with this process, however it ends, and the server with it
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | access.of_server(),
    ) as server:
        try:
            _await(server, access)
            yield access
        finally:
            server.terminate()


def _await(server: "subprocess.Popen[bytes]", access: ServerAccess) -> None:
    end = time.monotonic() + _LONGEST_START_SECONDS
    while server.poll() is None and time.monotonic() < end:
        if access.is_answering():
            return
        time.sleep(0.25)
    raise SettingsError("The Prefect server does not start: `prefect server start` shows why.")


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0
