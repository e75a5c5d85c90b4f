"""The lake -> how it stands: rows and freshness of every table, and what waits in raw. Metadata alone is read."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pyiceberg.conversions import from_bytes
from pyiceberg.table import Table as IcebergTable
from pyiceberg.types import TimestampType

from fedbytweets.lake import bronze as bronze_lake
from fedbytweets.lake.faults import telling
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import ALL, bronze, silver

MANY_FILES = 50
SMALL_FILE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class TableStatus:
    """One table: rows, data files, their bytes, and when it was last committed to (UTC)."""

    table: str
    rows: int
    files: int
    bytes: int
    committed_at: datetime | None

    @property
    def is_scattered(self) -> bool:
        """Whether it lies in so many small files that every run pays for them, which maintenance mends."""
        return self.files >= MANY_FILES and self.bytes < self.files * SMALL_FILE_BYTES


@dataclass(frozen=True, slots=True)
class LakeStatus:
    """One lake: its tables, its raw objects, how many of them bronze lacks, the newest tweet in silver (UTC)."""

    lake: str
    tables: tuple[TableStatus, ...]
    raw_objects: int
    raw_bytes: int
    pending: int
    quarantined: int
    newest_tweet_at: datetime | None


@telling
def status(lake: Lake) -> LakeStatus:
    """Return how the lake stands.

    Raises:
        LakeError: the lake cannot be read.

    """
    tables = {table.identifier: _table(table.identifier, lake.catalog.find(table)) for table in ALL}
    objects, loaded = lake.raw.list(), bronze_lake.loaded_keys(lake)
    return LakeStatus(
        lake=lake.settings.lake,
        tables=tuple(tables.values()),
        raw_objects=len(objects),
        raw_bytes=sum(raw_object.bytes for raw_object in objects),
        pending=sum(raw_object.key not in loaded for raw_object in objects),
        quarantined=tables[bronze.QUARANTINE.identifier].rows,
        newest_tweet_at=newest_tweet_at(lake),
    )


@telling
def newest_tweet_at(lake: Lake) -> datetime | None:
    """Return when the newest tweet in silver was posted (UTC), from the files' statistics; None without tweets."""
    return _greatest_instant(lake.catalog.find(silver.TWEETS), "created_at")


def _table(identifier: str, table: IcebergTable | None) -> TableStatus:
    snapshot = table.current_snapshot() if table else None
    totals = snapshot.summary.additional_properties if snapshot and snapshot.summary else {}
    return TableStatus(
        identifier,
        int(totals.get("total-records", "0")),
        int(totals.get("total-data-files", "0")),
        int(totals.get("total-files-size", "0")),
        datetime.fromtimestamp(snapshot.timestamp_ms / 1000, UTC) if snapshot else None,
    )


def _greatest_instant(table: IcebergTable | None, column: str) -> datetime | None:
    """Return the greatest instant in a column, from the files' statistics."""
    if table is None:
        return None
    field = table.schema().find_field(column).field_id
    bounds = [(task.file.upper_bounds or {}).get(field) for task in table.scan().plan_files()]
    known = [int(from_bytes(TimestampType(), bound)) for bound in bounds if bound is not None]
    return datetime.fromtimestamp(max(known) / 1e6, UTC) if known else None
