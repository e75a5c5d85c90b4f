"""A Prefect API for the flows of one command: loopback, in memory, gone with the command that started it.

Prefect would start one by itself, and spend most of a run's time on migrating an empty database. This one makes the
tables as Prefect declares them. In memory, because a file-backed SQLite answers concurrent starts with "database is
locked", and the client then sleeps for seconds. Only the flows of the command can ask it, so what would serve
dashboards and deployments is off: events, triggers, block types.

Run as a module by `local_prefect`: it prints its port, and ends when its standard input closes.
"""

import asyncio
import os
import socket
import sqlite3
import sys
import threading
from typing import TYPE_CHECKING

from fedbytweets.cli.imports import uncollected

if TYPE_CHECKING:
    from sqlalchemy import Connection

IN_MEMORY = "file::memory:?cache=shared"
SETTINGS = {
    "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{IN_MEMORY}&uri=true&check_same_thread=false",
    "PREFECT_API_DATABASE_MIGRATE_ON_START": "false",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}


def main() -> None:
    """Serve until standard input closes."""
    threading.Thread(target=_end_with_the_command, daemon=True).start()
    os.environ |= SETTINGS  # Prefect reads them once, at its first import
    with uncollected():
        import prefect.server.api.server  # noqa: F401 (the longest part of the start)
    asyncio.run(_serve())


def _end_with_the_command() -> None:
    sys.stdin.read()
    os._exit(0)  # nothing is to be kept, and an orderly end takes Prefect more than a second


async def _serve() -> None:
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.server.database import provide_database_interface

    kept = sqlite3.connect(IN_MEMORY, uri=True)  # the database lives while this is open
    engine = await provide_database_interface().engine()
    async with engine.begin() as connection:
        await connection.run_sync(_make_tables)
    server = uvicorn.Server(uvicorn.Config(create_app(ephemeral=True), log_level="critical"))
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)  # noqa: T201 (how the command learns the port)
    await server.serve(sockets=[listener])
    kept.close()


def _make_tables(connection: "Connection") -> None:
    """Make Prefect's tables as it declares them; of their indexes those that keep rows apart."""
    from prefect.server.database.orm_models import Base
    from sqlalchemy.schema import CreateIndex, CreateTable

    for table in Base.metadata.tables.values():  # not `create_all`: 3.8 declares one index twice
        connection.execute(CreateTable(table))
        for index in table.indexes:
            if index.unique:
                connection.execute(CreateIndex(index))


if __name__ == "__main__":
    main()
