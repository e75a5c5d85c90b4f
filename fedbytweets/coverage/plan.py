"""Coverage -> what to ask next: the new window first, then the holes, newest first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from fedbytweets.coverage.coverage import REACH, Coverage, Hole, whole_second_up
from fedbytweets.coverage.searches import SECOND
from fedbytweets.coverage.spans import Span

Identity = tuple[str, Span]
"""What tells one search of a subject from another: its query and its window."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One search to begin or to go on with.

    `wanted` is the part of the window that is missing: pages older than its start need not be read. `dialect` None
    takes the subject's own. `fallback` says what to ask when the API refuses the token.
    """

    query: str
    window: Span
    wanted: Span
    dialect: str | None = None
    page: int = 1
    token: str | None = None

    @property
    def identity(self) -> Identity:
        """Its query and window."""
        return self.query, self.window


def window_end(now: datetime, lag: timedelta) -> datetime:
    """Return where the windows of a run end: a whole second, `lag` before its start."""
    return (now - lag).replace(microsecond=0)


def new_window(
    known: Coverage, end: datetime, asked: Collection[Identity], first_lookback: timedelta, reach: timedelta = REACH
) -> Span | None:
    """Return the window that no run has asked for yet; None when one reaches `end` already.

    A subject that was never asked for begins `first_lookback` before the end, or as far as the API reaches.
    """
    if any(window.end >= end for _, window in asked):
        return None
    start = known.frontier if known.frontier is not None else end - min(first_lookback, reach)
    return Span(start, end) if start < end else None


def ask_for_hole(
    hole: Hole, query: str, asked: Collection[Identity], horizon: datetime, *, by_token: bool = True
) -> Ask | None:
    """Return how to read a hole on: by its token, else by its window; None when there is no new way to ask.

    A window that was asked already, word for word, would be the same search: its start is moved back second by
    second until it is a new one, but never beyond `horizon`, where the API ends.
    """
    if by_token and hole.resumes is not None:
        search = hole.resumes
        return Ask(search.query, search.window, hole.span, search.dialect, len(search.pages) + 1, search.token)
    query = hole.query or query
    window = Span(max(hole.span.start, whole_second_up(horizon)), hole.span.end)
    while (query, window) in asked:
        window = Span(window.start - SECOND, window.end)
        if window.start < horizon:
            return None
    return Ask(query, window, window) if window.start < window.end else None
