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
    weeks = list[tuple[float, float]]()
    for first in range(0, 2000 if maintained else 300, WEEK):
        operations, seconds = _costs(lake, calls, first, WEEK)
        weeks.append((median(operations), median(seconds)))
        print(f"run {first + WEEK}: {weeks[-1][0]:.0f} operations, {weeks[-1][1]:.2f} s of CPU")  # noqa: T201 (a soak is watched)
        if maintained:
            maintain(lake, WEEKLY)

    if maintained:
        fresh, last = weeks[0], weeks[-1]
        assert last[0] <= MOST * fresh[0]
        assert last[1] <= MOST * fresh[1]
