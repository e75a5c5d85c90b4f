"""Things of one kind, as pages hold them -> rows of a table, each with where it stood in raw.

Rows are made a few pages at a time, from what the processor still has at hand: that halves the time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, repeat
from typing import Any, Generic, TypeVar

import pyarrow as pa

from fedbytweets.raw.lineage import Lineage
from fedbytweets.tables import Table

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """A raw object: its key `<subject>/<object>`, its lineage, its size as stored in bytes."""

    key: str
    subject: str
    lineage: Lineage
    bytes: int


@dataclass(frozen=True, slots=True)
class PageOrigin:
    """Where a page stands: its raw object, its number there (from 1), when it was retrieved (naive UTC)."""

    source: Source
    page: int
    import_date: datetime


@dataclass(slots=True)
class Things(Generic[T]):
    """Things of one kind, in order, on their way to be rows of a table.

    Of those that are rows already `origins` and `counts` still say, list by list, where they stood and how many each
    list held.
    """

    table: Table
    values: list[T] = field(default_factory=list)
    origins: list[PageOrigin] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    _parts: list[pa.Table] = field(default_factory=list)

    def add(self, values: Sequence[T], origin: PageOrigin) -> int:
        """Add the things of one list; return how many."""
        if values:
            self.values.extend(values)
            self.origins.append(origin)
            self.counts.append(len(values))
        return len(values)

    def lay_out(self, columns_of: Callable[[list[T]], Mapping[str, Sequence[Any]]]) -> None:
        """Make rows of the things that came since the last time, by the columns that they fill by themselves."""
        if self.values:
            self._parts.append(self.table.arrow(columns_of(self.values), len(self.values)))
            self.values.clear()

    def rows(self) -> pa.Table:
        """Return the rows made of all things, with where each stood in raw."""
        schema, where = self.table.schema, _where(self.origins, self.counts)
        rows = pa.concat_tables(self._parts or [schema.empty_table()])
        return pa.table([where.get(name, rows[name]) for name in schema.names], schema)


def _where(origins: Sequence[PageOrigin], counts: Sequence[int]) -> dict[str, pa.Array]:
    """Return the columns that say where things stood in raw, from the lists that held so many of them each."""
    number = pa.array(list(chain.from_iterable(map(repeat, range(len(origins)), counts))), pa.int32())
    return {
        "import_date": pa.array([origin.import_date for origin in origins], pa.timestamp("us")).take(number),
        "file_name": pa.array([origin.source.key for origin in origins], pa.string()).take(number),
        "subject": pa.array([origin.source.subject for origin in origins], pa.string()).take(number),
        "page": pa.array([origin.page for origin in origins], pa.int32()).take(number),
        "page_row": pa.array(list(chain.from_iterable(range(1, count + 1) for count in counts)), pa.int32()),
    }
