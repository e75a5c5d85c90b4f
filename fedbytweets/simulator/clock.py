"""Clocks: what time the stand-in believes it is, always aware UTC.

The wall clock serves `fedbytweets simulate`; the manual one lets a test live a week in seconds.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol

from fedbytweets.instants import utc_now


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        ...


class SystemClock:
    """The wall clock."""

    def now(self) -> datetime:
        """Return the machine's present instant, UTC."""
        return utc_now()


class ManualClock:
    """A clock that stands still until it is moved.

    Raises:
        ValueError: the start has no time zone.

    """

    def __init__(self, start: datetime = datetime(2026, 9, 7, 12, tzinfo=UTC)) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        """Return the instant it was last set to, UTC."""
        return self._now

    def advance(self, step: timedelta) -> None:
        """Move by a step; a negative one is a clock that jumps back."""
        self._now += step

    def set(self, instant: datetime) -> None:
        """Jump to an instant.

        Raises:
            ValueError: the instant has no time zone.

        """
        self._now = _aware(instant)


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone; give an aware UTC instant")
    return instant.astimezone(UTC)
