"""Whole runs at once, as processes, collecting the same subject in the same second into one lake: nothing is lost."""

import os
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cloud import Cloud, persistently, the_lake
from lakes import lake_in
from processes import Step, forks

from fedbytweets.coverage import coverage
from fedbytweets.errors import ConflictError
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.pages import stored_pages
from fedbytweets.raw.reader import Page, read_pages
from fedbytweets.simulator import Corpus, Simulator
from fedbytweets.subjects import default_subjects
from fedbytweets.tables import BRONZE, SILVER, bronze, silver
from fedbytweets.x_api.environment import collect_settings
from tasks.bronze import list_pending, load_bronze
from tasks.collect import collect_subjects
from tasks.silver import merge_silver

LULA = default_subjects()[0]


def collect_and_load(environment: Mapping[str, str], gate: "threading.Barrier") -> None:
    """Do a whole run, from the X API to silver, from the moment all others are there too."""
    os.environ.update(environment)
    gate.wait()
    gathered = collect_subjects.fn((LULA,), None)
    assert [each.error for each in gathered.collected] == [None]
    persistently(lambda: load_bronze.fn(list_pending.fn("")), (ConflictError,))
    for table in SILVER:
        persistently(lambda name=table.name: merge_silver.fn(name, rebuild=False), (ConflictError,))


def run_at_once(environment: Mapping[str, str], processes: int) -> None:
    """Do so many runs at once; each of them ends well."""
    gate = forks().Barrier(processes)
    for one in [Step(collect_and_load, environment, gate) for _ in range(processes)]:
        one.finished()


def to_collect_from(simulator: Simulator) -> dict[str, str]:
    """Return the environment of a run that asks the stand-in for small pages."""
    return {
        "FEDBYTWEETS_X_BASE_URL": simulator.base_url,
        "FEDBYTWEETS_X_SIMULATED": "true",
        "FEDBYTWEETS_X_BEARER_TOKEN": "stand-in",
        "FEDBYTWEETS_X_PAGE_SIZE": "20",
    }


def assert_nothing_lost(lake: Lake, simulator: Simulator) -> None:
    """Assert that each answer lies in raw, each tweet in bronze as often as it was answered, in silver once."""
    answered = [asked for asked in simulator.ledger.requests if "search" in asked.path and asked.status == 200]
    objects = lake.raw.list()
    assert len(objects) == len(answered)
    pages = [page for each in objects for page in read_pages(lake.raw.read(each.key)) if isinstance(page, Page)]
    in_raw = sorted(int(tweet.id) for page in pages for tweet in page.tweets)
    assert sorted(lake.scan(bronze.TWEETS).collect()["id"].cast(int)) == in_raw
    assert lake.scan(bronze.RAW_OBJECTS).collect()["file_name"].is_unique().all()

    bounds = collect_settings().bounds
    known = coverage(LULA.name, stored_pages(lake), datetime.now(UTC), bounds.overlap, bounds.reach)
    there = lake.scan(silver.TWEETS).collect()["id"].to_list()
    assert len(there) == len(set(there))
    assert set(there) >= set(simulator.truth(LULA.search_query, *known.asked))
    assert known.holes == ()


@pytest.mark.parametrize("processes", [2, 5])
def test_runs_at_once_into_a_folder_lose_no_page_and_double_no_tweet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    """They ask the same question in the same second: each answer keeps a name of its own."""
    with Simulator(Corpus(4, posts_per_hour=12)) as simulator:
        environment = {"FEDBYTWEETS_LAKE": str(tmp_path / "lake"), **to_collect_from(simulator)}
        run_at_once(environment, processes)
        assert_nothing_lost(lake_in(tmp_path / "lake"), simulator)


@pytest.mark.long
@pytest.mark.parametrize("processes", [2, pytest.param(5, marks=pytest.mark.soak)])
def test_runs_at_once_into_a_bucket_lose_no_page_and_double_no_tweet(
    aws: Cloud, monkeypatch: pytest.MonkeyPatch, processes: int
) -> None:
    """The same on S3 and Glue, which hold writers to their word: a moved table refuses, a key is given once."""
    with Simulator(Corpus(4, posts_per_hour=4)) as simulator:
        environment = {**aws.lake(), **to_collect_from(simulator)}
        run_at_once(environment, processes)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert_nothing_lost(the_lake(), simulator)
        assert {table.identifier for table in BRONZE if the_lake().catalog.find(table)} >= {"bronze.tweets"}
