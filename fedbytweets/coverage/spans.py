"""Spans of time: half-open [start, end) in UTC, and the arithmetic of sets of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple


class Span(NamedTuple):
    """[start, end) in aware UTC; never empty where this package hands one out."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return the same instants as disjoint spans that do not touch, oldest first; empty spans vanish."""
    merged: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def minus(whole: Span, taken: Iterable[Span]) -> tuple[Span, ...]:
    """Return what is left of a span when others are taken out, oldest first."""
    left: list[Span] = []
    start = whole.start
    for span in union(taken):
        if span.end <= start:
            continue
        if span.start >= whole.end:
            break
        if span.start > start:
            left.append(Span(start, span.start))
        start = max(start, span.end)
    if start < whole.end:
        left.append(Span(start, whole.end))
    return tuple(left)


def common(one: Span, other: Span) -> Span | None:
    """Return what two spans share, or None."""
    shared = Span(max(one.start, other.start), min(one.end, other.end))
    return shared if shared.start < shared.end else None


def clipped(spans: Iterable[Span], whole: Span) -> tuple[Span, ...]:
    """Return the parts of spans that lie within another."""
    return tuple(shared for span in spans if (shared := common(span, whole)))


def total(spans: Iterable[Span]) -> timedelta:
    """Return how long disjoint spans are together."""
    return sum((span.length for span in spans), timedelta())
