"""What a command sets up before the heavy parts are imported: the lake it works on, and a quiet local Prefect."""

import os
from typing import Annotated

from cyclopts import Parameter

LakeFlag = Annotated[
    str | None,
    Parameter(name="--lake", help="Lake to work on: a folder or s3://BUCKET. [default: $FEDBYTWEETS_LAKE, or lake]"),
]
JsonFlag = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]
VerboseFlag = Annotated[bool, Parameter(name="--verbose", negative="", help="Print the flows' own log.")]

_LOCAL_PREFECT = {
    # The server that Prefect starts for a run without one: in memory, as a file-backed SQLite answers concurrent
    # starts with "database is locked" and the client then sleeps for seconds.
    "PREFECT_API_DATABASE_CONNECTION_URL": (
        "sqlite+aiosqlite:///file::memory:?cache=shared&uri=true&check_same_thread=false"
    ),
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}


def examples(*commands: str) -> str:
    """Return what stands below a command's help: commands to copy."""
    return "Examples:\n\n" + "\n".join(f"    {command}" for command in commands)


def use_lake(lake: str | None) -> None:
    """Make the lake that a command names the one that every part of this process works on."""
    if lake is not None:
        os.environ["FEDBYTWEETS_LAKE"] = lake


def use_prefect(*, verbose: bool) -> None:
    """Prepare Prefect for flows run by a command; what the user has set stays as it is. Call before importing it."""
    for name, value in _LOCAL_PREFECT.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO" if verbose else "CRITICAL")
