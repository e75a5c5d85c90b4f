"""Replay: raw read anew gives the lake of a clean load, in parts or whole, and whatever kills it."""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import polars as pl
import pytest
from lakes import NOON, append, assert_same, contents, lake_in, lay, lines, load_bronze, merge_silver, page_of, rows_of
from processes import Step

from fedbytweets.lake.lake import Lake
from fedbytweets.tables import SILVER
from tasks.bronze import reload_bronze
from tasks.silver import merge_silver as merge_task


def _lay_all(lake: Lake) -> None:
    """Store an object a day for two subjects, four days; each repeats half of the day before."""
    for day in range(4):
        for subject in ("bolsonaro", "lula"):
            body = lines(page_of(range(day * 10 + 1, day * 10 + 21), name=f"{subject} {day}"), {"data": [{"id": 1.5}]})
            lay(lake, f"{subject}/{day}.json", body, NOON + timedelta(days=day))


@pytest.fixture
def clean(tmp_path: Path) -> dict[str, pl.DataFrame]:
    """Return the contents of a lake that took all objects once."""
    lake = lake_in(tmp_path / "clean")
    _lay_all(lake)
    load_bronze(lake)
    merge_silver(lake)
    return contents(lake)


@pytest.fixture
def mistaken(lake: Lake) -> Lake:
    """Return a lake whose bronze was written by a parser that read every text and name wrong, and silver from it."""
    _lay_all(lake)
    rows = rows_of(lake, lake.raw.list())
    rows["tweets"] = rows["tweets"].with_columns(text=pl.lit("?"))
    rows["users"] = rows["users"].with_columns(name=pl.lit("?"))
    append(lake, rows)
    merge_silver(lake)
    return lake


def replayed(subject: str = "", since: date | None = None, until: date | None = None) -> None:
    """Do what the flow `replay` does, without the flow."""
    reload_bronze.fn(subject, since, until)
    for table in SILVER:
        merge_task.fn(table.name, rebuild=True)


def test_a_replay_of_all_gives_the_lake_of_a_clean_load(mistaken: Lake, clean: dict[str, pl.DataFrame]) -> None:
    """Every table, every column, times of retrieval included."""
    assert (contents(mistaken)["silver.tweets"]["text"] == "?").all()
    replayed()
    assert_same(contents(mistaken), clean)


def test_a_replay_of_a_whole_lake_changes_no_row(lake: Lake, clean: dict[str, pl.DataFrame]) -> None:
    """Also when it is done twice."""
    _lay_all(lake)
    load_bronze(lake)
    merge_silver(lake)
    replayed()
    replayed()
    assert_same(contents(lake), clean)


PARTS = {
    "one subject": (("lula", None, None), pl.col("file_name").str.starts_with("lula/")),
    "a span of days": (("", date(2026, 1, 3), date(2026, 1, 4)), pl.col("file_name").str.contains(r"/[12]\.json")),
    "all from a day": (("", date(2026, 1, 4), None), pl.col("file_name").str.contains(r"/[23]\.json")),
    "a subject to a day": (("lula", None, date(2026, 1, 2)), pl.col("file_name") == "lula/0.json"),
}


@pytest.mark.parametrize("part", PARTS)
def test_a_replay_of_a_part_mends_that_part_alone(mistaken: Lake, clean: dict[str, pl.DataFrame], part: str) -> None:
    """Rows of the objects in it are those of a clean load; all others are untouched."""
    arguments, within = PARTS[part]
    before = contents(mistaken)
    replayed(*arguments)
    after = contents(mistaken)

    for table in ("bronze.tweets", "bronze.users", "bronze.places", "bronze.quarantine", "bronze.raw_objects"):
        assert_same({table: after[table].filter(within)}, {table: clean[table].filter(within)})
        assert_same({table: after[table].filter(~within)}, {table: before[table].filter(~within)})
    wanted = clean["silver.tweets"].with_columns(text=pl.when(within).then("text").otherwise(pl.lit("?")))
    assert after["silver.tweets"].sort("id", "subject").rows() == wanted.sort("id", "subject").rows()


def test_a_replay_of_nothing_is_no_failure(lake: Lake) -> None:
    """An empty lake, or a span without an object, gives no rows and no error."""
    assert set(reload_bronze.fn("", None, None).rows.values()) == {0}
    assert set(reload_bronze.fn("lula", date(2020, 1, 1), date(2020, 1, 2)).rows.values()) == {0}


def replay_in(folder: str) -> None:
    """Replay a lake, in a process that may be killed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEDBYTWEETS_LAKE", folder)
        replayed()


def test_a_killed_replay_leaves_a_whole_lake_and_the_next_completes_it(
    mistaken: Lake, clean: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    """At every kill each table holds each row once, old or new; a replay that gets through ends as a clean load."""
    folder = str(tmp_path / "lake")
    random = Random(20260102)
    span = Step(replay_in, folder).finished()
    kills = 0
    while kills < 4:
        kills += Step(replay_in, folder).killed_after(random.uniform(0.05, 0.8) * span)
        for name, rows in contents(mistaken).items():
            places = [column for column in ("id", "file_name", "page", "page_row", "line") if column in rows.columns]
            assert rows.select(places).rows() == clean[name].select(places).rows()
    replayed()
    assert_same(contents(mistaken), clean)
