"""import-archive: files of raw answers -> raw -> bronze -> silver."""

from prefect import flow, get_run_logger

from fedbytweets.raw.keys import checked_subject
from flows.naming import named
from flows.process_raw import process_raw_within
from flows.reported import reported
from flows.to_silver import silver_side_by_side
from tasks.assets import materializing, raw_assets
from tasks.raw import import_files


@flow(name="import-archive", flow_run_name=named("import-archive", "subject"))
def import_archive(paths: list[str], subject: str) -> dict[str, int]:
    """Take folders or files of raw answers as a subject into raw, and on to bronze and silver; leave a report.

    Files are known by their bytes: importing one again changes nothing. Returns the number of new rows by bronze table.
    """
    checked_subject(subject)
    with reported() as run:
        with run.step("archive-to-raw"):
            new, known = materializing(import_files, raw_assets([subject]))(paths, subject)
        get_run_logger().info("raw: %d files are new, %d were there already", new, known)
        rows = process_raw_within(run, subject)
        silver_side_by_side(run=run)
    return rows
