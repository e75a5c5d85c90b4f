"""maintain: a lake that has grown -> the same rows in few files, with few snapshots, and nothing lying about."""

from dataclasses import dataclass

from prefect import flow, get_run_logger

from fedbytweets.errors import RunError
from fedbytweets.lake.maintenance import RawUpkeep, TableUpkeep
from fedbytweets.tables import ALL
from tasks.maintain import keep_raw, keep_table


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What maintenance did, or would do: table by table, and in raw."""

    tables: tuple[TableUpkeep, ...]
    raw: RawUpkeep


@flow(name="maintain")
def maintain(*, dry_run: bool = False) -> Upkeep:
    """Compact small files, expire old snapshots, remove orphans, compress old raw objects; safe beside running ones.

    `dry_run` says what it would do and touches nothing. A table that fails stops no other; the run then fails and
    names it.
    """
    states = {table.identifier: keep_table(table.identifier, dry_run=dry_run, return_state=True) for table in ALL}
    failed = {name: state for name, state in states.items() if not state.is_completed()}
    raw = keep_raw(dry_run=dry_run)
    upkeep = Upkeep(tuple(state.result() for name, state in states.items() if name not in failed), raw)
    _log(upkeep, dry_run=dry_run)
    if failed:
        named = "; ".join(f"{name}: {state.message}" for name, state in failed.items())
        raise RunError(f"Not maintained: {named}. Run again: what is done is done.")
    return upkeep


def _log(upkeep: Upkeep, *, dry_run: bool) -> None:
    log, would = get_run_logger(), "would: " if dry_run else ""
    for table in upkeep.tables:
        log.info(
            "%s%s: %d files to %d, %d bytes rewritten; %d snapshots expired; %d files of %d bytes removed",
            would, table.table, table.files_before, table.files_after, table.rewritten_bytes,
            table.snapshots_expired, table.removed_files, table.removed_bytes,
        )  # fmt: skip
    raw = upkeep.raw
    log.info("%sraw: %d objects compressed, %d bytes to %d", would, raw.compressed, raw.bytes_before, raw.bytes_after)
