"""What a command needs to run flows here: a Prefect API of the user's, or one of its own for as long as it runs."""

import inspect
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fedbytweets.errors import SettingsError

_LONGEST_START_SECONDS = 120
_QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}


@contextmanager
def local_prefect(*, verbose: bool) -> Iterator[None]:
    """Have a Prefect API while the block runs: the one the user's settings name, or else one of our own.

    Raises:
        SettingsError: our own does not start.

    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO" if verbose else "CRITICAL")
    from prefect.settings import get_current_settings

    if get_current_settings().api.url:
        yield
        return
    with _server() as server:
        from prefect.settings import temporary_settings

        import flows.batch_ingestion  # noqa: F401 (the imports take as long as the server's start: side by side)

        with temporary_settings(_settings(_ready_url(server))):
            try:
                yield
            finally:
                _drain()


def _settings(url: str) -> dict[Any, Any]:
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, PREFECT_LOGGING_TO_API_ENABLED

    # Heartbeats and logs tell a dashboard how runs go; there is none here, and each flow would wait for them.
    return {PREFECT_API_URL: url, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_LOGGING_TO_API_ENABLED: False}


def _drain() -> None:
    """Let Prefect send what it still holds: it would try for a minute once the server is gone."""
    from prefect.events.worker import EventsWorker
    from prefect.utilities.asyncutils import run_coro_as_sync

    async def drain() -> None:
        drained = EventsWorker.drain_all()
        if inspect.isawaitable(drained):
            await drained

    run_coro_as_sync(drain())


@contextmanager
def _server() -> Iterator[subprocess.Popen[str]]:
    """Start a server of our own; it ends when its standard input closes, so also when this process is killed."""
    command = [sys.executable, "-m", "fedbytweets.cli.prefect_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            yield server
        finally:
            assert server.stdin is not None
            server.stdin.close()
            server.wait()


def _ready_url(server: subprocess.Popen[str]) -> str:
    """Return where the server answers, once it does."""
    assert server.stdout is not None
    port = server.stdout.readline().strip()
    if not port:
        raise SettingsError(
            "The local Prefect server does not start; its own words are above. "
            "Start one with `prefect server start` and set PREFECT_API_URL, or set up anew with `make clean run`."
        )
    url = f"http://127.0.0.1:{port}/api"
    with urllib.request.urlopen(f"{url}/health", timeout=_LONGEST_START_SECONDS):  # noqa: S310 (loopback)
        return url
