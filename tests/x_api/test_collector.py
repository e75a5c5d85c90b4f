"""How collecting ends, what it tells, and what it leaves in the lake; against the stand-in over HTTP."""

import json
import logging
import pickle
from datetime import timedelta
from decimal import Decimal

import pytest
from collecting_rig import BEGIN, PRICES, TOKEN, Rig

from fedbytweets.coverage import Span, Spending, counted_posts, left, spent
from fedbytweets.coverage.forecast import forecast
from fedbytweets.errors import (
    CredentialsError,
    InputError,
    LakeError,
    MoneySpentError,
    PassingError,
    QuestionError,
    WindowSpentError,
)
from fedbytweets.raw import lineage as lineages
from fedbytweets.raw.keys import page_key
from fedbytweets.raw.lineage import Most, Question
from fedbytweets.simulator import PASSING, Account, Corpus, Fault, FaultKind, ManualClock, Outage, Script, Simulator
from fedbytweets.subjects import Budget, Subject, default_subjects
from fedbytweets.x_api import Stop, asking, count_new_windows
from fedbytweets.x_api.dialects import DIALECTS, fields_not_arrived, page_shape

CORPUS = Corpus(21, posts_per_hour=30)
LULA, BOLSONARO = default_subjects()


@pytest.fixture
def simulator():
    with Simulator(CORPUS, clock=ManualClock(BEGIN)) as simulator:
        yield simulator


def searches_made(simulator):
    return [request for request in simulator.ledger.requests if "search" in request.path]


@pytest.mark.parametrize(
    ("kind", "error", "says"),
    [
        (FaultKind.UNAUTHORIZED, CredentialsError, "set a valid bearer token"),
        (FaultKind.NOT_ENROLLED, CredentialsError, "access to recent search"),
        (FaultKind.CREDITS_DEPLETED, MoneySpentError, "add credits"),
        (FaultKind.USAGE_CAPPED, MoneySpentError, "next billing period"),
    ],
)
def test_what_no_retry_mends_ends_all_subjects_at_once(simulator, kind, error, says):
    """One request, one clear message; the other subjects stop with it and say why."""
    simulator.faults = Script([Fault(kind)] * 100)
    rig = Rig(simulator, options={"parallel_subjects": 1})
    lula, bolsonaro = rig.run()
    assert (lula.stop, type(lula.error)) == (Stop.FAILED, error)
    assert says in lula.detail
    assert (bolsonaro.stop, bolsonaro.error) == (Stop.HALTED, lula.error)
    assert lula.failed
    assert len(searches_made(simulator)) == 1


def test_a_question_the_api_refuses_fails_its_subject_alone(simulator):
    """X's own sentence is in the message; the other subject is collected."""
    broken = Subject.model_construct(**{**LULA.model_dump(), "query": "(lula", "budget": None})
    rig = Rig(simulator, [broken, BOLSONARO])
    lula, bolsonaro = rig.run()
    assert (lula.stop, type(lula.error), lula.pages) == (Stop.FAILED, QuestionError, 0)
    assert bolsonaro.stop is Stop.COMPLETE
    assert bolsonaro.posts > 0


@pytest.mark.parametrize("kind", PASSING)
def test_a_failure_that_passes_is_overcome_by_another_attempt(simulator, kind):
    """The page is asked again and stored once more; what could not be read keeps its bytes under its own key."""
    simulator.faults = Script([None, Fault(kind), None])
    rig = Rig(simulator, [LULA])
    (result,) = rig.run()
    assert (result.stop, result.error) == (Stop.COMPLETE, None)
    assert set(result.raw_keys) == set(rig.lake.objects)
    assert rig.truth(LULA, *result.coverage.asked) <= set(rig.lake.posts("lula"))
    unread = kind in {FaultKind.HTML, FaultKind.EMPTY_BODY}
    assert len(rig.lake.objects) == result.pages + unread


def test_a_failure_that_does_not_pass_ends_after_a_bounded_number_of_attempts(simulator):
    """Four attempts a page; what was stored before stays, the rest is a hole that a later run reads."""
    down = Outage([(BEGIN, BEGIN + timedelta(hours=1))])
    simulator.faults = Script([None])
    rig = Rig(simulator, [LULA])
    simulator.faults = AfterFirst(down)
    (result,) = rig.run()
    assert (result.stop, type(result.error), result.pages) == (Stop.FAILED, PassingError, 1)
    assert len(searches_made(simulator)) == 1 + rig.settings.attempts
    rig.clock.advance(timedelta(hours=2))
    (later,) = rig.run()
    assert later.stop is Stop.COMPLETE
    assert (later.coverage.holes, later.coverage.lost) == ((), ())


