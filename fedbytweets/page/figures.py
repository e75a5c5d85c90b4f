"""What the page shows, as values. Instants are aware UTC, money is US dollars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from fedbytweets.coverage import Coverage, Spending
from fedbytweets.lake.status import LakeStatus
from fedbytweets.subjects import Budget

Step = Literal["hour", "day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Volume:
    """Posts by subject over time: `posts[subject][i]` were made in the step that starts at `starts[i]`."""

    step: Step
    starts: tuple[datetime, ...]
    posts: dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking: how many posts are of this place, author or language."""

    name: str
    note: str
    posts: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of thing that is wrong: how often it was met, with one example and the raw object that holds it."""

    kind: str
    where: str
    count: int
    example: str
    raw_key: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What could not be taken as it came, most frequent first."""

    quarantine: tuple[Finding, ...] = ()
    api_errors: tuple[Finding, ...] = ()
    quality: tuple[Finding, ...] = ()
    unknown_fields: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class DaySpent:
    """What one UTC day cost."""

    day: date
    spent: Spending


@dataclass(frozen=True, slots=True)
class Money:
    """What reading cost: the last days (oldest first, none left out), this UTC month, and what it may cost."""

    days: tuple[DaySpent, ...]
    month: Spending
    budget: Budget
    prices_as_of: date

    @property
    def today(self) -> Spending:
        """What this UTC day cost."""
        return self.days[-1].spent

    @property
    def total(self) -> Decimal:
        """What the days shown cost together."""
        return sum((each.spent.money for each in self.days), Decimal(0))


@dataclass(frozen=True, slots=True)
class Run:
    """One run that came to its end."""

    flow: str
    state: str
    started_at: datetime
    seconds: float
    posts: int
    new_posts: int
    error: str
    """Why it failed; empty where it completed."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything on the page, as of `made_at`."""

    made_at: datetime
    lake: LakeStatus
    volume: Volume | None
    """None while silver holds no post."""
    coverage: Sequence[Coverage]
    places: tuple[Ranked, ...]
    authors: tuple[Ranked, ...]
    languages: tuple[Ranked, ...]
    findings: Findings
    runs: tuple[Run, ...]
    """The last ones, newest first."""
    money: Money
    invented: bool
    """Whether the posts are those of the stand-in of the API."""

    def rows(self, table: str) -> int:
        """Return how many rows a table has, by its name in SQL; 0 for one that is not there."""
        return next((each.rows for each in self.lake.tables if each.table == table), 0)
