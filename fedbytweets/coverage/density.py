"""Searches -> how many posts a span is likely to hold: the subject's own rate, by the hour of the day.

Tallied once, by the hour, so that years of history cost little to look at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fedbytweets.coverage.searches import Search
from fedbytweets.coverage.spans import Span

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
_ENOUGH_SECONDS = 20 * 60
"""An hour of the day is judged by no less reading than this."""

Tally = tuple[float, float]
"""Posts, and the seconds they were made in."""


@dataclass(frozen=True, slots=True)
class Density:
    """What was read of a subject: by absolute hour, by hour of the day, and in all."""

    hours: Mapping[datetime, Tally] = field(default_factory=dict)
    hours_of_day: Mapping[int, Tally] = field(default_factory=dict)
    whole: Tally = (0.0, 0.0)

    @classmethod
    def of(cls, searches: Iterable[Search]) -> "Density":
        """Tally what searches read: the posts of each, spread evenly over the span it reached."""
        hours: dict[datetime, Tally] = defaultdict(lambda: (0.0, 0.0))
        hours_of_day: dict[int, Tally] = defaultdict(lambda: (0.0, 0.0))
        for search in searches:
            reached = Span(search.cut, search.window.end)
            posts = sum(page.posts for page in search.pages)
            for part in _hours(reached):
                tally = (posts * (part.length / reached.length), part.length.total_seconds())
                start = part.start.replace(minute=0, second=0, microsecond=0)
                hours[start] = _sum(hours[start], tally)
                hours_of_day[start.hour] = _sum(hours_of_day[start.hour], tally)
        return cls(dict(hours), dict(hours_of_day), _sum(*hours_of_day.values()))

    @property
    def is_known(self) -> bool:
        """Whether anything was ever read."""
        return self.whole[1] > 0

    def posts(self, span: Span) -> int:
        """Return about how many posts a span holds; 0 when nothing was ever read.

        Each hour counts as it was read itself and at the same hour of the days around it, else as that hour of
        any day, else as something between the nearest hours of the day that were read.
        """
        return round(sum(self._rate(part.start) * part.length.total_seconds() for part in _hours(span)))

    def _rate(self, instant: datetime) -> float:
        hour = instant.replace(minute=0, second=0, microsecond=0)
        near = _sum(*(self.hours.get(hour + days * DAY, (0.0, 0.0)) for days in (-1, 0, 1)))
        if near[1] >= _ENOUGH_SECONDS:
            return near[0] / near[1]
        return self._rate_of_day(hour.hour)

    def _rate_of_day(self, hour: int) -> float:
        """Return posts a second at an hour of the day, between its nearest neighbours where it was not read."""
        rates = {
            known: posts / seconds
            for known, (posts, seconds) in self.hours_of_day.items()
            if seconds >= _ENOUGH_SECONDS
        }
        if not rates:
            return self.whole[0] / self.whole[1] if self.whole[1] else 0.0
        back = next(steps for steps in range(24) if (hour - steps) % 24 in rates)
        ahead = next(steps for steps in range(24) if (hour + steps) % 24 in rates)
        before, after = rates[(hour - back) % 24], rates[(hour + ahead) % 24]
        return before + (after - before) * back / (back + ahead) if back else before


def _hours(span: Span) -> Iterator[Span]:
    start = span.start
    while start < span.end:
        border = start.replace(minute=0, second=0, microsecond=0) + HOUR
        end = min(border, span.end)
        yield Span(start, end)
        start = end


def _sum(*tallies: Tally) -> Tally:
    return sum(posts for posts, _ in tallies), sum(seconds for _, seconds in tallies)
