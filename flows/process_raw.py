"""process-raw: raw -> bronze."""

from prefect import flow, get_run_logger

from fedbytweets.raw.keys import checked_subject, subject_of
from fedbytweets.tables import BRONZE
from flows.naming import named
from tasks.assets import materializing, raw_assets, table_assets
from tasks.bronze import list_pending, load_bronze


@flow(
    name="process-raw",
    flow_run_name=named("process-raw", "subject"),
)
def process_raw(subject: str = "") -> dict[str, int]:
    """Lay every raw object that bronze does not hold yet out as bronze rows, however old it is.

    `subject` bounds it to one subject; empty takes all. Returns the number of new rows by bronze table.
    """
    if subject:
        checked_subject(subject)
    objects = list_pending(subject)
    load = materializing(load_bronze, table_assets(BRONZE), raw_assets(subject_of(each.key) for each in objects))
    rows = load(objects) if objects else {}
    get_run_logger().info("bronze: %d raw objects, %d tweets", len(objects), rows.get("tweets", 0))
    return rows
