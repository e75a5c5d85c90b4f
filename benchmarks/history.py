"""An incremental run on silver tables that hold millions of rows already: 1,200 tweets and 900 users arrive."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl
from pyiceberg.manifest import DataFile

from benchmarks.cost import Cost, counted
from fedbytweets.lake import silver as silver_lake
from fedbytweets.lake.commit import PROGRESS, replace_files
from fedbytweets.lake.files import sizes, write_rows
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.parts import append_parts, write_part
from fedbytweets.settings import lake_settings
from fedbytweets.silver import silver_rows
from fedbytweets.tables import BRONZE, Table, bronze, silver

ARRIVE, ARRIVE_AGAIN, USERS_ARRIVE = 1_200, 200, 900
USERS_A_TWEET = 5
"""One user in the history for so many tweets."""

_START = datetime(2026, 1, 1)  # noqa: DTZ001 (naive UTC, as the tables hold it)
_STEP = 1 << 32  # snowflakes of neighbouring tweets lie about a second apart
_FIRST = 1_700_000_000_000_000_000


def build(lake: str, rows: int) -> Cost:
    """Make a lake whose silver holds so many tweets, and a fifth as many users, in files as merges write them."""
    here, cost = open_lake(lake_settings(lake=lake)), Cost(done={"tweets": rows, "users": rows // USERS_A_TWEET})
    _append(here, _users([0], "lula/first"), _tweets(0, 1, "lula/first"))
    with counted(cost):
        _fill(here, silver.TWEETS, rows)
        _fill(here, silver.USERS, rows // USERS_A_TWEET)
    return cost


def increment(lake: str, rows: int, table: str, run: int) -> Cost:
    """Merge what arrives into one silver table, as the run of that number; the first run warms nothing up."""
    here, declared = open_lake(lake_settings(lake=lake)), next(each for each in BRONZE if each.name == table)
    _append(here, *_arriving(rows, run))
    target = next(each for each in (silver.TWEETS, silver.USERS) if each.name == declared.name)
    cost = Cost()
    with counted(cost):
        merged = silver_lake.merge_new(here, target)
    cost.done = {"inserted": merged.inserted, "updated": merged.updated}
    return cost


def increment_with_pandas(lake: str, rows: int) -> Cost:
    """Do the same to tweets the plain way: read all, drop duplicates, overwrite."""
    import pandas as pd

    files, new = _plain(lake, rows)
    cost = Cost()
    with counted(cost):
        whole = pd.concat([*(pd.read_parquet(file) for file in files), pd.read_parquet(new)])
        whole.drop_duplicates(["id", "subject"], keep="last").to_parquet(Path(lake) / "pandas.parquet")
    return cost


def increment_with_duckdb(lake: str, rows: int) -> Cost:
    """Do the same to tweets with DuckDB over Parquet files: keep the last row of each key, overwrite."""
    import duckdb

    files, new = _plain(lake, rows)
    target, cost = Path(lake) / "duckdb.parquet", Cost()
    with counted(cost), duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * FROM read_parquet({[*map(str, files), str(new)]}, union_by_name=true) "
            "QUALIFY row_number() OVER (PARTITION BY id, subject ORDER BY import_date DESC) = 1) "
            f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
        )
    return cost


def _fill(lake: Lake, table: Table, rows: int) -> None:
    """Commit history: rows in the order of their keys, in files of the size that merges write."""
    iceberg = lake.table(table)
    head = lake.table(next(each for each in BRONZE if each.name == table.name)).metadata.current_snapshot_id
    files: list[DataFile] = []
    start = 0
    for size in sizes(rows, table, lake.settings.file_rows, 0):
        files.extend(write_rows(iceberg, table, _history(table, start, start + size)))
        start += size
    if files:
        replace_files(iceberg, [], files, {PROGRESS: str(head)})


def _history(table: Table, start: int, end: int) -> pl.DataFrame:
    number = pl.arange(start, end, eager=True)
    rows = _old_tweets(number) if table is silver.TWEETS else _old_users(number)
    rows = rows.with_columns(**_seen("lula/old", 0), page=pl.lit(1, pl.Int32), page_row=pl.lit(1, pl.Int32))
    known = rows.select([name for name in rows.columns if name in table.names])
    return pl.concat([table.frame(), known], how="diagonal_relaxed").select(table.names)


def _old_tweets(number: pl.Series) -> pl.DataFrame:
    text = "RT " + number.hash(1).cast(pl.String) + " o que se diz hoje é " + number.hash(2).cast(pl.String)
    return pl.DataFrame({"id": _FIRST + number * _STEP, "text": text, "author_id": number * 7 % 1_000_003})


def _old_users(number: pl.Series) -> pl.DataFrame:
    name = "N " + number.hash(3).cast(pl.String)
    return pl.DataFrame({"id": number * 7 + 1, "username": "u" + number.cast(pl.String), "name": name})


def _arriving(rows: int, run: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return users, drawn anywhere from those known and some new, and tweets: 200 known ones and 1,000 new."""
    random, known = Random(run), rows // USERS_A_TWEET
    numbers = sorted({random.randrange(known + known // 50 + USERS_ARRIVE) for _ in range(USERS_ARRIVE)})
    first = max(0, rows + run * (ARRIVE - ARRIVE_AGAIN) - ARRIVE_AGAIN)
    return _users(numbers, f"lula/{run}", run + 1), _tweets(first, ARRIVE, f"lula/{run}", run + 1)


def _users(numbers: list[int], key: str, hours: int = 0) -> pl.DataFrame:
    ids = pl.Series(numbers, dtype=pl.Int64) * 7 + 1
    return pl.DataFrame({"id": ids.cast(pl.String)}).with_columns(**_seen(key, hours), name=pl.lit("novo"))


def _tweets(first: int, number: int, key: str, hours: int = 0) -> pl.DataFrame:
    ids = _FIRST + pl.arange(first, first + number, eager=True) * _STEP
    return pl.DataFrame({"id": ids.cast(pl.String)}).with_columns(**_seen(key, hours), text=pl.lit("o que se diz"))


def _seen(key: str, hours: int) -> dict[str, pl.Expr]:
    when = _START + timedelta(hours=hours)
    return {"import_date": pl.lit(when), "file_name": pl.lit(key), "subject": pl.lit("lula")}


def _append(lake: Lake, users: pl.DataFrame, tweets: pl.DataFrame) -> None:
    frames = {table.name: table.frame() for table in BRONZE}
    for table, rows in ((bronze.USERS, users), (bronze.TWEETS, tweets)):
        known = rows.select([name for name in rows.columns if name in table.names])
        frames[table.name] = pl.concat([table.frame(), known], how="diagonal")
    append_parts(lake, [write_part(lake, {name: rows.to_arrow() for name, rows in frames.items()})])


def _plain(lake: str, rows: int) -> tuple[list[str], Path]:
    """Return the history's tweets as plain Parquet files, and one of what arrives, typed alike (not counted)."""
    here = open_lake(lake_settings(lake=lake))
    table = here.table(silver.TWEETS)
    files = [task.file.file_path.removeprefix("file://") for task in table.scan().plan_files()]
    _, tweets = _arriving(rows, 99)
    typed = silver_rows(pl.concat([bronze.TWEETS.frame(), tweets], how="diagonal"), silver.TWEETS)
    new = Path(lake) / "arriving.parquet"
    typed.write_parquet(new)
    os.sync()
    return files, new
