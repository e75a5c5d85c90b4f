"""Ledger: every request that was made, and what the account was billed for.

The same post or user is charged once per UTC day; a counts request each time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from fedbytweets.simulator.account import Prices


@dataclass(frozen=True)
class Request:
    """A request as it came (never its token) and the status it got; 0 where the connection was cut."""

    at: datetime
    method: str
    path: str
    params: Mapping[str, str]
    status: int
    fault: str | None = None


class Ledger:
    """What was asked and what it cost; days and months are UTC."""

    def __init__(self, prices: Prices) -> None:
        self._prices = prices
        self.requests: list[Request] = []
        self._posts: dict[date, set[int]] = {}
        self._users: dict[date, set[str]] = {}
        self._counts: Counter[date] = Counter()

    def clear(self) -> None:
        """Forget all requests and charges."""
        self.requests.clear()
        self._posts.clear()
        self._users.clear()
        self._counts.clear()

    def charge_page(self, at: datetime, posts: Iterable[int], users: Iterable[str]) -> None:
        """Bill the posts and users of a page, those not yet billed this day."""
        self._posts.setdefault(at.date(), set()).update(posts)
        self._users.setdefault(at.date(), set()).update(users)

    def charge_counts(self, at: datetime) -> None:
        """Bill a counts request."""
        self._counts[at.date()] += 1

    def posts_read(self, day: date | None = None) -> int:
        """Return the posts billed on a day, or on all days."""
        return sum(len(ids) for when, ids in self._posts.items() if day in (None, when))

    def users_read(self, day: date | None = None) -> int:
        """Return the users billed on a day, or on all days."""
        return sum(len(ids) for when, ids in self._users.items() if day in (None, when))

    def counts_requests(self, day: date | None = None) -> int:
        """Return the counts requests billed on a day, or on all days."""
        return sum(made for when, made in self._counts.items() if day in (None, when))

    def posts_of_month(self, at: datetime) -> int:
        """Return the posts billed in the month of an instant, day by day."""
        return sum(len(ids) for day, ids in self._posts.items() if (day.year, day.month) == (at.year, at.month))

    def posts_by_day(self) -> dict[date, int]:
        """Return the posts billed per day, in order."""
        return {day: len(ids) for day, ids in sorted(self._posts.items())}

    def cost(self, day: date | None = None) -> Decimal:
        """Return the US dollars spent on a day, or on all days."""
        return (
            self.posts_read(day) * self._prices.post
            + self.users_read(day) * self._prices.user
            + self.counts_requests(day) * self._prices.counts
        )
