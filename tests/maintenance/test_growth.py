"""What a run costs as a lake grows, with maintenance and without: operations of the file system, and seconds of CPU."""

import time
from collections import Counter
from pathlib import Path
from statistics import median

import pytest
from counting import counted
from lakes import lake_in
from runs import maintain, run

from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance import UpkeepSettings

WEEK = 21
"""Runs of a week, three a day; maintenance follows the last."""
WEEKLY = UpkeepSettings(snapshot_hours=0, snapshots_kept=10, orphan_hours=0, raw_days=0)
"""Weekly maintenance of a lake whose weeks take seconds."""
MOST = 1.3


def _costs(lake: Lake, calls: Counter[str], first: int, runs: int) -> tuple[list[int], list[float]]:
    """Do some runs; return the operations and the seconds of CPU of each."""
    operations, seconds = list[int](), list[float]()
    for number in range(first, first + runs):
        calls.clear()
        started = time.process_time()
        run(lake, number)
        operations.append(calls.total())
        seconds.append(time.process_time() - started)
    return operations, seconds


@pytest.mark.long
def test_a_run_after_maintenance_asks_about_as_much_as_one_on_a_fresh_lake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the number grows with every run."""
    calls: Counter[str] = Counter()
    lake = counted(lake_in(tmp_path / "lake"), monkeypatch, calls)
    run(lake, 0)  # makes the tables
    fresh, _ = _costs(lake, calls, 1, 4)
    grown, _ = _costs(lake, calls, 5, 12)

    maintain(lake, WEEKLY)
    after, _ = _costs(lake, calls, 17, 4)

    assert median(after) <= MOST * median(fresh)
    assert max(grown) > 1.4 * median(fresh)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("maintained", [True, False], ids=["with-maintenance", "without"])
def test_two_years_of_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, maintained: bool) -> None:
    """2,000 runs; week by week the medians are printed. Without maintenance 300 are enough to see what happens."""
    calls: Counter[str] = Counter()
    lake = counted(lake_in(tmp_path / "lake"), monkeypatch, calls)
    for first in range(0, 2000 if maintained else 300, WEEK):
        operations, seconds = _costs(lake, calls, first, WEEK)
        print(f"run {first + WEEK}: {median(operations):.0f} operations, {median(seconds):.2f} s of CPU")  # noqa: T201 (a soak is watched)
        if maintained:
            maintain(lake, WEEKLY)

    if maintained:
        aged, fresh = _side_by_side(lake, counted(lake_in(tmp_path / "fresh"), monkeypatch, calls), calls, first + WEEK)
        assert aged[0] <= MOST * fresh[0]
        assert aged[1] <= MOST * fresh[1]


def _side_by_side(aged: Lake, fresh: Lake, calls: Counter[str], first: int) -> tuple[list[float], list[float]]:
    """Let an old lake and a new one take turns for a week, as a machine's pace changes; return the medians of each."""
    costs: list[list[tuple[int, float]]] = [[], []]
    for number in range(WEEK):
        for lake, at, found in ((aged, first + number, costs[0]), (fresh, number, costs[1])):
            operations, seconds = _costs(lake, calls, at, 1)
            found.append((operations[0], seconds[0]))
    medians = [[median(of_one_kind) for of_one_kind in zip(*found, strict=True)] for found in costs]
    print(f"aged and fresh, operations and s of CPU: {medians}")  # noqa: T201
    return medians[0], medians[1]
