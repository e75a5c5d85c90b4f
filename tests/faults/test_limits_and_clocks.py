"""Limits: the size of files, a clock that jumps by days between steps, and money spent by processes side by side."""

import os
import resource
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from cloud import Cloud, steps, store, the_lake
from lakes import assert_same, contents, lake_in, load_bronze, merge_silver
from processes import Step, forks

from fedbytweets.coverage import Reservation, spent
from fedbytweets.errors import LakeError
from fedbytweets.lake.pages import stored_facts
from fedbytweets.raw.lineage import Most
from fedbytweets.simulator import Corpus, Fault, FaultKind, Script, Simulator
from fedbytweets.subjects import Prices, default_subjects
from tasks.collect import collect_subjects

Rows = Mapping[str, pl.DataFrame]


def run_in_vain(lake: str, files: list[str], most_bytes: int) -> None:
    """Run where no file may grow beyond so many bytes; end well only if that is told as the lake's failure.

    SQLite calls it an I/O error; files of tables and raw have no room.
    """
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    os.environ["FEDBYTWEETS_LAKE"] = lake
    with pytest.raises(LakeError, match=r"no room left|disk I/O error"):
        all_steps(files)


def all_steps(files: list[str]) -> None:
    """Run once, step by step."""
    for step in steps(files):
        step()


@pytest.mark.parametrize("most_kilobytes", [16, 20, 24])
def test_no_room_for_a_file_leaves_nothing_half_written(
    files: list[str], truth: Rows, tmp_path: Path, most_kilobytes: int
) -> None:
    """Raw, the catalog or a table is the first that does not fit; what shows is whole, and room heals it."""
    Step(run_in_vain, str(tmp_path), files, most_kilobytes << 10).finished()
    lake = lake_in(tmp_path)
    for each in lake.raw.list():
        assert lake.raw.read(each.key) in [Path(file).read_bytes() for file in files]
    for name, rows in contents(lake).items():
        assert_same({name: rows}, {name: truth[name].clear() if rows.is_empty() else truth[name]})

    store(lake, files)
    load_bronze(lake)
    merge_silver(lake)
    assert_same(contents(lake), truth)


def test_a_clock_that_jumps_by_days_changes_no_row(
    files: list[str], truth: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward, far back and forward again between commits: what is new is told by snapshots, not by their times."""
    lake, real = lake_in(tmp_path), time.time
    jumps = [timedelta(days=3), timedelta(days=-400), timedelta(0), timedelta(days=30), timedelta(days=-2)]
    for number, jump in enumerate(jumps):
        monkeypatch.setattr(time, "time", lambda jump=jump: real() + jump.total_seconds())
        store(lake, files[: number + 1])
        load_bronze(lake)
        merge_silver(lake)
    assert_same(contents(lake), truth)


DOLLARS = Decimal(6)


def spending_environment(simulator: Simulator, lake: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a run on small pages with a limit of a day, for which the simulator is X itself."""
    return {
        **lake,
        "FEDBYTWEETS_X_BASE_URL": simulator.base_url,
        "FEDBYTWEETS_X_BEARER_TOKEN": "any",
        "FEDBYTWEETS_X_PAGE_SIZE": "20",
        "FEDBYTWEETS_X_ATTEMPTS": "20",
        "FEDBYTWEETS_X_RETRY_WAIT_MOST_SECONDS": "0.01",
        "FEDBYTWEETS_BUDGET_MONEY_PER_RUN": "none",
        "FEDBYTWEETS_BUDGET_MONEY_PER_DAY": str(DOLLARS),
    }


def collect_from(environment: Mapping[str, str], number: int, gate: "threading.Barrier") -> None:
    """Collect one subject from the moment the other run is there too; all that may stop it is the budget."""
    os.environ.update(environment)
    gate.wait()
    (collected,) = collect_subjects.fn(default_subjects()[number : number + 1], None).collected
    assert (str(collected.stop), collected.error) == ("budget", None)


def spend_at_once(environment: Mapping[str, str]) -> None:
    """Run two processes at once, each of which would spend the whole limit by itself."""
    gate = forks().Barrier(2)
    for one in [Step(collect_from, environment, number, gate) for number in range(2)]:
        one.finished()


@pytest.mark.parametrize("faults", [(), (Fault(FaultKind.TRUNCATED), None) * 50], ids=["sound", "every other cut"])
def test_two_runs_at_once_spend_one_limit_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, faults: tuple[Fault | None, ...]
) -> None:
    """In a folder: of two subjects, so that X bills every post; the lake counts at least what it billed."""
    with Simulator(Corpus(4, posts_per_hour=300), faults=Script(faults)) as simulator:
        environment = spending_environment(simulator, {"FEDBYTWEETS_LAKE": str(tmp_path / "lake")})
        spend_at_once(environment)
        billed = simulator.ledger.cost()
    assert DOLLARS / 3 < billed <= DOLLARS
    assert billed <= spent(stored_facts(lake_in(tmp_path / "lake")), Prices()).money <= DOLLARS


@pytest.mark.long
def test_two_runs_at_once_on_s3_spend_one_limit_together(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same in a bucket, where reservations are objects and listings of them."""
    with Simulator(Corpus(4, posts_per_hour=300)) as simulator:
        environment = spending_environment(simulator, aws.lake())
        spend_at_once(environment)
        billed = simulator.ledger.cost()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    lake = the_lake()
    assert DOLLARS / 3 < billed <= DOLLARS
    assert billed <= spent(stored_facts(lake), Prices()).money <= DOLLARS
    made = Reservation("f00d", "lula", datetime.now(UTC), Most(10, 10))
    lake.spending.put(made)
    assert made in lake.spending.made_on(made.day, made.day)
    for _ in range(2):
        lake.spending.remove(made)
        assert made not in lake.spending.all()
