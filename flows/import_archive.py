"""import-archive: files of raw answers -> raw -> bronze -> silver."""

from prefect import flow, get_run_logger

from flows.process_raw import process_raw
from flows.to_silver import silver_side_by_side
from tasks.raw import import_files


@flow(name="import-archive")
def import_archive(paths: list[str], subject: str) -> dict[str, int]:
    """Take folders or files of raw answers as a subject into raw, and on to bronze and silver.

    Files are known by their bytes: importing one again changes nothing. Returns the number of new rows by bronze table.
    """
    new, known = import_files(paths, subject)
    get_run_logger().info("raw: %d files are new, %d were there already", new, known)
    rows = process_raw(subject)
    silver_side_by_side()
    return rows
