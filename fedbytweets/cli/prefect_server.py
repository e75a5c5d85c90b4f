"""A Prefect API for the flows of one command: loopback, in memory, gone with the command that started it.

Prefect would start one by itself, and spend most of a run's time on migrating an empty database. This one makes the
tables as Prefect declares them. In memory, because a file-backed SQLite answers concurrent starts with "database is
locked", and the client then sleeps for seconds. Only the flows of the command can ask it, so what would serve
dashboards and deployments is off: events, triggers, block types.

It is a process of its own, so that its imports, the longest part of its start, go on beside those of the flows; on
Linux a fork, which has imported already what both need.
"""

import asyncio
import multiprocessing
import os
import socket
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from fedbytweets.cli.imports import uncollected

if TYPE_CHECKING:
    import sqlalchemy

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


@contextmanager
def own_server() -> Iterator[Connection]:
    """Have the server while the block runs, or this process; where it can be reached comes out of the connection.

    Prefect should be imported before, and nothing that starts threads: a fork would inherit their locks.
    """
    linux = sys.platform == "linux"
    context = multiprocessing.get_context("fork") if linux else multiprocessing.get_context("spawn")
    port, given = context.Pipe(duplex=False)
    server = context.Process(target=_main, args=(given,), daemon=True)
    server.start()
    given.close()
    try:
        yield port
    finally:
        server.kill()  # nothing is to be kept, and an orderly end takes Prefect more than a second
        server.join()


def _main(port: Connection) -> None:
    from prefect.context import refresh_global_settings_context

    if hasattr(os, "setsid"):
        os.setsid()  # a Ctrl-C is for the command, which still has to say here how its runs ended
    threading.Thread(target=_end_with_the_command, daemon=True).start()
    os.environ |= SETTINGS
    refresh_global_settings_context()
    with uncollected():
        import prefect.server.api.server  # noqa: F401
    asyncio.run(_serve(port))


def _end_with_the_command() -> None:
    command = multiprocessing.parent_process()
    assert command is not None
    command.join()
    os._exit(0)


async def _serve(port: Connection) -> None:
    import uvicorn
    from prefect.server.api.server import create_app
    from prefect.server.database import provide_database_interface

    kept = sqlite3.connect(IN_MEMORY, uri=True)  # the database lives while this is open
    engine = await provide_database_interface().engine()
    async with engine.begin() as connection:
        await connection.run_sync(_make_tables)
    server = uvicorn.Server(uvicorn.Config(create_app(ephemeral=True), log_level="critical"))
    listener = socket.create_server(("127.0.0.1", 0))
    port.send(listener.getsockname()[1])
    await server.serve(sockets=[listener])
    kept.close()


def _make_tables(connection: "sqlalchemy.Connection") -> None:
    """Make Prefect's tables as it declares them; of their indexes those that keep rows apart."""
    from prefect.server.database.orm_models import Base
    from sqlalchemy.schema import CreateIndex, CreateTable

    for table in Base.metadata.tables.values():  # not `create_all`: 3.8 declares one index twice
        connection.execute(CreateTable(table))
        for index in table.indexes:
            if index.unique:
                connection.execute(CreateIndex(index))
