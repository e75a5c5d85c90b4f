"""Coverage of subjects -> two pictures in text: what is covered of the last seven days, and how many posts a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from fedbytweets.coverage import Coverage
from fedbytweets.coverage.rendering import coverage_text

DAYS = 7
_HEIGHTS = "▁▂▃▄▅▆▇█"


def coverage_picture(known: Sequence[Coverage], now: datetime) -> str:
    """Return a bar a subject, three hours a character, with the holes and what is lost in words beneath."""
    return coverage_text(known, now)


def volume_picture(known: Sequence[Coverage], now: datetime) -> str:
    """Return a row a subject: posts read of each of the last seven UTC days, as heights and as numbers."""
    days = [now.date() - timedelta(days=back) for back in reversed(range(DAYS))]
    width = max((len(each.subject) for each in known), default=0)
    counts = {each.subject: posts_by_day(each, days) for each in known}
    most = max((max(row) for row in counts.values()), default=0)
    lines = [f"{'posts':{width}}  {'':{DAYS}}  {'  '.join(f'{day:%a %d}'.rjust(7) for day in days)}"]
    lines += [
        f"{subject:{width}}  {_heights(row, most)}  {'  '.join(f'{count:,}'.rjust(7) for count in row)}"
        for subject, row in counts.items()
    ]
    return "\n".join(line.rstrip() for line in lines)


def posts_by_day(known: Coverage, days: Sequence[date]) -> list[int]:
    """Return about how many posts of each UTC day were read, each time it was read."""
    by_day = dict.fromkeys(days, 0.0)
    for hour, (posts, _) in known.density.hours.items():
        if hour.date() in by_day:
            by_day[hour.date()] += posts
    return [round(by_day[day]) for day in days]


def _heights(counts: Sequence[int], most: int) -> str:
    return "".join(
        _HEIGHTS[min(len(_HEIGHTS) - 1, count * len(_HEIGHTS) // most)] if count and most else " " for count in counts
    )
