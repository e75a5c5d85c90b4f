"""The record of what was erased, `ops.compliance`: entered before anything is, finished when nothing is left.

It holds ids and reasons, no content. Whatever is laid out as bronze, new or replayed, passes it first: a raw object
that brings erased content back is scrubbed where it lies, before a row is made of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import polars as pl
from pyiceberg.manifest import DataFile

from fedbytweets.compliance import Event, blocking, canonical_ids, ids_of, named_ids, scrub, without
from fedbytweets.lake.commit import again_on_conflict, guarded, replace_files
from fedbytweets.lake.files import read_rows, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.lineage import Lineage
from fedbytweets.raw.pages import Page, Refusal
from fedbytweets.tables import bronze, ops, silver

_SAME = ["id", "kind", "action"]
_OF_THE_API = ("x-api", "stand-in")


def record(lake: Lake) -> pl.DataFrame:
    """Return the rows of `ops.compliance`."""
    return lake.scan(ops.COMPLIANCE).collect()


def pending(lake: Lake) -> pl.DataFrame:
    """Return the rows of `ops.compliance` that are entered and not applied yet."""
    return record(lake).filter(pl.col("applied_at").is_null())


def entered_since(lake: Lake, before: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `ops.compliance`, applied or not, that were not entered when it was `before`."""
    return record(lake).join(before, on=[*_SAME, "recorded_at"], how="anti")


def subjects_of_checks(lake: Lake) -> dict[str, list[str]]:
    """Return the ids to ask X about, by kind: posts and those they repeat or quote, users and authors; ascending."""
    tweets = lake.scan(silver.TWEETS).select("id", "author_id", "referenced_tweet_id").collect()
    users = lake.scan(silver.USERS).select("id").collect()["id"]
    posts = pl.concat([tweets["id"], tweets["referenced_tweet_id"]])
    return {
        kind: [str(each) for each in ids.drop_nulls().unique().sort()]
        for kind, ids in {"tweets": posts, "users": pl.concat([users, tweets["author_id"]])}.items()
    }


def enter(lake: Lake, events: Iterable[Event], now: datetime) -> int:
    """Enter events that are new, or whose content is in silver (again); return how many. They are not applied yet.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    entered = {(event.id, event.kind, event.action): event for event in events}
    columns = [asdict(event) | {"happened_at": _naive(event.happened_at)} for event in entered.values()]
    rows = pl.DataFrame(
        columns, schema={name: ops.COMPLIANCE.frame_schema[name] for name in (*_SAME, "reason", "happened_at")}
    ).with_columns(recorded_at=pl.lit(_naive(now)))
    return again_on_conflict(lambda: _enter(lake, rows), lake.settings.commit_attempts) if columns else 0


def finish(lake: Lake, applied: pl.DataFrame, counts: Mapping[str, Mapping[str, int]], now: datetime) -> None:
    """Mark rows of the record as applied, with counts by column (`silver_rows`, ...) and id.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    again_on_conflict(lambda: _finish(lake, applied, counts, now), lake.settings.commit_attempts)


def kept_out(lake: Lake, raw_object: RawObject, lineage: Lineage, erasures: pl.DataFrame) -> bytes:
    """Return a raw object's bytes for laying out, scrubbed of what the record keeps out; scrubbed in raw too.

    Raises:
        LakeError: it cannot be read or written.

    """
    body = lake.raw.read(raw_object.key)
    most = lake.settings.object_bytes
    named = named_ids(body, frozenset(erasures["id"]), most_bytes=most) if erasures.height else frozenset()
    if not named:
        return body
    scrubbed = scrub(body, blocking(erasures, named, _answered_at(lineage)), most_bytes=most)
    if scrubbed.changed:
        lake.raw.replace(raw_object, scrubbed.body)
    return scrubbed.body


def kept_pages(pages: Iterable[Page | Refusal], lineage: Lineage, erasures: pl.DataFrame) -> Iterator[Page | Refusal]:
    """Yield what was read from a raw object that `kept_out` returned, less the rows that the record still keeps out."""
    recorded = frozenset(erasures["id"])
    for page in pages:
        if isinstance(page, Page) and (named := ids_of(page) & recorded):
            yield without(page, blocking(erasures, named, _answered_at(lineage)))
        else:
            yield page


def handles_of(lake: Lake, users: frozenset[str]) -> frozenset[str]:
    """Return the user names, in lower case, that bronze and silver know some users by (ids, decimal)."""
    wanted = canonical_ids(pl.col("id")).is_in(pl.Series(sorted(users), dtype=pl.String).implode())
    names = [
        lake.scan(table).select("id", "username").filter(wanted).collect()["username"]
        for table in (bronze.USERS, silver.USERS)
    ]
    return frozenset(pl.concat(names).drop_nulls().str.to_lowercase())


def _answered_at(lineage: Lineage) -> datetime | None:
    """Return when the API itself gave an answer, naive UTC; None for content from elsewhere."""
    return _naive(lineage.retrieved_at) if lineage.origin in _OF_THE_API else None


def _enter(lake: Lake, rows: pl.DataFrame) -> int:
    table = lake.table(ops.COMPLIANCE)
    there = record(lake)
    known = rows.join(there, on=_SAME, how="semi")
    waiting = known.join(there.filter(pl.col("applied_at").is_null()), on=_SAME, how="semi")
    back = known.join(waiting, on=_SAME, how="anti").filter(_still_there(lake, known))
    new = pl.concat([rows.join(known, on=_SAME, how="anti"), back])
    if not new.is_empty():
        whole = pl.concat([ops.COMPLIANCE.frame(), new], how="diagonal").select(ops.COMPLIANCE.names)
        with guarded(table) as transaction:
            transaction.append(whole.to_arrow().cast(ops.COMPLIANCE.schema))
    return new.height


def _still_there(lake: Lake, known: pl.DataFrame) -> pl.Expr:
    """Return the expression that is true for ids to be deleted that silver has rows of: an append came in between."""
    if known.is_empty():
        return pl.lit(value=False)
    tweets = lake.scan(silver.TWEETS).select("id", "author_id").collect()
    users = pl.concat([lake.scan(silver.USERS).select("id").collect()["id"], tweets["author_id"]])
    posts, people = (ids.drop_nulls().unique().cast(pl.String).implode() for ids in (tweets["id"], users))
    is_there = pl.when(pl.col("kind") == "tweets").then(pl.col("id").is_in(posts)).otherwise(pl.col("id").is_in(people))
    return is_there & (pl.col("action") == "delete")


def _finish(lake: Lake, applied: pl.DataFrame, counts: Mapping[str, Mapping[str, int]], now: datetime) -> None:
    table = lake.table(ops.COMPLIANCE)
    dropped: list[DataFile] = []
    added: list[DataFile] = []
    for task in table.scan().plan_files():
        rows = read_rows(table, ops.COMPLIANCE, [task.file])
        done = rows.filter(pl.col("applied_at").is_null()).join(applied, on=_SAME, how="semi")
        if done.height:
            rest = rows.join(done, on=[*_SAME, "recorded_at"], how="anti")
            marked = done.with_columns(
                pl.lit(_naive(now)).alias("applied_at"),
                *(pl.col("id").replace_strict(by_id, default=0, return_dtype=pl.Int64).alias(name)
                  for name, by_id in counts.items()),
            )  # fmt: skip
            dropped.append(task.file)
            added.extend(write_rows(table, ops.COMPLIANCE, pl.concat([rest, marked])))
    if dropped:
        replace_files(table, dropped, added, {})


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
