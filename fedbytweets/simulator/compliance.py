"""Asked -> Answer: the three routes of X's compliance jobs."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from fedbytweets.simulator.account import JOBS
from fedbytweets.simulator.answers import Answer, RefusalError, invalid, ok, problem
from fedbytweets.simulator.asked import Asked, check_names
from fedbytweets.simulator.dialects import Dialect
from fedbytweets.simulator.jobs import Jobs


class _NewJob(msgspec.Struct, forbid_unknown_fields=True):
    type: Literal["tweets", "users"]
    name: Annotated[str, msgspec.Meta(max_length=64)] | None = None
    resumable: bool = False


def answer(asked: Asked, jobs: Jobs, dialect: Dialect, now: datetime) -> Answer:
    """Create, list or show compliance jobs.

    Raises:
        RefusalError: X's 400 for a wrong body or parameter.

    """
    if asked.path == JOBS and asked.method == "POST":
        return _create(asked, jobs, dialect, now)
    if asked.path == JOBS and asked.method == "GET":
        return _list(asked, jobs, dialect, now)
    job = jobs.get(asked.path.removeprefix(f"{JOBS}/"))
    if job is None or asked.method != "GET":
        return problem(
            404, "Not Found Error", f"Could not find a job at {asked.path}.", dialect.problem("resource-not-found")
        )
    return ok({"data": jobs.written(job, asked.origin, now)})


def _create(asked: Asked, jobs: Jobs, dialect: Dialect, now: datetime) -> Answer:
    try:
        wish = msgspec.json.decode(asked.body, type=_NewJob)
    except msgspec.MsgspecError as error:
        raise RefusalError(invalid(dialect, ({"type": []}, f"The body is no compliance job: {error}"))) from error
    job = jobs.create(wish.type, wish.name, wish.resumable, now)
    return ok({"data": jobs.written(job, asked.origin, now)})


def _list(asked: Asked, jobs: Jobs, dialect: Dialect, now: datetime) -> Answer:
    check_names(asked.params, ("type", "status", "compliance_job.fields"), dialect)
    kind = asked.params.get("type", "")
    if kind not in {"tweets", "users"}:
        message = f"The `type` query parameter value [{kind}] is not one of [tweets,users]"
        raise RefusalError(invalid(dialect, ({"type": [kind]}, message)))
    found = [jobs.written(job, asked.origin, now) for job in jobs.of_type(kind, asked.params.get("status"), now)]
    return ok({"data": found, "meta": {"result_count": len(found)}} if found else {"meta": {"result_count": 0}})
