"""S3 and Glue that fail, stall, cut and lose answers: nothing is lost, doubled or half visible, and a rerun heals."""

import os
from collections import Counter
from collections.abc import Callable, Mapping

import polars as pl
import pytest
from cloud import Cloud, persistently, steps, the_lake
from gateway import Asked, Fault, Sprinkled, nothing
from lakes import assert_same, contents
from pyiceberg.table import Table as IcebergTable

from fedbytweets.errors import LakeError
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance.snapshots import reachable
from fedbytweets.tables import ALL, bronze, silver

Rows = Mapping[str, pl.DataFrame]
WATCHED = (bronze.TWEETS, bronze.RAW_OBJECTS, silver.TWEETS)


def assert_whole_or_absent(lake: Lake, truth: Rows) -> None:
    """Assert that a reader sees none of a commit's rows or all: each table of these has one commit."""
    for name, rows in contents(lake, WATCHED).items():
        assert_same({name: rows}, {name: truth[name].clear() if rows.is_empty() else truth[name]})


def assert_all_there(table: IcebergTable) -> None:
    """Assert that every file any snapshot names is there."""
    for address in reachable(table, table.snapshots()):
        assert table.io.new_input(address).exists(), f"{address} is gone"


def assert_healed(lake: Lake, truth: Rows) -> None:
    """Assert that the lake holds the truth, and every snapshot all its files."""
    assert_same(contents(lake), truth)
    for table in ALL:
        if (found := lake.catalog.find(table)) is not None:
            assert_all_there(found)


@pytest.fixture
def new_lake(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what makes a new lake the one that this process works on."""

    def take(**changed: str) -> None:
        for name, value in aws.lake(**changed).items():
            monkeypatch.setenv(name, value)

    return take


def run_hurt(aws: Cloud, files: list[str], truth: Rows, plan: Sprinkled) -> list[str]:
    """Run under faults until it gets through; return what was said. After each failure a reader looks, unhurt."""
    said: list[str] = []

    def tell(message: str) -> None:
        said.append(message)
        aws.gateway.plan = nothing
        assert_whole_or_absent(the_lake(), truth)
        aws.gateway.plan = plan

    aws.gateway.plan = plan
    for step in steps(files):
        persistently(step, tell=tell)
    aws.gateway.plan = nothing
    return said


def heals(aws: Cloud, files: list[str], truth: Rows, plan: Sprinkled) -> None:
    """Run under faults; then hold the lake, and what one more run makes of it, to the truth."""
    said = run_hurt(aws, files, truth, plan)
    assert sum(aws.gateway.dealt[fault.name] for fault in Fault) > 0
    assert [message for message in said if message.count("\n") > 2 or "Traceback" in message] == []
    for step in steps(files):
        step()
    assert_healed(the_lake(), truth)


@pytest.mark.soak
@pytest.mark.long
def test_a_tenth_of_all_answers_hurt_leaves_no_trace(
    aws: Cloud, new_lake: Callable[..., None], files: list[str], truth: Rows
) -> None:
    """With little patience, so that steps do fail and are done again."""
    new_lake(FEDBYTWEETS_S3_ATTEMPTS="2")
    heals(aws, files, truth, Sprinkled(int(os.environ.get("FAULT_SEED", "1")), 0.1))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", [0.01, 0.05, 0.1, 0.2])
@pytest.mark.parametrize("attempts", ["2", "4"])
def test_any_share_of_answers_hurt_leaves_no_trace(
    aws: Cloud, new_lake: Callable[..., None], files: list[str], truth: Rows, share: float, attempts: str
) -> None:
    """The same, for long: FAULT_SEEDS seeds (5) of every share from 1 % to 20 %, with little patience and more."""
    for seed in range(int(os.environ.get("FAULT_SEEDS", "5"))):
        new_lake(FEDBYTWEETS_S3_ATTEMPTS=attempts)
        heals(aws, files, truth, Sprinkled(seed, share))


@pytest.mark.long
def test_a_commit_whose_answer_is_lost_is_found_to_have_landed(
    aws: Cloud, new_lake: Callable[..., None], files: list[str], truth: Rows
) -> None:
    """Each commit lands, its answer is lost, and the same asked again is refused: no step fails, none is done twice."""
    new_lake()
    commits: Counter[bytes] = Counter()

    def lose_each_once(asked: Asked) -> Fault | None:
        commits[asked.body] += asked.commits
        return Fault.LOST if asked.commits and commits[asked.body] == 1 else None

    aws.gateway.plan = lose_each_once
    for step in steps(files):
        step()
    aws.gateway.plan = nothing

    assert aws.gateway.dealt["MOVED"] == aws.gateway.dealt["LOST"] == len([body for body in commits if commits[body]])
    assert_healed(the_lake(), truth)


@pytest.mark.long
def test_a_commit_that_nobody_can_tell_the_end_of_harms_nothing(
    aws: Cloud, new_lake: Callable[..., None], files: list[str], truth: Rows
) -> None:
    """It lands, and Glue then answers nothing until the client gives up: the step fails in words, no row is lost."""
    new_lake(FEDBYTWEETS_S3_ATTEMPTS="2")
    store_raw, load, *merges = steps(files)
    store_raw()
    silent = False

    def silent_from_the_first_commit_on(asked: Asked) -> Fault | None:
        nonlocal silent
        if asked.commits and not silent:
            silent = True
            return Fault.LOST
        return Fault.RESET if silent and asked.target else None

    aws.gateway.plan = silent_from_the_first_commit_on
    with pytest.raises(LakeError, match="does not answer as it should"):
        load()
    aws.gateway.plan = nothing

    assert_whole_or_absent(the_lake(), truth)
    for step in (load, *merges):
        step()
    assert_healed(the_lake(), truth)
