"""Entered erasures -> raw, bronze and silver without that content, and no old file left that holds it.

In this order, each step doing nothing where it was done before, so that it may be killed at any point and run again:
raw (nothing can come back from there), bronze, silver, then the snapshots from before and their files, at once.
What was entered is marked as applied last.
"""

import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl
from pyiceberg.manifest import DataFile

from fedbytweets.compliance import (
    AUTHOR,
    ON_REQUEST,
    Erasure,
    Event,
    Scrubbed,
    concerned,
    counted,
    erased,
    looked_at,
    names_any,
    scrub,
)
from fedbytweets.instants import utc_now
from fedbytweets.lake import compliance as compliance_record
from fedbytweets.lake import silver as silver_lake
from fedbytweets.lake.commit import again_on_conflict, replace_files
from fedbytweets.lake.files import read_rows, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.location import COUNTS, COUNTS_LINEAGE, LINEAGE, RAW
from fedbytweets.lake.maintenance.orphans import remove, stored_files
from fedbytweets.lake.purging import forget_dropped, purge
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.lake.silver import KEEPS_ROWS
from fedbytweets.raw.documents import mended
from fedbytweets.tables import BRONZE, SILVER, Table

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Applied:
    """What was erased: ids, rows of silver and bronze, raw objects rewritten, old files removed.

    `named_keys` are the raw keys (sorted) whose very names hold an id or a user name of what was erased: they stay.
    `unsearched_keys` are those of raw objects larger than the setting `object_megabytes`, which were not looked into.
    """

    ids: int = 0
    silver_rows: int = 0
    bronze_rows: int = 0
    raw_objects: int = 0
    removed_files: int = 0
    named_keys: tuple[str, ...] = ()
    unsearched_keys: tuple[str, ...] = ()

    def __add__(self, other: "Applied") -> "Applied":
        """Return what two steps erased in all."""
        return Applied(
            self.ids + other.ids,
            self.silver_rows + other.silver_rows,
            self.bronze_rows + other.bronze_rows,
            self.raw_objects + other.raw_objects,
            self.removed_files + other.removed_files,
            tuple(sorted({*self.named_keys, *other.named_keys})),
            tuple(sorted({*self.unsearched_keys, *other.unsearched_keys})),
        )


def apply_pending(lake: Lake) -> Applied:
    """Make true what is entered in the record and not applied yet; nothing entered, nothing done.

    Raises:
        ConflictError: other writers were first at every attempt.
        LakeError: the lake cannot be read or written.

    """
    return _erase_entered(lake, compliance_record.pending(lake))


def _erase_entered(lake: Lake, rows: pl.DataFrame) -> Applied:
    """Erase what rows of the record name; what people asked for by itself, as nothing that X says brings it back."""
    asked_for = pl.col("reason") == ON_REQUEST
    parts = ((ON_REQUEST, rows.filter(asked_for)), (AUTHOR, rows.filter(~asked_for)))
    return sum((erase(lake, Erasure.of(part), reason) for reason, part in parts if part.height), Applied())


def erase(lake: Lake, asked: Erasure, reason: str = ON_REQUEST) -> Applied:
    """Erase what is asked for, applied before or not, with all that goes with it; nothing there, nothing changed.

    The posts that go with a user, and reposts of them, are entered in the record for this reason before anything is
    erased. Entries that wait and are erased here are marked as applied.

    Raises:
        ConflictError: other writers were first at every attempt.
        LakeError: the lake cannot be read or written.

    """
    erasure, held, unsearched = _with_companions(lake, asked, reason)
    waiting = compliance_record.pending(lake).filter(pl.col("id").is_in(pl.Series(sorted(erasure.ids)).implode()))
    counts, removed = _erase_everywhere(lake, held, erasure)
    if waiting.height:
        compliance_record.finish(lake, waiting, counts, utc_now())
    rows = {name: sum(by_id.values()) for name, by_id in counts.items()}
    named = _named_keys(lake, erasure)
    return Applied(waiting.height, rows["silver_rows"], rows["bronze_rows"], len(held), removed, named, unsearched)


