"""Coverage -> what to ask next: the new window first, then the holes, newest first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fedbytweets.coverage.coverage import REACH, Coverage, Hole, whole_second_up
from fedbytweets.coverage.searches import SECOND, Search
from fedbytweets.coverage.spans import Span, common

Identity = tuple[str, Span]
"""What tells one search of a subject from another: its query and its window."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How time is cut into windows: see `CollectSettings`, where each has its words."""

    lag: timedelta = timedelta(seconds=30)
    overlap: timedelta = timedelta(0)
    first_lookback: timedelta = timedelta(hours=24)
    reach: timedelta = REACH

    def window_end(self, begun_at: datetime) -> datetime:
        """Return where the windows of a run end: a whole second, `lag` before it began."""
        return (begun_at - self.lag).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class Ask:
    """One search to begin or to go on with.

    `wanted` is the part of the window that is missing: pages older than its start need not be read. `dialect` None
    takes the subject's own of today.
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


def new_window(known: Coverage, own: Sequence[Search], begun_at: datetime, bounds: Bounds) -> Span | None:
    """Return the window that no run has asked for yet; None when one reaches this run's end already.

    A subject that was never asked for begins `first_lookback` before the end, or as far as the API reaches.
    """
    end = bounds.window_end(begun_at)
    if any(search.window.end >= end for search in own):
        return None
    furthest = whole_second_up(begun_at - bounds.reach)
    start = known.frontier or max((end - bounds.first_lookback).replace(microsecond=0), furthest)
    return Span(start, end) if start < end else None


def next_ask(
    known: Coverage,
    own: Sequence[Search],
    query: str,
    times: tuple[datetime, datetime],
    bounds: Bounds,
    rested: Collection[Span] = (),
    refused: Collection[Identity] = (),
) -> Ask | None:
    """Return the next search of a run; None when there is none left that this run has not tried.

    `own` are the subject's searches so far, `query` its query of today, `times` when the run began and now;
    `rested` are spans this run has asked for already, `refused` searches whose token the API would not take.
    """
    begun_at, now = times
    window = new_window(known, own, begun_at, bounds)
    if window is not None and not _any_common(window, rested):
        return Ask(query, window, window)
    for hole in known.holes:
        if _any_common(hole.span, rested):
            continue
        by_token = hole.resumes is not None and (hole.resumes.query, hole.resumes.window) not in refused
        reachable = Span(whole_second_up(now - bounds.reach), bounds.window_end(begun_at))
        ask = _by_token(hole) if by_token else _by_window(hole, query, own, reachable)
        if ask is not None:
            return ask
    return None


def _by_token(hole: Hole) -> Ask | None:
    search = hole.resumes
    if search is None:
        return None
    return Ask(search.query, search.window, hole.span, search.dialect, len(search.pages) + 1, search.token)


def _by_window(hole: Hole, todays_query: str, own: Sequence[Search], reachable: Span) -> Ask | None:
    """Ask for a hole anew, as far as it is `reachable`: what lies after that a clock that was ahead has left behind.

    A window that was asked already, word for word, would be the same search: its start is moved back second by
    second until it is a new one, but never beyond where the API ends.
    """
    query = hole.query or todays_query
    asked = {search.window for search in own if search.query == query}
    window = Span(max(hole.span.start, reachable.start), min(hole.span.end, reachable.end))
    while window in asked:
        window = Span(window.start - SECOND, window.end)
    return Ask(query, window, window) if reachable.start <= window.start < window.end else None


def _any_common(span: Span, others: Collection[Span]) -> bool:
    return any(common(span, other) for other in others)