class AfterFirst:
    """A plan of faults that lets the first request pass."""

    def __init__(self, plan):
        self.plan, self.asked = plan, 0

    def next(self, at, path):
        """Return the plan's fault, from the second request on."""
        self.asked += 1
        return self.plan.next(at, path) if self.asked > 1 else None


def test_a_window_that_opens_soon_is_waited_for_and_a_later_one_ends_the_search(simulator):
    """A minute by default; beyond it the subject stops cleanly and says when it opens."""
    simulator.faults = Script([None, Fault(FaultKind.WINDOW_SPENT)])
    (waited,) = Rig(simulator, [LULA], options={"max_wait_seconds": 900}).run()
    assert waited.stop is Stop.COMPLETE
    assert simulator.clock.now() > BEGIN + timedelta(minutes=1)
    simulator.clock.advance(timedelta(minutes=60))
    simulator.faults = Script([None, Fault(FaultKind.WINDOW_SPENT)])
    (ended,) = Rig(simulator, [LULA]).run()
    assert (ended.stop, ended.pages, ended.failed) == (Stop.RATE_LIMIT, 1, False)
    assert isinstance(ended.error, WindowSpentError)
    assert ended.resets_at == ended.error.reset_at > simulator.clock.now() + timedelta(minutes=1)
    assert len(ended.coverage.holes) == 1


@pytest.mark.parametrize("kind", [FaultKind.WINDOW_SPENT_RESET_PAST, FaultKind.WINDOW_SPENT_NO_RESET])
def test_a_reset_that_makes_no_sense_never_leads_to_a_storm_of_requests(simulator, kind):
    """The library alone made hundreds of requests here; this makes as many as there are attempts."""
    simulator.faults = Script([Fault(kind)] * 1000)
    (result,) = Rig(simulator, [LULA]).run()
    assert result.stop is Stop.RATE_LIMIT
    assert len(simulator.ledger.requests) <= 4


def test_subjects_share_the_rate_limit(simulator):
    """With few requests a window both stop cleanly, none fails, and the next runs finish."""
    account = Account(requests_a_window={**Account().requests_a_window, "/2/tweets/search/recent": 5})
    with Simulator(Corpus(21, posts_per_hour=60), clock=ManualClock(BEGIN), account=account) as tight:
        rig = Rig(tight, options={"page_size": 50})
        results = rig.run()
        assert Stop.RATE_LIMIT in {result.stop for result in results}
        assert not any(result.failed for result in results)
        for _ in range(20):
            rig.clock.advance(timedelta(minutes=16))
            results = rig.run()
        assert {result.stop for result in results} == {Stop.COMPLETE}


def test_every_page_carries_its_lineage_and_no_secret(simulator):
    """Question, request, status, headers, time of retrieval, client: all of it without the token."""
    rig = Rig(simulator, [LULA])
    (result,) = rig.run()
    first = result.raw_keys[0]
    body, lineage = rig.lake.objects[first]
    window = Span(BEGIN - timedelta(hours=24, seconds=30), BEGIN - timedelta(seconds=30))
    assert first == page_key("lula", LULA.query, window, 1)
    assert lineage.question == Question(LULA.query, "tweet", *window, 1, Most(100, 100))
    assert (lineage.subject, lineage.origin, lineage.status, lineage.retrieved_at) == ("lula", "stand-in", 200, BEGIN)
    assert lineage.request["max_results"] == "100"
    assert lineage.headers["x-rate-limit-limit"] == "450"
    assert lineage.client.startswith("fedbytweets/")
    assert " tweepy/4." in lineage.client
    assert lineages.decode(lineages.encode(lineage)) == lineage
    assert json.loads(body)["meta"]["result_count"] == result.facts[0].posts


