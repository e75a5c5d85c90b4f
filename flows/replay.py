"""replay: raw -> bronze -> silver anew, asking the API nothing."""

from datetime import date

from prefect import flow, get_run_logger

from flows.to_silver import silver_side_by_side
from tasks.bronze import reload_bronze


@flow(name="replay")
def replay(subject: str = "", since: date | None = None, until: date | None = None) -> dict[str, int]:
    """Read raw objects anew, put their rows in the place of the old in bronze, and make silver anew from bronze.

    `subject` and the days `since` and `until` (both included, UTC, of retrieval) bound what is read; empty takes all.
    Readers see the old tables until each new one is whole. Returns the number of rows by bronze table.
    """
    rows = reload_bronze(subject, since, until)
    get_run_logger().info("bronze: %d raw objects read anew, %d tweets", rows["raw_objects"], rows["tweets"])
    silver_side_by_side(rebuild=True)
    return rows
