"""Overlap: runs at once over one lake lose nothing, double nothing and end; and it is the guard that sees to it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from lakes import NOON, append, assert_same, contents, lake_in, lay, lines, load_bronze, merge_silver, page_of, rows_of
from processes import Step, forks
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import Transaction

from fedbytweets.lake import commit, silver
from fedbytweets.lake.lake import Lake
from fedbytweets.raw.lineage import Lineage
from fedbytweets.tables import BRONZE
from fedbytweets.tables import bronze as bronze_tables
from fedbytweets.tables import silver as silver_tables

OBJECTS = 3


def run_at_the_gate(folder: str, gate: "threading.Barrier") -> None:
    """Take what is pending into bronze and silver, object by object, from the moment all others are there too."""
    lake = lake_in(Path(folder))
    gate.wait()
    load_bronze(lake, chunk_bytes=1)
    merge_silver(lake)


def _filled(folder: Path) -> Lake:
    lake = lake_in(folder)
    for number in range(OBJECTS):
        body = lines(page_of(range(number * 10 + 1, number * 10 + 21), name=f"v{number}"))
        lay(lake, f"lula/{number}.json", body, NOON + timedelta(hours=number))
    return lake


@pytest.mark.parametrize("processes", [2, 5])
def test_runs_at_once_over_a_new_lake_end_as_one_run_would(tmp_path: Path, processes: int) -> None:
    """No lost update, no duplicate, no deadlock, and no failed run; the tables themselves are made in the race too."""
    lake = _filled(tmp_path / "raced")
    gate = forks().Barrier(processes)

    runs = [Step(run_at_the_gate, str(tmp_path / "raced"), gate) for _ in range(processes)]
    for run in runs:
        run.finished()

    alone = _filled(tmp_path / "alone")
    load_bronze(alone)
    merge_silver(alone)
    assert_same(contents(lake), contents(alone))


class Meeting:
    """Two writers that have both computed their change meet here before either commits it; once."""

    def __init__(self) -> None:
        self._both = threading.Barrier(2)
        self._met: set[int] = set()
        self._real = commit.guarded

    @contextmanager
    def guarded(self, table: IcebergTable) -> Iterator[Transaction]:
        """Commit as the lake does, after the first meeting of both writers."""
        with self._real(table) as transaction:
            yield transaction
            if threading.get_ident() not in self._met:
                self._met.add(threading.get_ident())
                self._both.wait(30)


def _both_at_once(step: Callable[[], object]) -> None:
    """Do a step in two threads; what one of them raises is raised here."""
    with ThreadPoolExecutor(2) as pool:
        for writer in [pool.submit(step), pool.submit(step)]:
            writer.result(60)


def _tweets_of(lake: Lake) -> int:
    return lake.scan(bronze_tables.TWEETS).collect().height


@pytest.fixture
def two_writers(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Return a lake with one raw object, whose writers meet before they commit to bronze."""
    lay(lake, "lula/1.json", lines(page_of(range(1, 11))))
    lake.table(bronze_tables.TWEETS)
    monkeypatch.setattr(commit, "guarded", Meeting().guarded)
    return lake


def _append_tweets(lake: Lake) -> None:
    rows = rows_of(lake, lake.raw.list())
    append(lake, {table.name: table.frame() for table in BRONZE} | {"tweets": rows["tweets"]})


def test_of_two_appends_computed_from_one_state_one_is_done_again(two_writers: Lake) -> None:
    """The later one sees the rows of the first and adds none."""
    _both_at_once(lambda: _append_tweets(two_writers))

    assert _tweets_of(two_writers) == 10


def test_without_the_guard_the_same_race_doubles_rows(two_writers: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """The race is real, and the guard is what holds it: this is what pyiceberg does by itself."""
    monkeypatch.setattr(commit, "_refuse", lambda: None)

    _both_at_once(lambda: _append_tweets(two_writers))

    assert _tweets_of(two_writers) == 20


@pytest.mark.parametrize("guard", [True, False])
def test_two_merges_computed_from_one_state_double_rows_only_without_the_guard(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, guard: bool
) -> None:
    """Silver's merge into an empty table is an append too, and raced in the same way."""
    lay(lake, "lula/1.json", lines(page_of(range(1, 11))))
    load_bronze(lake)
    lake.table(silver_tables.TWEETS)
    if not guard:
        monkeypatch.setattr(commit, "_refuse", lambda: None)
    monkeypatch.setattr(commit, "guarded", Meeting().guarded)

    _both_at_once(lambda: silver.merge_new(lake, silver_tables.TWEETS))

    assert lake.scan(silver_tables.TWEETS).collect().height == (10 if guard else 20)


def test_an_object_imported_twice_at_once_keeps_the_time_it_was_first_given(lake: Lake) -> None:
    """Two imports that both saw it absent both store it; rows already in bronze by the first time are not doubled."""
    times = [NOON, NOON + timedelta(seconds=1)]
    first, second = [Lineage(subject="lula", origin="archive", retrieved_at=time) for time in times]
    body = lines(page_of(range(1, 11)))
    lake.raw.put_once("lula/1.json", body, first)
    _append_tweets(lake)
    lake.raw.put_once("lula/1.json", body, second)

    load_bronze(lake)

    assert _tweets_of(lake) == 10
    assert lake.raw.lineage(lake.raw.list()[0], "lula") == first
