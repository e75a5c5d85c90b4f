"""A run and its report: whatever becomes of the run, its figures are kept and shown before it ends."""

from collections.abc import Iterator
from contextlib import contextmanager

from prefect import get_run_logger
from prefect.runtime import flow_run

from fedbytweets.errors import RunError
from tasks.report import Run, broken_promises, look_at_lake, write_report


@contextmanager
def reported(*, collects: bool = False) -> Iterator[Run]:
    """Give the run something to note its figures in, and leave its report at the end, also where it fails.

    `collects` says that the run asks for what is new, so that freshness counts. A run that is killed leaves none.

    Raises:
        RunError: all was done, and silver breaks an expectation that is declared to fail a run.

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
    except Exception as error:
        run.error = error
        _leave_what_can_be(run)
        raise
    report = write_report(run)
    if broken := broken_promises(report):
        raise RunError(broken)


def _leave_what_can_be(run: Run) -> None:
    """Write the report of a run that failed; should that fail too, the run's own failure is the one to be raised."""
    try:
        write_report(run)
    except Exception as error:  # noqa: BLE001 (the run's own failure follows, and matters more)
        get_run_logger().warning("the report of this run could not be written: %s", error)
