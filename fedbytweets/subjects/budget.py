"""Budget and prices: how much may be read, and what reading costs, in US dollars.

X bills what it returns. Its prices and its way of counting are settings: they change, and its own pages disagree.
"""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from pydantic import ConfigDict, Field

from fedbytweets.number_fields import NumberFields

Period = Literal["run", "day", "month"]
PERIODS: tuple[Period, ...] = ("run", "day", "month")
"""What a limit is for: one run, a UTC day, a UTC month."""
_MOST_POSTS = 1_000_000_000
_MOST_MONEY = 1_000_000_000


def _none_is_said(schema: dict[str, Any]) -> None:
    """Let a form say `none`, too, for no limit."""
    for field in schema["properties"].values():
        field["anyOf"].append({"type": "string", "const": "none"})


class Budget(NumberFields):
    """Limits that are never exceeded. Days and months are UTC.

    An empty field, or `none`, sets no limit here. Limits set elsewhere still hold: of each, the tightest one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra=_none_is_said)

    posts_per_run: int | None = Field(
        None, ge=0, le=_MOST_POSTS, title="Posts per run", description="Most posts one run reads; none: no limit here."
    )
    posts_per_day: int | None = Field(
        None, ge=0, le=_MOST_POSTS, title="Posts per day", description="Most posts in a UTC day; none: no limit here."
    )
    posts_per_month: int | None = Field(
        None, ge=0, le=_MOST_POSTS, title="Posts per month",
        description="Most posts in a UTC month; none: no limit here.",
    )  # fmt: skip
    money_per_run: float | None = Field(
        None, ge=0, le=_MOST_MONEY, title="Dollars per run",
        description="Most US dollars a run costs; none: no limit here.",
    )  # fmt: skip
    money_per_day: float | None = Field(
        None, ge=0, le=_MOST_MONEY, title="Dollars per day",
        description="Most US dollars in a UTC day; none: no limit here.",
    )  # fmt: skip
    money_per_month: float | None = Field(
        None, ge=0, le=_MOST_MONEY, title="Dollars per month",
        description="Most US dollars in a UTC month; none: no limit here.",
    )  # fmt: skip

    def posts(self, period: Period) -> int | None:
        """Return the most posts of a period; None sets no limit."""
        limit: int | None = getattr(self, f"posts_per_{period}")
        return limit

    def money(self, period: Period) -> Decimal | None:
        """Return the most US dollars of a period; None sets no limit."""
        limit: float | None = getattr(self, f"money_per_{period}")
        return None if limit is None else Decimal(str(limit))

    def tightened(self, other: "Budget | None") -> "Budget":
        """Return the tighter of two limits, field by field: a limit is never lifted by another budget."""
        both = (self, other or Budget())
        limits = {name: [v for each in both if (v := getattr(each, name)) is not None] for name in Budget.model_fields}
        return Budget(**{name: min(values) for name, values in limits.items() if values})


class Prices(NumberFields):
    """What X charges for one thing read (pay per use), and what is taken to be billed.

    Every post is counted each time it is read: that X charges it once a UTC day is a soft guarantee of theirs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date = Field(date(2026, 8, 1), description="When these prices were read from X's documentation.")
    post: Decimal = Field(Decimal("0.005"), ge=0, le=1000, decimal_places=6, description="US dollars a post.")
    user: Decimal = Field(Decimal("0.010"), ge=0, le=1000, decimal_places=6, description="US dollars a user.")
    counts_request: Decimal = Field(
        Decimal("0.005"), ge=0, le=1000, decimal_places=6, description="US dollars a request of counts/recent."
    )
    bill_expanded_users: bool = Field(True, description="Authors that come with their posts are billed as users.")
    bill_included_posts: bool = Field(True, description="Posts that come as references are billed as posts.")
