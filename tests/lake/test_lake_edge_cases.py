"""Every edge case through the units of work: raw -> bronze -> silver, as its table says.

`tests/flows` shows that the flows give the very same rows.
"""

import codecs
import gzip
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
import zstandard

from cases import CASES, FIRST, counts, only
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import BRONZE, SILVER, silver
from lakes import NOON, assert_same, contents, lake_in, lay, load_bronze, merge_silver
from tasks.bronze import list_pending
from tasks.bronze import load_bronze as load_task
from tasks.raw import import_files
from tasks.silver import merge_silver as merge_task


def _through_the_tasks(lake: Lake, file: Path, subject: str) -> dict[str, pl.DataFrame]:
    import_files.fn([str(file)], subject)
    load_task.fn(list_pending.fn(subject))
    for table in SILVER:
        merge_task.fn(table.name, rebuild=False)
    return contents(lake)


@pytest.mark.parametrize("case", CASES)
def test_an_edge_case_comes_out_as_its_table_says(lake: Lake, edge_cases: Path, case: str) -> None:
    """The rows of every table are those that the table of cases asks for."""
    CASES[case](_through_the_tasks(lake, edge_cases / f"{case}.json", "lula"))


def test_every_edge_case_has_its_line_in_the_table(edge_cases: Path) -> None:
    """A case that is added to the folder is not left out here in silence."""
    assert sorted(file.stem for file in edge_cases.iterdir()) == sorted(CASES)


def test_one_tweet_of_two_subjects_is_two_rows(lake: Lake, edge_cases: Path) -> None:
    """Tweets are unique by (id, subject), users by id alone."""
    file = edge_cases / "53_same_tweet_two_subjects.json"
    _through_the_tasks(lake, file, "bolsonaro")
    rows = _through_the_tasks(lake, file, "lula")

    assert sorted(only(rows, "silver.tweets", "id", "subject")) == [(FIRST, "bolsonaro"), (FIRST, "lula")]
    assert only(rows, "silver.users", "id") == [(11,)]


def test_an_unknown_field_is_kept_in_raw_to_the_byte(lake: Lake, edge_cases: Path) -> None:
    """What no column holds is not lost: the object's bytes are those of the file."""
    file = edge_cases / "32_unknown_fields.json"
    _through_the_tasks(lake, file, "lula")

    (raw_object,) = lake.raw.list()
    assert lake.raw.read(raw_object.key) == file.read_bytes()


PACKINGS = {
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "utf-8 with a mark": lambda body: codecs.BOM_UTF8 + body,
    "utf-16, little end first": lambda body: codecs.BOM_UTF16_LE + body.decode().encode("utf-16-le"),
    "utf-16, big end first": lambda body: codecs.BOM_UTF16_BE + body.decode().encode("utf-16-be"),
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_packed_copy_of_a_file_gives_the_same_rows(tmp_path: Path, edge_cases: Path, packing: str) -> None:
    """Told by magic number, not by name: every table but for the size and place in bytes."""
    rows = {}
    for name, pack in (("plain", bytes), ("packed", PACKINGS[packing])):
        lake = lake_in(tmp_path / name)
        for number, case in enumerate(sorted(edge_cases.iterdir())):
            if case.stat().st_size:
                lay(lake, f"lula/{case.name}", pack(case.read_bytes()), NOON + timedelta(seconds=number))
        load_bronze(lake)
        merge_silver(lake)
        rows[name] = {table: frame.drop("bytes", "byte_offset", strict=False) for table, frame in contents(lake).items()}

    assert counts(rows["plain"])["tweets"] > len(CASES) // 2
    assert_same(rows["packed"], rows["plain"])


def test_every_recorded_file_goes_through_and_nothing_of_it_is_silent(lake: Lake, recorded: Path) -> None:
    """A file ends in rows, in an api error or in quarantine; every one is entered as held."""
    import_files.fn([str(recorded)], "recorded")
    load_task.fn(list_pending.fn(""))
    for table in SILVER:
        merge_task.fn(table.name, rebuild=False)

    rows = contents(lake)
    objects = rows["bronze.raw_objects"]
    assert objects.height == len(list(recorded.iterdir()))
    silent = objects.filter((pl.col("pages") == 0) & (pl.col("quarantined") == 0))
    assert silent.is_empty()
    for table in BRONZE:
        if table.name in ("tweets", "users", "places", "api_errors"):
            assert objects[table.name].sum() == rows[table.identifier].height
    assert objects["quarantined"].sum() == rows["bronze.quarantine"].height
    keys = rows["silver.tweets"].select(silver.TWEETS.key)
    assert keys.is_unique().all()
    assert set(keys["id"]) == set(rows["bronze.tweets"]["id"].cast(pl.Int64))
