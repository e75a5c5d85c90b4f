"""Fixtures of all tests: a lake in a folder of the test's own, a Prefect server, and the recorded answers."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from fedbytweets.cli.local_prefect import speaking_to
from fedbytweets.cli.server_access import ServerAccess
from fedbytweets.lake.lake import Lake

pytest.register_assert_rewrite("cases", "lakes")
settings.register_profile("patient", deadline=None, max_examples=60)  # judged by what is found, not by the clock
settings.load_profile("patient")

from lakes import SHARED, lake_in  # noqa: E402 (its asserts explain themselves once they are registered)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: begun late, it would run alone while other workers have nothing left to do."""
    items.sort(key=lambda item: not any(item.iter_markers("long")) and not any(item.iter_markers("flow")))


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Return an empty lake, which tasks and flows take for theirs too."""
    monkeypatch.setenv("FEDBYTWEETS_LAKE", str(tmp_path / "lake"))
    return lake_in(tmp_path / "lake")


_SERVER = """
import json
import sys
from dataclasses import asdict
import prefect.settings
from fedbytweets.cli.prefect_server import own_server

with own_server() as ready:
    print(json.dumps(asdict(ready.recv())), flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="session")
def prefect_api() -> Iterator[ServerAccess]:
    """Return the access to a Prefect server as commands start it, which flows here speak to.

    A process of its own starts it: the tests' own process has threads, which no server should be forked off.
    """
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdin is not None
        access = ServerAccess(**json.loads(starter.stdout.readline()))
        with speaking_to(access):
            yield access
        starter.stdin.close()


@pytest.fixture(scope="session")
def recorded() -> Path:
    """Return the folder of recorded answers."""
    return _shared("recorded")


@pytest.fixture(scope="session")
def edge_cases() -> Path:
    """Return the folder of pages with one oddity each."""
    return _shared("edge_cases")


def _shared(name: str) -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of recorded answers is not beside this checkout")
    return SHARED / name
