"""Bronze in the lake: the rows of each raw object once, whatever is repeated, killed or overlapped.

Every table takes the rows of a raw object in one commit, unless it has rows of that object already. The object is
entered in `bronze.raw_objects` last: what is not there is read again by the next run, however old it is.
"""

from collections.abc import Mapping
from datetime import datetime

import polars as pl
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.table import Table as IcebergTable

from fedbytweets.lake.commit import again_on_conflict, guarded
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import checked_subject
from fedbytweets.tables import BRONZE, Table, bronze

_INSTANT = "%Y-%m-%dT%H:%M:%S.%f"


def pending(lake: Lake, subject: str = "") -> list[RawObject]:
    """Return the raw objects (of one subject) that bronze does not hold yet, by key."""
    loaded = loaded_keys(lake, subject)
    return [raw_object for raw_object in lake.raw.list(subject) if raw_object.key not in loaded]


def loaded_keys(lake: Lake, subject: str = "") -> set[str]:
    """Return the raw keys (of one subject) that bronze holds."""
    table = lake.catalog.find(bronze.RAW_OBJECTS)
    if table is None:
        return set()
    which = f"subject == '{checked_subject(subject)}'" if subject else AlwaysTrue()
    return set(table.scan(row_filter=which, selected_fields=("file_name",)).to_arrow()["file_name"].to_pylist())


def append(lake: Lake, rows: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """Append rows, by table name, of raw objects that bronze may hold in part; return how many rows were new.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    return {table.name: _append_absent(lake, table, rows[table.name]) for table in BRONZE}


def held_keys(iceberg: IcebergTable, first: datetime, last: datetime) -> frozenset[str]:
    """Return the raw keys of a bronze table's rows that were retrieved from `first` to `last` (naive UTC).

    A raw object's rows have times of retrieval that never change, so those look up what may be there already.
    """
    when = f"import_date >= '{first:{_INSTANT}}' and import_date <= '{last:{_INSTANT}}'"
    keys = iceberg.scan(row_filter=when, selected_fields=("file_name",)).to_arrow()["file_name"]
    return frozenset(keys.unique().to_pylist())


def _append_absent(lake: Lake, table: Table, rows: pl.DataFrame) -> int:
    if rows.is_empty():
        return 0
    return again_on_conflict(lambda: _append_once(lake, table, rows), lake.settings.commit_attempts)


def _append_once(lake: Lake, table: Table, rows: pl.DataFrame) -> int:
    iceberg = lake.table(table)
    first, last = rows.select(
        pl.col("import_date").min().alias("first"), pl.col("import_date").max().alias("last")
    ).row(0)
    held = pl.Series(list(held_keys(iceberg, first, last)), dtype=pl.String)
    absent = rows.filter(~pl.col("file_name").is_in(held.implode()))
    if not absent.is_empty():
        with guarded(iceberg) as transaction:
            transaction.append(absent.select(table.names).to_arrow().cast(table.schema))
    return absent.height
