"""A call that may fail in passing -> its result, after a bounded number of attempts and bounded waits."""

import random
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import tenacity

from fedbytweets.errors import PassingError, WindowSpentError
from fedbytweets.x_api.settings import CollectSettings

T = TypeVar("T")


def with_retries(
    call: Callable[[], T],
    settings: CollectSettings,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> T:
    """Return what the call returns; a passing failure is tried again, and so is a spent window that opens soon.

    Raises:
        PassingError: the attempts are used up.
        WindowSpentError: the window opens later than is waited for, or the attempts are used up.

    """
    longest = settings.max_wait_seconds
    jittered = tenacity.wait_random_exponential(settings.retry_wait_seconds, settings.retry_wait_most_seconds)

    def seconds_to(error: WindowSpentError) -> float:
        return max(0.0, (error.reset_at - clock()).total_seconds())

    def is_worth_it(error: BaseException) -> bool:
        if isinstance(error, WindowSpentError):
            return seconds_to(error) <= longest
        return isinstance(error, PassingError)

    def wait(state: tenacity.RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, WindowSpentError):
            return seconds_to(error) + random.uniform(0.1, 1.0)  # noqa: S311 - spreads subjects that wake together
        return jittered(state)

    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(is_worth_it),
        stop=tenacity.stop_after_attempt(settings.attempts),
        wait=wait,
        sleep=sleep,
        reraise=True,
    )
    return retrying(call)