def test_the_token_is_nowhere_after_runs_that_succeed_and_fail(simulator, caplog):
    """Raw objects, lineage, results, logs and errors are searched for it."""
    caplog.set_level(logging.DEBUG)
    rig = Rig(simulator)
    simulator.faults = Script([None, Fault(FaultKind.RESET), None, Fault(FaultKind.UNAUTHORIZED)])
    results = rig.run()
    written = [body + lineages.encode(lineage) for body, lineage in rig.lake.objects.values()]
    assert written
    shown = [repr(results), pickle.dumps(results).decode("latin-1"), str([r.as_dict() for r in results]), caplog.text]
    assert not any(TOKEN.encode() in part for part in written)
    assert not any(TOKEN in part for part in shown)
    assert not any(TOKEN in str(request) for request in simulator.ledger.requests)


def test_results_survive_a_process_border_and_json(simulator):
    """Prefect carries them between processes, a report between machines."""
    rig = Rig(simulator, budget=Budget(posts_per_run=150))
    results = rig.run()
    assert {result.stop for result in results} == {Stop.BUDGET}
    again = pickle.loads(pickle.dumps(results))
    assert [result.as_dict() for result in again] == [json.loads(json.dumps(r.as_dict())) for r in results]


def test_both_dialects_cover_alike(simulator):
    """The same truth, whichever words the API is spoken to in."""
    spoken = {}
    for dialect in DIALECTS:
        rig = Rig(simulator, [LULA], options={"dialect": dialect})
        (result,) = rig.run()
        assert (result.stop, result.warnings) == (Stop.COMPLETE, ())
        spoken[dialect] = (result.posts, result.users, set(rig.lake.posts("lula")))
    assert spoken["tweet"] == spoken["post"]


def test_a_dialect_the_account_refuses_is_a_clear_failure():
    """Some accounts are said to get 400 on one of the vocabularies."""
    account = Account(refused_dialects=frozenset({"tweet"}))
    with Simulator(CORPUS, clock=ManualClock(BEGIN), account=account) as simulator:
        (result,) = Rig(simulator, [LULA]).run()
        assert isinstance(result.error, QuestionError)
        (mended,) = Rig(simulator, [LULA.model_copy(update={"dialect": "post"})]).run()
        assert mended.stop is Stop.COMPLETE


def test_fields_that_did_not_arrive_are_told():
    """Mixing vocabularies loses fields in silence: the first page shows it."""
    bare = b'{"data":[{"id":"1","text":"x"},{"id":"2","text":"y","lang":"pt"}],"meta":{}}'
    assert fields_not_arrived(DIALECTS["tweet"], bare) == (
        "author_id",
        "conversation_id",
        "created_at",
        "public_metrics",
    )
    assert fields_not_arrived(DIALECTS["tweet"], b'{"meta":{}}') == ()


def test_an_expansion_of_unknown_cost_is_refused_before_anything_is_read(simulator):
    """Mentions have no bound; a known expansion makes the worst page dearer."""
    rig = Rig(simulator, [LULA.model_copy(update={"extra_fields": ("expand:entities.mentions.username",)})])
    with pytest.raises(InputError, match="no bound on its cost"):
        rig.run()
    assert simulator.ledger.requests == []
    assert page_shape(DIALECTS["tweet"], ["expand:referenced_tweets.id"]).included_per_post == 2


def test_a_lake_that_cannot_store_fails_its_subject_and_the_page_is_not_counted(simulator):
    """The other subject goes on."""
    rig = Rig(simulator)
    put = rig.lake.put_new

    def full(key_of, body, lineage):
        if lineage.subject == "lula":
            raise LakeError("disk full")
        return put(key_of, body, lineage)

    rig.lake.put_new = full
    lula, bolsonaro = rig.run()
    assert (lula.stop, str(lula.error), lula.pages) == (Stop.FAILED, "disk full", 0)
    assert bolsonaro.stop is Stop.COMPLETE


def test_an_interrupted_run_stops_after_the_page_in_flight(simulator):
    """The interruption goes on to the caller; no subject asks for another page."""
    rig = Rig(simulator, options={"page_size": 10, "parallel_subjects": 1})
    before = []

    def interrupt(facts):
        before.append(facts)
        if len(before) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rig.run(on_page=interrupt)
    assert len(rig.lake.objects) == 3


