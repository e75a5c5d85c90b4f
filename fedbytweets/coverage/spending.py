"""Facts of what was billed and a budget -> what was spent, what is left, and how large the next page may be.

A page is asked for only when the worst it can cost fits into what is left: a limit is approached to within one
page of the smallest size, and never passed. Money is in US dollars, exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import TypeVar

from fedbytweets.coverage.facts import BilledFacts, CountFacts, UnreadFacts
from fedbytweets.raw.lineage import Most
from fedbytweets.subjects import Budget, Period, Prices

SMALLEST_PAGE = 10
"""Fewest posts recent search can be asked for (X API)."""
LARGEST_PAGE = 100
"""Most posts recent search gives on a page (X API)."""
_MICRODOLLAR = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Spending:
    """What was billed, as far as the prices' assumptions say."""

    posts: int = 0
    users: int = 0
    money: Decimal = Decimal(0)
    pages: int = 0

    def __add__(self, other: "Spending") -> "Spending":
        return Spending(
            self.posts + other.posts, self.users + other.users, self.money + other.money, self.pages + other.pages
        )

    def __sub__(self, other: "Spending") -> "Spending":
        return Spending(
            self.posts - other.posts, self.users - other.users, self.money - other.money, self.pages - other.pages
        )


@dataclass(frozen=True, slots=True)
class PageShape:
    """What may come with each post of a page, by what is asked to be expanded: at most so many users and posts."""

    users_per_post: int = 1
    included_per_post: int = 0

    def most(self, size: int) -> Most:
        """Return the most that a page of so many posts can hold."""
        return Most(size, size * self.users_per_post, size * self.included_per_post)


@dataclass(frozen=True, slots=True)
class Left:
    """What may still be spent; None sets no limit."""

    posts: int | None = None
    money: Decimal | None = None
    pages: int | None = None

    def after(self, spending: Spending) -> "Left":
        """Return what is left after a spending, nothing below zero."""
        return Left(
            None if self.posts is None else max(0, self.posts - spending.posts),
            None if self.money is None else max(Decimal(0), self.money - spending.money),
            None if self.pages is None else max(0, self.pages - spending.pages),
        )

    def buys(self, cost: Spending) -> bool:
        """Say whether a cost fits."""
        return (
            (self.posts is None or self.posts >= cost.posts)
            and (self.money is None or self.money >= cost.money)
            and (self.pages is None or self.pages >= cost.pages)
        )

    def divided(self, parts: int) -> "Left":
        """Return one of several equal parts of posts and money, rounded down; pages are not divided."""
        return Left(
            None if self.posts is None else self.posts // parts,
            None if self.money is None else (self.money / parts).quantize(_MICRODOLLAR, ROUND_DOWN),
        )

    def within(self, other: "Left") -> "Left":
        """Return the tighter of two, limit by limit."""
        return Left(_least(self.posts, other.posts), _least(self.money, other.money), _least(self.pages, other.pages))


def spent(facts: Iterable[BilledFacts], prices: Prices) -> Spending:
    """Return what pages and counts cost, and may have cost where they could not be read.

    Each page counts whenever it was read: that X charges a post once a UTC day is not relied on.
    """
    posts = users = pages = counts = 0
    for each in facts:
        if isinstance(each, CountFacts):
            counts += 1
            continue
        posts += each.posts + (each.included_posts if prices.bill_included_posts else 0)
        users += each.users if prices.bill_expanded_users else 0
        pages += 1
    money = posts * prices.post + users * prices.user + counts * prices.counts_request
    return Spending(posts, users, money, pages)


def unread_facts(subject: str, retrieved_at: datetime, most: Most | None) -> UnreadFacts:
    """Return what an answer of a search that could not be read may have cost; of one too old to say, a whole page."""
    most = most or PageShape().most(LARGEST_PAGE)
    return UnreadFacts(subject, retrieved_at, most.posts, most.users, most.included_posts)


def spent_by_period(
    earlier: Iterable[BilledFacts], this_run: Spending, prices: Prices, now: datetime
) -> dict[Period, Spending]:
    """Return what this run, the UTC day and the UTC month have spent; `earlier` are the facts from before the run."""
    month = [each for each in earlier if (each.retrieved_at.year, each.retrieved_at.month) == (now.year, now.month)]
    day = [each for each in month if each.retrieved_at.date() == now.date()]
    return {"run": this_run, "day": spent(day, prices) + this_run, "month": spent(month, prices) + this_run}


def left(budget: Budget, earlier: Iterable[BilledFacts], this_run: Spending, prices: Prices, now: datetime) -> Left:
    """Return what a budget leaves: its limits less what this run, the UTC day and the UTC month have spent.

    `earlier` are the facts from before this run, of whatever the budget is for: one subject, or all.
    """
    remaining = Left()
    for period, so_far in spent_by_period(earlier, this_run, prices, now).items():
        remaining = remaining.within(Left(budget.posts(period), budget.money(period)).after(so_far))
    return remaining


def worst_page(size: int, shape: PageShape, prices: Prices) -> Spending:
    """Return the most that a page of so many posts can cost."""
    posts = size * (1 + (shape.included_per_post if prices.bill_included_posts else 0))
    users = size * (shape.users_per_post if prices.bill_expanded_users else 0)
    return Spending(posts, users, posts * prices.post + users * prices.user, 1)


def fitting_page(allowed: Left, shape: PageShape, prices: Prices, wanted: int = LARGEST_PAGE) -> int | None:
    """Return the largest page, at most the wanted one, whose worst cost fits; None when not even the smallest does."""
    if allowed.pages == 0:
        return None
    one = worst_page(1, shape, prices)
    size = min(max(wanted, SMALLEST_PAGE), LARGEST_PAGE)
    if allowed.posts is not None:
        size = min(size, allowed.posts // one.posts)
    if allowed.money is not None and one.money:
        size = min(size, int(allowed.money / one.money))
    return size if size >= SMALLEST_PAGE else None


_Amount = TypeVar("_Amount", int, Decimal)


def _least(one: _Amount | None, other: _Amount | None) -> _Amount | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
