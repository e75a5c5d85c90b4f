"""Cost follows what is new: which data files a step opens, drops and adds, on tables with a history."""

from collections.abc import Iterator
from datetime import timedelta
from math import log

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import NOON, append, data_files, lay, lines, load_bronze, page_of, rows_of
from pyiceberg.io.pyarrow import PyArrowFile, PyArrowFileIO

from fedbytweets.lake import silver
from fedbytweets.lake.commit import PROGRESS, replace_files
from fedbytweets.lake.files import sizes, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance.compaction import compact
from fedbytweets.lake.maintenance.groups import groups
from fedbytweets.tables import BRONZE, bronze
from fedbytweets.tables import silver as silver_tables

HISTORY, FILE_ROWS, NEW = 200_000, 10_000, 1_200
AT = NOON.replace(tzinfo=None)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Record the data files that are opened to be read."""
    paths: list[str] = []
    real = PyArrowFileIO.new_input

    def recorded(self: PyArrowFileIO, location: str) -> object:
        if location.endswith(".parquet"):
            paths.append(location)
        return real(self, location)

    monkeypatch.setattr(PyArrowFileIO, "new_input", recorded)
    return paths


def _silver_rows(ids: pl.Series) -> pl.DataFrame:
    table = silver_tables.TWEETS
    rows = pl.DataFrame({"id": ids.cast(pl.Int64)}).with_columns(
        subject=pl.lit("lula"), text=pl.lit("oi"), import_date=pl.lit(AT), file_name=pl.lit("lula/old"), page=pl.lit(1)
    )
    return pl.concat([table.frame(), rows.cast({"page": pl.Int32})], how="diagonal").select(table.names)


def _bronze_rows(lake: Lake, first: int, count: int, hours: int) -> None:
    """Append bronze rows of tweets, retrieved so many hours after the history."""
    when = AT + timedelta(hours=hours)
    rows = pl.DataFrame({"id": pl.arange(first, first + count, eager=True).cast(pl.String)}).with_columns(
        subject=pl.lit("lula"), text=pl.lit("oi"), import_date=pl.lit(when), file_name=pl.lit(f"lula/{hours}")
    )
    frames = {table.name: table.frame() for table in BRONZE}
    frames["tweets"] = pl.concat([frames["tweets"], rows], how="diagonal")
    append(lake, frames)


@pytest.fixture
def history(lake: Lake) -> Lake:
    """Return a lake whose silver.tweets holds 200,000 tweets in 20 files, and all of bronze."""
    _bronze_rows(lake, 0, 1, hours=-100)
    head = lake.table(bronze.TWEETS).metadata.current_snapshot_id
    table = lake.table(silver_tables.TWEETS)
    files = [
        file
        for start in range(0, HISTORY, FILE_ROWS)
        for file in write_rows(
            table, silver_tables.TWEETS, _silver_rows(pl.arange(start, start + FILE_ROWS, eager=True))
        )
    ]
    replace_files(table, [], files, {PROGRESS: str(head)})
    return lake


def _merge(lake: Lake) -> tuple[silver.Merged, set[str], set[str]]:
    """Merge what is new; return what was done, and which files of silver were dropped and added."""
    before = set(data_files(lake, silver_tables.TWEETS))
    merged = silver.merge_new(lake, silver_tables.TWEETS)
    after = set(data_files(lake, silver_tables.TWEETS))
    return merged, before - after, after - before


def test_new_tweets_open_no_file_of_a_long_history(history: Lake, opened: list[str]) -> None:
    """1,200 new tweets on 200,000: the one bronze file is read and one silver file is added."""
    _bronze_rows(history, HISTORY, NEW, hours=1)
    opened.clear()

    merged, dropped, added = _merge(history)

    assert (merged.read, merged.inserted, merged.updated) == (NEW, NEW, 0)
    assert (len(dropped), len(added)) == (0, 1)
    assert [path for path in opened if "/silver/" in path] == []
    assert len(set(opened)) == 1


def test_tweets_seen_again_touch_the_files_that_hold_them_alone(history: Lake, opened: list[str]) -> None:
    """600 of the newest known tweets and 600 new ones: one file of twenty is read and written anew, in three parts."""
    _bronze_rows(history, HISTORY - NEW // 2, NEW, hours=1)
    opened.clear()

    merged, dropped, added = _merge(history)

    assert (merged.inserted, merged.updated) == (NEW // 2, NEW // 2)
    assert (len(dropped), len(added)) == (1, 4)
    assert len({path for path in opened if "/silver/" in path}) == 1


def test_a_merge_fetches_each_list_of_files_once(history: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pyiceberg asks for them to plan the scan, and twice more to replace a file."""
    _bronze_rows(history, HISTORY - NEW // 2, NEW, hours=1)
    fetched: list[str] = []
    real = PyArrowFile.open

    def recorded(self: PyArrowFile, seekable: bool = True) -> object:
        if self.location.endswith(".avro"):
            fetched.append(self.location)
        return real(self, seekable)

    monkeypatch.setattr(PyArrowFile, "open", recorded)
    silver.merge_new(history, silver_tables.TWEETS)

    assert any("/silver/" in path for path in fetched)
    assert sorted(fetched) == sorted(set(fetched))


def test_a_list_of_files_keeps_statistics_of_what_files_are_found_by_alone(history: Lake) -> None:
    """Each scan reads them for every file."""
    table = history.table(silver_tables.TWEETS)
    files = [task.file for task in table.scan().plan_files()]

    kept = {table.schema().find_column_name(field) for file in files for field in file.lower_bounds or {}}
    assert kept == {"id", "file_name", "import_date"}  # created_at is null in these rows


@given(rows=st.integers(0, 10**6), most=st.integers(100, 10**6), newer=st.integers(0, 10**6))
def test_no_file_holds_many_more_rows_than_are_newer_than_it(rows: int, most: int, newer: int) -> None:
    """Twice as many or 2,000, and the most a file may hold: so the rewrite for one tweet follows the tweet's age."""
    found = sizes(rows, silver_tables.TWEETS, most, newer)

    assert sum(found) == rows
    assert len(found) <= -(-rows // most) + 2 + log(max(most, 3), 3)
    for size in reversed(found):
        assert 0 < size <= min(most, max(2_000, 2 * newer))
        newer += size


def test_files_of_a_table_that_does_not_grow_by_time_are_cut_evenly() -> None:
    """Its rows are met at random: small files would only be more files."""
    assert sizes(250_000, silver_tables.USERS, 100_000, 0) == [83_333, 83_333, 83_334]


def test_compaction_leaves_the_newest_tweets_in_small_files(lake: Lake) -> None:
    """It makes of a hundred small files those that the next merge finds cheap, and finds nothing to do after."""
    _bronze_rows(lake, 0, 1, hours=-100)
    table = lake.table(silver_tables.TWEETS)
    small = [
        file
        for start in range(0, 100_000, 1_000)
        for file in write_rows(table, silver_tables.TWEETS, _silver_rows(pl.arange(start, start + 1_000, eager=True)))
    ]
    replace_files(table, [], small, {})

    for group in groups(lake.table(silver_tables.TWEETS), silver_tables.TWEETS, lake.settings.file_rows):
        assert compact(lake, silver_tables.TWEETS, group)

    table = lake.table(silver_tables.TWEETS)
    heights = [task.file.record_count for task in table.scan().plan_files()]
    assert sorted(heights) == [2_000, 4_000, 12_000, 36_000, 46_000]
    assert groups(table, silver_tables.TWEETS, lake.settings.file_rows) == []


def test_a_batch_of_known_tweets_retrieved_before_rewrites_nothing(history: Lake, opened: list[str]) -> None:
    """Rows that beat none leave every file in place; only progress is committed."""
    _bronze_rows(history, HISTORY - NEW, NEW, hours=-1)
    opened.clear()

    merged, dropped, added = _merge(history)

    assert (merged.read, merged.inserted, merged.updated) == (NEW, 0, 0)
    assert (dropped, added) == (set(), set())
    assert len({path for path in opened if "/silver/" in path}) == 1


def test_an_append_looks_up_only_files_of_the_same_retrieval_time(lake: Lake, opened: list[str]) -> None:
    """On a bronze of twelve runs a new object opens no file, and an old one opened again just its own."""
    for hour in range(12):
        lay(lake, f"lula/{hour:02}.json", lines(page_of([hour])), NOON + timedelta(hours=hour))
        load_bronze(lake)
    lay(lake, "lula/12.json", lines(page_of([12])), NOON + timedelta(hours=12))
    objects = {found.key: found for found in lake.raw.list()}

    opened.clear()
    rows = rows_of(lake, [objects["lula/12.json"]])
    assert append(lake, rows)["tweets"] == 1
    assert opened == []

    assert append(lake, rows_of(lake, [objects["lula/05.json"]]))["tweets"] == 0
    assert len(set(opened)) == len([table for table in BRONZE if not rows[table.name].is_empty()])
