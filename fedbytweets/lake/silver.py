"""Silver in the lake: every bronze row reflected once; data and progress in one commit.

A silver commit records the bronze snapshot up to which it holds every row. The next one reads what bronze appended
since. Where that cannot be told (no record yet, the snapshot expired, bronze rewritten by another hand) all of bronze
is read: slower and as correct, for merging is idempotent.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

import polars as pl
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table.snapshots import Operation, ancestors_between_ids

from fedbytweets.lake.commit import PROGRESS, again_on_conflict, progress, replace_files
from fedbytweets.lake.faults import is_of_storage
from fedbytweets.lake.files import read_rows
from fedbytweets.lake.isolation import PutAside, isolating, put_aside, quarantine
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.merge import Staged
from fedbytweets.lake.ranges import bronze_of, sort, without_objects
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
    failed: tuple[PutAside, ...] = ()
    """Raw objects whose rows made the merge raise: it was done without them, and quarantine has a row of each."""


def merge_new(lake: Lake, table: Table, spread: Spread | None = None) -> Merged:
    """Merge into a silver table what bronze appended since its last commit; into a new one, all of bronze.

    `spread` says who does the parts of a new one; without it they are done here, one after another.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    return _isolated(lake, table, partial(_merge_once, lake, table, spread or Threads(lake)), _unmerged)


def rebuild(lake: Lake, table: Table, spread: Spread | None = None) -> Merged:
    """Make a silver table anew from all of bronze, in one commit: readers see the old one until then.

    `spread` says who does the parts of it; without it they are done here, one after another.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    return _isolated(lake, table, partial(_rebuild_once, lake, table, spread or Threads(lake)), _all_files)


def _isolated(
    lake: Lake,
    table: Table,
    step: Callable[[frozenset[str]], Merged],
    files: Callable[[IcebergTable, IcebergTable], list[DataFile]],
) -> Merged:
    """Do a step that leaves out the rows of some raw objects (by key): of none, and then of those that make it raise.

    `files` returns the bronze files that the step reads, of the bronze and the silver table.
    """
    failed: dict[str, PutAside] = {}
    while True:
        try:
            merged = again_on_conflict(partial(step, frozenset(failed)), lake.settings.commit_attempts)
            return replace(merged, failed=tuple(failed.values()))
        except Exception as error:
            if is_of_storage(error):
                raise
            found = _culprits(lake, table, files, frozenset(failed))
            if not found:
                raise
            quarantine(lake, found)  # before the commit that leaves their rows out
            failed |= {each.key: each for each, _ in found}


def _culprits(
    lake: Lake,
    table: Table,
    files: Callable[[IcebergTable, IcebergTable], list[DataFile]],
    known: frozenset[str],
) -> list[tuple[PutAside, datetime]]:
    """Return the raw objects whose rows make a merge raise, beside the known ones, with times of retrieval.

    Each is tried; what that writes is in no snapshot.
    """
    silver, bronze = lake.table(table), lake.table(bronze_of(table))
    found: list[tuple[PutAside, datetime]] = []
    for batch in _batches(files(bronze, silver)):
        rows = _rows(bronze, table, batch, known)

        def alone(key: str, error: Exception, rows: pl.DataFrame = rows) -> None:
            retrieved_at = rows.filter(pl.col("file_name") == key)["import_date"].min()
            assert isinstance(retrieved_at, datetime)
            found.append((put_aside(key, f"bronze to {table.identifier}", error), retrieved_at))

        def merged(keys: Sequence[str], rows: pl.DataFrame = rows) -> None:
            some = rows.filter(pl.col("file_name").is_in(keys))
            Staged(silver, table, lake.settings.file_rows).merge(silver_rows(some, table))

        isolating(rows["file_name"].unique().sort().to_list(), merged, alone)
    return found


def _rows(bronze: IcebergTable, table: Table, files: Sequence[DataFile], without: frozenset[str]) -> pl.DataFrame:
    """Return the bronze rows of some data files that are of none of these raw objects."""
    return without_objects(read_rows(bronze, bronze_of(table), files), without)


def _merge_once(lake: Lake, table: Table, spread: Spread, without: frozenset[str]) -> Merged:
    silver, bronze = lake.table(table), lake.table(bronze_of(table))
    head = bronze.current_snapshot()
    if head is None or head.snapshot_id == progress(silver):
        return Merged(table.identifier)
    if silver.current_snapshot() is None:
        return _rebuild_once(lake, table, spread, without)
    staged = Staged(silver, table, lake.settings.file_rows)
    read = 0
    for batch in _batches(_unmerged(bronze, silver)):
        rows = _rows(bronze, table, batch, without)
        staged.merge(silver_rows(rows, table))
        read += rows.height
    replace_files(silver, staged.dropped(), staged.added(), {PROGRESS: str(head.snapshot_id)})
    return Merged(table.identifier, read, staged.inserted, staged.updated)


def _rebuild_once(lake: Lake, table: Table, spread: Spread, without: frozenset[str]) -> Merged:
    silver, bronze = lake.table(table), lake.table(bronze_of(table))
    head = bronze.current_snapshot()
    if head is None:
        return Merged(table.identifier)
    groups = list(_batches(_all_files(bronze, silver)))
    files, pieces = sort(lake, table, groups, spread, without)
    before = [task.file for task in silver.scan().plan_files()]
    replace_files(silver, before, files, {PROGRESS: str(head.snapshot_id)})
    for piece in pieces:
        silver.io.delete(piece.file_path)
    read, made = (sum(file.record_count for file in each) for each in ([f for group in groups for f in group], files))
    return Merged(table.identifier, read, made)


def _unmerged(bronze: IcebergTable, silver: IcebergTable) -> list[DataFile]:
    """Return the data files appended to bronze since silver's last commit, or all where that cannot be told."""
    head, done = bronze.current_snapshot(), progress(silver)
    if head is None or done is None or not _only_appended(bronze, done, head.snapshot_id):
        return _all_files(bronze, silver)
    scan = bronze.incremental_append_scan(from_snapshot_id_exclusive=done, to_snapshot_id_inclusive=head.snapshot_id)
    return [task.file for task in scan.plan_files()]


def _all_files(bronze: IcebergTable, _: IcebergTable) -> list[DataFile]:
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
