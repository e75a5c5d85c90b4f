"""Beyond one process: parts done by workers give the same lake, whichever of them dies."""

import os
import pickle
import signal
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from lakes import NOON, assert_same, contents, lake_in, lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.errors import LakeError, SettingsError
from fedbytweets.lake import silver
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.parts import Part, append_parts, lay_out
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.lake.spread import Processes, Threads
from fedbytweets.tables import SILVER
from tasks.bronze import list_pending, reload_bronze
from tasks.bronze import load_bronze as load_task
from tasks.silver import merge_silver as merge_task
from tasks.workers import workers


def _lay_all(lake: Lake) -> None:
    """Store six objects; each repeats half of the one before, later, with a page that breaks."""
    for hour in range(6):
        body = lines(
            page_of(range(hour * 50 + 1, hour * 50 + 101), name=f"n{hour}", likes=hour), {"data": [{"id": 1.5}]}
        )
        lay(lake, f"lula/{hour}.json", body, NOON + timedelta(hours=hour))


@pytest.fixture
def pieces(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Return a lake of six raw objects, cut so finely that each is a part of its own at every step."""
    _lay_all(lake)
    monkeypatch.setattr("fedbytweets.lake.silver._AT_ONCE_BYTES", 1)
    monkeypatch.setattr("fedbytweets.lake.load.chunks", lambda objects, _: [[each] for each in objects])
    return lake


@pytest.fixture
def clean(tmp_path: Path) -> Lake:
    """Return a lake that took the same objects at once."""
    lake = lake_in(tmp_path / "clean")
    _lay_all(lake)
    load_bronze(lake)
    merge_silver(lake)
    return lake


def lay_out_or_die(lake: Lake, objects: Sequence[RawObject], *, grave: str, times: int) -> Part:
    """Lay objects out; at the fourth object die, by SIGKILL, when all its files are written, so many times."""
    part = lay_out(lake, objects)
    deaths = len(list(Path(grave).iterdir()))
    if objects[0].key == "lula/3.json" and deaths < times:
        (Path(grave) / str(deaths)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return part


def test_a_part_survives_the_way_between_processes(pieces: Lake) -> None:
    """What a worker wrote is committed from what its result says after pickling."""
    part = pickle.loads(pickle.dumps(lay_out(pieces, pieces.raw.list())))
    assert append_parts(pieces, [part])["tweets"] == 600
    assert append_parts(pieces, [part])["tweets"] == 0


def test_parts_of_which_bronze_holds_some_bring_the_rest_alone(pieces: Lake, clean: Lake) -> None:
    """Two objects came by another run while three parts of three objects each were on their way."""
    objects = pieces.raw.list()
    whole = [lay_out(pieces, objects[:3]), lay_out(pieces, objects[3:])]
    append_parts(pieces, [lay_out(pieces, objects[2:4])])
    assert append_parts(pieces, whole)["tweets"] == 400
    merge_silver(pieces)
    assert_same(contents(pieces), contents(clean))


@pytest.mark.long
def test_two_worker_processes_one_killed_midway_give_the_same_rows(pieces: Lake, clean: Lake, tmp_path: Path) -> None:
    """The part of the dead one is done again; what it had written before is in no table."""
    (tmp_path / "grave").mkdir()
    work = partial(lay_out_or_die, grave=str(tmp_path / "grave"), times=1)
    parts = list(Processes(pieces.settings, 2)(work, [[each] for each in pieces.raw.list()]))
    assert [file.name for file in (tmp_path / "grave").iterdir()] == ["0"]
    append_parts(pieces, parts)
    for table in SILVER:
        silver.rebuild(pieces, table, Threads(pieces, 2))
    assert_same(contents(pieces), contents(clean))


@pytest.mark.soak
def test_workers_that_die_every_time_are_given_up_with_nothing_visible(pieces: Lake, tmp_path: Path) -> None:
    """The message says what to change."""
    (tmp_path / "grave").mkdir()
    work = partial(lay_out_or_die, grave=str(tmp_path / "grave"), times=99)
    with pytest.raises(LakeError, match=r"Workers died 4 times over.*FEDBYTWEETS_WORKERS"):
        list(Processes(pieces.settings, 1)(work, [[each] for each in pieces.raw.list()[2:4]]))
    assert all(rows.is_empty() for rows in contents(pieces).values())


@pytest.mark.parametrize("who", ["threads:1", "threads:3", pytest.param("processes:2", marks=pytest.mark.soak)])
def test_load_replay_and_rebuild_come_out_alike_whoever_works(
    pieces: Lake, clean: Lake, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    """The tasks of the flows, under each value of the one setting: every table, every column."""
    monkeypatch.setenv("FEDBYTWEETS_WORKERS", who)
    load_task.fn(list_pending.fn(""))
    for table in SILVER:
        merge_task.fn(table.name, rebuild=False)
    assert_same(contents(pieces), contents(clean))
    reload_bronze.fn("", None, None)
    merge_task.fn("users", rebuild=True)
    assert_same(contents(pieces), contents(clean))


@pytest.mark.parametrize("who", ["fibres", "processes:0", "threads:x"])
def test_a_setting_that_names_no_workers_is_refused(lake: Lake, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    """By its name, before any work."""
    monkeypatch.setenv("FEDBYTWEETS_WORKERS", who)
    with pytest.raises(SettingsError, match="FEDBYTWEETS_WORKERS"):
        workers(lake)
