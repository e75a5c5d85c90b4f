"""batch-ingestion: the X API -> raw -> bronze -> silver, the whole way of one run."""

from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State

from fedbytweets.errors import FedByTweetsError, RunError
from flows.get_tweets import DEFAULT_SUBJECTS, BudgetOfRun, Subjects, get_tweets
from flows.process_raw import process_raw
from flows.to_silver import silver_side_by_side
from tasks.freshness import publish_freshness


@flow(name="batch-ingestion")
def batch_ingestion(subjects: Subjects = DEFAULT_SUBJECTS, budget: BudgetOfRun = None) -> dict[str, int]:
    """Collect, lay out as bronze, and merge into the three silver tables side by side.

    What could be collected is processed even where a subject failed; the run then fails and names it. Returns the
    number of new rows by bronze table.
    """
    collecting: State[Any] = get_tweets(subjects, budget, return_state=True)
    rows = process_raw()
    silver_side_by_side()
    publish_freshness()
    _raise_for(collecting)
    get_run_logger().info("done: %d new tweets in bronze", rows.get("tweets", 0))
    return rows


def _raise_for(collecting: State[Any]) -> None:
    """Raise what failed while collecting, now that all that was collected is processed."""
    if collecting.is_completed():
        return
    error = collecting.result(raise_on_failure=False)
    if isinstance(error, FedByTweetsError):
        raise error
    raise RunError(f"get-tweets {collecting.name}: {collecting.message}") from (
        error if isinstance(error, BaseException) else None
    )
