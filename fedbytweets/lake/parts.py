"""Raw objects -> a part of bronze: their rows as data files that no reader sees yet, and parts -> one commit a table.

A part is small and can be pickled: whoever lays it out (a thread, a process, another machine) writes the files, and
one driver makes them visible. A part that is lost on the way, or laid out twice, leaves files that are in no snapshot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.manifest import DataFile

from fedbytweets.bronze import Source, bronze_rows
from fedbytweets.lake.bronze import held_keys
from fedbytweets.lake.commit import again_on_conflict, replace_files
from fedbytweets.lake.compliance import record
from fedbytweets.lake.files import read_rows, write_rows
from fedbytweets.lake.isolation import PutAside, isolating, put_aside
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.load import row_groups
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import subject_of
from fedbytweets.raw.lineage import Lineage, Question
from fedbytweets.raw.pages import Refusal
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
    failed: tuple[PutAside, ...] = ()
    """Those that were put aside: of each there is a row of quarantine."""

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each bronze table, by name."""
        return {table.name: self.written[table.name].rows if table.name in self.written else 0 for table in BRONZE}


@dataclass(frozen=True, slots=True)
class Appended:
    """Rows that are new in bronze, by table name, and the raw objects that were put aside on the way."""

    rows: dict[str, int]
    failed: tuple[PutAside, ...] = ()

    def __add__(self, other: "Appended") -> "Appended":
        """Return what two steps appended in all."""
        names = self.rows | other.rows
        rows = {name: self.rows.get(name, 0) + other.rows.get(name, 0) for name in names}
        return Appended(rows, self.failed + other.failed)


def lay_out(lake: Lake, objects: Sequence[RawObject]) -> Part:
    """Write the rows that some raw objects give as data files; an object that makes this raise is put aside.

    Raises:
        LakeError: a raw object cannot be fetched, or rows cannot be written.

    """
    erasures = record(lake)

    def written(some: Sequence[RawObject]) -> Part:
        return _joined([write_part(lake, rows) for rows in row_groups(lake, some, erasures)])

    return _joined(isolating(objects, written, lambda one, error: aside(lake, one, "raw to bronze rows", error)))


def aside(lake: Lake, raw_object: RawObject, step: str, error: Exception) -> Part:
    """Write the rows of a raw object that made a step raise: one of quarantine, and the line about the object.

    Where its lineage cannot be used, it counts as an answer that may have cost as much as any.
    """
    failed = put_aside(raw_object.key, step, error)
    subject, found = subject_of(raw_object.key), Refusal(1, 0, "failed", failed.reason)

    def written(lineages: Sequence[Callable[[], Lineage]]) -> Part:
        source = Source(raw_object.key, subject, lineages[0](), raw_object.bytes)
        return replace(write_part(lake, bronze_rows([(source, [found])])), failed=(failed,))

    at = raw_object.modified_at
    unknown = Lineage(subject, "laid", at, Question(query="", dialect="", start=at, end=at, page=1))
    (part,) = isolating([lambda: lake.raw.lineage(raw_object, subject)], written, lambda *_: written([lambda: unknown]))
    return part


def _joined(parts: Sequence[Part]) -> Part:
    """Return several parts as one."""
    written: dict[str, Written] = {}
    for name, one in (item for part in parts for item in part.written.items()):
        other = written.get(name, Written((), 0, one.first, one.last))
        files, rows = (*other.files, *one.files), other.rows + one.rows
        written[name] = Written(files, rows, min(other.first, one.first), max(other.last, one.last))
    keys = frozenset[str]().union(*(part.keys for part in parts))
    return Part(keys, written, tuple(each for part in parts for each in part.failed))


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


def append_or_put_aside(lake: Lake, parts: Sequence[Part], objects: Sequence[RawObject]) -> Appended:
    """Append the parts that some raw objects were laid out as; objects that make this raise are put aside.

    Raises:
        ConflictError: other writers were first at every attempt.
        LakeError: bronze cannot be read or written.

    """
    laid_out: Sequence[Part] = parts

    def appended(some: Sequence[RawObject]) -> Appended:
        nonlocal laid_out
        taken, laid_out = laid_out or [lay_out(lake, some)], ()
        return Appended(append_parts(lake, taken), tuple(each for part in taken for each in part.failed))

    def alone(raw_object: RawObject, error: Exception) -> Appended:
        part = aside(lake, raw_object, "append to bronze", error)
        return Appended(append_parts(lake, [part]), part.failed)

    return sum(isolating(objects, appended, alone), Appended({}))


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
