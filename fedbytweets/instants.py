"""Instants: everything inside is UTC; X's ids carry their own.

A naive `datetime` is never used for an instant: functions here take and give aware UTC values. The lake's
columns are naive UTC by contract (Athena's `timestamp`); the conversion stands at the lake's edge.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
"""Milliseconds from 1970 to the zero of X's ids (X's own constant)."""
FIRST_SNOWFLAKE = 29_700_859_247
"""The smallest id that holds an instant, of 4 November 2010; X numbered earlier posts one after another."""
FIRST_TWEET = datetime(2006, 3, 21, tzinfo=UTC)
"""The day of the first tweet: nothing can have been retrieved earlier."""

_MOST_ID = 2**63 - 1
_MOST_DIGITS = 19
_SNOWFLAKES = range(FIRST_SNOWFLAKE, _MOST_ID + 1)


def utc_now() -> datetime:
    """Return this instant."""
    return datetime.now(UTC)


def from_snowflake(post_id: int) -> datetime:
    """Return when a post was made, to the millisecond, from its id alone."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(post_id >> 22) + SNOWFLAKE_EPOCH_MS)


def id_number(text: str) -> int | None:
    """Return an id as a number; None where the text is no decimal positive integer of 64 bits, as X writes ids."""
    if not (text.isdecimal() and len(text) <= _MOST_DIGITS and text.isascii() and text[0] != "0"):
        return None
    number = int(text)
    return number if number <= _MOST_ID else None


def oldest_at(post_ids: Sequence[str]) -> datetime | None:
    """Return when the oldest of some posts was made, from the ids alone; None where none of them holds an instant."""
    numbers = map(int, post_ids) if _are_numbers(post_ids) else filter(None, map(id_number, post_ids))
    oldest = min(filter(_SNOWFLAKES.__contains__, numbers), default=None)
    return None if oldest is None else from_snowflake(oldest)


def _are_numbers(ids: Sequence[str]) -> bool:
    """Tell in one look what `id_number` tells of each by itself."""
    together = "".join(ids)
    return together.isdecimal() and together.isascii() and min(ids) >= "1" and max(map(len, ids)) <= _MOST_DIGITS


def to_snowflake(instant: datetime) -> int:
    """Return the smallest id a post made at this instant can have."""
    since_1970 = instant - datetime.fromtimestamp(0, UTC)
    return (since_1970 // timedelta(milliseconds=1) - SNOWFLAKE_EPOCH_MS) << 22


def parse_instant(text: str) -> datetime:
    """Read RFC 3339 (any offset, any fraction); a missing offset means UTC.

    Raises:
        ValueError: the text is no instant.

    """
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def rfc3339(instant: datetime) -> str:
    """Write an instant as X wants it: UTC, to the second, with a Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
