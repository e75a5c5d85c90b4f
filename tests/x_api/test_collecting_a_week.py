"""A week of three runs a day for two subjects, on a clock moved by hand, over real HTTP against the stand-in."""

from datetime import timedelta
from decimal import Decimal

from collecting_rig import BEGIN, PRICES, Rig

from fedbytweets.coverage import spent
from fedbytweets.coverage.spending import SMALLEST_PAGE
from fedbytweets.simulator import PASSING, Corpus, FaultKind, Late, ManualClock, Outage, Simulator, Sprinkled
from fedbytweets.subjects import Budget, default_subjects
from fedbytweets.x_api import Stop

EIGHT_HOURS = timedelta(hours=8)
RUNS = 21


def capped(pages: int):
    return [subject.model_copy(update={"max_pages": pages}) for subject in default_subjects()]


def test_a_week_with_page_caps_and_faults_collects_every_post_once():
    """Caps force holes, faults are sprinkled in, the budget suffices: nothing is lost, nothing asked twice."""
    faults = Sprinkled(3, 0.15, [*PASSING, FaultKind.WINDOW_SPENT_RESET_PAST, FaultKind.PARTIAL_ERRORS])
    late = Late(0.05, timedelta(minutes=3))
    with Simulator(Corpus(5, posts_per_hour=45), clock=ManualClock(BEGIN), faults=faults, late=late) as simulator:
        rig = Rig(simulator, capped(4), options={"overlap_seconds": 300, "page_size": 100})
        had_holes = False
        for _ in range(RUNS):
            results = rig.run()
            had_holes |= any(result.coverage.holes for result in results)
            rig.clock.advance(EIGHT_HOURS)
        faults._bound = 0
        rig.subjects = default_subjects()
        results = rig.run()
        assert had_holes
        assert [(result.stop, result.error) for result in results] == [(Stop.COMPLETE, None)] * 2
        end = rig.clock.now() - timedelta(minutes=6)
        for subject in rig.subjects:
            known = rig.coverage(subject)
            assert (known.holes, known.lost) == ((), ())
            start = known.asked.start
            stored = rig.lake.posts(subject.name)
            assert rig.truth(subject, start, end) - set(stored) == set()
            assert sum(stored.values()) - len(stored) < 0.02 * len(stored)
        assert rig.asked_twice() == []


def test_a_tight_budget_is_approached_to_within_a_page_and_what_is_missing_is_told_hole_by_hole():
    """Each day spends its money to within one page and never more; the holes reported are the holes there are."""
    with Simulator(Corpus(6, posts_per_hour=60), clock=ManualClock(BEGIN)) as simulator:
        rig = Rig(simulator, budget=Budget(money_per_day=6))
        begun = rig.clock.now()
        for _ in range(RUNS):
            rig.run()
            rig.clock.advance(EIGHT_HOURS)
        rig.clock.advance(-EIGHT_HOURS)
        days = {facts.retrieved_at.date() for facts in rig.lake.facts()}
        page = SMALLEST_PAGE * (PRICES.post + PRICES.user)
        for day in sorted(days):
            counted = spent((facts for facts in rig.lake.facts() if facts.retrieved_at.date() == day), PRICES).money
            assert Decimal(6) - page < counted <= 6
            assert simulator.ledger.cost(day) <= counted
        by_subject = [spent((f for f in rig.lake.facts() if f.subject == s.name), PRICES).money for s in rig.subjects]
        assert max(by_subject) < 1.5 * float(min(by_subject))
        for subject in rig.subjects:
            agrees_with_truth(rig, subject, begun - timedelta(hours=24, seconds=30))


def agrees_with_truth(rig, subject, start):
    known = rig.coverage(subject)
    assert known.asked.start == start
    stored = set(rig.lake.posts(subject.name))
    missing = rig.truth(subject, *known.asked) - stored
    gaps = [(hole.span, hole.estimated_posts) for hole in known.holes]
    gaps += [(lost.span, lost.estimated_posts) for lost in known.lost]
    assert gaps
    for span, estimate in gaps:
        truth = rig.truth(subject, *span) - stored
        missing -= truth
        assert truth or span.length < timedelta(minutes=10)
        assert abs(estimate - len(truth)) <= max(25, 0.5 * len(truth))
    assert missing == set()
    total = sum(estimate for _, estimate in gaps)
    true_total = sum(len(rig.truth(subject, *span) - stored) for span, _ in gaps)
    assert abs(total - true_total) <= 0.25 * true_total


def test_two_days_of_outage_are_caught_up():
    """The API is down for two days of runs; the runs after it read what was made meanwhile."""
    down = (BEGIN + timedelta(hours=10), BEGIN + timedelta(hours=58))
    clock = ManualClock(BEGIN)
    with Simulator(Corpus(8, posts_per_hour=40), clock=clock, faults=Outage([down])) as simulator:
        rig = Rig(simulator)
        stops = []
        for _ in range(10):
            stops.append({result.stop for result in rig.run()})
            rig.clock.advance(EIGHT_HOURS)
        assert stops == [{Stop.COMPLETE}] * 2 + [{Stop.FAILED}] * 6 + [{Stop.COMPLETE}] * 2
        for subject in rig.subjects:
            known = rig.coverage(subject)
            assert (known.holes, known.lost) == ((), ())
            assert rig.truth(subject, *known.asked) <= set(rig.lake.posts(subject.name))
