"""`search/recent` over HTTP: pages, tokens, windows, limits and errors as X has them."""

from datetime import timedelta

import pytest
import requests
from api_caller import NOW, SEARCH, Ask, all_pages, ids_of

from fedbytweets.instants import rfc3339, to_snowflake
from fedbytweets.simulator import Account, Corpus, Late, ManualClock, Simulator

QUERY = '(lula OR "luiz inacio") -is:reply'


def test_all_pages_together_are_the_truth_newest_first(simulator: Simulator, ask: Ask) -> None:
    """Following the tokens gives every matching post of the last seven days once."""
    found = ids_of(all_pages(ask, query=QUERY, max_results=100))
    truth = simulator.truth(QUERY, NOW - timedelta(days=7), NOW - timedelta(seconds=30))
    assert len(truth) > 1_000
    assert found == sorted(truth, reverse=True)


def test_a_token_gives_its_page_again_for_ever(simulator: Simulator, ask: Ask, manual_clock: ManualClock) -> None:
    """The same question and token give the same posts now, tomorrow and in a new process."""
    bounds = {"start_time": rfc3339(NOW - timedelta(days=6)), "end_time": rfc3339(NOW - timedelta(days=1))}
    token = ask(query=QUERY, **bounds).json()["meta"]["next_token"]
    page = ask(query=QUERY, **bounds, next_token=token).json()
    manual_clock.advance(timedelta(days=3))
    assert ask(query=QUERY, **bounds, pagination_token=token).json() == page
    with Simulator(Corpus(seed=1, posts_per_hour=40), clock=ManualClock(NOW)) as other:
        params = {"query": QUERY, **bounds, "next_token": token}
        again = requests.get(other.base_url + SEARCH, params, headers={"Authorization": "Bearer t"}, timeout=10)
    assert again.json() == page


def test_the_meta_of_a_page_speaks_of_its_posts(ask: Ask) -> None:
    """Newest and oldest id and the count are those of the page."""
    page = ask(query="lula", max_results=10).json()
    ids = [post["id"] for post in page["data"]]
    assert {name: page["meta"][name] for name in ("newest_id", "oldest_id", "result_count")} == {
        "newest_id": ids[0],
        "oldest_id": ids[-1],
        "result_count": 10,
    }


def test_a_window_without_posts_has_nothing_but_a_count(ask: Ask) -> None:
    """An empty page is `meta.result_count: 0` and no more."""
    assert ask(query="palavraquenaoexiste").json() == {"meta": {"result_count": 0}}


def test_only_default_fields_come_unasked(ask: Ask) -> None:
    """Without fields a post has its id, text and edit history, and nothing is included."""
    page = ask(query="lula").json()
    assert {frozenset(post) for post in page["data"]} == {frozenset({"id", "text", "edit_history_tweet_ids"})}
    assert set(page) == {"data", "meta"}


def test_windows_by_time_and_by_id_agree(simulator: Simulator, ask: Ask) -> None:
    """`since_id`/`until_id` are exclusive bounds, `start_time` inclusive, `end_time` exclusive."""
    start, end = NOW - timedelta(hours=30), NOW - timedelta(hours=20)
    truth = sorted(simulator.truth("lula", start, end), reverse=True)
    by_time = ids_of(all_pages(ask, query="lula", start_time=rfc3339(start), end_time=rfc3339(end), max_results=100))
    by_id = ids_of(
        all_pages(ask, query="lula", since_id=to_snowflake(start) - 1, until_id=to_snowflake(end), max_results=100)
    )
    inner = ids_of(all_pages(ask, query="lula", since_id=truth[-1], until_id=truth[0], max_results=100))
    assert by_time == by_id == truth
    assert inner == truth[1:-1]


REFUSED = {
    "few results": ({"max_results": 9}, "The `max_results` query parameter value [9] is not between 10 and 100"),
    "many results": ({"max_results": 101}, "The `max_results` query parameter value [101] is not between 10 and 100"),
    "long query": ({"query": "a" * 513}, "The query is 513 characters long; it can be 512 at most"),
    "empty query": ({"query": " "}, "The `query` query parameter can not be empty"),
    "unknown parameter": ({"colour": "red"}, "The query parameter [colour] is not one of"),
    "unknown field": ({"tweet__fields": "colour"}, "The `tweet.fields` query parameter value [colour] is not one of"),
    "no instant": ({"start_time": "yesterday"}, "'start_time' must be an RFC 3339 instant"),
    "no such day": ({"start_time": "2026-02-30T00:00:00Z"}, "There is no such instant"),
    "start too old": (
        {"start_time": "2026-08-31T11:59:59Z"},
        "'start_time' must be on or after 2026-08-31T12:00:00Z",
    ),
    "end too near": (
        {"end_time": "2026-09-07T11:59:51Z"},
        "'end_time' must be a minimum of 10 seconds prior to the request time",
    ),
    "end before start": (
        {"start_time": "2026-09-05T00:00:00Z", "end_time": "2026-09-04T00:00:00Z"},
        "its end must be after its start",
    ),
    "since_id too old": ({"since_id": 12}, "'since_id' must be a tweet id created after [2026-08-31T12:00:00Z]"),
    "no id": ({"since_id": "x"}, "The `since_id` query parameter value [x] does not match ^[0-9]{1,19}$"),
    "mixed bounds": (
        {"since_id": to_snowflake(NOW - timedelta(days=1)), "end_time": "2026-09-07T11:00:00Z"},
        "may not be mixed",
    ),
    "foreign token": ({"next_token": "b26v89c19zqg"}, "Invalid token [b26v89c19zqg]"),
    "two tokens": ({"next_token": "a", "pagination_token": "b"}, "At most one of"),
    "malformed query": ({"query": "(lula"}, "missing ')' for the parenthesis at position 1"),
}


