"""Pages read -> how many posts a span is likely to hold: the subject's own rate, by the hour of the day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fedbytweets.coverage.searches import Search
from fedbytweets.coverage.spans import Span, common

HOUR = timedelta(hours=1)
NEAR = timedelta(days=1)
"""How far around a span its neighbours are asked first."""
_ENOUGH = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Strip:
    """A span that was read, and how many posts came of it."""

    span: Span
    posts: int


def strips(searches: Iterable[Search]) -> tuple[Strip, ...]:
    """Return what each search read: its covered span and its posts."""
    return tuple(
        Strip(Span(search.cut, search.window.end), sum(page.posts for page in search.pages))
        for search in searches
        if search.cut < search.window.end
    )


def estimated_posts(span: Span, read: Sequence[Strip]) -> int:
    """Return about how many posts a span holds; 0 when nothing of the subject was ever read.

    The rate of each hour of the day comes from what was read at that hour within a day around the span, else at
    that hour on any day, else from all that was read.
    """
    near = Span(span.start - NEAR, span.end + NEAR)
    local, ever = _rates(read, near), _rates(read, None)
    mean = _mean(read)
    return round(
        sum(
            local.get(part.start.hour, ever.get(part.start.hour, mean)) * part.length.total_seconds()
            for part in _hours(span)
        )
    )


def _rates(read: Sequence[Strip], within: Span | None) -> dict[int, float]:
    """Return posts a second for each hour of the day that was read long enough."""
    posts: dict[int, float] = defaultdict(float)
    seconds: dict[int, float] = defaultdict(float)
    for strip in read:
        rate = strip.posts / strip.span.length.total_seconds()
        shared = strip.span if within is None else common(strip.span, within)
        for part in _hours(shared) if shared else ():
            length = part.length.total_seconds()
            posts[part.start.hour] += rate * length
            seconds[part.start.hour] += length
    return {hour: posts[hour] / seconds[hour] for hour in seconds if seconds[hour] >= _ENOUGH.total_seconds()}


def _mean(read: Sequence[Strip]) -> float:
    seconds = sum(strip.span.length.total_seconds() for strip in read)
    return sum(strip.posts for strip in read) / seconds if seconds else 0.0


def _hours(span: Span) -> Iterator[Span]:
    start = span.start
    while start < span.end:
        border = start.replace(minute=0, second=0, microsecond=0) + HOUR
        end = min(border, span.end)
        yield Span(start, end)
        start = end
