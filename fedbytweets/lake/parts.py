"""Raw objects -> a part of bronze: their rows as data files that no reader sees yet, and parts -> one commit a table.

A part is small and can be pickled: whoever lays it out (a thread, a process, another machine) writes the files, and
one driver makes them visible. A part that is lost on the way, or laid out twice, leaves files that are in no snapshot.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.manifest import DataFile

from fedbytweets.lake.bronze import held_keys
from fedbytweets.lake.commit import again_on_conflict, replace_files
from fedbytweets.lake.files import read_rows, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.load import rows_of
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.tables import BRONZE, Table


@dataclass(frozen=True, slots=True)
class Written:
    """Rows of one table in data files: how many, and when the first and last were retrieved (naive UTC)."""

    files: tuple[DataFile, ...]
    rows: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of some raw objects (by key) as data files, by table name; a table without rows is not in it."""

    keys: frozenset[str]
    written: Mapping[str, Written]

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each bronze table, by name."""
        return {table.name: self.written[table.name].rows if table.name in self.written else 0 for table in BRONZE}


def lay_out(lake: Lake, objects: Sequence[RawObject]) -> Part:
    """Write the rows that some raw objects give as data files.

    Raises:
        LakeError: a raw object cannot be fetched.

    """
    return write_part(lake, rows_of(lake, objects))


def write_part(lake: Lake, rows: Mapping[str, pa.Table]) -> Part:
    """Write rows, by bronze table name, as data files."""
    keys = frozenset(key for each in rows.values() for key in each["file_name"].unique().to_pylist())
    filled = [table for table in BRONZE if rows[table.name].num_rows]
    return Part(keys, {table.name: _written(lake, table, rows[table.name]) for table in filled})


def append_parts(lake: Lake, parts: Sequence[Part]) -> dict[str, int]:
    """Append parts of which bronze may hold some already; return how many rows were new, by table name.

    Each table takes all parts in one commit, without the rows of raw objects that it has rows of.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    attempts = lake.settings.commit_attempts
    return {
        table.name: again_on_conflict(lambda table=table: _append(lake, table, parts), attempts)  # type: ignore[misc]
        for table in BRONZE
    }


def _append(lake: Lake, table: Table, parts: Sequence[Part]) -> int:
    mine = [(part.keys, part.written[table.name]) for part in parts if table.name in part.written]
    if not mine:
        return 0
    iceberg = lake.table(table)
    first, last = min(each.first for _, each in mine), max(each.last for _, each in mine)
    held = held_keys(iceberg, frozenset().union(*(keys for keys, _ in mine)), first, last)
    absent = [_without(lake, table, each, held) if held & keys else each for keys, each in mine if not keys <= held]
    files = [file for each in absent if each for file in each.files]
    if files:
        replace_files(iceberg, [], files, {})
    return sum(each.rows for each in absent if each)


def _without(lake: Lake, table: Table, written: Written, held: frozenset[str]) -> Written | None:
    """Write anew the rows that are of none of these raw objects; None where there are none."""
    rows = read_rows(lake.table(table), table, written.files)
    absent = rows.filter(~pl.col("file_name").is_in(pl.Series(list(held), dtype=pl.String).implode()))
    return _written(lake, table, absent.to_arrow()) if absent.height else None


def _written(lake: Lake, table: Table, rows: pa.Table) -> Written:
    span = pc.min_max(rows["import_date"]).as_py()
    return Written(tuple(write_rows(lake.table(table), table, rows)), rows.num_rows, span["min"], span["max"])
