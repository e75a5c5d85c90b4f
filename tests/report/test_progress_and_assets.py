"""Progress of long steps in the dashboard, and what tasks say they make of what."""

import threading
from collections.abc import Iterator

import pytest
from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey, ArtifactFilterType
from prefect.tasks import MaterializingTask

from fedbytweets.lake.lake import Lake
from fedbytweets.tables import SILVER, bronze, silver
from tasks.assets import materializing, raw_assets, table_assets
from tasks.policy import RETRY_DELAYS_SECONDS, unit, worth_a_retry
from tasks.progress import Progress


@unit("make-it", run_name="make-{what}")
def _make(what: str) -> str:
    return f"{what} made"


@pytest.mark.flow
@pytest.mark.usefixtures("prefect_api")
def test_a_long_step_shows_in_the_dashboard_and_a_short_one_does_not() -> None:
    """Advanced from other threads too, at most once in five seconds, and to its end."""
    times: Iterator[float] = iter([0, 1, 6, 6, 7, 12, 12, 12.5, 12.5, *[13] * 9])

    @task
    def step() -> None:
        long = Progress("long step", 4, "files", clock=lambda: next(times))
        for _ in range(4):
            thread = threading.Thread(target=long.advance, args=(1,))
            thread.start()
            thread.join()
        Progress("short step", 1, "files").advance(1)

    @flow(name="steps")
    def steps() -> None:
        step()

    steps()
    with get_client(sync_client=True) as client:
        which = ArtifactFilter(key=ArtifactFilterKey(like_="-step"), type=ArtifactFilterType(any_=["progress"]))
        found = client.read_artifacts(artifact_filter=which)
    assert [(each.key, each.type, each.data, each.description) for each in found] == [
        ("long-step", "progress", 100.0, "long step: 4 of 4 files")
    ]
    assert found[0].task_run_id is not None


def test_progress_of_an_unknown_total_is_said_without_one() -> None:
    """And it never passes a hundred, should the total have been too small a guess."""
    unknown, guessed = Progress("X API to raw", 0, "pages"), Progress("X API to raw", 2, "pages")
    unknown.advance(3)
    guessed.advance(3)

    assert (unknown.sentence, unknown.percent) == ("X API to raw: 3 pages", 0.0)
    assert (guessed.sentence, guessed.percent) == ("X API to raw: 3 of 2 pages", 100.0)


def test_in_a_folder_nothing_is_an_asset_and_tasks_are_as_they_are(lake: Lake) -> None:
    """Assets have keys in S3."""
    assert table_assets(SILVER) == raw_assets(["lula"]) == []
    assert materializing(_make, table_assets(SILVER)) is _make


def test_in_a_bucket_a_task_says_what_it_makes_of_what_and_keeps_its_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are where the tables lie; retries and names stay."""
    monkeypatch.setenv("FEDBYTWEETS_LAKE", "s3://a-bucket/lake/")
    made = materializing(_make, table_assets([silver.TWEETS]), table_assets([bronze.TWEETS]))

    assert isinstance(made, MaterializingTask)
    assert [each.key for each in made.assets] == ["s3://a-bucket/lake/silver/tweets"]
    assert [each.key for each in made.asset_deps] == ["s3://a-bucket/lake/bronze/batch/tabular/tweets"]
    assert [each.key for each in raw_assets(["lula", "bolsonaro", "lula"])] == [
        "s3://a-bucket/lake/bronze/batch/raw/bolsonaro",
        "s3://a-bucket/lake/bronze/batch/raw/lula",
    ]
    assert (made.name, made.task_run_name, made.fn) == ("make-it", "make-{what}", _make.fn)
    assert (made.retries, made.retry_delay_seconds) == (5, list(RETRY_DELAYS_SECONDS))
    assert made.retry_condition_fn is worth_a_retry
