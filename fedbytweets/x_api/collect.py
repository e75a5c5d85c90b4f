"""Subjects and the facts of all stored pages -> what one run collects of each, concurrently, within the budgets.

Who may spend how much is decided by `fedbytweets.coverage.allocation`; here its rounds are read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime

from fedbytweets.coverage import BilledFacts, Left, PageFacts, Spending, left, searches
from fedbytweets.coverage.allocation import Claim, Turn, allocate
from fedbytweets.coverage.facts import pages_of
from fedbytweets.coverage.limits import Asking, limits_of, limits_of_all, reached, refuse_useless_limits
from fedbytweets.coverage.plan import new_window
from fedbytweets.coverage.spending import spent_by_period
from fedbytweets.errors import RunError
from fedbytweets.subjects import Budget, Period, Prices, Subject, unique_subjects
from fedbytweets.x_api.collected import Collected, Halt, Stop
from fedbytweets.x_api.collector import Collector
from fedbytweets.x_api.dialects import DIALECTS, page_shape
from fedbytweets.x_api.pages import Fetcher
from fedbytweets.x_api.purse import Purse
from fedbytweets.x_api.settings import CollectSettings


def collect_all(
    subjects: Iterable[Subject],
    facts: Iterable[BilledFacts],
    fetcher: Fetcher,
    *,
    budget: Budget | None = None,
    of_this_run: Budget | None = None,
    prices: Prices | None = None,
    on_page: Callable[[PageFacts], None] = lambda _: None,
) -> tuple[Collected, ...]:
    """Collect every subject once and return what came of each, in the order given; failures are values in it.

    `facts` are those of every stored page and count of the lake, so that budgets of the day and the month hold.
    `budget` are the limits of the settings, which `of_this_run` can only tighten. The fetcher's store is called from
    several threads, and so is `on_page`, after each readable page.

    Raises:
        InputError: there is no subject, two have one name, one asks for an expansion of unknown cost, or a limit of
            this run or of a subject could never buy a page.
        SettingsError: a limit of the settings could never buy a page.

    """
    begun_at = fetcher.clock()
    checked = unique_subjects(subjects)
    run = _Run(
        checked,
        tuple(facts),
        _never_before(begun_at, fetcher),
        (budget or Budget(), of_this_run),
        prices or Prices(),
        on_page,
        begun_at,
        asking(checked, fetcher.settings),
    )
    run.collect()
    return tuple(run.results[subject.name] for subject in run.subjects)


def asking(subjects: Iterable[Subject], settings: CollectSettings) -> Asking:
    """Return how a run asks for the posts of subjects.

    Raises:
        InputError: a subject asks for an expansion of unknown cost.

    """
    shapes = {each.name: page_shape(DIALECTS[each.dialect or settings.dialect], each.extra_fields) for each in subjects}
    return Asking(shapes, settings.bounds, settings.page_size, settings.plan_with_counts)


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
    limits: tuple[Budget, Budget | None]
    """Of the settings, and of this run."""
    prices: Prices
    on_page: Callable[[PageFacts], None]
    begun_at: datetime
    asking: Asking
    results: dict[str, Collected] = field(default_factory=dict)
    halt: Halt = field(default_factory=Halt)

    def collect(self) -> None:
        """Fill `results`, round by round; nothing is asked for where a limit could never buy a page."""
        refuse_useless_limits(self.subjects, self.asking, *self.limits, self.prices)
        budget = self.limits[0].tightened(self.limits[1])
        allocate(
            [Claim.of(each, self.facts, self.prices, self.asking, self.begun_at) for each in self.subjects],
            lambda this_run, now: left(budget, self.facts, this_run, self.prices, now),
            self.fetcher.clock,
            self._round,
        )
        everything = sum((each.spent for each in self.results.values()), Spending())
        so_far = spent_by_period(self.facts, everything, self.prices, self.fetcher.clock())
        for subject in self.subjects:
            self.results[subject.name] = self._explained(subject, self.results[subject.name], so_far)

    def _round(self, parts: Mapping[str, Left], now: datetime) -> dict[str, Turn]:
        """Collect some subjects at once; an interruption lets each finish its page and stop."""
        collectors = [self._collector(each, parts[each.name], now) for each in self.subjects if each.name in parts]
        turns = {}
        workers = min(self.fetcher.settings.parallel_subjects, len(collectors))
        with ThreadPoolExecutor(workers, thread_name_prefix="subject") as pool:
            try:
                for each in pool.map(Collector.collect, collectors):
                    earlier = self.results.get(each.subject)
                    self.results[each.subject] = earlier.followed_by(each) if earlier else each
                    turns[each.subject] = Turn(each.spent, each.stop is Stop.BUDGET)
            except BaseException:
                self.halt.raise_for(RunError("The run was interrupted; what was stored is kept."))
                raise
        halted = self.halt.cause is not None
        return {name: replace(turn, wants_more=turn.wants_more and not halted) for name, turn in turns.items()}

    def _collector(self, subject: Subject, share: Left, now: datetime) -> Collector:
        limit = Left(posts=subject.max_posts, pages=subject.max_pages).after(self._spent_by(subject))
        smallest = self.asking.smallest(subject.name, self.prices)
        return Collector(
            subject,
            self._facts_of(subject),
            self.fetcher,
            Purse(limit, share, self.prices, now.date(), smallest),
            self.begun_at,
            self.halt,
            self.on_page,
        )

    def _explained(self, subject: Subject, collected: Collected, so_far: Mapping[Period, Spending]) -> Collected:
        """Return a result that names the limit which ended it, where one did, and about how much is missing.

        `so_far` is what all subjects have spent.
        """
        if collected.stop not in {Stop.LIMIT, Stop.BUDGET}:
            return collected
        page = self.asking.smallest(subject.name, self.prices)
        own = [each for each in self.facts if each.subject == subject.name]
        mine = spent_by_period(own, collected.spent, self.prices, self.fetcher.clock())
        limit = reached(limits_of(subject), page, mine) or reached(limits_of_all(*self.limits), page, so_far)
        if limit is None:
            return collected
        missing = self._missing(subject, collected)
        more = (
            f" About {missing:,} posts are still missing: later runs read what X still has then, and it keeps 7 days."
            if missing
            else ""
        )
        return replace(collected, detail=f"Stopped at your limit of {limit} ({limit.setting}).{more}")

    def _missing(self, subject: Subject, collected: Collected) -> int:
        known, own = collected.coverage, searches(self._facts_of(subject))
        window = new_window(known, own, self.begun_at, self.asking.bounds)
        return known.missing_posts + (known.density.posts(window) if window else 0)

    def _facts_of(self, subject: Subject) -> Sequence[PageFacts]:
        collected = self.results.get(subject.name)
        earlier = [each for each in pages_of(self.facts) if each.subject == subject.name]
        return [*earlier, *(collected.facts if collected else ())]

    def _spent_by(self, subject: Subject) -> Spending:
        collected = self.results.get(subject.name)
        return collected.spent if collected else Spending()
