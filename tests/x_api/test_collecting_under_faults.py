"""Any order of faults: never a crash, a hang, an endless loop, a lost or a doubled page."""

from datetime import timedelta

import pytest
from collecting_rig import BEGIN, PRICES, SCHEDULES, Rig
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fedbytweets.coverage import Span, spent
from fedbytweets.errors import SourceError
from fedbytweets.simulator import Corpus, Fault, FaultKind, ManualClock, Script, Simulator
from fedbytweets.subjects import Budget, default_subjects
from fedbytweets.x_api import Stop

CORPUS = Corpus(11, posts_per_hour=40)
FAULTS = st.lists(st.none() | st.sampled_from(FaultKind).map(lambda kind: Fault(kind, seconds=0.01)), max_size=40)
MOST_REQUESTS = 400


@pytest.fixture(scope="module")
def simulator():
    with Simulator(CORPUS, clock=ManualClock(BEGIN)) as simulator:
        yield simulator


@given(runs=st.lists(FAULTS, min_size=1, max_size=4), pages=st.integers(1, 6), gap_hours=st.integers(1, 30))
@settings(
    max_examples=SCHEDULES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
def test_any_schedule_of_faults_ends_and_a_clean_run_after_it_makes_everything_good(simulator, runs, pages, gap_hours):
    """Whatever goes wrong is a value with a message; one run without faults or caps then has all posts."""
    simulator.clock.set(BEGIN)
    simulator.ledger.clear()
    rig = Rig(simulator, [s.model_copy(update={"max_pages": pages}) for s in default_subjects()])
    for faults in runs:
        simulator.faults = Script(faults)
        for result in rig.run():
            assert result.error is None or isinstance(result.error, SourceError)
            assert result.detail or result.stop is Stop.COMPLETE
        rig.clock.advance(timedelta(hours=gap_hours))
    simulator.faults = Script()
    rig.subjects = default_subjects()
    results = rig.run()
    if any(result.stop is Stop.RATE_LIMIT for result in results):
        rig.clock.advance(timedelta(minutes=16))
        results = rig.run()
    assert [(result.stop, result.error) for result in results] == [(Stop.COMPLETE, None)] * 2
    assert len(simulator.ledger.requests) < MOST_REQUESTS
    for subject in rig.subjects:
        known = rig.coverage(subject)
        assert (known.holes, known.lost) == ((), ())
        assert rig.truth(subject, *known.asked) <= set(rig.lake.posts(subject.name))
    assert rig.asked_twice() == []


@given(killed_after=st.lists(st.integers(0, 12), min_size=1, max_size=5))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
def test_a_run_killed_at_any_page_and_resumed_asks_what_an_unbroken_one_asks(simulator, killed_after):
    """A kill after any stored page changes neither which pages of its searches are asked nor what is stored."""
    unbroken = collected_with_kills(simulator, [])
    broken = collected_with_kills(simulator, killed_after)
    assert broken == unbroken


def collected_with_kills(simulator, killed_after):
    simulator.clock.set(BEGIN)
    simulator.ledger.clear()
    simulator.faults = Script()
    rig = Rig(simulator, default_subjects()[:1], options={"overlap_seconds": 0})
    for pages in killed_after:
        rig.lake.put_new = killing(rig.lake, pages)
        results = rig.run()
        assert isinstance(results[0].error, KilledError) or results[0].stop is Stop.COMPLETE
    vars(rig.lake).pop("put_new", None)
    rig.run()
    asked = {str(sorted(request.params.items())) for request in simulator.ledger.requests}
    return asked, {key: body for key, (body, _) in rig.lake.objects.items()}


class KilledError(Exception):
    """Stands for a kill right after a page was asked for and before the next one is."""


def killing(lake, pages):
    left = [pages]

    def put_new(key_of, body, lineage):
        if left[0] == 0:
            raise KilledError
        left[0] -= 1
        return type(lake).put_new(lake, key_of, body, lineage)

    return put_new


@pytest.mark.parametrize("kind", [FaultKind.EMPTY_PAGE, FaultKind.REPEATED_TOKEN])
def test_an_answer_that_leads_nowhere_for_ever_is_noticed_and_stopped(simulator, kind):
    """Empty pages that go on for ever and a token that repeats rest the search, and are told."""
    simulator.clock.set(BEGIN)
    simulator.ledger.clear()
    simulator.faults = Script([Fault(kind)] * 1000)
    rig = Rig(simulator, default_subjects()[:1], options={"idle_pages": 5})
    for _ in range(3):
        (result,) = rig.run()
        assert result.stop is Stop.RESTING
        assert "rests after page" in result.detail
        rig.clock.advance(timedelta(hours=1))
    assert len(simulator.ledger.requests) < 40
    simulator.faults = Script()
    (result,) = rig.run()
    assert result.stop is Stop.COMPLETE
    known = rig.coverage(rig.subjects[0])
    assert (known.holes, known.lost) == ((), ())
    assert rig.truth(rig.subjects[0], *known.asked) <= set(rig.lake.posts("lula"))


@given(faults=FAULTS, money=st.integers(1, 12), posts=st.integers(10, 900), subject_money=st.integers(1, 8))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
def test_no_limit_is_ever_passed_whatever_fails(simulator, faults, money, posts, subject_money):
    """Neither what we count nor what the stand-in bills goes beyond any limit, of all or of one subject."""
    simulator.clock.set(BEGIN)
    simulator.ledger.clear()
    simulator.faults = Script(faults)
    first, second = default_subjects()
    first = first.model_copy(update={"budget": Budget(money_per_run=subject_money)})
    rig = Rig(simulator, [first, second], budget=Budget(money_per_day=money, posts_per_run=posts))
    for _ in range(2):
        lula, bolsonaro = rig.run()
        assert lula.spent.money <= subject_money
        assert lula.spent.posts + bolsonaro.spent.posts <= posts
        assert lula.spent.money + bolsonaro.spent.money <= money
        rig.clock.advance(timedelta(hours=3))
    assert simulator.ledger.cost(BEGIN.date()) <= money
    simulator.faults = Script()


def test_answers_that_cannot_be_read_are_paid_for_by_the_runs_after_them_too(simulator):
    """Whatever they held may have been billed: once they may have cost the day's money, nothing more is asked."""
    simulator.clock.set(BEGIN)
    simulator.ledger.clear()
    simulator.faults = Script([Fault(FaultKind.HTML)] * 1000)
    rig = Rig(simulator, default_subjects()[:1], budget=Budget(money_per_day=5))
    for _ in range(4):
        rig.run()
        rig.clock.advance(timedelta(minutes=30))
    unread = rig.lake.unread()
    assert 4.5 < spent(unread, PRICES).money <= 5
    assert len(unread) == len(simulator.ledger.requests)
    assert {each.posts for each in unread[:-1]} == {100}
    simulator.faults = Script()
    rig.clock.advance(timedelta(days=1))
    (result,) = rig.run()
    assert result.posts > 0


def test_answers_that_come_cut_are_charged_at_the_most_and_told(simulator):
    """Refused requests are not; a run whose every answer is cut spends its limit and no more, and says so."""
    simulator.clock.set(BEGIN)
    simulator.ledger.clear()
    cut, refused = Fault(FaultKind.TRUNCATED), Fault(FaultKind.UNAVAILABLE)
    simulator.faults = Script([cut, refused, cut, None, *[cut] * 1000])
    rig = Rig(simulator, default_subjects()[:1], budget=Budget(money_per_run=8))
    (result,) = rig.run()
    assert result.spent.money <= 8
    assert result.unanswered.pages == len(simulator.ledger.requests) - 2 > 2
    assert result.unanswered.money == result.spent.money - spent(result.facts, PRICES).money
    assert f"Requests without a whole answer: {result.unanswered.pages}." in result.explanation
    assert f"${result.unanswered.money:.2f}" in result.explanation
    simulator.faults = Script()


def test_a_refused_token_is_given_up_and_its_window_asked_anew(simulator):
    """A hole whose token the API no longer takes (its window has aged) is read by window instead."""
    simulator.clock.set(BEGIN)
    simulator.faults = Script()
    rig = Rig(simulator, [default_subjects()[0].model_copy(update={"max_pages": 2})])
    rig.run()
    (hole,) = rig.coverage(rig.subjects[0]).holes
    token = hole.resumes.pages[-1].next_token
    for key, (body, lineage) in rig.lake.objects.items():
        rig.lake.objects[key] = (body.replace(token.encode(), b"worn-out"), lineage)
    rig.subjects = default_subjects()[:1]
    (result,) = rig.run()
    assert result.stop is Stop.COMPLETE
    assert any("next_token is given up" in warning for warning in result.warnings)
    known = rig.coverage(rig.subjects[0])
    assert (known.holes, known.covered) == ((), (Span(*known.asked),))
    assert rig.truth(rig.subjects[0], *known.asked) <= set(rig.lake.posts("lula"))
