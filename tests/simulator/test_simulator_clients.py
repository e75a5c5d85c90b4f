"""The real clients work against the stand-in: tweepy, sent to another host by its session, and X's own SDK."""

from datetime import timedelta
from typing import Any

import pytest
import requests
import tweepy
import xdk
from api_caller import NOW, all_pages
from requests.adapters import HTTPAdapter

from fedbytweets.simulator import Account, ManualClock, Simulator

_QUERY = "lula -is:reply"


class _Elsewhere(HTTPAdapter):
    """Sends what is meant for X to the stand-in."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://api.twitter.com", self._base_url)
        return super().send(request, *args, **kwargs)


@pytest.fixture
def client(simulator: Simulator) -> tweepy.Client:
    """Return tweepy's client, which gives whole responses."""
    made = tweepy.Client("any", return_type=requests.Response)
    made.session.trust_env = False
    made.session.mount("https://api.twitter.com", _Elsewhere(simulator.base_url))
    return made


def test_tweepy_reads_the_truth_page_by_page(simulator: Simulator, client: tweepy.Client) -> None:
    """Fields, expansions, a window and tokens go through `search_recent_tweets`."""
    start, end = NOW - timedelta(hours=30), NOW - timedelta(hours=1)

    def ask(**params: Any) -> requests.Response:
        return client.search_recent_tweets(
            start_time=start,
            end_time=end,
            max_results=100,
            tweet_fields=["created_at"],
            expansions="author_id",
            **params,
        )

    pages = all_pages(ask, query=_QUERY)
    truth = simulator.truth(_QUERY, start, end)
    assert [int(post["id"]) for page in pages for post in page["data"]] == sorted(truth, reverse=True)
    authors = {user["id"] for page in pages for user in page["includes"]["users"]}
    assert {post["author_id"] for page in pages for post in page["data"]} == authors


def test_tweepy_counts_and_understands_refusals(simulator: Simulator, client: tweepy.Client) -> None:
    """Counts agree with the truth, and a malformed query is tweepy's BadRequest with X's sentence."""
    counts = client.get_recent_tweets_count(_QUERY, granularity="day").json()
    truth = simulator.truth(_QUERY, NOW - timedelta(days=7), NOW - timedelta(seconds=30))
    assert counts["meta"] == {"total_tweet_count": len(truth)}
    with pytest.raises(tweepy.BadRequest, match="missing '\\)' for the parenthesis at position 1"):
        client.search_recent_tweets("(lula")


def test_the_sdk_of_x_pages_through_the_newer_dialect(simulator: Simulator) -> None:
    """Xdk's own paging finds the same posts."""
    client = xdk.Client(base_url=simulator.base_url, bearer_token="any")
    client.session.trust_env = False
    found = [
        int(post["id"])
        for page in client.posts.search_recent(
            _QUERY,
            max_results=100,
            post_fields=["created_at", "note_post"],
            expansions=["author_id", "referenced_posts"],
        )
        for post in page.model_dump()["data"]
    ]
    truth = simulator.truth(_QUERY, NOW - timedelta(days=7), NOW - timedelta(seconds=30))
    assert found == sorted(truth, reverse=True)


def test_the_sdk_of_x_reads_usage_and_makes_jobs() -> None:
    """Usage and compliance jobs answer xdk's calls, if the account speaks the newer dialect as xdk does."""
    with Simulator(account=Account(dialect="post"), clock=ManualClock(NOW)) as simulator:
        client = xdk.Client(base_url=simulator.base_url, bearer_token="any")
        client.session.trust_env = False
        assert client.usage.get().model_dump()["data"]["project_usage"] == "0"
        job = client.compliance.create_jobs({"type": "users"}).model_dump()["data"]
        assert client.compliance.get_jobs_by_id(job["id"]).model_dump()["data"]["status"] == "created"


def test_tweepy_makes_a_compliance_job_and_the_result_comes_down(simulator: Simulator, client: tweepy.Client) -> None:
    """Ids go up to the signed address, and what became of them comes down from the other."""
    simulator.jobs.redact([12], "protected", NOW)
    simulator.jobs.redact(["13"], "scrub_geo", NOW)
    job = client.create_compliance_job("tweets", name="weekly").json()["data"]
    assert requests.get(job["download_url"], timeout=5).status_code == 403
    assert requests.put(job["upload_url"], b"12\n13\n14\n", timeout=5).status_code == 200
    assert client.get_compliance_job(job["id"]).json()["data"]["status"] == "complete"
    assert requests.get(job["download_url"], timeout=5).text.splitlines() == [
        '{"id":"12","action":"delete","reason":"protected","created_at":"2026-09-07T12:00:00Z"}',
        '{"id":"13","action":"scrub_geo","reason":"scrub_geo","created_at":"2026-09-07T12:00:00Z"}',
    ]
    assert [each["name"] for each in client.get_compliance_jobs("tweets").json()["data"]] == ["weekly"]
    assert requests.put(job["upload_url"] + "0", b"12", timeout=5).status_code == 403
