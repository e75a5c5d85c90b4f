"""Exactly once: killed at random points of the whole way raw -> bronze -> silver, the lake ends as a clean run's."""

import os
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from lakes import NOON, assert_same, contents, lake_in, lay, load_bronze, merge_silver
from processes import Step, kill_until_done

from fedbytweets.simulator.raw_files import write_raw_files
from fedbytweets.tables import SILVER

ROUNDS = 2


def whole_run(lake_folder: str, files: Sequence[str]) -> None:
    """Store raw files, take them into bronze and silver, in rounds: what a run does that is killed here."""
    lake = lake_in(Path(lake_folder))
    for number in range(ROUNDS):
        for file in files[number::ROUNDS]:
            key = f"lula/{Path(file).name}"
            if not lake.raw.exists(key):
                lay(lake, key, Path(file).read_bytes(), NOON + timedelta(hours=files.index(file)))
        load_bronze(lake)
        merge_silver(lake)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return raw files: the tweets of the first come again in the second, which is cut short."""
    folder = tmp_path_factory.mktemp("files")
    paths = write_raw_files(folder, tweets=200, per_file=100, seed=7)
    paths[1].write_bytes(paths[1].read_bytes() + paths[0].read_bytes() + b'{"data": [{"id": "1850')
    return [str(path) for path in paths]


def _kills(files: list[str], folder: Path, wanted: int) -> int:
    """Kill runs until so many were killed at work; after each that got through compare with a clean run."""
    seed = int(os.environ.get("KILL_SEED", Random().randrange(2**32)))
    print(f"KILL_SEED={seed} repeats this sequence of delays")  # noqa: T201 (pytest shows it where the test fails)
    random = Random(seed)
    Step(whole_run, str(folder / "warm"), files).finished()
    span = Step(whole_run, str(folder / "clean"), files).finished()
    clean = contents(lake_in(folder / "clean"))
    kills, lakes = 0, 0
    while kills < wanted:
        lakes += 1
        kills += kill_until_done(whole_run, (str(folder / f"killed-{lakes}"), files), span, random)
        assert_same(contents(lake_in(folder / f"killed-{lakes}")), clean)
    return kills


@pytest.mark.long
@pytest.mark.timeout(900)  # half a minute on an idle machine; its kills wait for the machine as everything does
def test_kills_at_random_points_leave_no_trace(files: list[str], tmp_path: Path) -> None:
    """Every table, every column, row for row as a run that nobody killed."""
    assert _kills(files, tmp_path, wanted=8) >= 8


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_three_hundred_kills_at_random_points_leave_no_trace(files: list[str], tmp_path: Path) -> None:
    """The same, for long."""
    assert _kills(files, tmp_path, wanted=300) >= 300


def test_a_clean_run_holds_what_the_files_hold(files: list[str], tmp_path: Path) -> None:
    """What the killed runs are compared with is not empty: 300 rows of 200 tweets, and a page cut short."""
    whole_run(str(tmp_path), files)
    rows = contents(lake_in(tmp_path))
    assert rows["silver.tweets"].height == 200
    assert rows["bronze.tweets"].height == 300
    assert rows["bronze.quarantine"]["kind"].to_list() == ["truncated"]
    assert all(rows[table.identifier].height for table in SILVER)
