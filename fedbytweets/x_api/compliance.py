"""Ids of posts or users -> what became of them on X, through its batch compliance jobs.

tweepy opens and looks up jobs; ids go up to, and the result comes down from, addresses that X signs for a while: those
requests are ours, without the token. X runs one job of a kind at a time, and remembers ours by their name: a run that
finds one of them at work takes it up instead of submitting the ids again.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import msgspec
from pydantic import SecretStr

from fedbytweets.compliance import Event, Kind, events
from fedbytweets.errors import PassingError
from fedbytweets.instants import utc_now
from fedbytweets.x_api.answers import verdict
from fedbytweets.x_api.retries import with_retries
from fedbytweets.x_api.sending import Received, XClient
from fedbytweets.x_api.settings import CollectSettings

NAME = "fedbytweets"
"""Name of our jobs."""

_ASKED_FOR = "compliance"
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 1.0, 30.0


class Job(msgspec.Struct, frozen=True):
    """A job as X shows it; the addresses are secrets for as long as they are good for."""

    id: str
    status: Literal["created", "in_progress", "complete", "expired", "failed"]
    upload_url: str = ""
    download_url: str = ""
    name: str | None = None

    def __repr__(self) -> str:
        return f"Job({self.id!r}, {self.status!r})"


class _One(msgspec.Struct):
    data: Job


class _Many(msgspec.Struct):
    data: list[Job] = []


A = TypeVar("A", _One, _Many)


class ComplianceApi:
    """X's compliance jobs, or anything that answers like them at `settings.base_url`."""

    def __init__(
        self,
        token: SecretStr,
        settings: CollectSettings,
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare sessions; nothing is sent.

        Raises:
            CredentialsError: the token is empty or cannot be a header.

        """
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._x = XClient(token, settings)
        self._plain = self._x.sender.session_of()

    def check(self, kind: Kind, ids: Sequence[str], wait_seconds: float) -> list[Event] | None:
        """Return what became of posts or users; None where X still works on it after so many seconds.

        A failure that passes is tried again, a bounded number of times.

        Raises:
            SourceError: as the table in `fedbytweets.x_api.answers` says.

        """
        if not ids:
            return []
        job = self._unfinished(kind) or self._submitted(kind, ids)
        pause, waited = _FIRST_PAUSE_SECONDS, 0.0
        while job.status in ("created", "in_progress"):
            if waited >= wait_seconds:
                return None
            self._sleep(pause)
            waited, pause = waited + pause, min(pause * 2, _LONGEST_PAUSE_SECONDS)
            job = self._job(job.id)
        if job.status != "complete":
            raise PassingError(f"X's compliance job {job.id} for {kind} {job.status}: run again, it is submitted anew.")
        return events(self._result(job), kind, self._clock())

    def _unfinished(self, kind: Kind) -> Job | None:
        jobs = self._asked(lambda: self._x.get_compliance_jobs(kind, status="in_progress"), _Many).data
        return next((job for job in jobs if job.name == NAME), None)

    def _submitted(self, kind: Kind, ids: Sequence[str]) -> Job:
        job = self._asked(lambda: self._x.create_compliance_job(kind, name=NAME), _One).data
        body = "\n".join(ids).encode()
        self._signed("PUT", job.upload_url, data=body, headers={"content-type": "text/plain"})
        return self._job(job.id)

    def _job(self, job_id: str) -> Job:
        return self._asked(lambda: self._x.get_compliance_job(job_id), _One).data

    def _result(self, job: Job) -> bytes:
        return self._signed("GET", job.download_url)

    def _asked(self, call: Callable[[], Received], kind: type[A]) -> A:
        """Return X's answer about jobs, decoded."""

        def once() -> A:
            received = call()
            error = verdict(received.status, received.headers, received.body, _ASKED_FOR, self._clock())
            if error is not None:
                raise error
            return _decoded(received.body, kind)

        return with_retries(once, self._settings, self._clock, self._sleep)

    def _signed(self, method: str, address: str, **options: Any) -> bytes:
        """Return the answer of an address that X signed: good for a while, and another job has another one."""

        def once() -> bytes:
            received = self._x.sender.send(self._plain, _ASKED_FOR, method, _safe(address), **options)
            if not 200 <= received.status < 300:
                raise PassingError(f"X's compliance job has an address that answers {received.status}: run again.")
            return received.body

        return with_retries(once, self._settings, self._clock, self._sleep)


def _decoded(body: bytes, kind: type[A]) -> A:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise PassingError(f"X API answered about compliance jobs in an unknown shape ({error}): ask later.") from error


def _safe(address: str) -> str:
    """Return an address that X signed, if what it carries cannot be read on the way.

    Raises:
        PassingError: it goes in clear, and not to this machine.

    """
    url = urlsplit(address)
    if url.scheme == "https" or url.hostname in {"127.0.0.1", "localhost", "::1"}:
        return address
    raise PassingError("X's compliance job names an address without https://, which ids are not sent to: ask again.")
