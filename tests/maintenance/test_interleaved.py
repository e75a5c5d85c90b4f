"""Ingestion, maintenance and kills in any order: silver equals the truth."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from counting import counted
from lakes import assert_same, contents, lake_in, load_bronze
from runs import AT_ONCE, lay_page, maintain, run

from fedbytweets.lake import silver as silver_lake
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance import maintain_raw, maintain_table
from fedbytweets.tables import ALL, SILVER

LOOP = """
import sys
sys.path[:0] = sys.argv[2:]
from lakes import lake_in
from runs import maintain
from fedbytweets.lake.maintenance import UpkeepSettings
lake = lake_in(sys.argv[1])
settings = UpkeepSettings(snapshot_hours=0, snapshots_kept=2, orphan_hours=24, raw_days=0)
print("ready", flush=True)
while True:
    maintain(lake, settings)
"""


class _Killed(BaseException):
    """What stands for a kill within the process."""


def _truth(folder: Path, pages: int) -> Lake:
    """Return a lake that took the pages at one go, and was never maintained."""
    lake = lake_in(folder)
    for number in range(pages):
        lay_page(lake, number)
    load_bronze(lake)
    for table in SILVER:
        silver_lake.merge_new(lake, table)
    return lake


class _Fuse(Counter[str]):
    """Counts operations of the file system, and kills at the last one it has left."""

    left = 1_000_000

    def __setitem__(self, name: str, value: int) -> None:
        self.left -= 1
        if self.left <= 0:
            raise _Killed
        super().__setitem__(name, value)


def _attempted(step: Callable[[], object], fuse: _Fuse, draw: random.Random) -> None:
    """Do a step; every third time it is killed at some operation of the file system."""
    fuse.left = draw.choice([1_000_000, 1_000_000, draw.randrange(1, 60)])
    with suppress(_Killed):
        step()
    fuse.left = 1_000_000


@pytest.mark.parametrize("seed", range(3))
def test_in_any_order_with_kills_at_any_operation_silver_equals_the_truth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Twenty steps drawn at random; then one run makes good whatever was cut off."""
    draw = random.Random(seed)
    fuse = _Fuse()
    lake = counted(lake_in(tmp_path / "lake"), monkeypatch, fuse)
    pages = 0
    for _ in range(20):
        step = draw.choice(["page", "page", "bronze", "silver", "maintain", "table"])
        if step == "page":
            lay_page(lake, pages)
            pages += 1
            continue
        table = draw.choice(ALL)
        merged = draw.choice(SILVER)
        steps: dict[str, Callable[[], object]] = {
            "bronze": lambda: load_bronze(lake),
            "silver": lambda merged=merged: silver_lake.merge_new(lake, merged),
            "maintain": lambda: maintain_raw(lake, AT_ONCE),
            "table": lambda table=table: maintain_table(lake, table, AT_ONCE),
        }
        _attempted(steps[step], fuse, draw)

    load_bronze(lake)
    for table in SILVER:
        silver_lake.merge_new(lake, table)
    maintain(lake)

    truth = _truth(tmp_path / "truth", pages)
    assert pages > 0
    assert_same(_comparable(lake), _comparable(truth))


@pytest.mark.long
def test_maintenance_that_is_killed_again_and_again_beside_a_running_ingestion_harms_nothing(tmp_path: Path) -> None:
    """Another process maintains without a pause, and dies by SIGKILL; the runs beside it lose and double nothing."""
    lake = lake_in(tmp_path / "lake")
    here = Path(__file__).parent
    draw, number = random.Random(7), 0
    for _ in range(3):
        command = [sys.executable, "-c", LOOP, str(tmp_path / "lake"), str(here.parent), str(here)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "ready\n"
            until = time.monotonic() + draw.uniform(1.5, 3)
            while time.monotonic() < until:
                run(lake, number)
                number += 1
            other.kill()

    run(lake, number)
    maintain(lake)

    truth = _truth(tmp_path / "truth", number + 1)
    assert_same(_comparable(lake), _comparable(truth))


def _comparable(lake: Lake) -> dict[str, object]:
    """Return all rows, but for the sizes of raw objects."""
    return {name: rows.drop("bytes", strict=False) for name, rows in contents(lake).items()}
