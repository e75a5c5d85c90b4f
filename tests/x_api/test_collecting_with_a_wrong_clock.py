"""A machine's clock that is wrong and is set, by hours or by a year, between runs and between the pages of one."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

import pytest
from collecting_rig import BEGIN, PRICES, SCHEDULES, Rig
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fedbytweets.coverage import spent
from fedbytweets.errors import SourceError
from fedbytweets.simulator import Corpus, ManualClock, Simulator
from fedbytweets.subjects import Budget
from fedbytweets.x_api import Stop

MOST_REQUESTS = 300
MOST_PAGES = 12
WRONG_BY = st.sampled_from([0, 0, 0, 1, 30, 24 * 3, 24 * 8, 24 * 400]).flatmap(
    lambda hours: st.sampled_from([timedelta(hours=hours), timedelta(hours=-hours)])
)
SETTINGS_OF_THE_CLOCK = st.dictionaries(st.integers(0, MOST_PAGES), WRONG_BY, max_size=4)
"""Pages read so far in a run -> how wrong the clock is from then on; 0 is the run's beginning."""


@pytest.fixture(scope="module")
def simulator():
    with Simulator(Corpus(12, posts_per_hour=20), clock=ManualClock(BEGIN)) as simulator:
        yield simulator


@given(runs=st.lists(SETTINGS_OF_THE_CLOCK, min_size=1, max_size=5), dollars=st.integers(1, 8))
@example(runs=[{}, {1: timedelta(days=-2)}], dollars=8)  # set back within a run: its pages cover what they hold
@example(runs=[{}, {0: timedelta(days=-1), 1: timedelta()}], dollars=3)  # back to a day whose budget is spent
@settings(
    max_examples=SCHEDULES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
def test_however_the_clock_is_set_no_budget_is_passed_and_no_post_is_lost_in_silence(simulator, runs, dollars):
    """Every run ends, no day of the clock costs more than its budget, and a run with a right clock heals the rest."""
    simulator.clock.set(BEGIN)
    simulator.reset()
    budget = Budget(money_per_day=dollars, money_per_run=dollars)
    rig = Rig(simulator, budget=budget, options={"parallel_subjects": 1, "page_size": 50})
    for clock in runs:
        collect_by(clock, rig)
        rig.clock.advance(timedelta(hours=8))
    within_budget(rig, dollars)
    assert len(simulator.ledger.requests) < MOST_REQUESTS
    rig.wrong_by, rig.budget = timedelta(), Budget()
    assert [(each.stop, each.error) for each in rig.run()] == [(Stop.COMPLETE, None)] * 2
    for subject in rig.subjects:
        nothing_is_lost_in_silence(rig, subject)


def collect_by(clock, rig):
    """Run once by a clock that is set at the beginning and after so many pages."""
    pages = 0

    def set_clock(_):
        nonlocal pages
        pages += 1
        rig.wrong_by = clock.get(pages, rig.wrong_by)

    rig.wrong_by = clock.get(0, timedelta())
    for result in rig.run(on_page=set_clock):
        assert result.error is None or isinstance(result.error, SourceError)
        assert result.detail or result.stop is Stop.COMPLETE


def within_budget(rig, dollars):
    """Look at what every day by the clock has cost."""
    days = defaultdict(Decimal)
    for page in rig.lake.facts():
        days[page.retrieved_at.date()] += spent([page], PRICES).money
    assert max(days.values(), default=0) <= dollars


def nothing_is_lost_in_silence(rig, subject):
    """Look for every post since the subject was first asked for: it is stored, once, or its span is told as lost."""
    known, stored = rig.coverage(subject), rig.lake.posts(subject.name)
    assert known.holes == ()
    assert known.frontier >= rig.clock.now() - timedelta(minutes=3)
    missing = rig.truth(subject, *known.asked) - set(stored)
    for lost in known.lost:
        assert lost.span.end <= rig.clock.now() - timedelta(days=6)
        missing -= rig.truth(subject, *lost.span)
    assert missing == set()
    assert sum(stored.values()) - len(stored) < 0.03 * len(stored)  # of the two minutes that each run asks again
