"""Every edge case through the units of work: raw -> bronze -> silver, as its table says.

`tests/flows` shows that the flows give the very same rows.
"""

import codecs
import gzip
from datetime import timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from cases import CASES, FIRST, counts, only, rows_of_case
from lakes import NOON, assert_same, contents, lake_in, lay, load_bronze, merge_silver, ordered

from fedbytweets.lake.lake import Lake
from fedbytweets.silver import latest, silver_rows
from fedbytweets.tables import BRONZE, SILVER, silver
from tasks.bronze import list_pending
from tasks.bronze import load_bronze as load_task
from tasks.raw import import_files
from tasks.silver import merge_silver as merge_task


def _through_the_tasks(lake: Lake, file: Path, subject: str) -> None:
    import_files.fn([str(file)], subject)
    load_task.fn(list_pending.fn(subject))
    for table in SILVER:
        merge_task.fn(table.name, rebuild=False)


@pytest.fixture(scope="module")
def all_cases(edge_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Return every row of a lake that took all cases through the units of work, each as a subject of its own."""
    folder = tmp_path_factory.mktemp("cases")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEDBYTWEETS_LAKE", str(folder))
        for case in CASES:
            import_files.fn([str(edge_cases / f"{case}.json")], case)
        load_task.fn(list_pending.fn(""))
        for table in SILVER:
            merge_task.fn(table.name, rebuild=False)
    return contents(lake_in(folder))


@pytest.mark.parametrize("case", CASES)
def test_an_edge_case_comes_out_as_its_table_says(all_cases: dict[str, pl.DataFrame], case: str) -> None:
    """The rows of every table are those that the table of cases asks for."""
    CASES[case](rows_of_case(all_cases, case))


def test_users_of_all_cases_are_those_last_seen(all_cases: dict[str, pl.DataFrame]) -> None:
    """One user of many cases is one row, the last of all: the law that each case was held to by itself."""
    for table in (silver.USERS, silver.PLACES):
        expected = latest(silver_rows(all_cases[f"bronze.{table.name}"], table), table)
        assert_same({"": all_cases[table.identifier]}, {"": ordered(expected)})


def test_every_edge_case_has_its_line_in_the_table(edge_cases: Path) -> None:
    """A case that is added to the folder is not left out here in silence."""
    assert sorted(file.stem for file in edge_cases.iterdir()) == sorted(CASES)


def test_one_tweet_of_two_subjects_is_two_rows(lake: Lake, edge_cases: Path) -> None:
    """Tweets are unique by (id, subject), users by id alone."""
    file = edge_cases / "53_same_tweet_two_subjects.json"
    _through_the_tasks(lake, file, "bolsonaro")
    _through_the_tasks(lake, file, "lula")
    rows = contents(lake, [silver.TWEETS, silver.USERS])

    assert sorted(only(rows, "silver.tweets", "id", "subject")) == [(FIRST, "bolsonaro"), (FIRST, "lula")]
    assert only(rows, "silver.users", "id") == [(11,)]


def test_an_unknown_field_is_kept_in_raw_to_the_byte(lake: Lake, edge_cases: Path) -> None:
    """What no column holds is not lost: the object's bytes are those of the file."""
    file = edge_cases / "32_unknown_fields.json"
    _through_the_tasks(lake, file, "lula")

    (raw_object,) = lake.raw.list()
    assert lake.raw.read(raw_object.key) == file.read_bytes()


PACKINGS = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": lambda body: pa.Codec("zstd").compress(body, asbytes=True),
    "utf-8-with-a-mark": lambda body: codecs.BOM_UTF8 + body,
    "utf-16-little-end-first": lambda body: codecs.BOM_UTF16_LE + body.decode().encode("utf-16-le"),
    "utf-16-big-end-first": lambda body: codecs.BOM_UTF16_BE + body.decode().encode("utf-16-be"),
}
OF_THE_PACKING = ("subject", "file_name", "bytes", "byte_offset")


@pytest.fixture(scope="module")
def packed(edge_cases: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Return every row of a lake with all cases in all packings, each packing as a subject of its own."""
    lake = lake_in(tmp_path_factory.mktemp("packed"))
    for subject, pack in PACKINGS.items():
        for number, case in enumerate(sorted(edge_cases.iterdir())):
            if case.stat().st_size:
                lay(lake, f"{subject}/{case.name}", pack(case.read_bytes()), NOON + timedelta(seconds=number))
    load_bronze(lake)
    merge_silver(lake)
    return contents(lake, [*BRONZE, silver.TWEETS])


@pytest.mark.parametrize("packing", [name for name in PACKINGS if name != "plain"])
def test_a_packed_copy_of_a_file_gives_the_same_rows(packed: dict[str, pl.DataFrame], packing: str) -> None:
    """Told by magic number, not by name: every table, all but the columns that name the packing itself."""
    of_subject = {
        subject: {
            table: ordered(rows.filter(pl.col("subject") == subject).drop(OF_THE_PACKING, strict=False))
            for table, rows in packed.items()
        }
        for subject in ("plain", packing)
    }

    assert counts(of_subject["plain"])["tweets"] > len(CASES) // 2
    assert_same(of_subject[packing], of_subject["plain"])


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
