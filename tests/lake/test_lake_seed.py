"""The replaced system's own sample gives its own answer."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from lakes import append, merge_silver
from polars.testing import assert_frame_equal

from fedbytweets.lake.lake import Lake
from fedbytweets.tables import BRONZE, bronze, silver
from fedbytweets.tables.table import Table
from tasks.bronze import list_pending, load_bronze
from tasks.raw import import_files

SEED = "seed_lula_2022-06-19-22_30.json"
NOT_COMPARED = ("import_date", "file_name")
"""The sample was made by hand: at another time, and with `raw/` in the place of the key."""


def _expected(recorded: Path, table: Table) -> pl.DataFrame:
    file = recorded / f"seed_expected_bronze_{table.name}.csv"
    names = pl.read_csv(file, n_rows=0).columns
    types = {name: table.frame_schema[name] for name in names}
    return pl.read_csv(file, schema_overrides=types | {"import_date": pl.String})


@pytest.mark.parametrize("table", [bronze.TWEETS, bronze.USERS, bronze.PLACES], ids=lambda table: table.name)
def test_the_old_systems_raw_file_gives_its_own_bronze_rows(lake: Lake, recorded: Path, table: Table) -> None:
    """All contract columns but the time of import, whole rows, in the same order."""
    import_files.fn([str(recorded / SEED)], "lula")
    load_bronze.fn(list_pending.fn(""))

    expected = _expected(recorded, table).drop(NOT_COMPARED)
    rows = lake.scan(table).collect().sort("page", "page_row")

    assert_frame_equal(rows.select(expected.columns), expected)
    assert list(table.names[: len(expected.columns) + 2]) == [*expected.columns, *NOT_COMPARED]
    assert rows["file_name"].unique().item().startswith("lula/seed_lula_2022-06-19-22_30_")


def _old_bronze(recorded: Path) -> dict[str, pl.DataFrame]:
    """Return the replaced system's bronze rows as ours: what it did not keep is null."""
    frames = {table.name: table.frame() for table in BRONZE}
    for table in (bronze.TWEETS, bronze.USERS, bronze.PLACES):
        rows = pl.read_parquet(recorded / f"seed_bronze_{table.name}.parquet").drop("__index_level_0__", strict=False)
        if "subject" not in rows.columns:
            rows = rows.with_columns(subject=pl.col("file_name").str.split("/").list.first())
        frames[table.name] = pl.concat([table.frame(), rows], how="diagonal").select(table.names)
    return frames


@pytest.mark.parametrize("table", [silver.USERS, silver.PLACES], ids=lambda table: table.name)
def test_the_old_systems_bronze_rows_give_its_own_silver_rows(lake: Lake, recorded: Path, table: Table) -> None:
    """Users and places as last seen, whole rows of its columns."""
    append(lake, _old_bronze(recorded))
    merge_silver(lake)

    expected = pl.read_parquet(recorded / f"seed_silver_{table.name}.parquet").drop("__index_level_0__")
    types = {name: table.frame_schema[name] for name in expected.columns}
    rows = lake.scan(table).select(expected.columns).collect()

    assert_frame_equal(rows.sort("id"), expected.cast(types).sort("id"))


def test_the_old_systems_tweets_are_unique_in_silver(lake: Lake, recorded: Path) -> None:
    """Its tweets come out once each, by id and subject, as typed values."""
    given = _old_bronze(recorded)
    later = given["tweets"].with_columns(
        import_date=pl.col("import_date") + timedelta(days=1), file_name=pl.lit("lula/again")
    )
    append(lake, given)
    append(lake, given | {"tweets": later})
    merge_silver(lake)

    rows = lake.scan(silver.TWEETS).collect()
    keys = given["tweets"].select(pl.col("id").cast(pl.Int64), "subject").unique().sort("id", "subject")
    assert_frame_equal(rows.select("id", "subject").sort("id", "subject"), keys)
    assert rows["file_name"].unique().to_list() == ["lula/again"]