@contextmanager
def heeding_erasures(lake: Lake) -> Iterator[None]:
    """Have work in the block write to bronze; what is entered for erasure meanwhile is then erased once more.

    Such work may read raw before an erasure takes content away, and commit it after the erasure has passed by. A
    merge into silver needs none of this: an erasure moves silver's head itself, so a merge of older rows is refused.

    Raises:
        ConflictError: other writers were first at every attempt.
        LakeError: the lake cannot be read or written.

    """
    before = compliance_record.record(lake)
    try:
        yield
    finally:
        entered = compliance_record.entered_since(lake, before)
        if not entered.is_empty():
            _erase_entered(lake, entered)


def _erase_everywhere(lake: Lake, held: list[RawObject], erasure: Erasure) -> tuple[dict[str, Mapping[str, int]], int]:
    """Erase from raw, bronze, silver and their past; return what went by column of the record and id, and old files."""
    raw = _scrub_raw(lake, held, erasure)
    removed = _remove_leftovers(lake, erasure)
    bronze = _erase_rows(lake, BRONZE, erasure)
    for table in SILVER:
        silver_lake.merge_new(lake, table)  # it reads files that go below
    silver = _erase_rows(lake, SILVER, erasure)
    removed += sum(purge(lake, table) for table in (*BRONZE, *SILVER) if looked_at(table))
    return {"silver_rows": silver, "bronze_rows": bronze, "raw_objects": raw}, removed


def _with_companions(lake: Lake, asked: Erasure, reason: str) -> tuple[Erasure, list[RawObject], tuple[str, ...]]:
    """Return what goes with all that goes with it, the raw objects that hold any of it, and the keys of those that
    are too large to be looked into; enter what goes in the record.

    With a user go the posts and reposts of them that raw holds. A user name that raw tells of is looked for in all of
    raw again, as a repost may hold no more of the person than that.
    """
    erasure = replace(asked, handles=compliance_record.handles_of(lake, asked.users))
    while True:
        held, tweets, handles, unsearched = list[RawObject](), set[str](), set[str](), list[str]()
        for raw_object, scrubbed in scrubbed_objects(lake, erasure):
            held.extend([raw_object] if scrubbed.changed else [])
            unsearched.extend([raw_object.key] if scrubbed.is_too_large else [])
            tweets |= scrubbed.tweets
            handles |= scrubbed.handles
        wider = replace(erasure, tweets=erasure.tweets | tweets, handles=erasure.handles | handles)
        if wider == erasure:
            break
        erasure = wider
    _enter_companions(lake, asked, erasure, reason)
    return erasure, held, tuple(unsearched)


def _enter_companions(lake: Lake, asked: Erasure, erasure: Erasure, reason: str) -> None:
    record = compliance_record.record(lake)
    when = record.filter(pl.col("id").is_in(pl.Series(sorted(asked.ids)).implode()))["happened_at"]
    latest = when.cast(pl.Datetime("us", "UTC")).max()
    happened_at = latest if isinstance(latest, datetime) else utc_now()
    events = [Event(each, "tweets", "delete", reason, happened_at) for each in sorted(erasure.tweets - asked.tweets)]
    compliance_record.enter(lake, events, utc_now())


