"""Account: what kind of customer of X the caller is: its token, its limits, its money, its vocabulary.

Nobody could look at the live API from here, so what its documents leave open is a setting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from fedbytweets.simulator.dialects import DialectName

SEARCH = "/2/tweets/search/recent"
COUNTS = "/2/tweets/counts/recent"
USAGE = "/2/usage/tweets"
JOBS = "/2/compliance/jobs"
RATE_WINDOW = timedelta(minutes=15)
_REQUESTS_A_WINDOW = MappingProxyType({SEARCH: 450, COUNTS: 300, USAGE: 50, JOBS: 150})


@dataclass(frozen=True)
class Prices:
    """US dollars (X's public prices of 2026-08): a post read, a user read, a counts request."""

    post: Decimal = Decimal("0.005")
    user: Decimal = Decimal("0.010")
    counts: Decimal = Decimal("0.005")


@dataclass(frozen=True)
class Account:
    """An account of the stand-in.

    `token` None takes any bearer token that is not empty. `credits_usd` and `monthly_cap` (posts a UTC month)
    None mean without end. A dialect in `refused_dialects` is answered 400, as some accounts have it. `dialect`
    is the vocabulary of answers to requests that show none.
    """

    token: str | None = None
    credits_usd: Decimal | None = None
    monthly_cap: int | None = None
    prices: Prices = field(default_factory=Prices)
    requests_a_window: Mapping[str, int] = field(default_factory=lambda: _REQUESTS_A_WINDOW)
    refused_dialects: frozenset[DialectName] = frozenset()
    dialect: DialectName = "tweet"
    longest_query: int = 512
