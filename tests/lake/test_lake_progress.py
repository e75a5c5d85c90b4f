"""Progress: what bronze has and silver has not is found, whatever became of the snapshots between."""

from datetime import timedelta

import polars as pl
import pytest
from lakes import (
    NOON,
    append,
    contents,
    data_files,
    lay,
    lines,
    load_bronze,
    merge_silver,
    page_of,
    part_of,
    rows_of,
    snapshots,
)

from fedbytweets.instants import utc_now
from fedbytweets.lake import bronze as bronze_lake
from fedbytweets.lake import replay, silver
from fedbytweets.lake.commit import PROGRESS, progress, replace_files
from fedbytweets.lake.files import read_rows, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import SILVER, bronze
from fedbytweets.tables import silver as silver_tables


def _add(lake: Lake, number: int) -> None:
    """Take one more raw object of ten tweets into bronze."""
    body = lines(page_of(range(number * 10 + 1, number * 10 + 11), name=f"v{number}"))
    lay(lake, f"lula/{number}.json", body, NOON + timedelta(hours=number))
    load_bronze(lake)


def _silver_ids(lake: Lake) -> list[int]:
    return lake.scan(silver_tables.TWEETS).collect()["id"].sort().to_list()


def _expire(lake: Lake) -> None:
    """Expire every snapshot of bronze but the head of each table."""
    for table in (bronze.TWEETS, bronze.USERS, bronze.PLACES):
        lake.table(table).maintenance.expire_snapshots().older_than(utc_now() + timedelta(days=1)).commit()


def test_a_merge_reads_only_what_bronze_appended_since_the_last(lake: Lake) -> None:
    """Ten of twenty rows, and none where nothing is new."""
    _add(lake, 0)
    merge_silver(lake)
    _add(lake, 1)

    assert silver.merge_new(lake, silver_tables.TWEETS) == silver.Merged("silver.tweets", 10, 10, 0)
    assert silver.merge_new(lake, silver_tables.TWEETS) == silver.Merged("silver.tweets", 0, 0, 0)


def test_a_fresh_silver_over_a_bronze_with_expired_snapshots_gets_all_rows(lake: Lake) -> None:
    """An incremental scan without a start would see the retained appends alone: 10 of 40 rows."""
    for number in range(4):
        _add(lake, number)
    _expire(lake)
    assert len(lake.table(bronze.TWEETS).metadata.snapshots) == 1

    merge_silver(lake)

    assert _silver_ids(lake) == list(range(1, 41))


def test_a_silver_whose_last_snapshot_of_bronze_expired_gets_all_rows(lake: Lake) -> None:
    """It cannot be told what came since; so all is read, and the merge is right all the same."""
    _add(lake, 0)
    merge_silver(lake)
    for number in range(1, 4):
        _add(lake, number)
    _expire(lake)

    merged = silver.merge_new(lake, silver_tables.TWEETS)

    assert (merged.read, merged.inserted) == (40, 30)
    assert _silver_ids(lake) == list(range(1, 41))


def test_a_silver_whose_last_snapshot_expired_but_is_the_parent_of_the_rest_gets_all_rows(lake: Lake) -> None:
    """The edge of the two: every append since is retained, the start itself is not."""
    _add(lake, 0)
    merge_silver(lake)
    start = progress(lake.table(silver_tables.TWEETS))
    assert start is not None
    for number in (1, 2):
        _add(lake, number)
    lake.table(bronze.TWEETS).maintenance.expire_snapshots().by_id(start).commit()

    merge_silver(lake)

    assert _silver_ids(lake) == list(range(1, 31))


def test_a_bronze_rewritten_by_a_replay_is_read_in_full_by_the_next_merge(lake: Lake) -> None:
    """What a replay puts in is in no append; a merge that only looked for appends would never see it."""
    _add(lake, 0)
    merge_silver(lake)
    objects = lake.raw.list()
    taught = rows_of(lake, objects)
    later = pl.col("import_date") + timedelta(minutes=1)
    taught["tweets"] = taught["tweets"].with_columns(lang=pl.lit("pt"), import_date=later)
    reload = replay.Reload(lake, objects)
    reload.take(part_of(lake, taught))
    reload.commit()

    merged = silver.merge_new(lake, silver_tables.TWEETS)

    assert (merged.read, merged.inserted, merged.updated) == (10, 0, 10)
    assert lake.scan(silver_tables.TWEETS).collect()["lang"].unique().to_list() == ["pt"]


