"""A call -> its result, within a total time.

Timeouts of sockets bound each silence, not the whole: an answer that drips, or a name that never resolves, would
hold a run for hours. A thread that is left behind ends with its own socket's timeout, and never holds the exit.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, call: Callable[[], T], late: Exception) -> T:
    """Return what the call returns, or raise what it raises; raise `late` when it takes longer."""
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True, name="x-api-request").start()
    wait([answer], timeout=seconds)
    if not answer.done():
        raise late
    return answer.result()
