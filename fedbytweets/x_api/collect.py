"""Subjects and the facts of all stored pages -> what one run collects of each, concurrently, within the budgets.

What all subjects may spend together is divided into equal parts; what some leave over is divided again among those
that want more, round by round, until nobody does or no page fits.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from fedbytweets.coverage import BilledFacts, Left, PageFacts, Spending, left
from fedbytweets.coverage.facts import pages_of
from fedbytweets.coverage.spending import SMALLEST_PAGE, fitting_page, shares, worst_page
from fedbytweets.errors import RunError
from fedbytweets.subjects import Budget, Prices, Subject, unique_subjects
from fedbytweets.x_api.collected import Collected, Halt, Stop
from fedbytweets.x_api.collector import Collector
from fedbytweets.x_api.dialects import DIALECTS, page_shape
from fedbytweets.x_api.pages import Fetcher
from fedbytweets.x_api.purse import Purse


def collect_all(
    subjects: Iterable[Subject],
    facts: Iterable[BilledFacts],
    fetcher: Fetcher,
    *,
    budget: Budget | None = None,
    prices: Prices | None = None,
    on_page: Callable[[PageFacts], None] = lambda _: None,
) -> tuple[Collected, ...]:
    """Collect every subject once and return what came of each, in the order given; failures are values in it.

    `facts` are those of every stored page and count of the lake, so that budgets of the day and the month hold. The
    fetcher's store is called from several threads, and so is `on_page`, after each readable page.

    Raises:
        InputError: there is no subject, two have one name, or one asks for an expansion of unknown cost.

    """
    begun_at = fetcher.clock()
    run = _Run(
        unique_subjects(subjects),
        tuple(facts),
        _never_before(begun_at, fetcher),
        budget or Budget(),
        prices or Prices(),
        on_page,
        begun_at,
    )
    run.collect()
    return tuple(run.results[subject.name] for subject in run.subjects)


def _never_before(begun_at: datetime, fetcher: Fetcher) -> Fetcher:
    """Return a fetcher whose clock, if it is set back in the midst of a run, stands still where the run began.

    A page that was retrieved before its own window ended would cover none of it.
    """
    return replace(fetcher, clock=lambda: max(begun_at, fetcher.clock()))


@dataclass(slots=True)
class _Run:
    subjects: tuple[Subject, ...]
    facts: tuple[BilledFacts, ...]
    fetcher: Fetcher
    budget: Budget
    prices: Prices
    on_page: Callable[[PageFacts], None]
    begun_at: datetime
    results: dict[str, Collected] = field(default_factory=dict)
    halt: Halt = field(default_factory=Halt)

    def collect(self) -> None:
        """Fill `results`, round by round; each round spends from the budgets of the day it begins on."""
        for subject in self.subjects:
            self._smallest(subject)  # raises for a shape of unknown cost before anything is paid for
        hungry = self.subjects
        while hungry:
            now = self.fetcher.clock()
            parts = self._parts(hungry, now)
            asked = [subject for subject in hungry if subject.name in parts]
            before = self._spent()
            self._round([(subject, parts[subject.name]) for subject in asked], now)
            fed = self._spent() != before
            hungry = tuple(
                subject for subject in hungry if self._wants_more(subject, now) and (fed or subject not in asked)
            )

    def _parts(self, hungry: Sequence[Subject], now: datetime) -> dict[str, Left]:
        everything = left(self.budget, self.facts, self._spent(), self.prices, now)
        smallest = max((self._smallest(subject) for subject in hungry), key=lambda page: (page.money, page.posts))
        return shares(everything, {subject.name: self._spent_by(subject) for subject in hungry}, smallest)

    def _round(self, asked: Sequence[tuple[Subject, Left]], now: datetime) -> None:
        """Collect some subjects at once; an interruption lets each finish its page and stop."""
        workers = min(self.fetcher.settings.parallel_subjects, len(asked))
        with ThreadPoolExecutor(workers, thread_name_prefix="subject") as pool:
            try:
                for collected in pool.map(lambda pair: self._collector(pair[0], pair[1], now).collect(), asked):
                    earlier = self.results.get(collected.subject)
                    self.results[collected.subject] = earlier.followed_by(collected) if earlier else collected
            except BaseException:
                self.halt.raise_for(RunError("The run was interrupted; what was stored is kept."))
                raise

    def _collector(self, subject: Subject, part: Left, now: datetime) -> Collector:
        limit = Left(posts=subject.max_posts, pages=subject.max_pages).after(self._spent_by(subject))
        share = part.within(self._own_left(subject, now))
        return Collector(
            subject,
            self._facts_of(subject),
            self.fetcher,
            Purse(limit, share, self.prices, now.date()),
            self.begun_at,
            self.halt,
            self.on_page,
        )

    def _wants_more(self, subject: Subject, now: datetime) -> bool:
        """Say whether only its part of the shared budget stopped a subject."""
        collected = self.results.get(subject.name)
        if self.halt.cause is not None:
            return collected is None
        if collected is None:
            return True
        own = self._own_left(subject, now)
        shape = page_shape(DIALECTS[self._dialect(subject)], subject.extra_fields)
        return collected.stop is Stop.BUDGET and fitting_page(own, shape, self.prices) is not None

    def _own_left(self, subject: Subject, now: datetime) -> Left:
        earlier = [each for each in self.facts if each.subject == subject.name]
        return left(subject.budget or Budget(), earlier, self._spent_by(subject), self.prices, now)

    def _facts_of(self, subject: Subject) -> list[PageFacts]:
        collected = self.results.get(subject.name)
        earlier = [each for each in pages_of(self.facts) if each.subject == subject.name]
        return [*earlier, *(collected.facts if collected else ())]

    def _smallest(self, subject: Subject) -> Spending:
        shape = page_shape(DIALECTS[self._dialect(subject)], subject.extra_fields)
        return worst_page(SMALLEST_PAGE, shape, self.prices)

    def _dialect(self, subject: Subject) -> str:
        return subject.dialect or self.fetcher.settings.dialect

    def _spent_by(self, subject: Subject) -> Spending:
        collected = self.results.get(subject.name)
        return collected.spent if collected else Spending()

    def _spent(self) -> Spending:
        return sum((collected.spent for collected in self.results.values()), Spending())