def test_a_commit_that_is_not_about_progress_carries_it_on(lake: Lake) -> None:
    """A compaction of silver must not make the next merge read all of bronze."""
    _add(lake, 0)
    merge_silver(lake)
    table = lake.table(silver_tables.TWEETS)
    before = progress(table)
    files = [task.file for task in table.scan().plan_files()]
    rows = read_rows(table, silver_tables.TWEETS, files)

    replace_files(table, files, list(write_rows(table, silver_tables.TWEETS, rows)), {})

    assert before is not None
    assert progress(lake.table(silver_tables.TWEETS)) == before
    assert silver.merge_new(lake, silver_tables.TWEETS).read == 0


def test_a_commit_of_bronze_that_keeps_its_rows_is_not_read_again(lake: Lake) -> None:
    """A compaction of bronze, marked as one, costs silver nothing; what is appended after it is seen."""
    _add(lake, 0)
    merge_silver(lake)
    table = lake.table(bronze.TWEETS)
    files = [task.file for task in table.scan().plan_files()]
    rows = read_rows(table, bronze.TWEETS, files)
    replace_files(table, files, list(write_rows(table, bronze.TWEETS, rows)), {silver.KEEPS_ROWS: "true"})
    _add(lake, 1)

    merged = silver.merge_new(lake, silver_tables.TWEETS)

    assert (merged.read, merged.inserted) == (10, 10)


def test_progress_is_the_snapshot_of_bronze_that_was_read(lake: Lake) -> None:
    """It stands in silver's own snapshot, so that rows and progress are one commit."""
    _add(lake, 0)
    merge_silver(lake)
    for table in SILVER:
        head = lake.table(table).current_snapshot()
        source = lake.table(next(one for one in (bronze.TWEETS, bronze.USERS, bronze.PLACES) if one.name == table.name))
        assert head is not None
        assert head.summary is not None
        assert head.summary[PROGRESS] == str(source.metadata.current_snapshot_id)


def test_a_raw_object_is_taken_in_however_old_it_is(lake: Lake) -> None:
    """An object whose name and time lie years before all that is loaded comes with the next run."""
    _add(lake, 1)
    merge_silver(lake)
    lay(lake, "lula/2019-01-01-00_00.json", lines(page_of(range(1, 11))), NOON - timedelta(days=2500))

    assert [found.key for found in bronze_lake.pending(lake)] == ["lula/2019-01-01-00_00.json"]
    load_bronze(lake)
    merge_silver(lake)
    assert _silver_ids(lake) == list(range(1, 21))


def test_an_object_laid_by_hand_keeps_the_time_it_was_first_given(lake: Lake) -> None:
    """Without lineage its time of modification stands for its retrieval, once and for all."""
    path = lake.location.path("bronze/batch/raw/lula/by-hand.json")
    lake.location.files.create_dir(lake.location.path("bronze/batch/raw/lula"))
    _write(lake, path)
    load_bronze(lake)
    before = contents(lake, [bronze.TWEETS, bronze.RAW_OBJECTS])
    (laid,) = lake.raw.list()
    _write(lake, path)  # copied anew: another time of modification

    again = rows_of(lake, lake.raw.list())

    assert before["bronze.raw_objects"]["import_date"].item() == laid.modified_at.replace(tzinfo=None)
    assert before["bronze.raw_objects"]["origin"].item() == "laid"
    assert (
        again["tweets"]["import_date"].unique().to_list() == before["bronze.tweets"]["import_date"].unique().to_list()
    )
    assert append(lake, again)["tweets"] == 0


def _write(lake: Lake, path: str) -> None:
    with lake.location.files.open_output_stream(path) as file:
        file.write(lines(page_of(range(1, 6))))


@pytest.mark.parametrize("runs", [1, 3])
def test_running_again_commits_nothing(lake: Lake, runs: int) -> None:
    """Not one snapshot, not one file: neither by the usual run nor by appending the same rows by force."""
    _add(lake, 0)
    merge_silver(lake)
    before, files = snapshots(lake), data_files(lake, bronze.TWEETS)

    for _ in range(runs):
        load_bronze(lake)
        append(lake, rows_of(lake, lake.raw.list()))
        merge_silver(lake)

    assert snapshots(lake) == before
    assert data_files(lake, bronze.TWEETS) == files
