"""Facts, subjects and budgets -> what the next run and the rest of the month would read and cost, reading nothing.

Volumes come from the subject's own rate by the hour of the day, or from counts/recent where someone asked it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from fedbytweets.coverage.coverage import Coverage, coverage
from fedbytweets.coverage.facts import BilledFacts, PageFacts, pages_of
from fedbytweets.coverage.plan import Bounds, new_window
from fedbytweets.coverage.searches import searches
from fedbytweets.coverage.spans import Span
from fedbytweets.coverage.spending import LARGEST_PAGE, Left, Spending, left, spent
from fedbytweets.subjects import Budget, Prices, Subject

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SubjectForecast:
    """What one subject's next run would read. Posts are None where nothing is known yet of its volume."""

    subject: str
    window: Span | None
    new_posts: int | None
    hole_posts: int
    holes: int
    posts: int | None
    """Of both, what its limits and budgets let through."""
    pages: int | None
    money: Decimal | None
    posts_a_day: int | None
    money_a_post: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the next run would read and cost, and the month (UTC) by its end; money in US dollars."""

    at: datetime
    subjects: tuple[SubjectForecast, ...]
    spent_this_month: Spending
    left_now: Left
    """What the budgets of all subjects together leave to the next run."""
    month_posts: int | None
    month_money: Decimal | None
    """By the end of the month, what is spent already included; None when a subject's volume is unknown."""

    @property
    def run_posts(self) -> int | None:
        """Posts of the next run; None when a subject's volume is unknown."""
        return _sum_known([one.posts for one in self.subjects])

    @property
    def run_money(self) -> Decimal | None:
        """US dollars of the next run; None when a subject's volume is unknown."""
        return _money_known([one.money for one in self.subjects])


def forecast(
    subjects: Sequence[Subject],
    facts: Iterable[BilledFacts],
    now: datetime,
    bounds: Bounds,
    budget: Budget,
    prices: Prices,
    counted: Mapping[str, int] | None = None,
) -> Forecast:
    """Return what a run beginning now would read; `counted` are posts of new windows by counts/recent, by subject."""
    billed = tuple(facts)
    month = [each for each in billed if (each.retrieved_at.year, each.retrieved_at.month) == (now.year, now.month)]
    left_now = left(budget, billed, Spending(), prices, now)
    part = _divided(left_now, len(subjects))
    each = tuple(
        _one(subject, billed, now, bounds, prices, part, (counted or {}).get(subject.name)) for subject in subjects
    )
    month_left = left(Budget(posts_per_month=budget.posts_per_month, money_per_month=budget.money_per_month),
                      billed, Spending(), prices, now)  # fmt: skip
    so_far = spent(month, prices)
    more_posts, more_money = _rest_of_month(each, now, month_left)
    return Forecast(
        now, each, so_far, left_now,
        None if more_posts is None else so_far.posts + more_posts,
        None if more_money is None else so_far.money + more_money,
    )  # fmt: skip


def _one(
    subject: Subject,
    facts: Sequence[BilledFacts],
    now: datetime,
    bounds: Bounds,
    prices: Prices,
    part: Left,
    counted: int | None,
) -> SubjectForecast:
    billed = [each for each in facts if each.subject == subject.name]
    own = pages_of(billed)
    known = coverage(subject.name, own, now, bounds.overlap, bounds.reach)
    window = new_window(known, searches(own), now, bounds)
    new_posts = _new_posts(known, window, counted)
    wanted = None if new_posts is None else new_posts + known.missing_posts
    price = _money_a_post(own, prices)
    own_left = left(subject.budget or Budget(), billed, Spending(), prices, now)
    allowed = part.within(own_left).within(Left(subject.max_posts, None, subject.max_pages))
    posts = _let_through(wanted, allowed, price)
    return SubjectForecast(
        subject=subject.name,
        window=window,
        new_posts=new_posts,
        hole_posts=known.missing_posts,
        holes=len(known.holes),
        posts=posts,
        pages=None if posts is None else -(-posts // LARGEST_PAGE),
        money=None if posts is None else posts * price,
        posts_a_day=known.density.posts(Span(now - DAY, now)) if known.density.is_known else None,
        money_a_post=price,
    )


def _new_posts(known: Coverage, window: Span | None, counted: int | None) -> int | None:
    if window is None:
        return 0
    if counted is not None:
        return counted
    return known.density.posts(window) if known.density.is_known else None


def _money_a_post(own: Sequence[PageFacts], prices: Prices) -> Decimal:
    """Return what a post of the subject costs with what comes along: as it was so far, else with one author each."""
    so_far = spent(own, prices)
    posts = sum(page.posts for page in own)
    if posts:
        return so_far.money / posts
    return prices.post + (prices.user if prices.bill_expanded_users else 0)


def _let_through(wanted: int | None, allowed: Left, price: Decimal) -> int | None:
    bounds = [wanted, allowed.posts, None if allowed.pages is None else allowed.pages * LARGEST_PAGE]
    if allowed.money is not None and price:
        bounds.append(int(allowed.money / price))
    known = [bound for bound in bounds if bound is not None]
    return None if wanted is None or not known else min(known)


def _divided(allowed: Left, parts: int) -> Left:
    return Left(
        None if allowed.posts is None else allowed.posts // max(1, parts),
        None if allowed.money is None else allowed.money / max(1, parts),
    )


def _rest_of_month(each: Sequence[SubjectForecast], now: datetime, allowed: Left) -> tuple[int | None, Decimal | None]:
    next_month = (now.replace(day=1) + 32 * DAY).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    days = (next_month - now) / DAY
    posts = _sum_known([None if one.posts_a_day is None else round(one.posts_a_day * days) for one in each])
    money = _money_known(
        [None if one.posts_a_day is None else round(one.posts_a_day * days) * one.money_a_post for one in each]
    )
    if posts is None or money is None or not posts:
        return posts, money
    through = min(
        Fraction(1),
        Fraction(1) if allowed.posts is None else Fraction(allowed.posts, posts),
        Fraction(1) if allowed.money is None or not money else Fraction(allowed.money) / Fraction(money),
    )
    return round(posts * through), money * through.numerator / through.denominator


def _sum_known(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _money_known(values: Sequence[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if len(known) == len(values) else None
