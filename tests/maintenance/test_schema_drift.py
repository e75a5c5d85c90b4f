"""A column added to a table that is declared, and has rows in a lake already."""

from dataclasses import replace

import polars as pl
import pytest
from lakes import data_files, load_bronze
from polars.testing import assert_frame_equal
from runs import lay_page, run

from fedbytweets.bronze import found
from fedbytweets.lake import parts
from fedbytweets.lake import silver as silver_lake
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import BRONZE, Column, Table, bronze, silver

MOOD = Column("mood", "string", "How it was meant.")
LAYERS = {"bronze": bronze.TWEETS, "silver": silver.TWEETS}


def _extended(table: Table) -> Table:
    """Return the table with a column more, in the midst of the others."""
    return replace(table, columns=(*table.columns[:9], MOOD, *table.columns[9:]))


def _declare(monkeypatch: pytest.MonkeyPatch) -> tuple[Table, Table]:
    """Make the pipeline know the new column, as a release of it would; rows say `glad`."""
    extended, merged = _extended(bronze.TWEETS), _extended(silver.TWEETS)
    declared = tuple(extended if table is bronze.TWEETS else table for table in BRONZE)
    columns = found.tweet_columns
    monkeypatch.setattr(bronze, "TWEETS", extended)
    monkeypatch.setattr(parts, "BRONZE", declared)
    monkeypatch.setattr("fedbytweets.lake.ranges.BRONZE", declared)
    monkeypatch.setattr(
        found, "tweet_columns", lambda tweets, more: columns(tweets, more) | {"mood": ["glad"] * len(tweets)}
    )
    return extended, merged


def test_a_new_column_reaches_a_live_table_without_a_rewrite_and_old_rows_read_null(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files of the old rows stand as they were; new rows are merged into silver with the column."""
    run(lake, 0)
    old_rows = {layer: lake.scan(table).collect() for layer, table in LAYERS.items()}
    old_files = {layer: data_files(lake, table) for layer, table in LAYERS.items()}
    extended, merged = _declare(monkeypatch)

    lay_page(lake, 1)
    load_bronze(lake)
    outcome = silver_lake.merge_new(lake, merged)

    assert (outcome.read, outcome.inserted, outcome.updated) == (20, 20, 0)
    for layer, table in {"bronze": extended, "silver": merged}.items():
        rows = lake.scan(table).collect()
        assert rows.group_by("mood").len().sort("mood").rows() == [(None, 20), ("glad", 20)]
        assert_frame_equal(rows.filter(pl.col("mood").is_null()).drop("mood").sort("id"), old_rows[layer].sort("id"))
        assert set(old_files[layer]) < set(data_files(lake, table))


def test_a_lake_that_lacks_a_declared_column_is_read_with_nulls(lake: Lake) -> None:
    """Looking at a lake changes nothing in it, and a column that nobody wrote is null."""
    run(lake, 0)

    rows = lake.scan(_extended(silver.TWEETS)).collect()

    assert rows.schema["mood"] == pl.String
    assert rows["mood"].null_count() == rows.height == 20
    assert "mood" not in lake.table(silver.TWEETS).schema().column_names


def test_old_and_new_rows_of_one_key_are_merged_across_the_change(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tweet seen before and after the change has one row, the later one."""
    run(lake, 0)
    _, merged = _declare(monkeypatch)

    from lakes import NOON, lay, lines, page_of

    lay(lake, "lula/again.json", lines(page_of([1, 2], likes=7)), NOON)
    load_bronze(lake)
    silver_lake.merge_new(lake, merged)

    rows = lake.scan(merged).select("id", "like_count", "mood").collect().sort("id")
    assert rows.head(3).rows() == [(1, 7, "glad"), (2, 7, "glad"), (3, 0, None)]
    assert rows.height == 20
