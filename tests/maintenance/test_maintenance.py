"""Maintenance keeps every row, makes few files of many, and leaves alone what somebody may still need."""

import os
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from lakes import (
    assert_same,
    contents,
    data_files,
    lake_in,
    lay,
    lines,
    load_bronze,
    merge_silver,
    page_of,
    snapshots,
)
from runs import AT_ONCE, FIRST, lay_page, maintain, run

from fedbytweets.lake import bronze as bronze_lake
from fedbytweets.lake import replay
from fedbytweets.lake.files import current_files
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance import UpkeepSettings, compaction, groups
from fedbytweets.lake.parts import lay_out
from fedbytweets.raw.text import text_of
from fedbytweets.tables import BRONZE, SILVER, bronze, silver


def _files(lake: Lake) -> set[str]:
    return {str(path) for path in Path(lake.settings.lake).rglob("*") if path.is_file()}


def test_every_row_is_kept_and_every_table_ends_in_one_file(lake: Lake) -> None:
    """Nothing else lies in the lake then: data, metadata, or raw."""
    for number in range(5):
        run(lake, number)
    before = contents(lake)

    tables, raw = maintain(lake)
    merge_silver(lake)  # what bronze was before the compaction is needed until silver says it has seen that
    maintain(lake)

    assert_same(contents(lake), before)
    filled = [table for table in (*BRONZE, *SILVER) if before[table.identifier].height]
    assert {table.identifier: len(data_files(lake, table)) for table in filled} == {
        table.identifier: 1 for table in filled
    }
    assert tables["bronze.tweets"].files_before == 5
    assert raw.compressed == 5
    assert len([path for path in _files(lake) if path.endswith(".parquet")]) == len(filled)


def test_a_dry_run_says_what_would_be_done_and_touches_nothing(lake: Lake) -> None:
    """Counts and bytes of the rewriting are those of the real run."""
    for number in range(4):
        run(lake, number)
    heads, files = snapshots(lake), _files(lake)

    planned, planned_raw = maintain(lake, dry_run=True)
    assert (snapshots(lake), _files(lake)) == (heads, files)
    done, raw = maintain(lake)

    for name, table in done.items():
        plan = planned[name]
        assert (plan.files_before, plan.files_after) == (table.files_before, table.files_after)
        assert (plan.rewritten_files, plan.rewritten_bytes) == (table.rewritten_files, table.rewritten_bytes)
        assert plan.snapshots_expired <= table.snapshots_expired <= plan.snapshots_expired + 1
    assert planned_raw == raw


def test_silver_becomes_disjoint_ranges_of_its_key_of_a_bounded_size(tmp_path: Path) -> None:
    """Overlapping files are cut anew; none holds more rows than the setting says."""
    lake = lake_in(tmp_path / "lake", file_rows=30)
    for number in range(4):
        lay(lake, f"lula/{number}.json", lines(page_of(range(number + 1, 200, 4))), FIRST + timedelta(hours=number))
        load_bronze(lake)
        merge_silver(lake)
    before = contents(lake, SILVER)

    maintain(lake)

    assert_same(contents(lake, SILVER), before)
    for table in SILVER:
        files = sorted(current_files(lake.table(table), table), key=lambda file: file.least)
        assert all(left.greatest < right.least for left, right in pairwise(files))
        assert all(file.file.record_count <= 30 for file in files)


def test_silver_reads_only_what_is_new_after_maintenance(lake: Lake) -> None:
    """A compaction adds no row that a merge has to see, and the snapshots a merge starts from are kept."""
    run(lake, 0)
    for number in (1, 2, 3):
        lay_page(lake, number)
        load_bronze(lake)
    maintain(lake)
    lay_page(lake, 4)
    load_bronze(lake)

    merged = {each.table: each.read for each in merge_silver(lake)}

    assert merged["silver.tweets"] == 80
    assert sorted(lake.scan(silver.TWEETS).collect()["id"].to_list()) == list(range(1, 101))


