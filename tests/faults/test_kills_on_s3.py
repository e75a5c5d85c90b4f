"""Exactly once on S3 and Glue: runs killed (SIGKILL) at random points leave a lake that the next run makes good."""

import os
from collections.abc import Mapping
from random import Random

import polars as pl
import pytest
from cloud import Cloud, run, the_lake
from lakes import assert_same, contents
from processes import Step, kill_until_done

Rows = Mapping[str, pl.DataFrame]


def random_of_this_test() -> Random:
    """Return what draws the delays."""
    seed = int(os.environ.get("KILL_SEED", Random().randrange(2**32)))
    print(f"KILL_SEED={seed} repeats this sequence of delays")  # noqa: T201 (pytest shows it where the test fails)
    return Random(seed)


def kills(aws: Cloud, files: list[str], truth: Rows, monkeypatch: pytest.MonkeyPatch, wanted: int) -> int:
    """Kill runs until so many were killed at work; hold each lake that a run got through on to the truth."""
    random = random_of_this_test()
    span = Step(run, aws.lake(), files).finished()
    killed = 0
    while killed < wanted:
        environment = aws.lake()
        killed += kill_until_done(run, (environment, files), span, random)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert_same(contents(the_lake()), truth)
    return killed


@pytest.mark.long
def test_killed_twice_at_random_points_it_ends_as_a_run_that_nobody_killed(
    aws: Cloud, files: list[str], truth: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every table, every column, row for row."""
    environment, random = aws.lake(), random_of_this_test()
    span = Step(run, aws.lake(), files).finished()
    for _ in range(2):
        Step(run, environment, files).killed_after(random.uniform(0, span))
    Step(run, environment, files).finished()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert_same(contents(the_lake()), truth)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_hundreds_of_kills_at_random_points_leave_no_trace(
    aws: Cloud, files: list[str], truth: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, for long: S3_KILLS of them (200)."""
    wanted = int(os.environ.get("S3_KILLS", "200"))
    assert kills(aws, files, truth, monkeypatch, wanted) >= wanted
