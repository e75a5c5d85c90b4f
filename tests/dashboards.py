"""A real `fedbytweets dashboard` over a Prefect home and a lake of its own, and requests to a guarded server."""

import base64
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from fedbytweets.cli.server_access import ServerAccess

MAIN = "from fedbytweets.cli import main; main()"


@dataclass(frozen=True)
class Dashboard:
    """A dashboard that runs: its process, what it printed first, and its files."""

    process: subprocess.Popen[str]
    access: ServerAccess
    printed: list[str]
    folder: Path

    @property
    def file(self) -> Path:
        """The file by which commands find it."""
        return self.folder / "prefect/fedbytweets/dashboard.json"


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a user whose Prefect home and lake are in this folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FEDBYTWEETS_", "PREFECT_"))}
    own = {"FEDBYTWEETS_LAKE": str(folder / "lake"), "PREFECT_HOME": str(folder / "prefect")}
    return kept | own | more


def command(folder: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """Return what a command of the command line did."""
    return subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        env=environment(folder, **more),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@contextmanager
def dashboard(folder: Path, *words: str) -> Iterator[Dashboard]:
    """Have a dashboard that answers; it is interrupted at the end."""
    command = [sys.executable, "-c", MAIN, "dashboard", "--port", str(free_port()), *words]
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = [process.stdout.readline().rstrip("\n") for _ in range(2)]
        access = ServerAccess(printed[0].split()[4], printed[1].split()[-1])
        try:
            yield Dashboard(process, access, printed, folder)
        finally:
            process.send_signal(signal.SIGINT)


def free_port() -> int:
    """Return a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def credentials(access: ServerAccess) -> dict[str, str]:
    """Return the header that a client sends."""
    return {"Authorization": f"Basic {base64.b64encode(access.auth_string.encode()).decode()}"}


def asked(access: ServerAccess, method: str, path: str, **how: Any) -> httpx.Response:
    """Return the answer to one request of somebody who has the credentials, if nothing else is said."""
    how.setdefault("headers", credentials(access))
    return httpx.request(method, access.address + path, timeout=60, **how)


def status_of(access: ServerAccess, path: str, *headers: str, method: str = "GET") -> int:
    """Return the status of an answer to a path that is sent as it is spelled, of somebody without credentials."""
    port = int(access.address.rpartition(":")[2])
    named = "" if any(header.lower().startswith("host:") for header in headers) else f"Host: 127.0.0.1:{port}\r\n"
    lines = "".join(f"{header}\r\n" for header in headers)
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{named}{lines}Connection: close\r\n\r\n".encode())
        with connection.makefile("rb") as answer:
            return int(answer.readline().split()[1])


def contents(access: ServerAccess) -> dict[str, Any]:
    """Return the server's deployments, without what changes by itself, and its flow runs."""
    deployments, runs = (
        json.loads(asked(access, "POST", f"/api/{kind}/filter", json={}).content)
        for kind in ("deployments", "flow_runs")
    )
    lasting = ("id", "name", "flow_id", "entrypoint", "path", "pull_steps", "parameters", "schedules", "job_variables")
    return {"deployments": [{name: each[name] for name in lasting} for each in deployments], "flow_runs": runs}
