"""The lake -> figures: one connection, a few aggregates, and the facts of the stored pages."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import duckdb
import polars as pl

from fedbytweets.coverage import BilledFacts, Bounds, Spending, spent
from fedbytweets.coverage import coverage as coverage_of
from fedbytweets.coverage.facts import pages_of
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.pages import origins, stored_facts
from fedbytweets.lake.query import connect
from fedbytweets.lake.status import status
from fedbytweets.page import questions
from fedbytweets.page.figures import DaySpent, Figures, Finding, Findings, Money, Ranked, Run, Step, Volume
from fedbytweets.subjects import Budget, Prices

TOP = 10
"""Lines of a ranking."""
KINDS = 20
"""Most kinds of findings in one list."""
MONEY_DAYS = 30

_LONGEST: tuple[tuple[Step, str, timedelta], ...] = (
    ("hour", "1h", timedelta(days=2)),
    ("day", "1d", timedelta(days=70)),
    ("week", "1w", timedelta(weeks=70)),
    ("month", "1mo", timedelta(days=70 * 30)),
)
"""Step of the volume, Polars' word for it, and the longest span that is shown in it: about 70 bars fit a page."""


def read_figures(lake: Lake, now: datetime, bounds: Bounds, budget: Budget, prices: Prices) -> Figures:
    """Return what the page shows, as of now (aware UTC). Invented posts have no budget.

    Raises:
        LakeError: the lake cannot be read.

    """
    billed, invented = stored_facts(lake), "stand-in" in origins(lake)
    facts = pages_of(billed)
    with connect(lake) as connection:
        return Figures(
            made_at=now,
            lake=status(lake),
            volume=_volume(connection),
            coverage=[
                coverage_of(name, facts, now, bounds.overlap, bounds.reach)
                for name in sorted({page.subject for page in facts})
            ],
            places=_ranked(connection, questions.PLACES),
            authors=_ranked(connection, questions.AUTHORS),
            languages=_ranked(connection, questions.LANGUAGES),
            findings=_findings(connection),
            runs=_runs(connection),
            money=_money(billed, now, Budget() if invented else budget, prices),
            invented=invented,
        )


def _volume(connection: duckdb.DuckDBPyConnection) -> Volume | None:
    first, last = connection.execute(questions.SPAN).fetchall()[0]
    if first is None:
        return None
    step, every = next(((step, every) for step, every, most in _LONGEST if last - first <= most), ("year", "1y"))
    rows = connection.execute(questions.VOLUME, {"step": step}).fetchall()
    posts: dict[str, dict[datetime, int]] = defaultdict(dict)
    for subject, start, count in rows:
        posts[subject][_instant(start)] = count
    starts = _starts(min(min(each) for each in posts.values()), max(max(each) for each in posts.values()), every)
    return Volume(
        step, starts, {name: tuple(each.get(start, 0) for start in starts) for name, each in sorted(posts.items())}
    )


def _instant(start: datetime | date) -> datetime:
    """Return the start of a step as an instant; DuckDB gives a date for whole days."""
    return datetime(start.year, start.month, start.day, start.hour if isinstance(start, datetime) else 0, tzinfo=UTC)


def _starts(first: datetime, last: datetime, every: str) -> tuple[datetime, ...]:
    return tuple(pl.datetime_range(first, last, every, time_zone="UTC", eager=True))


def _ranked(connection: duckdb.DuckDBPyConnection, question: str) -> tuple[Ranked, ...]:
    return tuple(Ranked(*row) for row in connection.execute(question, {"most": TOP}).fetchall())


def _findings(connection: duckdb.DuckDBPyConnection) -> Findings:
    def found(question: str) -> tuple[Finding, ...]:
        rows = connection.execute(question, {"most": KINDS}).fetchall()
        return tuple(
            Finding(kind, where, times, example or "", raw_key) for kind, where, times, example, raw_key in rows
        )

    return Findings(
        quarantine=found(questions.QUARANTINE),
        api_errors=found(questions.API_ERRORS),
        quality=found(questions.QUALITY),
        unknown_fields=found(questions.UNKNOWN_FIELDS),
    )


def _runs(connection: duckdb.DuckDBPyConnection) -> tuple[Run, ...]:
    rows = connection.execute(questions.RUNS, {"most": TOP}).fetchall()
    return tuple(Run(flow, state, started.replace(tzinfo=UTC), *rest) for flow, state, started, *rest in rows)


def _money(facts: list[BilledFacts], now: datetime, budget: Budget, prices: Prices) -> Money:
    by_day: dict[date, list[BilledFacts]] = defaultdict(list)
    for each in facts:
        by_day[each.retrieved_at.date()].append(each)

    def cost(billed: list[BilledFacts]) -> Spending:
        return spent(billed, prices)

    days = (now.date() - timedelta(days=back) for back in reversed(range(MONEY_DAYS)))
    month = [each for day, many in by_day.items() if (day.year, day.month) == (now.year, now.month) for each in many]
    return Money(tuple(DaySpent(day, cost(by_day[day])) for day in days), cost(month), budget, prices.as_of)
