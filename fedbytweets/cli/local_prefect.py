"""What a command needs to run flows here: a Prefect API of the user's, or one of its own for as long as it runs."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing.connection import Connection
from tempfile import NamedTemporaryFile

from pydantic import ValidationError

from fedbytweets.cli.imports import import_ahead, uncollected
from fedbytweets.cli.prefect_server import own_server
from fedbytweets.errors import SettingsError

_QUIET = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
_NEEDED_BY_FLOWS = (
    "flows.batch_ingestion",
    "prefect.flow_engine",
    "prefect.task_engine",
    "prefect.utilities.visualization",
    "pyiceberg.catalog.sql",
    "pyiceberg.io.pyarrow",
)
"""Flows, and what Prefect and pyiceberg would import at the first call; imported while our own server starts."""


@contextmanager
def local_prefect(*, verbose: bool, beside: AbstractContextManager[None] | None = None) -> Iterator[None]:
    """Have a Prefect API while the block runs: the one the user's settings name, or else one of our own.

    What the block needs `beside` it is entered while our own starts.

    Raises:
        SettingsError: our own does not start.

    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO" if verbose else "CRITICAL")
    if url := _named_api():
        _check(url)
        with beside or nullcontext():
            yield
        return
    with own_server() as port:
        import_ahead(*_NEEDED_BY_FLOWS)
        with beside or nullcontext(), speaking_to(_ready_url(port)):
            yield


def _named_api() -> str | None:
    """Return the API that the user's settings name, if they name one.

    Raises:
        SettingsError: one of Prefect's own settings cannot be used.

    """
    try:
        with uncollected():
            from prefect.settings import get_current_settings

            return get_current_settings().api.url
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in (error.title, *first["loc"]))
        raise SettingsError(f"A setting of Prefect cannot be used, {where}: {first['msg']}. Set it right.") from error


def _check(url: str) -> None:
    """Refuse an API of the user's that the first flow would fail at, in many words.

    Raises:
        SettingsError: nothing answers there, or no Prefect that this one can speak to.

    """
    from prefect.client.orchestration import get_client

    try:
        with get_client(sync_client=True) as client:
            client.raise_for_api_version_mismatch()
    except RuntimeError as error:
        raise SettingsError(
            f"PREFECT_API_URL is {url!r}. {error}. Start that server, or name none: a command then has its own."
        ) from error


@contextmanager
def speaking_to(url: str) -> Iterator[None]:
    """Have flows speak to a server of our own: without heartbeats, events and logs, which nobody could look at."""
    from prefect.events.clients import NullEventsClient
    from prefect.events.worker import EventsWorker
    from prefect.settings import (
        PREFECT_API_SSL_CERT_FILE,
        PREFECT_API_URL,
        PREFECT_CLIENT_CSRF_SUPPORT_ENABLED,
        PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_LOGGING_TO_API_ENABLED,
        temporary_settings,
    )

    EventsWorker.set_client_override(NullEventsClient)
    ours = {
        PREFECT_API_URL: url,
        PREFECT_CLIENT_CSRF_SUPPORT_ENABLED: False,
        PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED: False,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
        PREFECT_LOGGING_TO_API_ENABLED: False,
    }
    try:
        with _one_certificate() as file, temporary_settings(ours | {PREFECT_API_SSL_CERT_FILE: file}):
            yield
    finally:
        EventsWorker.set_client_override(None)


@contextmanager
def _one_certificate() -> Iterator[str]:
    """Have a file of one certificate: every client would load the 150 of certifi, and speaks plain HTTP here."""
    import certifi

    first, end, _ = certifi.contents().partition("-----END CERTIFICATE-----")
    with NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(first + end)
        file.flush()
        yield file.name


def _ready_url(port: Connection) -> str:
    """Return where the server of our own answers, once it does.

    Raises:
        SettingsError: it ended before.

    """
    try:
        return f"http://127.0.0.1:{port.recv()}/api"
    except EOFError as error:
        raise SettingsError(
            "The local Prefect server does not start; its own words are above. "
            "Start one with `prefect server start` and set PREFECT_API_URL, or set up anew with `make clean run`."
        ) from error
