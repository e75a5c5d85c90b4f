"""Coverage -> a strip of seven days a subject: what part of it each span takes, in per cent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from fedbytweets.coverage import Coverage, Span

WEEK = timedelta(days=7)
SMALLEST = 0.4
"""Per cent of the strip: a shorter hole would not be seen, and it is what one looks for."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One span on a strip: its kind (covered, hole, lost), where it starts and how wide it is, in per cent."""

    kind: str
    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Gap:
    """One span that is missing, as a line of the table."""

    subject: str
    kind: str
    span: Span
    posts: int
    outlook: str


def week_before(now: datetime) -> Span:
    """Return the seven days that end now."""
    return Span(now - WEEK, now)


def pieces(known: Coverage, week: Span) -> tuple[Piece, ...]:
    """Return a subject's spans within the week, what is missing on top (last)."""
    covered = (("covered", span) for span in known.covered)
    holes = (("hole", hole.span) for hole in known.holes)
    lost = (("lost", each.span) for each in known.lost)
    return tuple(_placed(chain(covered, holes, lost), week))


def covered_part(known: Coverage, week: Span) -> float | None:
    """Return which part (0 to 1) of what was asked for within the week is covered; None where nothing was."""
    shares = {kind: sum(_length(span, week) for span in spans) for kind, spans in _by_kind(known)}
    asked = sum(shares.values())
    return shares["covered"] / asked if asked else None


def gaps(each: Iterable[Coverage]) -> tuple[Gap, ...]:
    """Return every hole and every lost span of all subjects, newest first."""
    found = [gap for known in each for gap in chain(_holes(known), _lost(known))]
    return tuple(sorted(found, key=lambda gap: gap.span, reverse=True))


def midnights(week: Span) -> tuple[tuple[datetime, float], ...]:
    """Return each UTC midnight within the week, and where it lies on the strip, in per cent."""
    first = (week.start + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    days = (first + timedelta(days=day) for day in range(8))
    return tuple((day, _per_cent(day - week.start)) for day in days if day <= week.end)


def _by_kind(known: Coverage) -> tuple[tuple[str, list[Span]], ...]:
    holes, lost = [hole.span for hole in known.holes], [each.span for each in known.lost]
    return ("covered", list(known.covered)), ("hole", holes), ("lost", lost)


def _length(span: Span, week: Span) -> float:
    return max(0.0, (min(span.end, week.end) - max(span.start, week.start)).total_seconds())


def _placed(spans: Iterable[tuple[str, Span]], week: Span) -> Iterator[Piece]:
    for kind, span in spans:
        start, end = max(span.start, week.start), min(span.end, week.end)
        if start < end:
            left = _per_cent(start - week.start)
            width = max(SMALLEST if kind != "covered" else 0.0, _per_cent(end - start))
            yield Piece(kind, min(left, 100 - width), width)


def _per_cent(part: timedelta) -> float:
    return round(part / WEEK * 100, 3)


def _holes(known: Coverage) -> Iterator[Gap]:
    for hole in known.holes:
        outlook = "the next run goes on where it stopped" if hole.resumes else "the next run asks for it anew"
        yield Gap(known.subject, "hole", hole.span, hole.estimated_posts, outlook)


def _lost(known: Coverage) -> Iterator[Gap]:
    for lost in known.lost:
        yield Gap(known.subject, "lost", lost.span, lost.estimated_posts, "the API no longer has it")