@pytest.mark.parametrize(("params", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_a_wrong_parameter_is_refused_in_the_shape_of_x(ask: Ask, params: dict, sentence: str) -> None:
    """A 400 has X's title, detail and type, and names the parameter with a sentence."""
    answer = ask(**{"query": "lula", **params})
    body = answer.json()
    assert (answer.status_code, body["title"], body["detail"], body["type"]) == (
        400,
        "Invalid Request",
        "One or more parameters to your request was invalid.",
        "https://api.twitter.com/2/problems/invalid-request",
    )
    assert sentence in body["errors"][0]["message"]
    assert body["errors"][0]["parameters"]


def test_a_token_of_another_question_is_refused(ask: Ask) -> None:
    """A token belongs to its query and window."""
    token = ask(query="lula").json()["meta"]["next_token"]
    assert ask(query="bolsonaro", next_token=token).status_code == 400


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}])
def test_without_the_right_token_nothing_is_told(header: dict[str, str]) -> None:
    """An absent, empty or wrong bearer token is a 401 in X's shape."""
    with Simulator(Corpus(), account=Account(token="right"), clock=ManualClock(NOW)) as simulator:
        answer = requests.get(simulator.base_url + SEARCH, {"query": "lula"}, headers=header, timeout=10)
    assert (answer.status_code, answer.json()) == (
        401,
        {"title": "Unauthorized", "detail": "Unauthorized", "type": "about:blank", "status": 401},
    )


def test_the_window_of_requests_is_spent_and_opens_again(
    simulator: Simulator, ask: Ask, manual_clock: ManualClock
) -> None:
    """After 50 usage requests the 51st is a 429; a quarter of an hour later there is room."""
    remaining = [int(ask("/2/usage/tweets").headers["x-rate-limit-remaining"]) for _ in range(50)]
    assert remaining == list(range(49, -1, -1))
    refused = ask("/2/usage/tweets")
    reset = int((NOW + timedelta(minutes=15)).timestamp())
    assert (refused.status_code, refused.json()["title"]) == (429, "Too Many Requests")
    assert (refused.headers["x-rate-limit-limit"], refused.headers["x-rate-limit-reset"]) == ("50", str(reset))
    manual_clock.advance(timedelta(minutes=15))
    assert ask("/2/usage/tweets").status_code == 200
    assert len(simulator.ledger.requests) == 52


def test_answers_are_packed_only_if_the_caller_can_unpack(simulator: Simulator) -> None:
    """Gzip is used when accepted, and the page is the same without."""
    pages = []
    for encoding in ("gzip", "identity"):
        headers = {"Authorization": "Bearer t", "Accept-Encoding": encoding}
        answer = requests.get(simulator.base_url + SEARCH, {"query": "lula"}, headers=headers, timeout=10)
        pages.append((answer.headers.get("content-encoding"), answer.json()))
    assert [encoding for encoding, _ in pages] == ["gzip", None]
    assert pages[0][1] == pages[1][1]


def test_late_posts_come_into_sight_after_their_delay() -> None:
    """A search now misses part of the last minutes; the same search later has the whole truth."""
    clock = ManualClock(NOW)
    late = Late(0.3, timedelta(minutes=10))
    window = {"start_time": rfc3339(NOW - timedelta(minutes=30)), "end_time": rfc3339(NOW - timedelta(seconds=30))}
    with Simulator(Corpus(posts_per_hour=600), clock=clock, late=late) as simulator, requests.Session() as session:
        session.headers["Authorization"] = "Bearer t"

        def ask(**params: str | int) -> requests.Response:
            return session.get(simulator.base_url + SEARCH, params=params, timeout=10)

        truth = set(simulator.truth("lula", NOW - timedelta(minutes=30), NOW - timedelta(seconds=30)))
        early = set(ids_of(all_pages(ask, query="lula", max_results=100, **window)))
        clock.advance(timedelta(minutes=10))
        assert early < truth
        assert min(truth - early) > to_snowflake(NOW - timedelta(minutes=10))
        assert set(ids_of(all_pages(ask, query="lula", max_results=100, **window))) == truth


def test_nothing_else_is_served(ask: Ask) -> None:
    """An unknown path is a 404 in X's shape."""
    assert ask("/2/nothing").json()["title"] == "Not Found"
