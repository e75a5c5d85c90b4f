"""Beyond one process, the Dask way: two real workers on this machine give the same tables, also when one is killed."""

import os
import signal
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from lakes import NOON, assert_same, contents, lake_in, lay, lines, load_bronze, merge_silver, page_of
from prefect import flow

from fedbytweets.lake import silver
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.parts import Part, append_parts, lay_out
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.settings import lake_settings
from fedbytweets.tables import SILVER
from tasks.workers import workers

pytestmark = [pytest.mark.flow, pytest.mark.soak, pytest.mark.usefixtures("prefect_api")]
OBJECTS = 6


def lay_out_or_die(lake: Lake, objects: Sequence[RawObject], *, graves: str) -> Part:
    """Lay objects out and leave the worker's number; die by SIGKILL, once, with all files of the fourth written."""
    part = lay_out(lake, objects)
    grave = Path(graves) / "died"
    if objects[0].key == "lula/3.json" and not grave.exists():
        grave.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    (Path(graves) / f"{objects[0].key.partition('/')[2]}.done").write_text(str(os.getpid()))
    return part


@flow
def fill_by_dask(graves: str) -> None:
    """Lay out each raw object of the lake as a part of its own, commit them, and make silver anew."""
    lake = open_lake(lake_settings())
    work = partial(lay_out_or_die, graves=graves)
    append_parts(lake, list(workers(lake)(work, [[each] for each in lake.raw.list()])))
    for table in SILVER:
        silver.rebuild(lake, table, workers(lake))


def _filled(lake: Lake) -> Lake:
    for hour in range(OBJECTS):
        body = lines(
            page_of(range(hour * 50 + 1, hour * 50 + 101), name=f"n{hour}", likes=hour), {"data": [{"id": 1.5}]}
        )
        lay(lake, f"lula/{hour}.json", body, NOON + timedelta(hours=hour))
    return lake


def test_two_dask_workers_one_killed_midway_give_the_same_rows(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of the processes that did the parts is this one; every table is that of one process."""
    monkeypatch.setenv("FEDBYTWEETS_WORKERS", "dask:2")
    monkeypatch.setattr("fedbytweets.lake.silver._AT_ONCE_BYTES", 1)  # each raw object's rows are a part of the sort
    (tmp_path / "graves").mkdir()

    _filled(lake)
    fill_by_dask(str(tmp_path / "graves"))

    graves = {path.name: int(path.read_text()) for path in (tmp_path / "graves").iterdir()}
    assert len(graves) == OBJECTS + 1
    assert os.getpid() not in graves.values()
    assert graves["died"] != graves["3.json.done"]
    clean = _filled(lake_in(tmp_path / "clean"))
    load_bronze(clean)
    merge_silver(clean)
    assert_same(contents(lake), contents(clean))