def test_counts_are_asked_before_a_new_window_when_planned_and_paid_for(simulator):
    """The expected number is the true one; without room for a page after it none is asked."""
    rig = Rig(simulator, [LULA], options={"plan_with_counts": True})
    (result,) = rig.run()
    assert result.expected_posts == result.posts > 0
    assert result.spent.money == spent(result.facts, PRICES).money + PRICES.counts_request
    assert result.spent.money >= simulator.ledger.cost()
    assert simulator.ledger.counts_requests() == 1
    rig.clock.advance(timedelta(hours=1))
    rig.budget = Budget(money_per_day=float(result.spent.money) + 0.154)
    (poor,) = rig.run()
    assert (poor.stop, poor.expected_posts, poor.spent.money) == (Stop.BUDGET, None, Decimal("0.150"))
    assert simulator.ledger.counts_requests() == 1


def test_what_counts_cost_is_remembered_in_the_lake(simulator):
    """Of a run and of a plan: with their lineage, and against the budgets of every later run of the day."""
    rig = Rig(simulator, [LULA], options={"plan_with_counts": True})
    count_new_windows(rig.subjects, [], rig.fetcher())
    (result,) = rig.run()
    assert len(rig.lake.counts) == 2
    for body, lineage in rig.lake.counts.values():
        assert (lineage.subject, lineage.origin, lineage.status) == ("lula", "stand-in", 200)
        assert lineage.request["granularity"] == "day"
        assert counted_posts("lula", body) == result.posts
    everything = spent(rig.lake.billed(), PRICES).money
    assert everything == result.spent.money + PRICES.counts_request
    assert left(Budget(money_per_day=100), rig.lake.billed(), Spending(), PRICES, BEGIN).money == 100 - everything


def test_a_plan_with_counts_says_what_the_next_run_then_reads(simulator):
    """No post is read for it; the run after it reads what was forecast, at about the price."""
    rig = Rig(simulator)
    fetcher = rig.fetcher()
    counted = count_new_windows(rig.subjects, [], fetcher)
    plan = forecast(rig.subjects, [], rig.clock.now(), asking(rig.subjects, rig.settings), Budget(), PRICES, counted)
    assert (simulator.ledger.posts_read(), simulator.ledger.counts_requests()) == (0, 2)
    results = rig.run()
    assert plan.run_posts == sum(result.posts for result in results) > 0
    assert float(plan.run_money) == pytest.approx(float(sum(result.spent.money for result in results)), rel=0.05)
    assert count_new_windows(rig.subjects, rig.lake.facts(), fetcher) == {}


def test_what_one_subject_leaves_over_the_others_may_spend(simulator):
    """A subject without posts takes nothing; the other reads with the whole budget."""
    quiet = Subject(name="quiet", query="xyzzyplugh")
    rig = Rig(simulator, [quiet, LULA], budget=Budget(posts_per_run=200))
    nothing, much = rig.run()
    assert (nothing.stop, nothing.posts) == (Stop.COMPLETE, 0)
    assert 190 < much.posts <= 200
    assert much.stop is Stop.BUDGET
    missing = much.coverage.missing_posts
    assert missing > 0
    assert much.detail == (
        "Stopped at your limit of 200 posts a run (FEDBYTWEETS_BUDGET_POSTS_PER_RUN). "
        f"About {missing:,} posts are still missing: later runs read what X still has then, and it keeps 7 days."
    )


def test_a_limit_of_the_subject_is_named_and_what_no_run_has_asked_for_yet_is_missing_too(simulator):
    """Its pages; in a second run its dollars of the day, which leave the new window unread."""
    capped = LULA.model_copy(update={"max_pages": 1, "budget": Budget(money_per_day=1.55)})
    rig = Rig(simulator, [capped])
    (first,) = rig.run()
    assert (first.stop, first.pages) == (Stop.LIMIT, 1)
    assert first.detail.startswith("Stopped at your limit of 1 page a run (max_pages of subject 'lula'). About ")
    rig.clock.advance(timedelta(hours=2))
    (second,) = rig.run()
    assert (second.stop, second.pages) == (Stop.BUDGET, 0)
    assert "$1.55 a UTC day (budget.money_per_day of subject 'lula')" in second.detail
    new = second.coverage.density.posts(Span(first.coverage.frontier, BEGIN + timedelta(hours=2, seconds=-30)))
    assert new > 0
    assert f"About {second.coverage.missing_posts + new:,} posts are still missing" in second.detail
