"""Scripted faults happen on the wire as they would with X, and nothing is lost behind them."""

from datetime import timedelta

import pytest
import requests
from api_caller import NOW, Ask, ids_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fedbytweets.simulator import (
    PASSING,
    Corpus,
    Fault,
    FaultKind,
    ManualClock,
    Outage,
    Script,
    Simulator,
    Sprinkled,
    Together,
)

_HEADERS = ("x-rate-limit-remaining", "x-rate-limit-reset")


def named(delta: timedelta) -> str:
    """Return an instant near NOW as a rate-limit header has it."""
    return str(int((NOW + delta).timestamp()))


ANSWERS = {
    FaultKind.UNAUTHORIZED: (401, "Unauthorized", "about:blank"),
    FaultKind.CREDITS_DEPLETED: (402, "CreditsDepleted", "https://api.twitter.com/2/problems/credits"),
    FaultKind.NOT_ENROLLED: (403, "Client Forbidden", "https://api.twitter.com/2/problems/client-forbidden"),
    FaultKind.WINDOW_SPENT: (429, "Too Many Requests", "about:blank"),
    FaultKind.USAGE_CAPPED: (429, "UsageCapExceeded", "https://api.twitter.com/2/problems/usage-capped"),
    FaultKind.INTERNAL_ERROR: (500, "Internal Server Error", "about:blank"),
    FaultKind.BAD_GATEWAY: (502, "Bad Gateway", "about:blank"),
    FaultKind.UNAVAILABLE: (503, "Service Unavailable", "about:blank"),
    FaultKind.GATEWAY_TIMEOUT: (504, "Gateway Timeout", "about:blank"),
}


@pytest.mark.parametrize(("kind", "expected"), ANSWERS.items(), ids=[kind.name for kind in ANSWERS])
def test_a_refusal_has_its_status_title_and_type(
    simulator: Simulator, ask: Ask, kind: FaultKind, expected: tuple[int, str, str]
) -> None:
    """Each refusal is X's problem body, costs nothing, and the next request passes."""
    simulator.faults = Script([Fault(kind)])
    refused = ask(query="lula")
    body = refused.json()
    assert (refused.status_code, body["title"], body["type"]) == expected
    assert simulator.ledger.cost() == 0
    assert ask(query="lula").status_code == 200
    assert [request.fault for request in simulator.ledger.requests] == [kind.value, None]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FaultKind.WINDOW_SPENT, ("0", named(timedelta(minutes=10)))),
        (FaultKind.WINDOW_SPENT_RESET_PAST, ("0", named(timedelta(minutes=-1)))),
        (FaultKind.WINDOW_SPENT_NO_RESET, ("0", None)),
        (FaultKind.USAGE_CAPPED, ("449", named(timedelta(minutes=15)))),
    ],
)
def test_the_kinds_of_429_differ_in_their_headers(
    simulator: Simulator, ask: Ask, kind: FaultKind, expected: tuple[str, str | None]
) -> None:
    """A spent window has nothing remaining; a spent cap leaves the window open."""
    simulator.faults = Script([Fault(kind)])
    headers = ask(query="lula").headers
    assert tuple(headers.get(name) for name in _HEADERS) == expected


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        (FaultKind.HTML, requests.JSONDecodeError),
        (FaultKind.EMPTY_BODY, requests.JSONDecodeError),
        (FaultKind.RESET, requests.ConnectionError),
        (FaultKind.TRUNCATED, requests.exceptions.ChunkedEncodingError),
    ],
)
def test_a_broken_answer_breaks_the_client_as_it_should(
    simulator: Simulator, ask: Ask, kind: FaultKind, failure: type[Exception]
) -> None:
    """The client gets an unreadable body or a lost connection, and the next request is whole."""
    simulator.faults = Script([Fault(kind)])
    with pytest.raises(failure):
        ask(query="lula").json()
    assert ask(query="lula").json()["meta"]["result_count"] == 10


def test_a_slow_answer_runs_into_the_callers_timeout(simulator: Simulator) -> None:
    """An answer later than the read timeout is a timeout for the caller."""
    simulator.faults = Script([Fault(FaultKind.SLOW, seconds=0.5)])
    url = f"{simulator.base_url}/2/tweets/search/recent"
    with pytest.raises(requests.ReadTimeout):
        requests.get(url, {"query": "lula"}, headers={"Authorization": "Bearer t"}, timeout=(1, 0.1))


