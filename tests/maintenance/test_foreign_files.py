"""What lies in a table's folder and is not Iceberg's."""

import os

from lakes import lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance import UpkeepSettings, maintain_table
from fedbytweets.tables import silver


def test_files_of_another_hand_in_a_tables_folder_are_left_alone(lake: Lake) -> None:
    """A lake laid over the replaced system's bucket keeps that system's Parquet files, however old they are."""
    lay(lake, "lula/1.json", lines(page_of([1])))
    load_bronze(lake)
    merge_silver(lake)
    folder = lake.location.path("silver", "tweets")
    foreign, orphan = f"{folder}/old.parquet", f"{folder}/data/orphan.parquet"
    for path in (foreign, orphan):
        with open(path, "wb") as file:  # noqa: PTH123 (the lake's paths are texts)
            file.write(b"old")
        os.utime(path, (0, 0))
    done = maintain_table(lake, silver.TWEETS, UpkeepSettings(), dry_run=False)
    assert (os.path.exists(foreign), os.path.exists(orphan)) == (True, False)  # noqa: PTH110
    assert done.removed_files == 1
