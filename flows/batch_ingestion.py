"""batch-ingestion: the X API -> raw -> bronze -> silver, the whole way of one run."""

from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State

from fedbytweets.errors import FedByTweetsError, RunError
from flows.get_tweets import DEFAULT_SUBJECTS, BudgetOfRun, NotCollectedError, Subjects, get_tweets
from flows.naming import named
from flows.process_raw import process_raw_within
from flows.reported import reported
from flows.to_silver import silver_side_by_side
from tasks.collect import Gathering
from tasks.freshness import publish_freshness


@flow(name="batch-ingestion", flow_run_name=named("batch-ingestion"))
def batch_ingestion(subjects: Subjects = DEFAULT_SUBJECTS, budget: BudgetOfRun = None) -> dict[str, int]:
    """Collect, lay out as bronze, and merge into the three silver tables side by side; leave a report.

    `budget` can only tighten the limits of the settings: of each limit, the smaller one holds.

    What could be collected is processed even where a subject failed; the run then fails and names it. Returns the
    number of new rows by bronze table.
    """
    with reported(collects=True) as run:
        with run.step("get-tweets") as step:
            collecting: State[Any] = get_tweets(subjects, budget, return_state=True)
            step.failed = not collecting.is_completed()
        run.gathering = _gathered(collecting)
        run.failures += _failure_of(collecting)
        rows = process_raw_within(run)
        with run.failing_later():
            silver_side_by_side(run=run)
        publish_freshness()
    get_run_logger().info("done: %d new tweets in bronze", rows.get("tweets", 0))
    return rows


def _gathered(collecting: State[Any]) -> Gathering:
    """Return what was collected, also where a subject failed."""
    result = collecting.result(raise_on_failure=False)
    if isinstance(result, NotCollectedError):
        return result.gathering
    return result if isinstance(result, Gathering) else Gathering()


def _failure_of(collecting: State[Any]) -> list[FedByTweetsError]:
    """Return what failed while collecting, if anything did: it is raised once all that was collected is processed."""
    if collecting.is_completed():
        return []
    error = collecting.result(raise_on_failure=False)
    if isinstance(error, FedByTweetsError):
        return [error]
    unforeseen = RunError(f"get-tweets {collecting.name}: {collecting.message}")
    unforeseen.__cause__ = error if isinstance(error, BaseException) else None
    return [unforeseen]
