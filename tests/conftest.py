"""Fixtures of all tests: a lake in a folder of the test's own, and the recorded answers beside the checkout."""

from pathlib import Path

import pytest

from fedbytweets.lake.lake import Lake
from lakes import SHARED, lake_in


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """An empty lake, which tasks and flows take for theirs too."""
    monkeypatch.setenv("FEDBYTWEETS_LAKE", str(tmp_path / "lake"))
    return lake_in(tmp_path / "lake")


@pytest.fixture(scope="session")
def recorded() -> Path:
    """The folder of recorded answers."""
    return _shared("recorded")


@pytest.fixture(scope="session")
def edge_cases() -> Path:
    """The folder of pages with one oddity each."""
    return _shared("edge_cases")


def _shared(name: str) -> Path:
    if not SHARED.is_dir():
        pytest.skip("the folder of recorded answers is not beside this checkout")
    return SHARED / name