def scrubbed_objects(lake: Lake, erasure: Erasure) -> Iterator[tuple[RawObject, Scrubbed]]:
    """Read all raw objects as they would be without what has to go; nothing is written."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="raw") as pool:
        objects = lake.raw.list()
        for start in range(0, len(objects), _AT_ONCE * 4):
            some = objects[start : start + _AT_ONCE * 4]
            yield from zip(some, pool.map(lambda one: _scrubbed(lake, one, erasure), some), strict=True)


def _scrubbed(lake: Lake, raw_object: RawObject, erasure: Erasure) -> Scrubbed:
    if raw_object.bytes > lake.settings.object_bytes:
        return Scrubbed(b"", is_too_large=True)
    return scrub(lake.raw.read(raw_object.key), erasure, most_bytes=lake.settings.object_bytes)


def _scrub_raw(lake: Lake, objects: list[RawObject], erasure: Erasure) -> dict[str, int]:
    """Rewrite raw objects without what has to go; return how many held it, by id."""
    counts: dict[str, int] = {}
    for raw_object in objects:
        scrubbed = _scrubbed(lake, raw_object, erasure)
        if not scrubbed.changed:
            continue
        lake.raw.replace(raw_object, scrubbed.body)
        for each in scrubbed.ids:
            counts[each] = counts.get(each, 0) + 1
    return counts


def _remove_leftovers(lake: Lake, erasure: Erasure) -> int:
    """Remove the hidden files of killed writes, of any age, that hold what goes; return how many.

    The write of a run beside this one may be under way: it then fails as its file is gone, and nothing half is stored.
    """
    if not lake.location.is_local:
        return 0  # S3 shows an object whole or not at all
    folders = (RAW, LINEAGE, COUNTS, COUNTS_LINEAGE)
    listed = [file for folder in folders for file in stored_files(lake.location, lake.location.path(folder))]
    hidden = [file.path for file in listed if file.path.rpartition("/")[2].startswith(".")]
    holding = [path for path in hidden if _holds(lake, path, erasure)]
    remove(lake.location, holding)
    return len(holding)


def _holds(lake: Lake, path: str, erasure: Erasure) -> bool:
    try:
        with lake.location.files.open_input_file(path) as file:
            return _is_named(path, erasure) or names_any(bytes(file.read()), erasure)
    except FileNotFoundError:  # its writer has finished: it is a raw object now, and scrubbed when it is loaded
        return False


def _named_keys(lake: Lake, erasure: Erasure) -> tuple[str, ...]:
    return tuple(each.key for each in lake.raw.list() if _is_named(each.key, erasure))


def _is_named(key: str, erasure: Erasure) -> bool:
    """Say whether the name of a file holds the id or a user name of a user that goes, as a word or several."""
    name = key.rpartition("/")[2].lower()
    words = re.findall("[a-z0-9]+", name)
    return not erasure.users.isdisjoint(words) or any(
        re.search(rf"(?<![a-z0-9]){re.escape(each)}(?![a-z0-9])", name) for each in erasure.handles
    )


def _erase_rows(lake: Lake, tables: tuple[Table, ...], erasure: Erasure) -> dict[str, int]:
    """Erase rows of some tables, and what their lists of files say of those rows; return how many, by id."""
    counts: dict[str, int] = {}
    for table in tables:
        if looked_at(table) and lake.catalog.find(table) is not None:
            gone = again_on_conflict(lambda table=table: _erase(lake, table, erasure), lake.settings.commit_attempts)  # type: ignore[misc]
            again_on_conflict(lambda table=table: forget_dropped(lake, table), lake.settings.commit_attempts)  # type: ignore[misc]
            for each, rows in gone.items():
                counts[each] = counts.get(each, 0) + rows
    return counts


def _erase(lake: Lake, declared: Table, erasure: Erasure) -> Mapping[str, int]:
    """Write the files of a table that hold concerned rows anew, in one commit."""
    table = lake.table(declared)
    is_concerned, columns = concerned(declared, erasure), looked_at(declared)
    dropped: list[DataFile] = []
    added: list[DataFile] = []
    gone = [declared.frame()]
    for task in table.scan().plan_files():
        if not read_rows(table, declared, [task.file], columns).filter(is_concerned).height:
            continue
        rows = read_rows(table, declared, [task.file])
        gone.append(rows.filter(is_concerned))
        dropped.append(task.file)
        kept = erased(rows, declared, erasure)
        added.extend(write_rows(table, declared, kept) if kept.height else ())
    if dropped:
        replace_files(table, dropped, added, {KEEPS_ROWS: "erasure"})
    return counted(pl.concat(gone), declared, erasure)


def export(lake: Lake, user_id: str) -> Iterator[dict[str, object]]:
    """Yield what the lake holds of a person, one thing at a time: rows of tables, then JSON objects in raw."""
    erasure = Erasure(users=frozenset([user_id]))
    for table in (*SILVER, *BRONZE):
        if looked_at(table) and table.name in ("tweets", "users"):
            rows = lake.scan(table).filter(concerned(table, erasure)).collect()
            yield from ({"table": table.identifier, **row} for row in rows.iter_rows(named=True))
    for raw_object, scrubbed in scrubbed_objects(lake, erasure):
        yield from ({"raw": raw_object.key, "object": json.loads(mended(each))} for each in scrubbed.own)
