"""Coverage and forecasts -> text for a terminal and dictionaries for JSON; instants are UTC."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from fedbytweets.coverage.coverage import Coverage, Hole
from fedbytweets.coverage.forecast import Forecast, SubjectForecast
from fedbytweets.coverage.spans import Span, common, total

CELL = timedelta(hours=3)
CELLS = 56
"""Seven days of three hours each: a bar that fits a terminal, and the dashboard."""
LEGEND = "█ covered   ░ hole, still to be had   x lost   · not asked"


def coverage_dict(known: Coverage) -> dict[str, Any]:
    """Return a subject's coverage as JSON can hold it; spans as [start, end) in RFC 3339."""
    return {
        "subject": known.subject,
        "asked": _span_dict(known.asked) if known.asked else None,
        "next_window_starts_at": known.frontier.isoformat() if known.frontier else None,
        "covered_share": covered_share(known),
        "covered": [_span_dict(span) for span in known.covered],
        "holes": [
            {**_span_dict(hole.span), "estimated_posts": hole.estimated_posts, "goes_on": _goes_on(hole)}
            for hole in known.holes
        ],
        "lost": [{**_span_dict(lost.span), "estimated_posts": lost.estimated_posts} for lost in known.lost],
        "missing_posts": known.missing_posts,
        "lost_posts": known.lost_posts,
    }


def covered_share(known: Coverage) -> float | None:
    """Return which part (0 to 1) of the time asked for is covered; None before anything was asked for."""
    return total(known.covered) / known.asked.length if known.asked else None


def coverage_text(each: Sequence[Coverage], now: datetime) -> str:
    """Return the last seven days as a bar a subject, with each hole and each lost span beneath, ready to print."""
    width = max((len(known.subject) for known in each), default=0)
    start = _axis_start(now)
    lines = [f"{'':{width}}  {_axis(start)}"]
    lines += [f"{known.subject:{width}}  {bar(known, start)}" for known in each]
    lines += ["", LEGEND]
    for known in each:
        lines += ["", *_details(known)]
    return "\n".join(line.rstrip() for line in lines)


def bar(known: Coverage, start: datetime) -> str:
    """Return seven days from an instant, three hours a character; a cell shows the worst of what lies in it."""
    holes = [hole.span for hole in known.holes]
    lost = [one.span for one in known.lost]
    cells = []
    for index in range(CELLS):
        cell = Span(start + index * CELL, start + (index + 1) * CELL)
        marks = (("x", lost), ("░", holes), ("█", known.covered))
        cells.append(next((mark for mark, spans in marks if any(common(cell, span) for span in spans)), "·"))
    return "".join(cells)


def forecast_text(plan: Forecast) -> str:
    """Return what the next run and the month would read and cost, ready to print."""
    left_now = plan.left_now
    limits = [f"{left_now.posts:,} posts"] if left_now.posts is not None else []
    limits += [_dollars(left_now.money)] if left_now.money is not None else []
    so_far = plan.spent_this_month
    lines = [f"If a run began at {_at(plan.at)} UTC it would read"]
    lines += [f"  {_subject_line(one)}" for one in plan.subjects]
    lines.append(f"In all {_volume(plan.run_posts, plan.run_money)}; the budgets leave {_all(limits)}.")
    lines.append(
        f"This month (UTC): {so_far.posts:,} posts for {_dollars(so_far.money)} so far; "
        f"by its end {_volume(plan.month_posts, plan.month_money)}."
    )
    if plan.month_posts is not None:
        lines.append(
            "The month assumes as many runs as needed, posts at the rate so far, and the limits of days and months."
        )
    return "\n".join(lines)


def forecast_dict(plan: Forecast) -> dict[str, Any]:
    """Return a forecast as JSON can hold it; money in US dollars, null where nothing is known."""
    return {
        "at": plan.at.isoformat(),
        "run": {"posts": plan.run_posts, "usd": _float(plan.run_money)},
        "month": {
            "posts_so_far": plan.spent_this_month.posts,
            "usd_so_far": float(plan.spent_this_month.money),
            "posts": plan.month_posts,
            "usd": _float(plan.month_money),
        },
        "left": {"posts": plan.left_now.posts, "usd": _float(plan.left_now.money)},
        "subjects": [
            {
                "subject": one.subject,
                "window": _span_dict(one.window) if one.window else None,
                "new_posts": one.new_posts,
                "hole_posts": one.hole_posts,
                "holes": one.holes,
                "posts": one.posts,
                "pages": one.pages,
                "usd": _float(one.money),
            }
            for one in plan.subjects
        ],
    }


def _subject_line(one: SubjectForecast) -> str:
    window = f"{_at(one.window.start)} to {_at(one.window.end)}" if one.window else "nothing new"
    if one.new_posts is None or one.posts is None:
        return f"{one.subject}: {window}; its volume is unknown before its first run, unless counts/recent is asked"
    holes = f" and {one.holes} holes of about {one.hole_posts:,}" if one.holes else ""
    pages = f"{one.pages:,} pages" if one.pages is not None else "its pages"
    return (
        f"{one.subject}: {window}, about {one.new_posts:,} posts{holes}; "
        f"of these {one.posts:,} on {pages} for {_dollars(one.money)}"
    )


def _details(known: Coverage) -> list[str]:
    if known.asked is None:
        return [f"{known.subject}: nothing was asked for yet."]
    share = covered_share(known) or 0.0
    lines = [f"{known.subject}: asked from {_at(known.asked.start)} to {_at(known.asked.end)} UTC, {share:.1%} covered"]
    lines += [
        f"  hole {_between(hole.span)}, about {hole.estimated_posts:,} posts; {_goes_on(hole)}" for hole in known.holes
    ]
    lines += [
        f"  lost {_between(lost.span)}, about {lost.estimated_posts:,} posts; the API no longer has them"
        for lost in known.lost
    ]
    return lines


def _goes_on(hole: Hole) -> str:
    return f"goes on at page {len(hole.resumes.pages) + 1}" if hole.resumes else "will be asked anew"


def _axis_start(now: datetime) -> datetime:
    """Return the border of a cell such that the last cell holds `now`."""
    border = now.replace(hour=now.hour - now.hour % 3, minute=0, second=0, microsecond=0)
    return border + CELL - CELLS * CELL


def _axis(start: datetime) -> str:
    line = [" "] * (CELLS + 6)
    for index in range(CELLS):
        instant = start + index * CELL
        if instant.hour == 0:
            line[index : index + 6] = f"{instant:%a %d}"
    return "".join(line)


def _span_dict(span: Span) -> dict[str, str]:
    return {"start": span.start.isoformat(), "end": span.end.isoformat()}


def _between(span: Span) -> str:
    return f"{span.start:%Y-%m-%d %H:%M:%S} to {span.end:%Y-%m-%d %H:%M:%S}"


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


def _volume(posts: int | None, money: Decimal | None) -> str:
    return "a volume unknown yet" if posts is None else f"about {posts:,} posts for {_dollars(money)}"


def _all(limits: Sequence[str]) -> str:
    return " and ".join(limits) or "it without a limit"


def _dollars(money: Decimal | None) -> str:
    return "an unknown cost" if money is None else f"${money:,.2f}"


def _float(money: Decimal | None) -> float | None:
    return None if money is None else round(float(money), 6)
