"""Bronze in the lake: the rows of each raw object once, whatever is repeated, killed or overlapped.

Every table takes the rows of a raw object in one commit, unless it has rows of that object already. The object is
entered in `bronze.raw_objects` last: what is not there is read again by the next run, however old it is.
"""

from collections.abc import Collection
from datetime import datetime

from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    GreaterThanOrEqual,
    LessThanOrEqual,
    Reference,
)
from pyiceberg.expressions.literals import literal
from pyiceberg.table import Table as IcebergTable

from fedbytweets.lake.lake import Lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import checked_subject
from fedbytweets.tables import bronze


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


def held_keys(iceberg: IcebergTable, keys: Collection[str], first: datetime, last: datetime) -> frozenset[str]:
    """Return which raw keys a bronze table has rows of that were retrieved from `first` to `last` (naive UTC).

    A raw object's rows have times of retrieval that never change, so those look up what may be there already; and of
    an import, all of one time, the span of the keys tells the files apart.
    """
    which = And(
        *_between("import_date", first.isoformat(), last.isoformat()),
        *_between("file_name", min(keys), max(keys)),
    )
    held = iceberg.scan(row_filter=which, selected_fields=("file_name",)).to_arrow()["file_name"]
    return frozenset(held.unique().to_pylist())


def _between(column: str, first: str, last: str) -> tuple[BooleanExpression, BooleanExpression]:
    term = Reference(column)
    return GreaterThanOrEqual(term=term, value=literal(first)), LessThanOrEqual(term=term, value=literal(last))
