"""Figures -> what an operator must know first: each thing that is not as it should be, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

from fedbytweets.page.figures import Figures, Money

STALE = timedelta(hours=12)
"""Three runs a day leave at most 10 hours between two."""
NEARLY = Decimal("0.8")
"""Part of a budget from which on it is worth a word."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing, its fact, and the way out; `bad` is lost or stands still, `warn` mends itself or can wait."""

    level: Literal["bad", "warn"]
    fact: str
    way_out: str


def notices(figures: Figures) -> tuple[Notice, ...]:
    """Return what is not as it should be, the worst first; nothing where all is well."""
    found = [
        *_missing(figures),
        *_late(figures),
        *_spent(figures.money),
        *_unread(figures),
    ]
    return tuple(sorted(found, key=lambda notice: notice.level != "bad"))


def _missing(figures: Figures) -> Iterator[Notice]:
    for known in figures.coverage:
        if known.lost:
            yield Notice(
                "bad",
                f"{known.subject}: about {known.lost_posts:,} posts are lost; they were older than the API goes back.",
                "Give the subject more pages or budget, or run more often.",
            )
        if known.holes:
            yield Notice(
                "warn",
                f"{known.subject}: about {known.missing_posts:,} posts are missing in {_holes(len(known.holes))}.",
                "The next runs fill holes while the API still has them: fedbytweets plan says what that costs.",
            )


def _late(figures: Figures) -> Iterator[Notice]:
    asked = [known.frontier for known in figures.coverage if known.frontier]
    if asked and figures.made_at - max(asked) > STALE:
        yield Notice(
            "bad",
            f"Nothing was collected since {max(asked):%Y-%m-%d %H:%M} UTC.",
            "Look at the last runs in the dashboard; fedbytweets run catches up on the last seven days.",
        )
    if figures.lake.pending:
        yield Notice(
            "warn",
            f"{figures.lake.pending:,} raw objects are not in bronze yet.",
            "The next run takes them in.",
        )


def _spent(money: Money) -> Iterator[Notice]:
    limit = money.budget.money_per_month
    if limit is None or money.month.money < NEARLY * Decimal(str(limit)):
        return
    gone = money.month.money >= Decimal(str(limit)) * Decimal("0.99")
    yield Notice(
        "bad" if gone else "warn",
        f"${money.month.money:,.2f} of the month's ${limit:,.2f} are spent.",
        "Runs stop at the limit: raise FEDBYTWEETS_BUDGET_MONEY_PER_MONTH, or narrow the queries.",
    )


def _unread(figures: Figures) -> Iterator[Notice]:
    if figures.lake.quarantined:
        yield Notice(
            "warn",
            f"{figures.lake.quarantined:,} pages or rows could not be read.",
            "Their bytes are kept in raw; see Data quality below.",
        )


def _holes(count: int) -> str:
    return "one hole" if count == 1 else f"{count:,} holes"
