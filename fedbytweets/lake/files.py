"""Data files of an Iceberg table: what keys they can hold, and their rows as frames, read and written.

The names of pyiceberg that are not public stand here and in `commit.py` alone; it is pinned for them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from pyiceberg.conversions import from_bytes
from pyiceberg.expressions import AlwaysTrue
from pyiceberg.io.pyarrow import ArrowScan, _dataframe_to_data_files, write_file
from pyiceberg.manifest import DataFile
from pyiceberg.partitioning import PartitionFieldValue, PartitionKey
from pyiceberg.table import FileScanTask, WriteTask
from pyiceberg.table import Table as IcebergTable
from pyiceberg.transforms import MonthTransform
from pyiceberg.types import PrimitiveType, TimestampType

from fedbytweets.lake.faults import told
from fedbytweets.tables import Table

_LEAST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class KeyedFile:
    """A data file and the least and greatest first key it holds (None: not known, so it may hold any)."""

    file: DataFile
    least: Any
    greatest: Any

    def may_hold(self, keys: pl.Series) -> bool:
        """Say whether the file can hold one of these first keys (sorted)."""
        if self.least is None or self.greatest is None:
            return True
        start = keys.search_sorted(self.least, side="left")
        return bool(start < len(keys) and keys[start] <= self.greatest)

    def is_beyond(self, key: Any) -> bool:
        """Say whether all first keys of the file are known to be greater than this one."""
        return self.least is not None and bool(self.least > key)


def current_files(table: IcebergTable, declared: Table) -> list[KeyedFile]:
    """Return the table's data files as of the snapshot it was loaded at."""
    return [keyed(table, declared, task.file) for task in table.scan().plan_files()]


def keyed(table: IcebergTable, declared: Table, file: DataFile) -> KeyedFile:
    """Return a data file with its bounds of the table's first key column."""
    field = table.schema().find_field(declared.key[0])
    assert isinstance(field.field_type, PrimitiveType)
    least, greatest = (file.lower_bounds or {}).get(field.field_id), (file.upper_bounds or {}).get(field.field_id)
    if least is None or greatest is None:
        return KeyedFile(file, None, None)
    return KeyedFile(file, from_bytes(field.field_type, least), from_bytes(field.field_type, greatest))


def read_rows(
    table: IcebergTable, declared: Table, files: Iterable[DataFile], columns: Sequence[str] | None = None
) -> pl.DataFrame:
    """Return the rows of some data files, all columns or some, as the declared table types them.

    Raises:
        LakeError: a file is missing or damaged, or the lake does not answer.

    """
    names = list(declared.names if columns is None else columns)
    scan = ArrowScan(table.metadata, table.io, table.schema().select(*names), AlwaysTrue())
    with told():
        arrow = scan.to_table([FileScanTask(file) for file in files])
    frame = pl.DataFrame(arrow).select(names)
    return frame.cast({name: declared.frame_schema[name] for name in names})


def write_rows(table: IcebergTable, declared: Table, rows: pl.DataFrame | pa.Table) -> Iterator[DataFile]:
    """Write rows as data files below the table; they are in no snapshot yet."""
    arrow = rows.select(declared.names).to_arrow() if isinstance(rows, pl.DataFrame) else rows
    arrow = arrow.cast(declared.schema)
    month = _only_month(table, declared, arrow)
    files = (
        _dataframe_to_data_files(table.metadata, arrow, table.io)
        if month is None
        else _write(table, declared, arrow, month)
    )
    for file in files:
        file.spec_id = table.metadata.default_spec_id  # a file read back before its commit has to have it
        yield file


def _only_month(table: IcebergTable, declared: Table, rows: pa.Table) -> PartitionKey | None:
    """Return the partition that all rows belong to; None where there are several, or the table has none.

    pyiceberg would look at each row and copy them all, which costs as much as to write them.
    """
    if not declared.month_of or not rows.num_rows:
        return None
    span = pc.min_max(rows[declared.month_of])
    field, schema = table.spec().fields[0], table.schema()
    month = MonthTransform().transform(TimestampType())
    first, last = (month(span[end].value) for end in ("min", "max"))
    if first != last or rows[declared.month_of].null_count:
        return None
    return PartitionKey([PartitionFieldValue(field, first)], table.spec(), schema)


def _write(table: IcebergTable, declared: Table, rows: pa.Table, partition: PartitionKey) -> Iterator[DataFile]:
    schema = table.schema().select(*declared.names)
    batches = rows.combine_chunks().to_batches()
    return write_file(table.io, table.metadata, iter([WriteTask(uuid4(), 0, schema, batches, partition_key=partition)]))


def cut(rows: pl.DataFrame, declared: Table, most: int, newer: int) -> Iterator[pl.DataFrame]:
    """Cut rows, in the order of their keys, into what one file each is to hold: see `sizes`."""
    start = 0
    for size in sizes(rows.height, declared, most, newer):
        yield rows.slice(start, size)
        start += size


def sizes(rows: int, declared: Table, most: int, newer: int) -> list[int]:
    """Return how many rows each file of so many is to hold, oldest first: about as many each, none over `most`.

    In a table that grows by time none holds more than twice the `newer` rows beyond it (but 2,000). What is retrieved
    again is mostly new, and a merge writes a whole file anew for one row: so that costs as little as the row is old.
    """
    newest: list[int] = []
    while declared.grows_by_time and rows > (least := max(_LEAST_ROWS, 2 * newer)) < most:
        newest.insert(0, least)
        rows -= least
        newer += least
    parts = -(-rows // most)
    return [rows * (number + 1) // parts - rows * number // parts for number in range(parts)] + newest
