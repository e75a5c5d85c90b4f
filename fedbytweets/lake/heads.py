"""The lake's tables -> where each stands, from metadata alone; and which files came or went between two standings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable

from fedbytweets.lake.lake import Lake
from fedbytweets.tables import Table


@dataclass(frozen=True, slots=True)
class Head:
    """A table as of one commit: its snapshot (None: nothing committed yet), its rows, data files and their bytes."""

    snapshot_id: int | None = None
    rows: int = 0
    files: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """The data files that came and went between two standings of a table."""

    added: tuple[DataFile, ...] = ()
    dropped: tuple[DataFile, ...] = ()


def heads(lake: Lake, tables: Sequence[Table]) -> Mapping[str, Head]:
    """Return where tables stand now, by name.

    Raises:
        LakeError: the lake cannot be read.

    """
    return {table.identifier: head(lake.catalog.find(table)) for table in tables}


def head(table: IcebergTable | None) -> Head:
    """Return where a table stands as it was loaded; None is a table that nothing has made yet."""
    snapshot = table.current_snapshot() if table else None
    if snapshot is None:
        return Head()
    totals = snapshot.summary.additional_properties if snapshot.summary else {}
    return Head(
        snapshot.snapshot_id,
        int(totals.get("total-records", "0")),
        int(totals.get("total-data-files", "0")),
        int(totals.get("total-files-size", "0")),
    )


def change_since(table: IcebergTable, earlier: Head) -> Change:
    """Return what came and went since an earlier standing; all files came where that snapshot is gone."""
    if head(table).snapshot_id == earlier.snapshot_id:
        return Change()
    known = earlier.snapshot_id is not None and table.snapshot_by_id(earlier.snapshot_id) is not None
    before = _files(table, earlier.snapshot_id) if known else {}
    now = _files(table, None)
    return Change(
        tuple(file for path, file in now.items() if path not in before),
        tuple(file for path, file in before.items() if path not in now),
    )


def _files(table: IcebergTable, snapshot_id: int | None) -> dict[str, DataFile]:
    return {task.file.file_path: task.file for task in table.scan(snapshot_id=snapshot_id).plan_files()}
