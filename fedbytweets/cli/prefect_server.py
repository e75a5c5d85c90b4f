"""A Prefect API for the flows of one command: loopback, in memory, gone with the command that started it.

Prefect would start one by itself, and spend most of a run's time on migrating an empty database. This one makes the
tables as Prefect declares them. In memory, because a file-backed SQLite answers concurrent starts with "database is
locked", and the client then sleeps for seconds. Only the flows of the command can ask it, so it has the part of the
API that they ask, and nothing of what would serve dashboards and deployments.

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

from fedbytweets.cli.imports import import_ahead, uncollected

IN_MEMORY = "file::memory:?cache=shared"
SETTINGS = {
    "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{IN_MEMORY}&uri=true&check_same_thread=false",
    "PY_KEY_VALUE_DISABLE_BEARTYPE": "true",  # a library of the server's would check its own types at each import
}

_NEEDED_BY_BOTH = ("fastapi", "sqlalchemy.orm", "uvicorn")
"""Imported before the fork."""


@contextmanager
def own_server() -> Iterator[Connection]:
    """Have the server while the block runs, or this process; where it can be reached comes out of the connection.

    Prefect should be imported before, and nothing that starts threads: a fork would inherit their locks.
    """
    import_ahead(*_NEEDED_BY_BOTH)
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
    asyncio.run(_serve(port))


def _end_with_the_command() -> None:
    command = multiprocessing.parent_process()
    assert command is not None
    command.join()
    os._exit(0)


async def _serve(port: Connection) -> None:
    import uvicorn

    with uncollected():
        from fedbytweets.cli.prefect_api import flows_api, make_tables

    kept = sqlite3.connect(IN_MEMORY, uri=True)  # the database lives while this is open
    await make_tables()
    config = uvicorn.Config(flows_api(), lifespan="off", ws="none", log_level="critical", access_log=False)
    config.load()
    listener = listening()
    port.send(listener.getsockname()[1])  # who knocks from here on is answered as soon as the server runs
    await uvicorn.Server(config).serve(sockets=[listener])
    kept.close()


def listening() -> socket.socket:
    """Return a socket that listens on a free port of this machine's own.

    It names TCP, as asyncio leaves Nagle's algorithm on where a socket does not: each answer would wait 40 ms.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener
