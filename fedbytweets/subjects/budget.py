"""Budget and prices: how much may be read, and what reading costs, in US dollars.

X bills what it returns. Its prices and its way of counting are settings: they change, and its own pages disagree.
"""

from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class Budget(BaseModel):
    """Limits that are never passed; an empty field sets none. Days and months are UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    posts_per_run: int | None = Field(None, ge=0, title="Posts per run", description="Most posts one run reads.")
    posts_per_day: int | None = Field(None, ge=0, title="Posts per day", description="Most posts in a UTC day.")
    posts_per_month: int | None = Field(None, ge=0, title="Posts per month", description="Most in a UTC month.")
    money_per_run: float | None = Field(None, ge=0, title="Dollars per run", description="Most US dollars a run costs.")
    money_per_day: float | None = Field(None, ge=0, title="Dollars per day", description="Most US dollars a UTC day.")
    money_per_month: float | None = Field(
        None, ge=0, title="Dollars per month", description="Most US dollars in a UTC month."
    )


class Prices(BaseModel):
    """What X charges for one thing read (pay per use), and what is taken to be billed.

    Every post is counted each time it is read: that X charges it once a UTC day is a soft guarantee of theirs.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    as_of: date = Field(date(2026, 8, 1), description="When these prices were read from X's documentation.")
    post: Decimal = Field(Decimal("0.005"), ge=0, description="US dollars a post.")
    user: Decimal = Field(Decimal("0.010"), ge=0, description="US dollars a user.")
    counts_request: Decimal = Field(Decimal("0.005"), ge=0, description="US dollars a request of counts/recent.")
    bill_expanded_users: bool = Field(True, description="Authors that come with their posts are billed as users.")
    bill_included_posts: bool = Field(True, description="Posts that come as references are billed as posts.")
