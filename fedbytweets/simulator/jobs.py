"""X's batch compliance: ids go up, and what became of each comes down as JSON lines.

A job is `created`, takes its ids at a signed address (15 minutes long), and is `complete` once they are there and
the set delay has gone by; its result can be read at another signed address for seven days. A test says with
`redact` what became of which ids.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal, TypeAlias

import msgspec

from fedbytweets.instants import rfc3339, to_snowflake

JobType: TypeAlias = Literal["tweets", "users"]
Reason: TypeAlias = Literal["deleted", "deactivated", "suspended", "protected", "scrub_geo"]

_UPLOAD_FOR = timedelta(minutes=15)
_DOWNLOAD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Redaction:
    """What became of a post or a user on X."""

    id: str
    action: str
    reason: str
    created_at: str


@dataclass
class Job:
    """A compliance job and the ids it was given; None until they are uploaded."""

    id: str
    type: JobType
    name: str | None
    resumable: bool
    created_at: datetime
    signature: str
    uploaded_at: datetime | None = None
    ids: list[str] = field(default_factory=list)


class Jobs:
    """All jobs of an account, and what became of posts and users."""

    def __init__(self, delay: timedelta = timedelta()) -> None:
        self.delay = delay
        self._jobs: dict[str, Job] = {}
        self._redactions: dict[str, Redaction] = {}

    def redact(self, ids: Iterable[int | str], reason: Reason, at: datetime) -> None:
        """Say what became of posts or users; `scrub_geo` is an action of its own, all others are `delete`."""
        action = "scrub_geo" if reason == "scrub_geo" else "delete"
        for each in map(str, ids):
            self._redactions[each] = Redaction(each, action, reason, rfc3339(at))

    def create(self, kind: JobType, name: str | None, resumable: bool, now: datetime) -> Job:
        """Open a job."""
        job_id = str(to_snowflake(now) + len(self._jobs))
        signature = blake2b(job_id.encode(), key=b"fedbytweets", digest_size=12).hexdigest()
        self._jobs[job_id] = Job(job_id, kind, name, resumable, now, signature)
        return self._jobs[job_id]

    def get(self, job_id: str) -> Job | None:
        """Return a job, or None if there is no such."""
        return self._jobs.get(job_id)

    def of_type(self, kind: str, status: str | None, now: datetime) -> list[Job]:
        """Return the jobs of a type, newest first, of one status if given."""
        found = [job for job in reversed(self._jobs.values()) if job.type == kind]
        return [job for job in found if status in (None, self.status(job, now))]

    def status(self, job: Job, now: datetime) -> str:
        """Return `created`, `in_progress`, `complete` or `expired`."""
        if job.uploaded_at is None:
            return "expired" if now > job.created_at + _UPLOAD_FOR else "created"
        return "complete" if now >= job.uploaded_at + self.delay else "in_progress"

    def upload(self, job: Job, signature: str, body: bytes, now: datetime) -> int:
        """Take the ids of a job, one a line, and return the HTTP status: 403 for a bad or expired address."""
        if signature != job.signature or now > job.created_at + _UPLOAD_FOR:
            return 403
        job.ids = body.decode("utf-8", "replace").split()
        job.uploaded_at = now
        return 200

    def result(self, job: Job, signature: str, now: datetime) -> bytes | None:
        """Return the result, a JSON object a line, or None for a bad, early or expired address."""
        too_late = now > job.created_at + _DOWNLOAD_FOR
        if signature != job.signature or too_late or self.status(job, now) != "complete":
            return None
        found = (self._redactions[each] for each in job.ids if each in self._redactions)
        return b"".join(msgspec.json.encode(redaction) + b"\n" for redaction in found)

    def written(self, job: Job, origin: str, now: datetime) -> dict[str, Any]:
        """Return a job as the API shows it, its addresses on this very server."""
        shown = {
            "id": job.id,
            "type": job.type,
            "status": self.status(job, now),
            "created_at": rfc3339(job.created_at),
            "resumable": job.resumable,
            "upload_url": f"{origin}/compliance/{job.id}/ids?signature={job.signature}",
            "upload_expires_at": rfc3339(job.created_at + _UPLOAD_FOR),
            "download_url": f"{origin}/compliance/{job.id}/result?signature={job.signature}",
            "download_expires_at": rfc3339(job.created_at + _DOWNLOAD_FOR),
        }
        return shown if job.name is None else {**shown, "name": job.name}
