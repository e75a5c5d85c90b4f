"""The files below a table -> those that nothing reaches: traces of killed writes and of what was expired.

A file is an orphan only if it was written long enough ago that no run can still be about to commit it. The listing
is made before the table is looked at, so that what is committed in between is reached.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pyarrow import fs
from pyiceberg.io.pyarrow import PyArrowFileIO
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table.snapshots import Snapshot

from fedbytweets.errors import LakeError
from fedbytweets.lake.location import Location
from fedbytweets.lake.maintenance.snapshots import reachable


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as a listing shows it: its path in the lake's file system, its size, when it was written (UTC)."""

    path: str
    bytes: int
    written_at: datetime


def stored_files(location: Location, folder: str) -> list[Stored]:
    """Return all files below a folder, hidden ones too; none where there is no such folder."""
    found = location.files.get_file_info(fs.FileSelector(folder, allow_not_found=True, recursive=True))
    return [
        Stored(info.path, info.size, info.mtime.astimezone(UTC))
        for info in found
        if info.type == fs.FileType.File and not (info.size == 0 and info.path.endswith("/"))
    ]


def path_of(address: str) -> str:
    """Return the path in its file system of an address that Iceberg keeps, such as `s3://bucket/key`."""
    return str(PyArrowFileIO.parse_location(address)[2])


def orphans(
    table: IcebergTable, snapshots: Iterable[Snapshot], listed: Iterable[Stored], before: datetime
) -> list[Stored]:
    """Return the listed files written before an instant that are no part of the table with these snapshots."""
    versions = [table.metadata_location, *(entry.metadata_file for entry in table.metadata.metadata_log)]
    statistics = [file.statistics_path for file in table.metadata.statistics]
    kept = {path_of(address) for address in (*versions, *statistics, *reachable(table, snapshots))}
    return [file for file in listed if file.written_at < before and file.path not in kept]


def remove(location: Location, paths: Iterable[str]) -> None:
    """Remove files; one that is gone already is as good.

    Raises:
        LakeError: one cannot be removed.

    """
    for path in paths:
        try:
            location.files.delete_file(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise LakeError(f"{path} cannot be removed: {error}. Allow the lake's writer to delete.") from error
