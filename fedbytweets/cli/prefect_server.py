"""A Prefect server for the flows of one command: loopback, in memory, gone with the command that started it.

Prefect would start one by itself, and spend most of a run's time on migrating an empty database. This one is Prefect's
own application on tables that are made as Prefect declares them. In memory, because a file-backed SQLite answers
concurrent starts with "database is locked", and the client then sleeps for seconds. It asks for an auth string that
only the command has.

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

from fedbytweets.cli.imports import import_ahead, uncollected
from fedbytweets.cli.server_access import LOOPBACK, ServerAccess, guard, new_auth_string

if TYPE_CHECKING:
    import sqlalchemy

IN_MEMORY = "file::memory:?cache=shared"
SETTINGS = {
    "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{IN_MEMORY}&uri=true&check_same_thread=false",
    "PY_KEY_VALUE_DISABLE_BEARTYPE": "true",  # a library of the server's would check its own types at each import
}

_NEEDED_BY_BOTH = ("fastapi", "sqlalchemy.orm", "uvicorn")
"""Imported before the fork."""


@contextmanager
def own_server() -> Iterator[Connection]:
    """Have the server while the block runs, or this process; its ServerAccess comes out of the connection.

    Prefect should be imported before, and nothing that starts threads: a fork would inherit their locks.
    """
    import_ahead(*_NEEDED_BY_BOTH)
    linux = sys.platform == "linux"
    context = multiprocessing.get_context("fork") if linux else multiprocessing.get_context("spawn")
    ready, given = context.Pipe(duplex=False)
    server = context.Process(target=_main, args=(given,), daemon=True)
    server.start()
    given.close()
    try:
        yield ready
    finally:
        server.kill()  # nothing is to be kept, and an orderly end takes Prefect more than a second
        server.join()


def _main(ready: Connection) -> None:
    from prefect.context import refresh_global_settings_context

    if hasattr(os, "setsid"):
        os.setsid()  # a Ctrl-C is for the command, which still has to say here how its runs ended
    threading.Thread(target=_end_with_the_command, daemon=True).start()
    listener = listening()
    access = ServerAccess(f"http://{LOOPBACK}:{listener.getsockname()[1]}", new_auth_string())
    os.environ |= SETTINGS | access.of_server()
    refresh_global_settings_context()
    asyncio.run(_serve(listener, access, ready))


def _end_with_the_command() -> None:
    command = multiprocessing.parent_process()
    assert command is not None
    command.join()
    os._exit(0)


async def _serve(listener: socket.socket, access: ServerAccess, ready: Connection) -> None:
    with uncollected():
        import uvicorn
        from prefect.server.api.server import create_app

        app = create_app(ephemeral=True)
    guard(app, access.auth_string)
    kept = sqlite3.connect(IN_MEMORY, uri=True)  # the database lives while this is open
    await make_tables()
    config = uvicorn.Config(
        app, lifespan="off", ws="none", proxy_headers=False, log_level="critical", access_log=False
    )  # fmt: skip
    config.load()
    ready.send(access)  # who asks from here on is answered as soon as the server runs
    await uvicorn.Server(config).serve(sockets=[listener])
    kept.close()


async def make_tables() -> None:
    """Make Prefect's tables as it declares them; of their indexes those that keep rows apart."""
    from prefect.server.database import provide_database_interface

    engine = await provide_database_interface().engine()
    async with engine.begin() as connection:
        await connection.run_sync(_make_tables)


def _make_tables(connection: "sqlalchemy.Connection") -> None:
    from prefect.server.database.orm_models import Base
    from sqlalchemy.schema import CreateIndex, CreateTable

    for table in Base.metadata.tables.values():  # not `create_all`: 3.8 declares one index twice
        connection.execute(CreateTable(table))
        for index in table.indexes:
            if index.unique:
                connection.execute(CreateIndex(index))


def listening() -> socket.socket:
    """Return a socket that listens on a free port of this machine's own.

    It names TCP, as asyncio leaves Nagle's algorithm on where a socket does not: each answer would wait 40 ms.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind((LOOPBACK, 0))
    listener.listen()
    return listener
