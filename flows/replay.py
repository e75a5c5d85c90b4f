"""replay: raw -> bronze -> silver anew, asking the API nothing."""

from datetime import date

from prefect import flow, get_run_logger

from fedbytweets.raw.keys import checked_subject
from fedbytweets.tables import BRONZE
from flows.naming import named
from flows.reported import raise_for_put_aside, reported
from flows.to_silver import silver_side_by_side
from tasks.assets import materializing, table_assets
from tasks.bronze import reload_bronze


@flow(name="replay", flow_run_name=named("replay", "subject"))
def replay(subject: str = "", since: date | None = None, until: date | None = None) -> dict[str, int]:
    """Read raw objects anew, put their rows in the place of the old in bronze, and make silver anew from bronze.

    `subject` and the days `since` and `until` (both included, UTC, of retrieval) bound what is read; empty takes all.
    Readers see the old tables until each new one is whole; a report is left. Returns rows by bronze table.
    """
    if subject:
        checked_subject(subject)
    with reported() as run:
        with run.step("replay-bronze"):
            loaded = materializing(reload_bronze, table_assets(BRONZE))(subject, since, until)
        rows = loaded.rows
        get_run_logger().info("bronze: %d raw objects read anew, %d tweets", rows["raw_objects"], rows["tweets"])
        with run.failing_later():
            raise_for_put_aside(rows, loaded.failed)
        silver_side_by_side(rebuild=True, run=run)
    return rows
