"""A run and its report: whatever becomes of the run, its figures are kept and shown before it ends."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from prefect import get_run_logger
from prefect.runtime import flow_run

from fedbytweets.errors import FedByTweetsError, RunError
from fedbytweets.lake.isolation import PutAside, told_of
from tasks.report import Run, broken_promises, look_at_lake, write_report


class PutAsideError(RunError):
    """Raw objects were put aside because they made a step raise; `done` is what the step did with all others."""

    def __init__(self, message: str, done: Any) -> None:
        super().__init__(message)
        self.done = done

    def __reduce__(self) -> tuple[type["PutAsideError"], tuple[str, Any]]:
        return type(self), (str(self), self.done)


@contextmanager
def reported(*, collects: bool = False) -> Iterator[Run]:
    """Give the run something to note its figures in, and leave its report at the end, also where it fails.

    `collects` says that the run asks for what is new, so that freshness counts. A run that is killed leaves none.

    Raises:
        RunError: several things failed, or all was done, and silver breaks an expectation that is declared to fail a
            run. Of a single failure it is the failure itself that is raised.

    """
    run = Run(
        str(flow_run.get_id()),
        flow_run.get_run_count() or 1,
        flow_run.get_flow_name() or "",
        flow_run.get_name() or "",
        collects=collects,
    )
    run.before = look_at_lake()
    try:
        yield run
    except Exception as error:  # noqa: BLE001 (raised below, together with what failed before)
        run.failures.append(error)
    if run.failures:
        run.error = _together(run.failures)
        _leave_what_can_be(run)
        raise run.error
    report = write_report(run)
    if broken := broken_promises(report):
        raise RunError(broken)


def raise_for_put_aside(done: Any, failed: Sequence[PutAside]) -> None:
    """Raise for the raw objects that a step put aside, if any.

    Raises:
        PutAsideError: it names them, and holds what was done.

    """
    if failed:
        raise PutAsideError(told_of(failed), done)


def _together(failures: Sequence[Exception]) -> Exception:
    """Return several failures as one, with their exit code where they agree on it."""
    if len(failures) == 1:
        return failures[0]
    codes = {each.exit_code if isinstance(each, FedByTweetsError) else 1 for each in failures}
    both = RunError(" ".join(str(each) for each in failures), codes.pop() if len(codes) == 1 else 1)
    both.__cause__ = ExceptionGroup("run", failures)
    return both


def _leave_what_can_be(run: Run) -> None:
    """Write the report of a run that failed; should that fail too, the run's own failure is the one to be raised."""
    try:
        write_report(run)
    except Exception as error:  # noqa: BLE001 (the run's own failure follows, and matters more)
        get_run_logger().warning("the report of this run could not be written: %s", error)
