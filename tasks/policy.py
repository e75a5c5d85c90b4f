"""Which failures are worth another try, and when: the one place that says so for every task and flow."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from fedbytweets.errors import ConflictError, PassingError, UnavailableError
from fedbytweets.lake.faults import telling
from tasks.logs import make_logs_safe

make_logs_safe()  # here, as every process that runs a flow imports this: a command's, a worker's, one of `serve`

RETRYABLE = (PassingError, UnavailableError, ConflictError)
"""Failures that can pass; every other one would be met again, and fails at once."""

RETRY_DELAYS_SECONDS = (2, 5, 10, 30, 60)

P = ParamSpec("P")
R = TypeVar("R")


def unit(name: str, run_name: str | None = None) -> Callable[[Callable[P, R]], Task[P, R]]:
    """Return the decorator that makes a function a task under this policy; `run_name` may hold its parameters.

    What fails below the lake comes out of the task as a `LakeError`.
    """
    policy = task(
        name=name,
        task_run_name=run_name,
        retries=len(RETRY_DELAYS_SECONDS),
        retry_delay_seconds=list(RETRY_DELAYS_SECONDS),
        retry_condition_fn=worth_a_retry,
        cache_policy=NO_CACHE,
    )
    return lambda step: policy(telling(step))


def worth_a_retry(_task: Task[Any, Any], _task_run: TaskRun, state: State[Any]) -> bool:
    """Say whether a failed task may go better the next time."""
    return isinstance(state.result(raise_on_failure=False), RETRYABLE)
