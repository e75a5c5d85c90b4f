"""X's compliance jobs, spoken to over HTTP, on the stand-in of the API."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from fedbytweets.compliance import Event
from fedbytweets.errors import CredentialsError
from fedbytweets.simulator import Account, Fault, FaultKind, ManualClock, Script, Simulator
from fedbytweets.x_api import CollectSettings
from fedbytweets.x_api.compliance import NAME, ComplianceApi

TOKEN = "a-token"
AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
JOBS = "/2/compliance/jobs"


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """Run a stand-in whose clock moves only when somebody waits."""
    with Simulator(account=Account(token=TOKEN), clock=ManualClock()) as running:
        yield running


def _api(simulator: Simulator, token: str = TOKEN, on_sleep: Callable[[], None] = lambda: None) -> ComplianceApi:
    clock = simulator.clock
    assert isinstance(clock, ManualClock)

    def sleep(seconds: float) -> None:
        clock.advance(timedelta(seconds=seconds))
        on_sleep()

    settings = CollectSettings(base_url=simulator.base_url, retry_wait_seconds=0.1)
    return ComplianceApi(SecretStr(token), settings, clock.now, sleep)


def test_what_became_of_posts_comes_back_as_events(simulator: Simulator) -> None:
    """Ids that are as they were are not named."""
    simulator.jobs.redact([11], "deleted", AT)
    simulator.jobs.redact([12], "scrub_geo", AT)

    found = _api(simulator).check("tweets", ["10", "11", "12"], 60)

    assert found == [
        Event("11", "tweets", "delete", "deleted", AT),
        Event("12", "tweets", "scrub_geo", "scrub_geo", AT),
    ]


def test_nothing_to_ask_about_asks_nothing(simulator: Simulator) -> None:
    """An empty lake opens no job."""
    assert _api(simulator).check("users", [], 60) == []
    assert simulator.ledger.requests == []


def test_a_job_that_takes_longer_is_taken_up_by_the_next_run(simulator: Simulator) -> None:
    """The ids are not submitted again; X would refuse a second job at once."""
    simulator.jobs.redact([71], "suspended", AT)
    simulator.jobs.delay = timedelta(seconds=100)
    assert _api(simulator).check("users", ["70", "71"], 20) is None

    found = _api(simulator).check("users", ["70", "71", "72"], 200)

    assert found == [Event("71", "users", "delete", "suspended", AT)]
    assert [job.ids for job in simulator.jobs.of_type("users", None, simulator.clock.now())] == [["70", "71"]]


def test_a_job_of_another_program_is_left_alone(simulator: Simulator) -> None:
    """Only a job of our name is taken up."""
    simulator.jobs.delay = timedelta(seconds=5)
    other = simulator.jobs.create("tweets", "somebody else's", resumable=False, now=simulator.clock.now())
    simulator.jobs.upload(other, other.signature, b"99", simulator.clock.now())

    assert _api(simulator).check("tweets", ["10"], 60) == []
    assert {job.name for job in simulator.jobs.of_type("tweets", None, simulator.clock.now())} == {
        NAME,
        "somebody else's",
    }


@pytest.mark.parametrize("kind", [FaultKind.UNAVAILABLE, FaultKind.RESET, FaultKind.TRUNCATED, FaultKind.HTML])
def test_a_failure_that_passes_is_tried_again(simulator: Simulator, kind: FaultKind) -> None:
    """One bad answer to the first question does not lose the job."""
    simulator.jobs.redact([11], "deleted", AT)
    simulator.faults = Script([Fault(kind)])

    assert _api(simulator).check("tweets", ["11"], 60) == [Event("11", "tweets", "delete", "deleted", AT)]


def test_a_bad_token_is_said_at_once(simulator: Simulator) -> None:
    """It is asked once."""
    with pytest.raises(CredentialsError, match="set a valid bearer token"):
        _api(simulator, "wrong").check("tweets", ["11"], 60)
    assert len(simulator.ledger.requests) == 1


def test_the_signed_addresses_get_no_token(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The upload and the download carry what X signed, and nothing of ours."""
    seen: list[dict[str, str]] = []
    import requests

    sent = requests.Session.send

    def noted(self: requests.Session, request: requests.PreparedRequest, **options: object) -> requests.Response:
        if "/compliance/" in str(request.url) and JOBS not in str(request.url):
            seen.append(dict(request.headers))
        return sent(self, request, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(requests.Session, "send", noted)
    _api(simulator).check("tweets", ["11"], 60)

    assert len(seen) == 2
    assert not any("authorization" in {name.lower() for name in headers} for headers in seen)
