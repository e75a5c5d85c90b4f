"""Entered erasures -> raw, bronze and silver without that content, and no old file left that holds it.

In this order, each step doing nothing where it was done before, so that it may be killed at any point and run again:
raw (nothing can come back from there), bronze, silver, then the snapshots from before and their files, at once.
What was entered is marked as applied last.
"""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from pyiceberg.manifest import DataFile

from fedbytweets.compliance import AUTHOR, Erasure, Event, Scrubbed, concerned, counted, erased, looked_at, scrub
from fedbytweets.instants import utc_now
from fedbytweets.lake import compliance as compliance_record
from fedbytweets.lake import silver as silver_lake
from fedbytweets.lake.commit import again_on_conflict, replace_files
from fedbytweets.lake.files import read_rows, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.purging import purge
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.lake.silver import KEEPS_ROWS
from fedbytweets.tables import BRONZE, SILVER, Table

_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Applied:
    """What was erased: ids, rows of silver and bronze, raw objects rewritten, old files removed."""

    ids: int = 0
    silver_rows: int = 0
    bronze_rows: int = 0
    raw_objects: int = 0
    removed_files: int = 0


def apply_pending(lake: Lake) -> Applied:
    """Make true what is entered in the record and not applied yet; nothing entered, nothing done.

    Raises:
        ConflictError: other writers were first at every attempt.
        LakeError: the lake cannot be read or written.

    """
    if compliance_record.pending(lake).is_empty():
        return Applied()
    held = _with_companions(lake)
    waiting = compliance_record.pending(lake)
    counts, removed = _erase_everywhere(lake, held, Erasure.of(waiting))
    compliance_record.finish(lake, waiting, counts, utc_now())
    rows = {name: sum(by_id.values()) for name, by_id in counts.items()}
    return Applied(waiting.height, rows["silver_rows"], rows["bronze_rows"], len(held), removed)


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
            erasure = Erasure.of(entered)
            held = [raw_object for raw_object, scrubbed in scrubbed_objects(lake, erasure) if scrubbed.changed]
            _erase_everywhere(lake, held, erasure)


def _erase_everywhere(lake: Lake, held: list[RawObject], erasure: Erasure) -> tuple[dict[str, Mapping[str, int]], int]:
    """Erase from raw, bronze, silver and their past; return what went by column of the record and id, and old files."""
    raw = _scrub_raw(lake, held, erasure)
    bronze = _erase_rows(lake, BRONZE, erasure)
    for table in SILVER:
        silver_lake.merge_new(lake, table)  # it reads files that go below
    silver = _erase_rows(lake, SILVER, erasure)
    removed = sum(purge(lake, table) for table in (*BRONZE, *SILVER) if looked_at(table))
    return {"silver_rows": silver, "bronze_rows": bronze, "raw_objects": raw}, removed


def _with_companions(lake: Lake) -> list[RawObject]:
    """Enter the posts of users that go, as their reposts go too; return the raw objects that hold anything."""
    while True:
        waiting = compliance_record.pending(lake)
        erasure = Erasure.of(waiting)
        holding, posts = list[RawObject](), set[str]()
        for raw_object, scrubbed in scrubbed_objects(lake, erasure):
            holding.extend([raw_object] if scrubbed.changed else [])
            posts.update(scrubbed.tweets)
        if posts <= erasure.tweets:
            return holding
        when = waiting["happened_at"].cast(pl.Datetime("us", "UTC")).max()
        assert isinstance(when, datetime)
        events = [Event(each, "tweets", "delete", AUTHOR, when) for each in sorted(posts - erasure.tweets)]
        compliance_record.enter(lake, events, utc_now())


def scrubbed_objects(lake: Lake, erasure: Erasure) -> Iterator[tuple[RawObject, Scrubbed]]:
    """Read all raw objects as they would be without what has to go; nothing is written."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="raw") as pool:
        objects = lake.raw.list()
        for start in range(0, len(objects), _AT_ONCE * 4):
            some = objects[start : start + _AT_ONCE * 4]
            yield from zip(some, pool.map(lambda one: scrub(lake.raw.read(one.key), erasure), some), strict=True)


def _scrub_raw(lake: Lake, objects: list[RawObject], erasure: Erasure) -> dict[str, int]:
    """Rewrite raw objects without what has to go; return how many held it, by id."""
    counts: dict[str, int] = {}
    for raw_object in objects:
        body = lake.raw.read(raw_object.key)
        scrubbed = scrub(body, erasure)
        if not scrubbed.changed:
            continue
        lake.raw.replace(raw_object, scrubbed.body)
        for each in scrubbed.ids:
            counts[each] = counts.get(each, 0) + 1
    return counts


def _erase_rows(lake: Lake, tables: tuple[Table, ...], erasure: Erasure) -> dict[str, int]:
    """Erase rows of some tables; return how many, by id."""
    counts: dict[str, int] = {}
    for table in tables:
        if looked_at(table) and lake.catalog.find(table) is not None:
            gone = again_on_conflict(lambda table=table: _erase(lake, table, erasure), lake.settings.commit_attempts)  # type: ignore[misc]
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
        for each in scrubbed.removed:
            found = json.loads(each)
            if user_id in (str(found.get("id")), str(found.get("author_id"))):
                yield {"raw": raw_object.key, "object": found}
