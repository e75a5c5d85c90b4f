"""A table's snapshots -> those that may go, and what is reached from those that stay.

Kept are: the newest few, those replaced a short while ago, and of a bronze table all from the one up to which silver
has its rows, as the next merge into silver reads what was appended since.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from pyiceberg.exceptions import CommitFailedException
from pyiceberg.manifest import ManifestFile
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table.snapshots import Snapshot, ancestors_of

from fedbytweets.errors import ConflictError
from fedbytweets.lake.commit import again_on_conflict, progress
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import BRONZE, SILVER, Table


def needed_by_silver(lake: Lake, declared: Table) -> int | None:
    """Return the bronze snapshot that silver has merged up to; None where no merge will start from one."""
    readers = [table for table in SILVER if declared in BRONZE and table.name == declared.name]
    silver = lake.catalog.find(readers[0]) if readers else None
    return progress(silver) if silver else None


def expirable(table: IcebergTable, needed: int | None, now: datetime, age: timedelta, kept: int) -> list[Snapshot]:
    """Return the snapshots that may go: older than those kept, replaced at least `age` ago, before `needed`."""
    main = list(ancestors_of(table.current_snapshot(), table.metadata))
    limit_ms = (now - age).timestamp() * 1000
    start = max(kept, _place(main, needed) + 1)
    replaced_at = [newer.timestamp_ms for newer in main]
    old = [snapshot for number, snapshot in enumerate(main) if number >= start and replaced_at[number - 1] <= limit_ms]
    on_main = {snapshot.snapshot_id for snapshot in main}
    stray = [snapshot for snapshot in table.snapshots() if snapshot.snapshot_id not in on_main]
    return old + [snapshot for snapshot in stray if snapshot.timestamp_ms <= limit_ms]


def expire(lake: Lake, declared: Table, snapshot_ids: Collection[int]) -> int:
    """Forget snapshots of a table, all but its head; return how many. Their files stay until they are removed.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    return again_on_conflict(lambda: _expire(lake, declared, snapshot_ids), lake.settings.commit_attempts)


def reachable(table: IcebergTable, snapshots: Iterable[Snapshot]) -> set[str]:
    """Return the addresses of all files that some snapshots reach: lists, manifests, data files."""
    found: set[str] = set()
    manifests: dict[str, ManifestFile] = {}
    for snapshot in snapshots:
        found.add(snapshot.manifest_list)
        manifests |= {manifest.manifest_path: manifest for manifest in snapshot.manifests(table.io)}
    for path, manifest in manifests.items():
        found.add(path)
        found.update(entry.data_file.file_path for entry in manifest.fetch_manifest_entry(table.io))
    return found


def _place(main: list[Snapshot], needed: int | None) -> int:
    """Return how far from the head a snapshot lies; -1 where it is not there."""
    return next((number for number, snapshot in enumerate(main) if snapshot.snapshot_id == needed), -1)


def _expire(lake: Lake, declared: Table, snapshot_ids: Collection[int]) -> int:
    table = lake.table(declared)
    head = table.current_snapshot()
    standing = {snapshot.snapshot_id for snapshot in table.snapshots()} - {head.snapshot_id if head else None}
    going = [snapshot_id for snapshot_id in snapshot_ids if snapshot_id in standing]
    if not going:
        return 0
    try:
        table.maintenance.expire_snapshots().by_ids(going).commit()
    except (CommitFailedException, ValueError) as error:  # ValueError: another hand expired one of them just now
        raise ConflictError(f"{declared.identifier}: another writer committed first ({error}).") from error
    return len(going)
