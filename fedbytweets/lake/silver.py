"""Silver in the lake: every bronze row reflected once; data and progress in one commit.

A silver commit records the bronze snapshot up to which it holds every row. The next one reads what bronze appended
since. Where that cannot be told (no record yet, the snapshot expired, bronze rewritten by another hand) all of bronze
is read: slower and as correct, for merging is idempotent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table.snapshots import Operation, ancestors_between_ids

from fedbytweets.lake.commit import PROGRESS, again_on_conflict, progress, replace_files
from fedbytweets.lake.files import read_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.merge import Staged
from fedbytweets.lake.ranges import bronze_of, sort
from fedbytweets.lake.spread import Spread, Threads
from fedbytweets.silver import silver_rows
from fedbytweets.tables import Table

KEEPS_ROWS = "fedbytweets.keeps-rows"
"""Property of a bronze snapshot that adds no row silver has to see: a compaction, an erasure."""

_AT_ONCE_BYTES = 10 << 20
"""Bronze files of so many bytes are merged together: some 120,000 rich tweets, more users."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What one merge did: bronze rows read, silver rows inserted and updated."""

    table: str
    read: int = 0
    inserted: int = 0
    updated: int = 0


def merge_new(lake: Lake, table: Table, spread: Spread | None = None) -> Merged:
    """Merge into a silver table what bronze appended since its last commit; into a new one, all of bronze.

    `spread` says who does the parts of a new one; without it they are done here, one after another.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    spread = spread or Threads(lake)
    return again_on_conflict(lambda: _merge_once(lake, table, spread), lake.settings.commit_attempts)


def rebuild(lake: Lake, table: Table, spread: Spread | None = None) -> Merged:
    """Make a silver table anew from all of bronze, in one commit: readers see the old one until then.

    `spread` says who does the parts of it; without it they are done here, one after another.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    spread = spread or Threads(lake)
    return again_on_conflict(lambda: _rebuild_once(lake, table, spread), lake.settings.commit_attempts)


def _merge_once(lake: Lake, table: Table, spread: Spread) -> Merged:
    silver, bronze = lake.table(table), lake.table(bronze_of(table))
    head, done = bronze.current_snapshot(), progress(silver)
    if head is None or head.snapshot_id == done:
        return Merged(table.identifier)
    if silver.current_snapshot() is None:
        return _rebuild_once(lake, table, spread)
    staged = Staged(silver, table, lake.settings.file_rows)
    read = 0
    for batch in _batches(_new_files(bronze, done, head.snapshot_id)):
        rows = read_rows(bronze, bronze_of(table), batch)
        staged.merge(silver_rows(rows, table))
        read += rows.height
    replace_files(silver, staged.dropped(), staged.added(), {PROGRESS: str(head.snapshot_id)})
    return Merged(table.identifier, read, staged.inserted, staged.updated)


def _rebuild_once(lake: Lake, table: Table, spread: Spread) -> Merged:
    silver, bronze = lake.table(table), lake.table(bronze_of(table))
    head = bronze.current_snapshot()
    if head is None:
        return Merged(table.identifier)
    groups = list(_batches(_all_files(bronze)))
    files, pieces = sort(lake, table, groups, spread)
    before = [task.file for task in silver.scan().plan_files()]
    replace_files(silver, before, files, {PROGRESS: str(head.snapshot_id)})
    for piece in pieces:
        silver.io.delete(piece.file_path)
    rows = (sum(file.record_count for file in each) for each in ([f for group in groups for f in group], files))
    return Merged(table.identifier, *rows)


def _new_files(bronze: IcebergTable, done: int | None, head: int) -> list[DataFile]:
    """Return the data files appended to bronze after `done`, or all of them where that cannot be told."""
    if done is None or not _only_appended(bronze, done, head):
        return _all_files(bronze)
    scan = bronze.incremental_append_scan(from_snapshot_id_exclusive=done, to_snapshot_id_inclusive=head)
    return [task.file for task in scan.plan_files()]


def _all_files(bronze: IcebergTable) -> list[DataFile]:
    return [task.file for task in bronze.scan().plan_files()]


def _only_appended(bronze: IcebergTable, done: int, head: int) -> bool:
    """Say whether bronze reached `head` from `done` by appends, and rewrites that keep its rows, alone."""
    since = list(ancestors_between_ids(done, head, bronze.metadata))
    linked = bool(since) and since[-1].parent_snapshot_id == done
    return linked and all(
        snapshot.summary is not None
        and (snapshot.summary.operation == Operation.APPEND or KEEPS_ROWS in snapshot.summary.additional_properties)
        for snapshot in since
    )


def _batches(files: Iterable[DataFile]) -> Iterator[list[DataFile]]:
    """Group data files so that memory holds a group (of one file at the least) when it is read."""
    group: list[DataFile] = []
    size = 0
    for file in files:
        if group and size + file.file_size_in_bytes > _AT_ONCE_BYTES:
            yield group
            group, size = [], 0
        group.append(file)
        size += file.file_size_in_bytes
    if group:
        yield group