def test_files_that_a_run_may_be_about_to_commit_are_left(lake: Lake) -> None:
    """Only what is old enough and reached by nothing goes, hidden leftovers in raw among it."""
    run(lake, 0)
    table = Path(lake.table(silver.TWEETS).location().removeprefix("file://"))
    raw = Path(lake.settings.lake, "bronze/batch/raw/lula")
    names = [table / "data/young.parquet", table / "data/old.parquet", raw / ".young.1", raw / ".old.1"]
    for path in names:
        path.write_bytes(b"left by a kill")
        if "old" in path.name:
            os.utime(path, times=(time.time() - 90 * 3600,) * 2)

    maintain(lake, UpkeepSettings())

    assert [path.name for path in names if path.exists()] == ["young.parquet", ".young.1"]


def test_young_snapshots_and_young_raw_objects_are_kept(lake: Lake) -> None:
    """Under the default settings a new lake is only compacted."""
    for number in range(3):
        run(lake, number)

    tables, raw = maintain(lake, UpkeepSettings())

    assert sum(table.snapshots_expired for table in tables.values()) == 0
    assert (raw.compressed, raw.removed_files) == (0, 0)
    assert tables["silver.tweets"].files_after == 1


def test_a_compressed_raw_object_has_its_key_its_lineage_and_its_text(lake: Lake) -> None:
    """Bronze does not load it again, a replay makes the same rows of it; also of one that was laid by hand."""
    run(lake, 0, tweets=50)
    hand = Path(lake.settings.lake, "bronze/batch/raw/lula/by-hand.json")
    hand.write_bytes(lines(page_of(range(900, 950))))
    load_bronze(lake)
    merge_silver(lake)
    texts = {one.key: lake.raw.read(one.key) for one in lake.raw.list()}
    before = contents(lake)

    _, raw = maintain(lake)

    assert raw.compressed == 2
    assert raw.bytes_after < raw.bytes_before / 3
    assert {key: text_of(lake.raw.read(key)).content for key in texts} == texts
    assert bronze_lake.pending(lake) == []
    objects = replay.selected(lake)
    reload = replay.Reload(lake, objects)
    reload.take(lay_out(lake, objects))
    reload.commit()
    after = contents(lake, BRONZE)
    of_rows = {name: rows for name, rows in after.items() if name != "bronze.raw_objects"}
    assert_same(of_rows, {name: before[name] for name in of_rows})


def test_what_bronze_does_not_hold_yet_is_not_compressed(lake: Lake) -> None:
    """A page that waits to be loaded is read by others than the loader."""
    lay_page(lake, 0)
    waiting = lake.raw.read("lula/run-00000.json")

    maintain(lake)

    assert lake.raw.read("lula/run-00000.json") == waiting


def test_maintaining_twice_changes_nothing_more(lake: Lake) -> None:
    """The second run finds the lake in shape."""
    for number in range(3):
        run(lake, number)
    maintain(lake)
    maintain(lake)  # what the first one replaced is gone now
    heads, files = snapshots(lake), _files(lake)

    maintain(lake, AT_ONCE)

    assert snapshots(lake) == heads
    assert {path for path in _files(lake) if path.endswith(".parquet")} == {
        path for path in files if path.endswith(".parquet")
    }


def test_a_compaction_gives_way_to_a_writer_that_replaced_one_of_its_files(lake: Lake) -> None:
    """It commits nothing and leaves no file behind; the rows are as they were."""
    for number in range(3):
        run(lake, number, tweets=2)
    before = contents(lake)
    (group,) = groups.groups(lake.table(bronze.TWEETS), bronze.TWEETS, lake.settings.file_rows)
    assert compaction.compact(lake, bronze.TWEETS, group)
    heads, files = snapshots(lake), _files(lake)

    assert not compaction.compact(lake, bronze.TWEETS, group)

    assert (snapshots(lake), _files(lake)) == (heads, files)
    assert_same(contents(lake), before)
