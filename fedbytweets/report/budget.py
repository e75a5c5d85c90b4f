"""Facts of what was billed, a run's spending and limits -> what was spent against each limit. Money in US dollars."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from fedbytweets.coverage import BilledFacts, Spending, spent
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
    month = [each for each in earlier if (each.retrieved_at.year, each.retrieved_at.month) == (now.year, now.month)]
    day = [each for each in month if each.retrieved_at.date() == now.date()]
    limits = (
        ("run", this_run, budget.posts_per_run, budget.money_per_run),
        ("day", spent(day, prices) + this_run, budget.posts_per_day, budget.money_per_day),
        ("month", spent(month, prices) + this_run, budget.posts_per_month, budget.money_per_month),
    )
    return tuple(
        BudgetLine(whose, period, so_far.posts, posts, so_far.money, None if usd is None else Decimal(str(usd)))
        for period, so_far, posts, usd in limits
    )


def with_limits(lines: Iterable[BudgetLine]) -> Iterator[BudgetLine]:
    """Return the lines that have a limit."""
    return (line for line in lines if line.posts_limit is not None or line.usd_limit is not None)
