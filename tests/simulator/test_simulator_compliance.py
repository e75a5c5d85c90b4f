"""Compliance jobs: their states, their signed addresses, and what is refused."""

import json
from datetime import timedelta

import pytest
from api_caller import NOW

from fedbytweets.simulator import Account, Corpus, ManualClock, Script
from fedbytweets.simulator.api import Api
from fedbytweets.simulator.asked import Asked
from fedbytweets.simulator.search import Late

JOBS = "/2/compliance/jobs"


@pytest.fixture
def api() -> Api:
    """Return an API of its own, its clock at NOW."""
    return Api(Corpus(), Account(), ManualClock(NOW), Script(), Late())


def said(api: Api, method: str, path: str, body: bytes = b"", **params: str) -> tuple[int, dict]:
    """Return status and JSON of an answer."""
    answer = api.deliver(Asked(method, path, params, "t", body)).answer
    return answer.status, json.loads(answer.body)


def test_a_job_goes_through_its_states_on_the_simulated_clock(api: Api) -> None:
    """Created, in progress after the upload, complete after the delay."""
    clock = api.clock
    assert isinstance(clock, ManualClock)
    api.jobs.delay = timedelta(minutes=20)
    _, made = said(api, "POST", JOBS, b'{"type": "tweets"}')
    job = api.jobs.get(made["data"]["id"])
    assert job
    states = [made["data"]["status"]]
    api.jobs.upload(job, job.signature, b"1\n2\n", clock.now())
    for step in (timedelta(), timedelta(minutes=20)):
        clock.advance(step)
        states.append(said(api, "GET", f"{JOBS}/{job.id}")[1]["data"]["status"])
    assert states == ["created", "in_progress", "complete"]
    assert said(api, "GET", JOBS, type="tweets", status="complete")[1]["meta"] == {"result_count": 1}
    assert said(api, "GET", JOBS, type="users") == (200, {"meta": {"result_count": 0}})


def test_an_upload_address_expires(api: Api) -> None:
    """After a quarter of an hour ids are refused and the job is expired."""
    job = api.jobs.create("users", None, False, NOW)
    late = NOW + timedelta(minutes=16)
    assert api.jobs.upload(job, job.signature, b"1", late) == 403
    assert api.jobs.status(job, late) == "expired"


def test_a_result_is_gone_after_a_week(api: Api) -> None:
    """The download address ends with its expiry."""
    job = api.jobs.create("tweets", None, False, NOW)
    api.jobs.redact([1], "deleted", NOW)
    api.jobs.upload(job, job.signature, b"1\n2", NOW)
    kept, gone = (api.jobs.result(job, job.signature, NOW + timedelta(days=days)) for days in (6, 8))
    assert kept == b'{"id":"1","action":"delete","reason":"deleted","created_at":"2026-09-07T12:00:00Z"}\n'
    assert gone is None


@pytest.mark.parametrize(
    ("method", "path", "body", "params", "status"),
    [
        ("POST", JOBS, b"{}", {}, 400),
        ("POST", JOBS, b'{"type": "lists"}', {}, 400),
        ("POST", JOBS, b'{"type": "tweets", "colour": 1}', {}, 400),
        ("POST", JOBS, b"no json", {}, 400),
        ("GET", JOBS, b"", {}, 400),
        ("GET", f"{JOBS}/12", b"", {}, 404),
    ],
)
def test_a_wrong_request_is_refused(
    api: Api, method: str, path: str, body: bytes, params: dict[str, str], status: int
) -> None:
    """A body or parameter that X would not take is a 400, an unknown job a 404."""
    assert said(api, method, path, body, **params)[0] == status
