"""One table, or the raw layer, brought into shape; a dry run says what that would be and touches nothing.

Every step is a commit of its own that leaves the table whole, so it may be killed at any point and run again, beside
any number of runs that write.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from fedbytweets.instants import utc_now
from fedbytweets.lake.catalog import PROPERTIES
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.location import RAW
from fedbytweets.lake.maintenance.compaction import compact
from fedbytweets.lake.maintenance.groups import Group, groups
from fedbytweets.lake.maintenance.orphans import Stored, orphans, path_of, remove, stored_files
from fedbytweets.lake.maintenance.packing import pack, unpacked
from fedbytweets.lake.maintenance.report import RawUpkeep, TableUpkeep
from fedbytweets.lake.maintenance.settings import UpkeepSettings
from fedbytweets.lake.maintenance.snapshots import expirable, expire, needed_by_silver
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.tables import Table

_AT_ONCE = 8


def maintain_table(lake: Lake, declared: Table, settings: UpkeepSettings, *, dry_run: bool = False) -> TableUpkeep:
    """Compact a table's small files, expire its snapshots, remove what nothing reaches; return what was done.

    Raises:
        ConflictError: other writers were first at every attempt.
        LakeError: the lake cannot be read or written.

    """
    table = lake.catalog.find(declared)
    if table is None or table.current_snapshot() is None:
        return TableUpkeep(declared.identifier)
    files = len(list(table.scan().plan_files()))
    planned = groups(table, declared, lake.settings.file_rows)
    done = planned if dry_run else [group for group in planned if compact(lake, declared, group)]
    expired, removed = _aged(lake, declared, settings, dry_run=dry_run)
    return TableUpkeep(
        declared.identifier,
        files_before=files,
        files_after=files - sum(_saved(group) for group in done),
        rewritten_files=sum(len(group.spans) for group in done),
        rewritten_bytes=sum(group.bytes for group in done),
        snapshots_expired=expired,
        removed_files=len(removed),
        removed_bytes=sum(file.bytes for file in removed),
    )


def maintain_raw(lake: Lake, settings: UpkeepSettings, *, dry_run: bool = False) -> RawUpkeep:
    """Compress the raw objects that bronze has held for long, and remove leftovers of killed writes.

    An object keeps its key, its lineage and its text, byte for byte; readers tell compression by the first bytes.

    Raises:
        LakeError: the lake cannot be read or written.

    """
    leftovers = _leftovers(lake, _before(settings.orphan_hours / 24))
    old = unpacked(lake, _before(settings.raw_days))
    if not dry_run:
        remove(lake.location, [file.path for file in leftovers])
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="raw") as pool:
        packed: Iterator[tuple[RawObject, int]] = (
            (raw_object, size)
            for raw_object, size in zip(old, pool.map(lambda one: pack(lake, one, dry_run=dry_run), old), strict=True)
            if size is not None
        )
        sizes = [(raw_object.bytes, size) for raw_object, size in packed]
    return RawUpkeep(
        compressed=len(sizes),
        bytes_before=sum(before for before, _ in sizes),
        bytes_after=sum(after for _, after in sizes),
        removed_files=len(leftovers),
        removed_bytes=sum(file.bytes for file in leftovers),
    )


def _aged(lake: Lake, declared: Table, settings: UpkeepSettings, *, dry_run: bool) -> tuple[int, list[Stored]]:
    """Expire old snapshots and remove the orphans; return how many, and which files."""
    folder = path_of(lake.table(declared).location())  # only where Iceberg writes: what else lies there is not ours
    listed = [file for part in ("data", "metadata") for file in stored_files(lake.location, f"{folder}/{part}")]
    needed = needed_by_silver(lake, declared)  # read before the table: what it names is never ahead of it
    table = lake.table(declared)
    age = timedelta(hours=settings.snapshot_hours)
    going = {one.snapshot_id for one in expirable(table, needed, utc_now(), age, settings.snapshots_kept)}
    if not dry_run:
        _set_properties(lake, declared)
        expire(lake, declared, going)
        table = lake.table(declared)
    staying = [snapshot for snapshot in table.snapshots() if snapshot.snapshot_id not in going]
    lying = orphans(table, staying, listed, _before(settings.orphan_hours / 24))
    if not dry_run:
        remove(lake.location, [file.path for file in lying])
    return len(going), lying


def _set_properties(lake: Lake, declared: Table) -> None:
    """Give a table that was made long ago the properties that new ones are made with: they trim its metadata."""
    table = lake.table(declared)
    if any(table.properties.get(name) != value for name, value in PROPERTIES.items() if name != "format-version"):
        with table.transaction() as transaction:
            transaction.set_properties({name: value for name, value in PROPERTIES.items() if name != "format-version"})


def _leftovers(lake: Lake, before: datetime) -> list[Stored]:
    """Return the hidden files that killed writes left in raw."""
    listed = stored_files(lake.location, lake.location.path(RAW)) if lake.location.is_local else []
    return [file for file in listed if file.path.rpartition("/")[2].startswith(".") and file.written_at < before]


def _saved(group: Group) -> int:
    return len(group.spans) - group.parts


def _before(days: float) -> datetime:
    return utc_now() - timedelta(days=days)
