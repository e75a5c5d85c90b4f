"""A Prefect API for the flows of one command: loopback, in memory, gone with the command that started it.

Prefect would start one by itself, and spend most of the run's time on migrating an empty database. This one copies a
database that was migrated once (of the same Prefect version, in the user's cache) into memory. In memory, because a
file-backed SQLite answers concurrent starts with "database is locked", and the client then sleeps for seconds.

Run as a module by `local_prefect`: it prints its port, and ends when its standard input closes.
"""

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
from importlib.metadata import version
from pathlib import Path

IN_MEMORY = "file::memory:?cache=shared"
DATABASE_URL = f"sqlite+aiosqlite:///{IN_MEMORY}&uri=true&check_same_thread=false"


def main() -> None:
    """Serve until standard input closes."""
    os.environ["PREFECT_API_DATABASE_CONNECTION_URL"] = DATABASE_URL  # Prefect reads it once, at its first import
    os.environ["PREFECT_API_DATABASE_MIGRATE_ON_START"] = "false"
    template = _template()
    kept = sqlite3.connect(IN_MEMORY, uri=True, check_same_thread=False)  # the database lives while this is open
    with sqlite3.connect(template) as migrated:
        migrated.backup(kept)
    _serve()
    kept.close()


def _serve() -> None:
    import uvicorn
    from prefect.server.api.server import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(ephemeral=True, final=True), log_level="critical"))
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)  # noqa: T201 (how the command learns the port)
    threading.Thread(target=_end_with_the_command, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def _end_with_the_command(server: object) -> None:
    sys.stdin.read()
    server.should_exit = True  # type: ignore[attr-defined]


def _template() -> Path:
    """Return a migrated, empty database of this Prefect version, made if there is none yet."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fedbytweets"
    template = cache / f"prefect-{version('prefect')}.db"
    if not template.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            made = Path(folder) / "prefect.db"
            _migrate(made)
            made.replace(template)  # whole or not at all, however many commands start at once
    return template


def _migrate(database: Path) -> None:
    """Migrate a new database in a process of its own: Prefect keeps to the first database a process names."""
    environment = os.environ | {"PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{database}"}
    upgrade = [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"]
    subprocess.run(upgrade, env=environment, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # one file, so that it can be moved
    connection.close()


if __name__ == "__main__":
    main()