def test_an_empty_page_may_carry_a_token_that_leads_on(simulator: Simulator, ask: Ask) -> None:
    """The token of an empty page gives the page that the empty one stood for."""
    whole = ask(query="lula").json()
    simulator.faults = Script([Fault(FaultKind.EMPTY_PAGE)])
    empty = ask(query="lula").json()
    token = empty["meta"].pop("next_token")
    assert empty == {"meta": {"result_count": 0}}
    assert ask(query="lula", next_token=token).json() == whole


def test_a_token_may_repeat_itself_for_ever(simulator: Simulator, ask: Ask) -> None:
    """While the fault lasts the same token comes back with the same page; after it paging goes on."""
    second = ask(query="lula").json()["meta"]["next_token"]
    simulator.faults = Script([Fault(FaultKind.REPEATED_TOKEN)] * 2)
    stuck = [ask(query="lula", next_token=second).json() for _ in range(2)]
    assert [page["meta"]["next_token"] for page in stuck] == [second, second]
    assert ids_of(stuck[:1]) == ids_of(stuck[1:])
    assert ask(query="lula", next_token=second).json()["meta"]["next_token"] != second


def test_what_went_out_is_billed_even_if_it_never_arrived(simulator: Simulator, ask: Ask) -> None:
    """A page whose connection was reset costs its posts, and its request is in the ledger with status 0."""
    simulator.faults = Script([Fault(FaultKind.RESET)])
    with pytest.raises(requests.ConnectionError):
        ask(query="lula")
    assert (simulator.ledger.posts_read(), simulator.ledger.requests[0].status) == (10, 0)


def test_an_outage_lasts_its_time_on_the_simulated_clock(
    simulator: Simulator, ask: Ask, manual_clock: ManualClock
) -> None:
    """Within its span every request is a 503, before and after none."""
    simulator.faults = Outage([(NOW + timedelta(hours=1), NOW + timedelta(days=2))])
    statuses = []
    for step in (timedelta(), timedelta(hours=1), timedelta(hours=40), timedelta(hours=7)):
        manual_clock.advance(step)
        statuses.append(ask(query="lula").status_code)
    assert statuses == [200, 503, 503, 200]


def test_sprinkled_faults_are_the_same_every_time() -> None:
    """A seed draws the same faults in the same order, near the share that was set."""

    def drawn() -> list[Fault | None]:
        plan = Together(Script(), Sprinkled(4, 0.2, PASSING))
        return [plan.next(NOW, "/") for _ in range(2_000)]

    faults = drawn()
    assert faults == drawn()
    assert 300 < sum(fault is not None for fault in faults) < 500
    assert {fault.kind for fault in faults if fault} == set(PASSING)


_faults = st.lists(st.none() | st.builds(Fault, st.sampled_from(FaultKind), st.just(0.0)), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_faults)
def test_after_any_schedule_of_faults_the_window_is_whole_again(
    simulator: Simulator, ask: Ask, schedule: list[Fault | None]
) -> None:
    """A stubborn caller that asks again after each failure has the truth in the end, each post once."""
    simulator.faults = Script(schedule)
    expected = simulator.truth("lula", NOW - timedelta(days=7), NOW - timedelta(seconds=30))[-30:]
    found: dict[int, None] = {}
    token: dict[str, str] = {}
    for _ in range(len(schedule) + 4):
        try:
            answer = ask(query="lula", **token)
            page = answer.json() if answer.status_code == 200 else None
        except (requests.RequestException, ValueError):
            page = None
        if page:
            found.update(dict.fromkeys(ids_of([page])))
            token = {"next_token": page["meta"]["next_token"]}
        if len(found) >= 30:
            break
    assert tuple(reversed(found))[-30:] == expected


def test_a_stand_in_stops_and_its_port_is_free_again() -> None:
    """After the block nothing listens on the port, and a new stand-in can take it."""
    with Simulator(Corpus()) as first:
        port = int(first.base_url.rpartition(":")[2])
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}", timeout=1)
    with Simulator(Corpus(), port=port) as second:
        assert second.base_url == f"http://127.0.0.1:{port}"
