"""Fixtures of all tests: a lake in a folder of the test's own, and the recorded answers beside the checkout."""

from pathlib import Path

import pytest

from fedbytweets.lake.lake import Lake

pytest.register_assert_rewrite("cases", "lakes")

from lakes import SHARED, lake_in  # noqa: E402 (its asserts explain themselves once they are registered)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: begun late, it would run alone while other workers have nothing left to do."""
    items.sort(key=lambda item: not any(item.iter_markers("long")) and not any(item.iter_markers("flow")))


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Return an empty lake, which tasks and flows take for theirs too."""
    monkeypatch.setenv("FEDBYTWEETS_LAKE", str(tmp_path / "lake"))
    return lake_in(tmp_path / "lake")


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
