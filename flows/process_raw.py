"""process-raw: raw -> bronze."""

from prefect import flow, get_run_logger

from tasks.bronze import list_pending, load_bronze
from tasks.policy import FLOW_RETRIES, FLOW_RETRY_DELAY_SECONDS


@flow(name="process-raw", retries=FLOW_RETRIES, retry_delay_seconds=FLOW_RETRY_DELAY_SECONDS)
def process_raw(subject: str = "") -> dict[str, int]:
    """Lay every raw object that bronze does not hold yet out as bronze rows, however old it is.

    `subject` bounds it to one subject; empty takes all. Returns the number of new rows by bronze table.
    """
    objects = list_pending(subject)
    rows = load_bronze(objects) if objects else {}
    get_run_logger().info("bronze: %d raw objects, %d tweets", len(objects), rows.get("tweets", 0))
    return rows
