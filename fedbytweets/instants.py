"""Instants: everything inside is UTC; X's ids carry their own.

A naive `datetime` is never used for an instant: functions here take and give aware UTC values. The lake's
columns are naive UTC by contract (Athena's `timestamp`); the conversion stands at the lake's edge.
"""

from datetime import UTC, datetime, timedelta

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
"""Milliseconds from 1970 to the zero of X's ids (X's own constant)."""


def utc_now() -> datetime:
    """Return this instant."""
    return datetime.now(UTC)


def from_snowflake(post_id: int) -> datetime:
    """Return when a post was made, to the millisecond, from its id alone."""
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=(post_id >> 22) + SNOWFLAKE_EPOCH_MS)


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
