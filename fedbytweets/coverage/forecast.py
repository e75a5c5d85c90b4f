"""Facts, subjects and budgets -> what the next run and the rest of the month would read and cost, reading nothing.

Volumes come from the subject's own rate by the hour of the day, or from counts/recent where someone asked it. The money
is divided by the same rounds as a run's: see `fedbytweets.coverage.allocation`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from fedbytweets.coverage.coverage import Coverage, coverage
from fedbytweets.coverage.facts import BilledFacts, CountFacts, UnreadFacts, pages_of
from fedbytweets.coverage.limits import Asking
from fedbytweets.coverage.plan import new_window
from fedbytweets.coverage.prediction import PostCost, Reader, predict_run
from fedbytweets.coverage.searches import searches
from fedbytweets.coverage.spans import Span
from fedbytweets.coverage.spending import Left, Spending, left, spent_by_period
from fedbytweets.subjects import Budget, Prices, Subject

DAY = timedelta(days=1)
_REACH_DAYS = 7
"""Posts that wait longer than this to be read are lost (recent search, X API)."""


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


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the next run would read and cost, and the month (UTC) by its end; money in US dollars.

    The month assumes that runs are made as often as needed, that posts come at the rate so far, and the limits of days
    and months of all subjects and of each.
    """

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
        known = [one.posts for one in self.subjects if one.posts is not None]
        return sum(known) if len(known) == len(self.subjects) else None

    @property
    def run_money(self) -> Decimal | None:
        """US dollars of the next run; None when a subject's volume is unknown."""
        known = [one.money for one in self.subjects if one.money is not None]
        return sum(known, Decimal(0)) if len(known) == len(self.subjects) else None


@dataclass(frozen=True, slots=True)
class _Ahead:
    """What is ahead of one subject before its next run."""

    subject: Subject
    known: Coverage
    window: Span | None
    new_posts: int | None
    cost: PostCost

    def posts_a_day(self, now: datetime) -> int:
        """Return how many posts come in a day: as read before, else as counted in the new window."""
        if self.known.density.is_known or not self.window or not self.new_posts:
            return self.known.density.posts(Span(now - DAY, now))
        return round(self.new_posts * (DAY / self.window.length))


def forecast(
    subjects: Sequence[Subject],
    facts: Iterable[BilledFacts],
    now: datetime,
    asking: Asking,
    budget: Budget,
    prices: Prices,
    counted: Mapping[str, int] | None = None,
) -> Forecast:
    """Return what a run beginning now would read; `counted` are posts of new windows by counts/recent, by subject."""
    billed = tuple(facts)
    ahead = [_ahead(each, billed, now, asking, prices, (counted or {}).get(each.name)) for each in subjects]
    so_far = spent_by_period(billed, Spending(), prices, now)["month"]
    more = None
    if all(each.new_posts is not None for each in ahead):
        more = _rest_of_month(ahead, billed, now, asking, budget, prices)
    return Forecast(
        at=now,
        subjects=_next_run(ahead, billed, now, asking, budget, prices),
        spent_this_month=so_far,
        left_now=left(budget, billed, Spending(), prices, now),
        month_posts=None if more is None else so_far.posts + more.posts,
        month_money=None if more is None else so_far.money + more.money,
    )


def expected_pages(
    subjects: Sequence[Subject],
    facts: Sequence[BilledFacts],
    now: datetime,
    asking: Asking,
    budget: Budget,
    prices: Prices,
) -> int | None:
    """Return about how many pages a run beginning now will read; None where a subject's volume is unknown."""
    ahead = [_ahead(each, facts, now, asking, prices, None) for each in subjects]
    pages = [each.pages for each in _next_run(ahead, facts, now, asking, budget, prices)]
    known = [each for each in pages if each is not None]
    return sum(known) if len(known) == len(pages) else None


