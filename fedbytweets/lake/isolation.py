"""Raw objects that made a step raise: found among many, named, and put into `bronze.quarantine` (kind `failed`)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import polars as pl

from fedbytweets.lake.commit import again_on_conflict, guarded
from fedbytweets.lake.faults import is_of_storage
from fedbytweets.lake.lake import Lake
from fedbytweets.raw.keys import subject_of
from fedbytweets.safe_text import visible
from fedbytweets.tables import bronze

T = TypeVar("T")
R = TypeVar("R")

KIND = "failed"
"""Kind of the quarantine rows of objects that made a step raise."""

_LONGEST = 200
_NAMED = 5


@dataclass(frozen=True, slots=True)
class PutAside:
    """A raw object (by key) that was left out of a step, and the reason: the step and what it raised."""

    key: str
    reason: str


def put_aside(key: str, step: str, error: Exception) -> PutAside:
    """Return a raw object as put aside by a step, with the error's type and a short, safe form of its text."""
    text = visible(" ".join(str(error).split()))
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return PutAside(key, f"{step}: {type(error).__name__}{short and f': {short}'}")


def told_of(failed: Sequence[PutAside]) -> str:
    """Return the sentences that tell which objects were put aside, why, and what to do."""
    named = "; ".join(f"{visible(each.key)} ({each.reason})" for each in failed[:_NAMED])
    more = f"; and {len(failed) - _NAMED} more" if len(failed) > _NAMED else ""
    subjects = sorted({subject_of(each.key) for each in failed})
    replay = f"fedbytweets replay --subject {visible(subjects[0])}" if len(subjects) == 1 else "fedbytweets replay"
    return (
        f"Put aside: {len(failed)} raw object{'s' * (len(failed) > 1)}, {named}{more}. All others are processed. The "
        f"bytes are kept in raw; bronze.quarantine (kind {KIND}) names each. After an update that can read them, or "
        f"with their files corrected in raw, try again: `{replay}`."
    )


def isolating(items: Sequence[T], work: Callable[[Sequence[T]], R], alone: Callable[[T, Exception], R]) -> list[R]:
    """Do work on all items at once; where it raises, on each half, down to the items that raise on their own.

    `alone` makes the result of such an item. Failures of storage are raised: they are no item's fault.
    """
    try:
        return [work(items)] if items else []
    except Exception as error:
        if is_of_storage(error):
            raise
        if len(items) == 1:
            return [alone(items[0], error)]
    half = len(items) // 2
    return [*isolating(items[:half], work, alone), *isolating(items[half:], work, alone)]


def quarantine(lake: Lake, failed: Sequence[tuple[PutAside, datetime]]) -> None:
    """Enter raw objects, each with its time of retrieval (naive UTC), in quarantine; what is there already stays once.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    rows = pl.DataFrame(
        [
            {
                "kind": KIND,
                "line": 1,
                "byte_offset": 0,
                "message": one.reason,
                "import_date": retrieved_at,
                "file_name": one.key,
                "subject": subject_of(one.key),
            }
            for one, retrieved_at in failed
        ],
        schema=bronze.QUARANTINE.frame_schema,
    )
    again_on_conflict(lambda: _enter(lake, rows), lake.settings.commit_attempts)


def _enter(lake: Lake, rows: pl.DataFrame) -> None:
    table = lake.table(bronze.QUARANTINE)
    there = pl.DataFrame(table.scan(f"kind == '{KIND}'", selected_fields=("file_name", "message")).to_arrow())
    new = rows.join(there, on=["file_name", "message"], how="anti")
    if new.height:
        with guarded(table) as transaction:
            transaction.append(new.to_arrow().cast(bronze.QUARANTINE.schema))
