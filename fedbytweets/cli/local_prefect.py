"""The Prefect API of a command: that of the user's settings, of the running dashboard, or one of the command's own."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from fedbytweets.cli.dashboard_file import running_dashboard
from fedbytweets.cli.imports import import_ahead, uncollected
from fedbytweets.cli.output import say
from fedbytweets.cli.prefect_server import own_server
from fedbytweets.cli.server_access import ServerAccess, bypass_proxies
from fedbytweets.errors import SettingsError

if TYPE_CHECKING:
    from prefect.settings import Settings

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
    """Have a Prefect API while the block runs, and say on standard error where it keeps the record of the run.

    It is the one that the user's settings name, or else that of a dashboard that runs here, or else one of our own.
    What the block needs `beside` it is entered while our own starts.

    Raises:
        SettingsError: a setting of Prefect cannot be used, the API does not answer or refuses us, or our own does not
            start.

    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO" if verbose else "CRITICAL")
    bypass_proxies()
    settings = prefect_settings()
    dashboard = usable_dashboard(settings)
    if dashboard or settings.api.url:
        with using(dashboard) if dashboard else nullcontext(), beside or nullcontext():
            _check()
            say(
                f"Prefect keeps the record of this run: {dashboard.address if dashboard else settings.ui_url}",
                to_stderr=True,
            )
            yield
        return
    with own_server() as ready:
        import_ahead(*_NEEDED_BY_FLOWS)
        with beside or nullcontext(), speaking_to(_when(ready)):
            yield
    say(
        "Prefect's record of this run ended with it. To keep such records, start `fedbytweets dashboard` first.",
        to_stderr=True,
    )


def prefect_settings() -> "Settings":
    """Return Prefect's settings, from the environment and the user's profile.

    Raises:
        SettingsError: one of them cannot be used.

    """
    try:
        with uncollected():
            from prefect.settings import get_current_settings

            return get_current_settings()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in (error.title, *first["loc"]))
        raise SettingsError(f"A setting of Prefect cannot be used, {where}: {first['msg']}. Set it right.") from error


def usable_dashboard(settings: "Settings") -> ServerAccess | None:
    """Return the dashboard that runs on this machine, unless the user's settings name another API or auth string."""
    try:
        dashboard = running_dashboard(settings.home)
    except SettingsError as error:
        say(str(error), to_stderr=True)
        return None
    url, auth_string = settings.api.url, settings.api.auth_string
    is_other_url = dashboard and url and not dashboard.is_named_by(url)
    is_other_auth = dashboard and auth_string and auth_string.get_secret_value() != dashboard.auth_string
    return None if is_other_url or is_other_auth else dashboard


def using(server: ServerAccess, more: dict[str, Any] | None = None) -> AbstractContextManager[object]:
    """Have flows use a server of ours while the block runs, with more of Prefect's settings, by their names."""
    import prefect.settings

    values = server.of_clients() | (more or {})
    return prefect.settings.temporary_settings(
        {getattr(prefect.settings, name): value for name, value in values.items()}
    )


def _check() -> None:
    """Refuse an API that the first flow would fail at, in many words.

    Raises:
        SettingsError: nothing answers there, it refuses us, or it is no Prefect that this one can use.

    """
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.settings import get_current_settings

    url = get_current_settings().api.url
    try:
        with get_client(sync_client=True) as client:
            client.raise_for_api_version_mismatch()
    except httpx.HTTPStatusError as error:
        raise SettingsError(
            f"PREFECT_API_URL is {url!r}, which refuses us ({error.response.status_code}): set PREFECT_API_AUTH_STRING "
            "to the auth string of that server, or PREFECT_API_KEY for Prefect Cloud."
        ) from error
    except RuntimeError as error:
        raise SettingsError(
            f"PREFECT_API_URL is {url!r}. {error}. Start that server, or name none: a command then has its own."
        ) from error


@contextmanager
def speaking_to(server: ServerAccess) -> Iterator[None]:
    """Have flows use the server of one command: without heartbeats, events and logs, which nobody could look at."""
    from prefect.events.clients import NullEventsClient
    from prefect.events.worker import EventsWorker

    EventsWorker.set_client_override(NullEventsClient)
    spared = {
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": False,
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": False,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": None,
        "PREFECT_LOGGING_TO_API_ENABLED": False,
    }
    try:
        with using(server, spared):
            yield
    finally:
        EventsWorker.set_client_override(None)


def _when(ready: Connection) -> ServerAccess:
    """Return the access to the server of our own, once it answers.

    Raises:
        SettingsError: it ended before.

    """
    try:
        access: ServerAccess = ready.recv()
    except EOFError as error:
        raise SettingsError(
            "The local Prefect server does not start; its own words are above. "
            "Start `fedbytweets dashboard` first, or install again with `make clean run`."
        ) from error
    return access
