"""Lines of X's compliance jobs and rows of `ops.compliance` -> what has to go.

X's answer names an id, what was done to it and why. `scrub_geo`, as an action or a reason, takes the whereabouts
from a post, or from all posts of a user; everything else it calls `delete` takes the whole post or user away.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import msgspec
import polars as pl

from fedbytweets.errors import InputError, PassingError
from fedbytweets.instants import parse_instant

DECIMAL = r"^\s*\+?0*([0-9]+?)(?:\.0+)?\s*$"
"""Every way to write a decimal id; its first group is the id."""

_DECIMAL = re.compile(DECIMAL)

Kind = Literal["tweets", "users"]
Action = Literal["delete", "scrub_geo"]

ON_REQUEST = "on-request"
"""Reason of an erasure that a person asked for, and of the posts that go with it: it stands, whatever X says later."""

AUTHOR = "author"
"""Reason of a post that goes because its author's account does, or as a repost of such a post."""

NAMED_IN_A_SENTENCE = r"\[[^\[\]]+\]|@[0-9a-z_]+|[0-9]{6,}"
"""How a sentence of the API (in lower case) names a post or a user: in brackets, by handle, or by a long number."""

_LASTING = ("deleted", ON_REQUEST)
"""Reasons that are never taken back: a deleted post does not return, a protected user may."""


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a post or a user: decimal id, what has to be done, why, and when it happened (UTC)."""

    id: str
    kind: Kind
    action: Action
    reason: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Erasure:
    """Ids, decimal: posts and users that go, and posts and users whose posts lose their whereabouts.

    `handles` are the user names, in lower case, that the users who go are known by; the record does not hold them.
    """

    tweets: frozenset[str] = frozenset()
    users: frozenset[str] = frozenset()
    placeless_tweets: frozenset[str] = frozenset()
    placeless_users: frozenset[str] = frozenset()
    handles: frozenset[str] = frozenset()

    @classmethod
    def of(cls, rows: pl.DataFrame) -> "Erasure":
        """Return what rows of `ops.compliance` say has to go."""

        def ids(kind: Kind, action: Action) -> frozenset[str]:
            return frozenset(rows.filter((pl.col("kind") == kind) & (pl.col("action") == action))["id"])

        return cls(
            ids("tweets", "delete"), ids("users", "delete"), ids("tweets", "scrub_geo"), ids("users", "scrub_geo")
        )

    @property
    def ids(self) -> frozenset[str]:
        """All ids it is about."""
        return self.tweets | self.users | self.placeless_tweets | self.placeless_users


def canonical(text: str) -> str:
    """Return an id as silver has it: without spaces, a sign, zeros before or a decimal point; any other text as it is.

    It is the same as `canonical_ids` in `rows` does for a column.
    """
    match = _DECIMAL.fullmatch(text)
    return match[1] if match else text


def requested(user_id: str, now: datetime) -> Event:
    """Return the event of a person who asks to be erased.

    Raises:
        InputError: it is no user id.

    """
    if not re.fullmatch(r"[0-9]{1,19}", user_id):
        raise InputError(f"{user_id!r} is no user id: give the decimal id, as in silver.users, not the handle.")
    return Event(canonical(user_id), "users", "delete", ON_REQUEST, now)


class _Line(msgspec.Struct):
    id: str
    action: str
    reason: str | None = None
    created_at: str | None = None
    redacted_at: str | None = None


def events(body: bytes, kind: Kind, now: datetime) -> list[Event]:
    """Read the result of a compliance job, JSON lines; actions that take nothing away are left out.

    Raises:
        PassingError: it is not what X documents.

    """
    try:
        lines = [msgspec.json.decode(line, type=_Line) for line in body.splitlines() if line.strip()]
        return [_event(line, kind, now) for line in lines if line.action in ("delete", "scrub_geo", "deleted")]
    except (msgspec.MsgspecError, ValueError) as error:
        raise PassingError(f"The result of X's compliance job cannot be read ({error}): ask again later.") from error


def _event(line: _Line, kind: Kind, now: datetime) -> Event:
    when = line.redacted_at or line.created_at
    placeless = "scrub_geo" in (line.action, line.reason)
    return Event(
        line.id,
        kind,
        "scrub_geo" if placeless else "delete",
        line.reason or line.action,
        parse_instant(when) if when else now,
    )


def blocking(record: pl.DataFrame, named: Iterable[str], answered_at: datetime | None) -> Erasure:
    """Return what of the record keeps content out of the lake that holds these ids.

    What X may take back (a user no longer protected) does not bind a later answer of the API itself, retrieved at
    `answered_at`, naive UTC; None for content from elsewhere, which is always bound.
    """
    rows = record.filter(pl.col("id").is_in(pl.Series(sorted(named), dtype=pl.String).implode()))
    if answered_at is not None:
        rows = rows.filter(pl.col("reason").is_in(_LASTING) | (pl.col("happened_at") >= answered_at))
    return Erasure.of(rows)
