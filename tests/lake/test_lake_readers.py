"""Readers beside writers: whatever a reader sees is the whole content of one commit."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
from lakes import NOON, lake_in, lay, lines, load_bronze, merge_silver, ordered, page_of
from processes import Step, forks

from fedbytweets.lake import silver
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import silver as silver_tables

TABLE = silver_tables.TWEETS
ROUNDS = 4


def read_until(folder: str, stop: Any, seen: Any) -> None:
    """Read the table again and again until told to stop; hand over how many rows each reading had, and its digest."""
    lake = lake_in(Path(folder))
    while not stop.is_set():
        rows = lake.scan(TABLE).collect()
        assert rows.select(TABLE.key).is_unique().all()
        seen.put((rows.height, digest(rows)))
    seen.put(None)


def digest(rows: pl.DataFrame) -> str:
    """Return what tells contents apart, whatever the order of rows."""
    return hashlib.sha256(repr(ordered(rows).rows()).encode()).hexdigest()


def _write_much(lake: Lake) -> None:
    """Merge batches that insert, update and split, and make the table anew in between."""
    for number in range(1, ROUNDS):
        body = lines(page_of(range(number * 5 + 1, number * 5 + 21), name=f"v{number}", likes=number))
        lay(lake, f"lula/{number}.json", body, NOON + timedelta(hours=number))
        load_bronze(lake)
        merge_silver(lake)
        silver.rebuild(lake, TABLE)


def test_a_reader_sees_whole_commits_and_nothing_else(tmp_path: Path) -> None:
    """Never an empty, half or mixed table, during merges and while the table is made anew."""
    lake = lake_in(tmp_path, file_rows=7)
    lay(lake, "lula/0.json", lines(page_of(range(1, 21))))
    load_bronze(lake)
    merge_silver(lake)
    stop, seen = forks().Event(), forks().Queue()
    reader = Step(read_until, str(tmp_path), stop, seen)
    first = seen.get(timeout=60)

    _write_much(lake)
    stop.set()
    readings = [first, *iter(lambda: seen.get(timeout=60), None)]
    reader.finished()

    table = lake.table(TABLE)
    scans = (table.scan(snapshot_id=snapshot.snapshot_id).to_arrow() for snapshot in table.metadata.snapshots)
    committed = {(rows.height, digest(rows)) for rows in map(pl.DataFrame, scans)}
    assert set(readings) <= committed
    assert all(height >= 20 for height, _ in readings)
    assert len(set(readings)) > 1, "the reader saw one commit alone: nothing was shown"
