"""A limit on the size of files, a full stop in the midst of any write; and a clock that jumps by days between steps."""

import os
import resource
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from cloud import steps, store
from lakes import assert_same, contents, lake_in, load_bronze, merge_silver
from processes import Step

from fedbytweets.errors import LakeError

Rows = Mapping[str, pl.DataFrame]


def run_in_vain(lake: str, files: list[str], most_bytes: int) -> None:
    """Run where no file may grow beyond so many bytes; end well only if that is told as the lake's failure.

    SQLite calls it an I/O error; files of tables and raw have no room.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    os.environ["FEDBYTWEETS_LAKE"] = lake
    with pytest.raises(LakeError, match=r"no room left|disk I/O error"):
        all_steps(files)


def all_steps(files: list[str]) -> None:
    """Run once, step by step."""
    for step in steps(files):
        step()


@pytest.mark.parametrize("most_kilobytes", [16, 20, 24])
def test_no_room_for_a_file_leaves_nothing_half_written(
    files: list[str], truth: Rows, tmp_path: Path, most_kilobytes: int
) -> None:
    """Raw, the catalog or a table is the first that does not fit; what shows is whole, and room heals it."""
    Step(run_in_vain, str(tmp_path), files, most_kilobytes << 10).finished()
    lake = lake_in(tmp_path)
    for each in lake.raw.list():
        assert lake.raw.read(each.key) in [Path(file).read_bytes() for file in files]
    for name, rows in contents(lake).items():
        assert_same({name: rows}, {name: truth[name].clear() if rows.is_empty() else truth[name]})

    store(lake, files)
    load_bronze(lake)
    merge_silver(lake)
    assert_same(contents(lake), truth)


def test_a_clock_that_jumps_by_days_changes_no_row(
    files: list[str], truth: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward, far back and forward again between commits: what is new is told by snapshots, not by their times."""
    lake, real = lake_in(tmp_path), time.time
    jumps = [timedelta(days=3), timedelta(days=-400), timedelta(0), timedelta(days=30), timedelta(days=-2)]
    for number, jump in enumerate(jumps):
        monkeypatch.setattr(time, "time", lambda jump=jump: real() + jump.total_seconds())
        store(lake, files[: number + 1])
        load_bronze(lake)
        merge_silver(lake)
    assert_same(contents(lake), truth)
