"""Commits that hold what they were computed from: a moved head refuses them, and the step is done again.

pyiceberg 0.12 re-commits a conflicting change onto the new head by itself. A change computed from the table's former
state (an anti-join, a merge) then doubles rows without an exception. Turning its retries off is no cure: on Glue a
lost answer of a landed commit would delete its manifests. So its retries stay, which find a landed commit by its
snapshot id, and the re-commit itself is refused, through a private name below; pyiceberg is pinned for it.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from pyiceberg.exceptions import CommitFailedException, NoSuchTableError, ValidationException
from pyiceberg.manifest import DataFile, ManifestFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import Transaction
from pyiceberg.table.update.snapshot import _SnapshotProducer

from fedbytweets.errors import ConflictError

PROGRESS = "fedbytweets.bronze-snapshot"
"""Property of a silver snapshot: the bronze snapshot up to which it holds every row."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


def progress(table: IcebergTable) -> int | None:
    """Return the bronze snapshot that a silver table holds all rows of; None where it holds none yet."""
    snapshot = table.current_snapshot()
    recorded = snapshot.summary[PROGRESS] if snapshot and snapshot.summary and PROGRESS in snapshot.summary else None
    return int(recorded) if recorded else None


@contextmanager
def guarded(table: IcebergTable) -> Iterator[Transaction]:
    """Commit what the block stages, unless another commit came since `table` was loaded.

    Raises:
        ConflictError: another commit came first; nothing of this one is visible.

    """
    transaction = table.transaction()
    yield transaction
    for producer in transaction._snapshot_producers:  # noqa: SLF001 (see the module's docstring)
        producer._validate_concurrency = _refuse  # type: ignore[method-assign] # noqa: SLF001
    try:
        transaction.commit_transaction()
    except (CommitFailedException, ValidationException) as error:
        raise ConflictError(f"{'.'.join(table.name())}: another writer committed first ({error}).") from error


def replace_files(
    table: IcebergTable,
    dropped: Iterable[DataFile],
    added: Iterable[DataFile],
    properties: Mapping[str, str],
) -> None:
    """Commit one snapshot that drops some data files and adds others; without drops it is an append.

    Raises:
        ConflictError: another commit came first.

    """
    dropped = list(dropped)
    with guarded(table) as transaction:
        update = transaction.update_snapshot(snapshot_properties={**_carried(table), **properties})
        producer = update.overwrite() if dropped else update.merge_append()
        _leave_empty_manifests(producer)
        with producer as snapshot:
            for file in dropped:
                snapshot.delete_data_file(file)
            for file in added:
                snapshot.append_data_file(file)


def _leave_empty_manifests(producer: _SnapshotProducer[Any]) -> None:
    """Let a snapshot not inherit manifests that name only files dropped earlier.

    pyiceberg 0.12 takes them over at each overwrite, for ever, and every reader opens them: a table that is only ever
    overwritten would grow by one a run.
    """
    inherited = producer._process_manifests  # noqa: SLF001 (see the module's docstring)

    def in_use(manifests: list[ManifestFile]) -> list[ManifestFile]:
        own = producer.snapshot_id
        return inherited([each for each in manifests if each.added_snapshot_id in (None, own) or names_a_file(each)])

    producer._process_manifests = in_use  # type: ignore[method-assign] # noqa: SLF001


def names_a_file(manifest: ManifestFile) -> bool:
    """Say whether a manifest lists a file of its snapshot, and not only files that were dropped."""
    return manifest.has_added_files() or manifest.has_existing_files()


def again_on_conflict(step: Callable[[], T], attempts: int) -> T:
    """Do a whole step (load, compute, commit), and again after each conflict, with a growing, random pause.

    Raises:
        ConflictError: it conflicted at every attempt.

    """
    for attempt in range(1, attempts):
        try:
            return step()
        except (ConflictError, NoSuchTableError) as error:
            pause = random.uniform(0.5, 1) * min(0.05 * 2**attempt, 5)  # noqa: S311 (a pause, no secret)
            _log.info("%s; doing the step again in %.1f s (attempt %d of %d)", error, pause, attempt + 1, attempts)
            time.sleep(pause)
    return step()


def _carried(table: IcebergTable) -> Mapping[str, str]:
    """Return the progress a new snapshot inherits: it must never be forgotten by a commit that is not about it."""
    recorded = progress(table)
    return {} if recorded is None else {PROGRESS: str(recorded)}


def _refuse() -> None:
    raise ValidationException("the table changed after it was read")