def _ahead(
    subject: Subject, facts: Sequence[BilledFacts], now: datetime, asking: Asking, prices: Prices, counted: int | None
) -> _Ahead:
    own = [page for page in pages_of(facts) if page.subject == subject.name]
    known = coverage(subject.name, own, now, asking.bounds.overlap, asking.bounds.reach)
    window = new_window(known, searches(own), now, asking.bounds)
    posts = counted if window else 0
    if posts is None and window and known.density.is_known:
        posts = known.density.posts(window)
    return _Ahead(subject, known, window, posts, PostCost.of(own, prices))


def _next_run(
    ahead: Sequence[_Ahead],
    facts: Sequence[BilledFacts],
    now: datetime,
    asking: Asking,
    budget: Budget,
    prices: Prices,
) -> tuple[SubjectForecast, ...]:
    readers = []
    for each in ahead:
        searched = None
        if each.new_posts is not None:
            searched = [each.new_posts] if each.window else []
            searched += [hole.estimated_posts for hole in each.known.holes]
        count_first = asking.with_counts and each.window is not None
        readers.append(Reader(each.subject, asking, prices, each.cost, searched, count_first=count_first))
    predict_run(readers, facts, now, asking, budget, prices)
    return tuple(
        SubjectForecast(
            subject=each.subject.name,
            window=each.window,
            new_posts=each.new_posts,
            hole_posts=each.known.missing_posts,
            holes=len(each.known.holes),
            posts=None if each.new_posts is None else reader.posts,
            pages=None if each.new_posts is None else reader.pages,
            money=None if each.new_posts is None else reader.spent.money,
        )
        for each, reader in zip(ahead, readers, strict=True)
    )


def _rest_of_month(
    ahead: Sequence[_Ahead],
    facts: Sequence[BilledFacts],
    now: datetime,
    asking: Asking,
    budget: Budget,
    prices: Prices,
) -> Spending:
    """Return what is read from now to the end of the month: each day by the rounds of one run, without limits a run."""
    billed, total, at = _condensed(facts, now), Spending(), now
    waiting = [(each.new_posts or 0) + each.known.missing_posts for each in ahead]
    a_day = [each.posts_a_day(now) for each in ahead]
    without_runs = {"posts_per_run": None, "money_per_run": None}
    subjects = [
        each.subject.model_copy(
            update={
                "max_pages": None,
                "max_posts": None,
                "budget": (each.subject.budget or Budget()).model_copy(update=without_runs),
            }
        )
        for each in ahead
    ]
    while (at.year, at.month) == (now.year, now.month):
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        wanted = [
            min(posts, _REACH_DAYS * rate) + round(rate * ((midnight - at) / DAY))
            for posts, rate in zip(waiting, a_day, strict=True)
        ]
        readers = [
            Reader(subject, asking, prices, each.cost, [posts])
            for subject, each, posts in zip(subjects, ahead, wanted, strict=True)
        ]
        predict_run(readers, billed, at, asking, budget.model_copy(update=without_runs), prices)
        waiting = [sum(reader.wanted or ()) for reader in readers]
        billed += [UnreadFacts(each.subject.name, at, each.spent.posts, each.spent.users, 0) for each in readers]
        total += sum((reader.spent for reader in readers), Spending())
        at = midnight
    return total


def _condensed(facts: Iterable[BilledFacts], now: datetime) -> list[BilledFacts]:
    """Return the facts of the last 31 days, those of a subject and UTC day as one that costs the same."""
    recent = [each for each in facts if each.retrieved_at > now - 31 * DAY]
    days: dict[tuple[str, object], UnreadFacts] = {}
    for each in recent:
        if isinstance(each, CountFacts):
            continue
        key = each.subject, each.retrieved_at.date()
        day = days.get(key, UnreadFacts(each.subject, each.retrieved_at, 0, 0, 0))
        days[key] = UnreadFacts(
            each.subject,
            max(day.retrieved_at, each.retrieved_at),
            day.posts + each.posts,
            day.users + each.users,
            day.included_posts + each.included_posts,
        )
    return [*days.values(), *(each for each in recent if isinstance(each, CountFacts))]
