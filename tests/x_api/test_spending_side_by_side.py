"""Runs beside each other, kills and answers that never come whole: what X bills passes no limit, and is all counted."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from lakes import lake_in

from fedbytweets.coverage import BilledFacts, Reservation, Span, Spending, spent
from fedbytweets.errors import PassingError, QuestionError, UnansweredError
from fedbytweets.instants import to_snowflake
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.pages import stored_facts
from fedbytweets.subjects import Budget, Prices, Subject
from fedbytweets.x_api import Answer, CollectSettings, Fetcher, Ledger, PageQuestion, collect_all, count_new_windows

PRICES = Prices()
NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
OUTCOMES = ("whole", "short", "cut", "unreadable", "refused", "unavailable")


class KilledError(BaseException):
    """Stands for a kill: the run does nothing to the lake or to X any more."""


@dataclass
class X:
    """An API that has endless posts, and remembers when it billed what, of which subject."""

    now: datetime
    billed: list[tuple[datetime, str, Spending]] = field(default_factory=list)

    def bill(self, subject: str, posts: int, money: Decimal) -> None:
        """Bill an answer now."""
        self.billed.append((self.now, subject, Spending(posts, money=money)))


@dataclass
class Run:
    """A run that takes a step whenever it is told to: everything it does to X or to the lake is one."""

    x: X
    lake: Lake
    subject: Subject
    budget: Budget
    outcomes: list[str]
    counts_only: bool = False
    killed: bool = False
    done: bool = False
    error: BaseException | None = None
    client: str = "test"

    def __post_init__(self) -> None:
        self._go, self._waits = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._all, daemon=True)
        self._thread.start()
        self._waits.acquire()

    def step(self, *, kill: bool = False) -> None:
        """Take one step, or be killed before it."""
        self.killed |= kill
        self._go.release()
        self._waits.acquire()

    def _pause(self) -> None:
        if not self.killed:
            self._waits.release()
            self._go.acquire()
        if self.killed:
            raise KilledError

    def _all(self) -> None:
        try:
            self._pause()
            self._collect()
        except KilledError:
            pass
        except BaseException as error:  # noqa: BLE001 (raised by the test)
            self.error = error
        self.done = True
        self._waits.release()

    def _collect(self) -> None:
        facts = stored_facts(self.lake)
        ledger = Ledger.of(self, facts, self.budget, PRICES, [self.subject], self.x.now)
        options = CollectSettings(page_size=20, attempts=2, retry_wait_seconds=0, first_lookback_hours=1)
        fetcher = Fetcher(
            self, self._stored(self.lake.raw.put_new), options, lambda: self.x.now, lambda _: None,
            store_count=self._stored(self.lake.counts.put_new), ledger=ledger,
        )  # fmt: skip
        if self.counts_only:
            try:
                count_new_windows([self.subject], facts, fetcher)
            except (PassingError, QuestionError):
                return
        else:
            collect_all([self.subject], facts, fetcher, budget=self.budget, prices=PRICES)

    def _stored(self, put_new: Callable[..., str]) -> Callable[..., str]:
        def stored(*stored: object) -> str:
            self._pause()
            return put_new(*stored)

        return stored

    def put(self, reservation: Reservation) -> None:
        """Reserve, as a step."""
        self._pause()
        self.lake.spending.put(reservation)

    def remove(self, reservation: Reservation) -> None:
        """Withdraw a reservation, as a step."""
        self._pause()
        self.lake.spending.remove(reservation)

    def made_on(self, *days) -> list[Reservation]:
        """List reservations, as a step."""
        self._pause()
        return self.lake.spending.made_on(*days)

    def search(self, question: PageQuestion) -> Answer:
        """Answer with a page, as a step, and bill it unless it is refused."""
        self._pause()
        outcome = self.outcomes.pop() if self.outcomes else "whole"
        posts = question.size if outcome != "short" else 3
        self._answer(outcome, question.subject, posts, posts * (PRICES.post + PRICES.user))
        if outcome == "unreadable":
            return Answer(b"<html>", 200)
        newest = question.window.end - timedelta(seconds=1 + 20 * question.page)
        ids = [str(to_snowflake(newest - timedelta(seconds=number))) for number in range(posts)]
        meta = {"result_count": posts, "next_token": f"{question.window.start}-{question.page}"}
        users = [{"id": each} for each in ids]
        page = {"data": [{"id": each} for each in ids], "includes": {"users": users}, "meta": meta}
        return Answer(json.dumps(page).encode(), 200)

    def counts(self, subject: str, query: str, window: Span) -> Answer:
        """Answer a request of counts/recent, as a step."""
        self._pause()
        outcome = self.outcomes.pop() if self.outcomes else "whole"
        self._answer(outcome, subject, 0, PRICES.counts_request)
        return Answer(b'{"meta": {"total_tweet_count": 7}}' if outcome != "unreadable" else b"<html>", 200)

    def _answer(self, outcome: str, subject: str, posts: int, money: Decimal) -> None:
        if outcome == "refused":
            raise QuestionError("400")
        if outcome == "unavailable":
            raise PassingError("503")
        self.x.bill(subject, posts, money)
        if outcome == "cut":
            raise UnansweredError("cut")


LIMITS = st.builds(
    Budget,
    money_per_day=st.none() | st.sampled_from([0.15, 0.154, 0.5, 1.0, 2.0]),
    money_per_month=st.sampled_from([0.3, 1.0, 2.0]),
    posts_per_day=st.none() | st.sampled_from([10, 35, 70]),
    posts_per_month=st.none() | st.sampled_from([15, 80]),
)
STARTS = (NOON, NOON.replace(hour=23, minute=59, second=45), datetime(2026, 8, 31, 23, 59, 20, tzinfo=UTC))
STEPS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from([False] * 12 + [True])), max_size=120)


@given(
    budget=LIMITS,
    own=st.none() | LIMITS,
    start=st.sampled_from(STARTS),
    outcomes=st.lists(st.lists(st.sampled_from(OUTCOMES), max_size=8), min_size=4, max_size=4),
    steps=STEPS,
    same=st.booleans(),
)
@settings(max_examples=60, deadline=None, database=None)
def test_no_interleaving_of_runs_kills_and_cut_answers_passes_a_limit(
    budget: Budget, own: Budget | None, start: datetime, outcomes: list[list[str]], steps: Sequence[tuple[int, bool]],
    *, same: bool,
) -> None:  # fmt: skip
    """Three runs and a plan that counts, of one subject or of several; a new run counts at least what X billed."""
    x = X(start)
    subjects = [Subject(name="lula" if same else f"s{number}", query="lula", budget=own) for number in range(4)]
    with TemporaryDirectory() as folder:
        runs = [
            Run(x, lake_in(Path(folder)), subject, budget, list(ends), counts_only=number == 3)
            for number, (subject, ends) in enumerate(zip(subjects, outcomes, strict=True))
        ]
        for which, kill in steps:
            if not runs[which].done:
                runs[which].step(kill=kill)
            x.now += timedelta(seconds=1)
        while left := [run for run in runs if not run.done]:
            for run in left:
                run.step()
                x.now += timedelta(seconds=1)
        assert [run.error for run in runs] == [None] * 4
        facts = stored_facts(lake_in(Path(folder)))
    within_limits(x, facts, budget, {each.name for each in subjects})
    for subject in subjects if own else ():
        within_limits(x, [each for each in facts if each.subject == subject.name], own, {subject.name})


def within_limits(x: X, facts: Sequence[BilledFacts], budget: Budget, subjects: set[str]) -> None:
    """Assert that what was billed for subjects, by UTC day and month, is within a budget, and in the facts."""
    for form, money, posts in (
        ("%Y-%m-%d", budget.money_per_day, budget.posts_per_day),
        ("%Y-%m", budget.money_per_month, budget.posts_per_month),
    ):
        billed: dict[str, Spending] = {}
        for at, subject, cost in x.billed:
            if subject in subjects:
                billed[at.strftime(form)] = billed.get(at.strftime(form), Spending()) + cost
        for period, cost in billed.items():
            assert money is None or cost.money <= Decimal(str(money))
            assert posts is None or cost.posts <= posts
            counted = spent((each for each in facts if each.retrieved_at.strftime(form) == period), PRICES)
            assert counted.money >= cost.money
            assert counted.posts >= cost.posts
