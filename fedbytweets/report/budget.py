"""Facts of what was billed, a run's spending and limits -> what was spent against each limit. Money in US dollars."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from fedbytweets.coverage import BilledFacts, Spending
from fedbytweets.coverage.spending import spent_by_period
from fedbytweets.subjects import Budget, Prices


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """What was spent in a time, by all subjects or one, against its limits; None sets no limit."""

    whose: str
    period: str
    """`run`, `day` or `month`; the latter two UTC."""
    posts: int
    posts_limit: int | None
    usd: Decimal
    usd_limit: Decimal | None

    @property
    def share(self) -> float | None:
        """Which part of the tighter limit is spent; None where there is no limit."""
        shares = [self.posts / self.posts_limit] if self.posts_limit else []
        shares += [float(self.usd / self.usd_limit)] if self.usd_limit else []
        return max(shares, default=None)


def budget_lines(
    whose: str, budget: Budget, earlier: Iterable[BilledFacts], this_run: Spending, prices: Prices, now: datetime
) -> tuple[BudgetLine, ...]:
    """Return a line for the run, the UTC day and the UTC month; `earlier` are the facts from before the run."""
    so_far = spent_by_period(earlier, this_run, prices, now)
    return tuple(
        BudgetLine(whose, period, each.posts, budget.posts(period), each.money, budget.money(period))
        for period, each in so_far.items()
    )


def with_limits(lines: Iterable[BudgetLine]) -> Iterator[BudgetLine]:
    """Return the lines that have a limit."""
    return (line for line in lines if line.posts_limit is not None or line.usd_limit is not None)
