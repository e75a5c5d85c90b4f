"""process-raw: raw -> bronze."""

from prefect import flow, get_run_logger

from fedbytweets.raw.keys import checked_subject, subject_of
from fedbytweets.tables import BRONZE
from flows.naming import named
from flows.reported import PutAsideError, raise_for_put_aside
from tasks.assets import materializing, raw_assets, table_assets
from tasks.bronze import list_pending, load_bronze
from tasks.report import Run


@flow(name="process-raw", flow_run_name=named("process-raw", "subject"))
def process_raw(subject: str = "") -> dict[str, int]:
    """Lay every raw object that bronze does not hold yet out as bronze rows, however old it is.

    `subject` bounds it to one subject; empty takes all. Returns the number of new rows by bronze table. A raw object
    that makes a step raise is put into quarantine and stops no other; the run then fails and names it.
    """
    if subject:
        checked_subject(subject)
    objects = list_pending(subject)
    if not objects:
        return {}
    load = materializing(load_bronze, table_assets(BRONZE), raw_assets(subject_of(each.key) for each in objects))
    appended = load(objects)
    get_run_logger().info("bronze: %d raw objects, %d tweets", len(objects), appended.rows.get("tweets", 0))
    raise_for_put_aside(appended.rows, appended.failed)
    return appended.rows


def process_raw_within(run: Run, subject: str = "") -> dict[str, int]:
    """Run process-raw as a step of a run, which goes on where raw objects were put aside, and fails at its end."""
    try:
        with run.step("process-raw"):
            return process_raw(subject)
    except PutAsideError as error:
        run.failures.append(error)
        rows: dict[str, int] = error.done
        return rows
