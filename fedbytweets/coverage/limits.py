"""Limits by the name of their setting: which one can never buy a page, and which one ended a run."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from fedbytweets.coverage.plan import Bounds
from fedbytweets.coverage.spending import LARGEST_PAGE, SMALLEST_PAGE, PageShape, Spending, worst_page
from fedbytweets.errors import InputError, SettingsError
from fedbytweets.subjects import PERIODS, Budget, Period, Prices, Subject

_PERIODS: Mapping[Period, str] = {"run": "a run", "day": "a UTC day", "month": "a UTC month"}


@dataclass(frozen=True, slots=True)
class Asking:
    """How a run asks for posts: windows, size of pages, and what may come with each post of a subject."""

    shapes: Mapping[str, PageShape]
    """By subject."""
    bounds: Bounds = field(default_factory=Bounds)
    page_size: int = LARGEST_PAGE
    with_counts: bool = False
    """Whether counts/recent is asked before a new window is read."""

    def smallest(self, subject: str, prices: Prices) -> Spending:
        """Return the most that a subject's smallest page can cost, with the request for counts before it."""
        counts = Spending(money=prices.counts_request if self.with_counts else Decimal(0))
        return worst_page(SMALLEST_PAGE, self.shapes[subject], prices) + counts


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that is set: what it is called, what it counts, and for how long."""

    setting: str
    """Its environment variable, or its field and whose it is."""
    unit: Literal["posts", "money", "pages"]
    period: Period
    value: Decimal

    def buys(self, cost: Spending, so_far: Spending) -> bool:
        """Say whether a cost fits after what was spent in its period."""
        return bool(self.value >= getattr(so_far, self.unit) + getattr(cost, self.unit))

    def __str__(self) -> str:
        return f"{_amount(self.unit, self.value)} {_PERIODS[self.period]}"


def variable_of(field: str) -> str:
    """Return the environment variable of a limit over all subjects."""
    return f"FEDBYTWEETS_BUDGET_{field.upper()}"


def parameter_of(field: str) -> str:
    """Return what a limit that came with one run is called."""
    return f"the run's parameter budget.{field}"


def limits_of_all(budget: Budget, of_this_run: Budget | None = None) -> list[Limit]:
    """Return the limits over all subjects, each by the name of the tightest that says it: setting or parameter."""

    def called(field: str) -> str:
        tighter, named = getattr(of_this_run or Budget(), field), getattr(budget, field)
        return (
            variable_of(field) if tighter is None or (named is not None and named <= tighter) else parameter_of(field)
        )

    return list(_limits(budget.tightened(of_this_run), called))


def limits_of(subject: Subject) -> list[Limit]:
    """Return a subject's own limits: its pages and posts per run, then its budget."""
    whose = f"of subject {subject.name!r}"
    found = []
    if subject.max_pages is not None:
        found.append(Limit(f"max_pages {whose}", "pages", "run", Decimal(subject.max_pages)))
    if subject.max_posts is not None:
        found.append(Limit(f"max_posts {whose}", "posts", "run", Decimal(subject.max_posts)))
    return [*found, *_limits(subject.budget or Budget(), lambda field: f"budget.{field} {whose}")]


def reached(limits: Iterable[Limit], cost: Spending, so_far: Mapping[Period, Spending]) -> Limit | None:
    """Return the first limit that a cost does not fit into any more, after what was spent in each period."""
    return next((limit for limit in limits if not limit.buys(cost, so_far[limit.period])), None)


def refuse_useless_limits(
    subjects: Sequence[Subject],
    asking: Asking,
    budget: Budget,
    of_this_run: Budget | None,
    prices: Prices,
) -> None:
    """Refuse limits that could never buy the smallest page, however little was spent so far.

    Raises:
        SettingsError: a limit of the settings is too small for a subject's smallest page.
        InputError: a limit of the run's parameter, or of a subject, is.

    """
    costs = {each.name: asking.smallest(each.name, prices) for each in subjects}

    def useless(limits: Sequence[Limit], names: Sequence[str]) -> Iterator[str]:
        for limit in limits:
            dearest = max(names, key=lambda name: (getattr(costs[name], limit.unit), name))
            if not limit.buys(costs[dearest], Spending()):
                yield _refusal(limit, dearest, asking, prices)

    names = [each.name for each in subjects]
    for message in useless(limits_of_all(budget), names):
        raise SettingsError(message)
    for message in useless(list(_limits(of_this_run or Budget(), parameter_of)), names):
        raise InputError(message)
    for subject in subjects:
        for message in useless(limits_of(subject), [subject.name]):
            raise InputError(message)


def _limits(budget: Budget, called: Callable[[str], str]) -> Iterator[Limit]:
    for period in PERIODS:
        posts, money = budget.posts(period), budget.money(period)
        if posts is not None:
            yield Limit(called(f"posts_per_{period}"), "posts", period, Decimal(posts))
        if money is not None:
            yield Limit(called(f"money_per_{period}"), "money", period, money)


def _refusal(limit: Limit, name: str, asking: Asking, prices: Prices) -> str:
    least, shape = getattr(asking.smallest(name, prices), limit.unit), asking.shapes[name]
    users = SMALLEST_PAGE * shape.users_per_post if prices.bill_expanded_users else 0
    included = SMALLEST_PAGE * shape.included_per_post if prices.bill_included_posts else 0
    posts = f"{SMALLEST_PAGE} posts" + (f" and {included} included posts" if included else "")
    why = f"counts as {_amount(limit.unit, least)} ({posts})"
    if limit.unit == "money":
        parts = [f"{posts} at ${prices.post}"]
        parts += [f"{users} users at ${prices.user}"] if users else []
        parts += [f"a request for counts at ${prices.counts_request}"] if asking.with_counts else []
        why = f"may cost {_amount(limit.unit, least)} ({', '.join(parts)})"
    return (
        f"{limit.setting} is {_amount(limit.unit, limit.value)}, which can never buy a page: the smallest page of "
        f"{name!r} {why}. Set at least {_plain(least)}, or none."
    )


def _amount(unit: str, value: Decimal) -> str:
    if unit != "money":
        return f"{value:,} {unit.removesuffix('s') if value == 1 else unit}"
    return f"${value:,.2f}" if value == round(value, 2) else f"${_plain(value)}"


def _plain(value: Decimal | int) -> str:
    """Return a number as one would type it: without an exponent or zeros at its end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
