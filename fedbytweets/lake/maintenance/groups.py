"""A table's data files -> groups worth writing anew as fewer files.

A silver table's files hold ranges of its key: those that overlap, and small neighbours, become disjoint ranges. A
bronze table's files hold stretches of time within a month: small neighbours become one. A group is left alone
unless rewriting it saves at least one file in ten or undoes an overlap of more than two files (of a few files: any
overlap), so that a large table is not rewritten for the sake of a few rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pyiceberg.conversions import from_bytes
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.types import PrimitiveType

from fedbytweets.lake.files import sizes
from fedbytweets.tables import Table

_WORTH = 10
_FEW = 8


@dataclass(frozen=True, slots=True)
class Span:
    """A data file and the least and greatest value it holds of the column its table is ordered by."""

    file: DataFile
    least: Any
    greatest: Any


@dataclass(frozen=True, slots=True)
class Group:
    """Data files that become `parts` files together, and how many rows of the table are newer than theirs."""

    spans: tuple[Span, ...]
    parts: int
    newer: int = 0

    @property
    def files(self) -> list[DataFile]:
        """The data files of the group."""
        return [span.file for span in self.spans]

    @property
    def rows(self) -> int:
        """How many rows they hold."""
        return _rows(self.spans)

    @property
    def bytes(self) -> int:
        """How many bytes they are."""
        return sum(file.file_size_in_bytes for file in self.files)


def order_of(declared: Table) -> list[str]:
    """Return the columns that a table's files are sorted by: its key, or when and where its rows were retrieved."""
    where = ("import_date", "file_name", "page", "page_row")
    if declared.key:
        return list(declared.key)
    return [name for name in where if name in declared.names] or declared.names[:1]


def groups(table: IcebergTable, declared: Table, file_rows: int) -> list[Group]:
    """Return the groups of a table's files that are worth rewriting into files of at most `file_rows` rows."""
    by_partition: dict[str, list[Span]] = {}
    for task in table.scan().plan_files():
        span = _span(table, declared, task.file)
        if span is not None:
            by_partition.setdefault(str(task.file.partition), []).append(span)
    return [
        group
        for spans in by_partition.values()
        for group in _grouped(_clusters(spans, touching=bool(declared.key)), declared, file_rows)
        if _is_worth_it(group, touching=bool(declared.key))
    ]


def _span(table: IcebergTable, declared: Table, file: DataFile) -> Span | None:
    """Return a file with its bounds; None where they are not known."""
    field = table.schema().find_field(order_of(declared)[0])
    assert isinstance(field.field_type, PrimitiveType)
    least, greatest = (file.lower_bounds or {}).get(field.field_id), (file.upper_bounds or {}).get(field.field_id)
    if least is None or greatest is None:
        return None
    return Span(file, from_bytes(field.field_type, least), from_bytes(field.field_type, greatest))


def _clusters(spans: Iterable[Span], *, touching: bool) -> list[list[Span]]:
    """Return the files in order; those whose ranges overlap stay together where they must become disjoint."""
    clusters: list[list[Span]] = []
    reached: Any = None
    for span in sorted(spans, key=lambda span: (span.least, span.greatest, span.file.file_path)):
        if touching and clusters and span.least <= reached:
            clusters[-1].append(span)
            reached = max(reached, span.greatest)
        else:
            clusters.append([span])
            reached = span.greatest
    return clusters


def _grouped(clusters: Sequence[Sequence[Span]], declared: Table, file_rows: int) -> list[Group]:
    """Put neighbours together as long as one file can hold them."""
    found: list[list[Span]] = []
    filled = file_rows
    for cluster in clusters:
        rows = _rows(cluster)
        if not found or filled + rows > file_rows:
            found.append([])
            filled = 0
        found[-1].extend(cluster)
        filled += rows
    heights = [_rows(spans) for spans in found]
    newer = [sum(heights) - reached for reached in accumulate(heights)]
    return [
        Group(tuple(spans), max(1, len(sizes(height, declared, file_rows, beyond))), beyond)
        for spans, height, beyond in zip(found, heights, newer, strict=True)
    ]


def _rows(spans: Iterable[Span]) -> int:
    return sum(span.file.record_count for span in spans)


def _is_worth_it(group: Group, *, touching: bool) -> bool:
    saved = len(group.spans) - group.parts
    if saved > 0 and saved * _WORTH >= len(group.spans):
        return True
    return touching and _depth(group.spans) > (1 if len(group.spans) <= _FEW else 2)


def _depth(spans: Iterable[Span]) -> int:
    """Return how many files may hold the same value, at most."""
    deepest, reached = 0, list[Any]()
    for span in sorted(spans, key=lambda span: span.least):
        reached = [greatest for greatest in reached if greatest >= span.least] + [span.greatest]
        deepest = max(deepest, len(reached))
    return deepest
