"""What is billed, what is counted, and what happens when money or the cap is spent."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import requests
from api_caller import NOW, SEARCH, Ask, all_pages

from fedbytweets.instants import rfc3339
from fedbytweets.simulator import Account, Corpus, ManualClock, Simulator

COUNTS, USAGE = "/2/tweets/counts/recent", "/2/usage/tweets"


def test_a_post_is_charged_once_a_day(simulator: Simulator, ask: Ask, manual_clock: ManualClock) -> None:
    """Reading the same page again is free on that UTC day and charged on the next."""
    window = {"start_time": rfc3339(NOW - timedelta(hours=9)), "end_time": rfc3339(NOW - timedelta(hours=1))}
    page = ask(query="lula", expansions="author_id", max_results=100, **window).json()
    posts, users = len(page["data"]), len(page["includes"]["users"])
    ask(query="lula", expansions="author_id", max_results=100, **window)
    assert (simulator.ledger.posts_read(), simulator.ledger.users_read()) == (posts, users)
    assert simulator.ledger.cost() == posts * Decimal("0.005") + users * Decimal("0.010")
    manual_clock.advance(timedelta(days=1))
    ask(query="lula", expansions="author_id", max_results=100, **window)
    days = [NOW.date(), (NOW + timedelta(days=1)).date()]
    assert [simulator.ledger.posts_read(day) for day in days] == [posts, posts]


def test_users_are_charged_only_if_expanded(simulator: Simulator, ask: Ask) -> None:
    """Without the author's expansion no user is read."""
    ask(query="lula", tweet__fields="author_id")
    assert simulator.ledger.users_read() == 0


def test_counts_cost_and_agree_with_the_truth(simulator: Simulator, ask: Ask) -> None:
    """The buckets tile the window at whole hours and add up to the matching posts."""
    start, end = NOW - timedelta(hours=5, minutes=30), NOW - timedelta(minutes=45)
    counts = ask(COUNTS, query="lula", start_time=rfc3339(start), end_time=rfc3339(end)).json()
    edges = [start, *(NOW - timedelta(hours=back) for back in range(5, 0, -1)), end]
    expected = [
        {"start": rfc3339(low), "end": rfc3339(high), "tweet_count": len(simulator.truth("lula", low, high))}
        for low, high in pairwise(edges)
    ]
    total = len(simulator.truth("lula", start, end))
    assert counts == {"data": expected, "meta": {"total_tweet_count": total}}
    assert (simulator.ledger.counts_requests(), simulator.ledger.cost()) == (1, Decimal("0.005"))


def test_a_wrong_granularity_is_refused_and_free(simulator: Simulator, ask: Ask) -> None:
    """Only minute, hour and day are known."""
    assert ask(COUNTS, query="lula", granularity="week").status_code == 400
    assert simulator.ledger.cost() == 0


def test_usage_tells_the_posts_of_the_month_and_the_days(simulator: Simulator, ask: Ask) -> None:
    """The usage endpoint agrees with the ledger and costs nothing."""
    ask(query="lula", max_results=50)
    usage = ask(USAGE, usage__fields="daily_project_usage").json()["data"]
    assert usage == {
        "cap_reset_day": 1,
        "project_cap": 3_000_000,
        "project_id": "1001",
        "project_usage": 50,
        "daily_project_usage": {"project_id": 1001, "usage": [{"date": "2026-09-07T00:00:00.000Z", "usage": 50}]},
    }
    assert ask(USAGE, days=91).status_code == 400


def test_a_spent_month_is_capped_and_the_next_month_is_not() -> None:
    """Once the cap is read, searches are 429 usage-capped though the window has room; a new month opens."""
    clock = ManualClock(NOW)
    with Simulator(Corpus(), account=Account(monthly_cap=100), clock=clock) as simulator:

        def ask() -> requests.Response:
            params = {"query": "lula", "max_results": "100"}
            return requests.get(simulator.base_url + SEARCH, params, headers={"Authorization": "Bearer t"}, timeout=10)

        assert ask().status_code == 200
        capped = ask()
        assert (capped.status_code, capped.json()["title"]) == (429, "UsageCapExceeded")
        assert capped.json()["type"].endswith("/usage-capped")
        assert int(capped.headers["x-rate-limit-remaining"]) > 400
        clock.advance(timedelta(days=24))
        assert ask().status_code == 200


def test_an_empty_balance_is_402_for_search_and_counts() -> None:
    """Once the credits are spent every billed request is refused; usage still answers."""
    account = Account(credits_usd=Decimal("0.05"))
    with Simulator(Corpus(), account=account, clock=ManualClock(NOW)) as simulator:

        def status(path: str, **params: str) -> tuple[int, str]:
            answer = requests.get(simulator.base_url + path, params, headers={"Authorization": "Bearer t"}, timeout=10)
            return answer.status_code, answer.json().get("title", "")

        assert status(SEARCH, query="lula") == (200, "")
        assert status(SEARCH, query="lula") == (402, "CreditsDepleted")
        assert status(COUNTS, query="lula") == (402, "CreditsDepleted")
        assert status(USAGE) == (200, "")


def test_every_request_is_in_the_ledger_without_its_token(simulator: Simulator, ask: Ask) -> None:
    """Method, path, parameters, status and instant are kept, the secret is not."""
    ask(query="lula")
    ask(query="(")
    said = [(r.at, r.method, r.path, dict(r.params), r.status) for r in simulator.ledger.requests]
    assert said == [
        (NOW, "GET", SEARCH, {"query": "lula"}, 200),
        (NOW, "GET", SEARCH, {"query": "("}, 400),
    ]
    assert "Bearer" not in repr(simulator.ledger.requests)


def test_paging_a_window_bills_each_post_once(simulator: Simulator, ask: Ask) -> None:
    """The whole window costs as many posts as it has."""
    pages = all_pages(ask, query="bolsonaro", max_results=100)
    assert simulator.ledger.posts_read() == sum(page["meta"]["result_count"] for page in pages)
