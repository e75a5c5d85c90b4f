"""A table, declared once: its columns with a line of prose each, its key, its partition.

Everything else is derived from a `Table`: the frames that flows carry, the lake's tables, the reference pages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import polars as pl
import pyarrow as pa

TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "int": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "timestamp": pa.timestamp("us"),
    "array<string>": pa.list_(pa.string()),
}
"""Athena's name of a type -> Arrow's. A timestamp is naive and means UTC."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, its type as Athena shows it, and what it says."""

    name: str
    type: str
    doc: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake.

    `key` names the columns that make a row unique (silver) or is empty (bronze keeps what came).
    `month_of` is the timestamp column whose month partitions the table; empty where the table is one piece.
    `grows_by_time` says that new keys lie beyond the old ones, so that a batch leaves most files alone.
    """

    layer: str
    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    month_of: str = ""
    grows_by_time: bool = False

    @property
    def identifier(self) -> str:
        """The table's name in SQL: `silver.tweets`."""
        return f"{self.layer}.{self.name}"

    @property
    def names(self) -> list[str]:
        """The names of the table's columns, in order."""
        return [column.name for column in self.columns]

    @property
    def schema(self) -> pa.Schema:
        """The table's columns as Arrow names them, docs left out."""
        return _schema(self.columns)

    @property
    def frame_schema(self) -> dict[str, pl.DataType]:
        """The table's columns as Polars names them."""
        return dict(pl.DataFrame(self.schema.empty_table()).schema)

    def frame(self) -> pl.DataFrame:
        """Return no rows, with the table's columns in their order."""
        return pl.DataFrame(self.schema.empty_table())

    def arrow(self, columns: Mapping[str, Sequence[Any] | pa.Array], height: int) -> pa.Table:
        """Return so many rows from their columns, in the table's order; a column that is not given is null.

        Raises:
            pyarrow.ArrowException: a value does not fit its column.

        """
        arrays = [_array(columns.get(column.name, ()), TYPES[column.type], height) for column in self.columns]
        return pa.Table.from_arrays(arrays, schema=self.schema)


@cache
def _schema(columns: tuple[Column, ...]) -> pa.Schema:
    return pa.schema([pa.field(column.name, TYPES[column.type]) for column in columns])


def _array(values: Sequence[Any] | pa.Array, kind: pa.DataType, height: int) -> pa.Array:
    """Return values as an array; where all are absent, which a look tells sooner than a conversion, nulls."""
    if isinstance(values, pa.Array):
        return values
    if not any(values) and values.count(None) == len(values):
        return pa.nulls(height, kind)
    return pa.array(values, kind)
