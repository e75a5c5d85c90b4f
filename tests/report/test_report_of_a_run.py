"""Real runs on a real Prefect server: what each leaves in the dashboard and in the lake."""

import json
from collections.abc import Iterator

import pytest
from lakes import NOON as AWARE_NOON
from lakes import lay, lines, page_of
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.client.schemas.objects import Artifact

from fedbytweets.errors import RunError
from fedbytweets.lake import runs
from fedbytweets.lake.lake import Lake
from fedbytweets.simulator import Corpus, Fault, FaultKind, Script, Simulator
from fedbytweets.subjects import Subject
from fedbytweets.tables import ops, silver
from flows.batch_ingestion import batch_ingestion
from flows.import_archive import import_archive

pytestmark = [pytest.mark.flow, pytest.mark.timeout(600), pytest.mark.usefixtures("prefect_api")]

NOON = AWARE_NOON.replace(tzinfo=None)
LULA = Subject(name="lula", query="lula")


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """A stand-in of the API with few posts, which runs take for theirs."""
    with Simulator(Corpus(seed=1, posts_per_hour=20)) as served:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", served.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", "true")
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "a-token-that-opens-nothing")
        yield served


def _artifacts(run_id: str) -> dict[str, Artifact]:
    with get_client(sync_client=True) as client:
        which = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run_id]))
        return {str(found.key): found for found in client.read_artifacts(artifact_filter=which)}


def test_a_run_leaves_its_report_its_tables_and_its_row(lake: Lake, simulator: Simulator) -> None:
    """The page, its tables one by one, and the figures of `ops.runs` agree with silver and with the ledger."""
    batch_ingestion((LULA,))

    rows = lake.scan(ops.RUNS).collect().to_dicts()
    artifacts = _artifacts(rows[0]["run_id"])
    tweets = lake.scan(silver.TWEETS).collect().height

    assert len(rows) == 1
    assert rows[0] | {"state": "completed", "error": None, "new_tweets": tweets, "posts": tweets} == rows[0]
    assert rows[0]["run_name"].startswith("batch-ingestion 20")
    assert artifacts.keys() == {
        f"batch-ingestion-{each}" for each in ("report", "subjects", "budget", "expectations", "tables", "steps")
    }
    assert f"New in silver: {tweets:,} tweets" in str(artifacts["batch-ingestion-report"].data)
    subjects = json.loads(str(artifacts["batch-ingestion-subjects"].data))
    assert [(each["subject"], each["ended"], each["new in silver"]) for each in subjects] == [
        ("lula", "complete", str(tweets))
    ]
    assert {each["step"] for each in json.loads(str(artifacts["batch-ingestion-steps"].data))} == {
        "get-tweets", "process-raw", "tweets-to-silver", "users-to-silver", "places-to-silver",
    }  # fmt: skip
    assert "a-token-that-opens-nothing" not in json.dumps(
        [rows[0], *(each.data for each in artifacts.values())], default=str
    )


def test_a_run_that_failed_processes_what_it_had_and_leaves_its_report_all_the_same(
    lake: Lake, simulator: Simulator
) -> None:
    """One page came, then the token was refused: the page is in silver, the report names the reason, the code is 3."""
    simulator.faults = Script([None, Fault(FaultKind.UNAUTHORIZED)])
    with pytest.raises(RunError, match="Not collected: lula") as failure:
        batch_ingestion((LULA,))

    row = lake.scan(ops.RUNS).collect().to_dicts()[0]
    report = json.loads(row["report"])
    page = str(_artifacts(row["run_id"])["batch-ingestion-report"].data)

    assert failure.value.exit_code == 3
    assert row | {"state": "failed", "error": str(failure.value), "pages": 1, "new_tweets": row["posts"]} == row
    assert row["posts"] == lake.scan(silver.TWEETS).collect().height > 0
    assert [step["step"] for step in report["steps"] if step["failed"]] == ["get-tweets"]
    assert "Why: Not collected: lula" in page


def test_an_import_reports_what_could_not_be_read_with_its_place(lake: Lake) -> None:
    """A broken line, an unknown field and an expectation warned of: each is a line; the run completes."""
    page = page_of(range(1_590_000_000_000_000_001, 1_590_000_000_000_000_004))
    page["data"][0]["brand_new"] = 1
    archive = lake.location.path("archive.jsonl")
    lay(lake, "other/1.json", lines(page_of(range(1, 6))))
    with open(archive, "wb") as file:  # noqa: PTH123 (the lake says where it lies as text)
        file.write(lines(page) + b"<html>\n")

    import_archive([archive], "lula")

    row = lake.scan(ops.RUNS).collect().to_dicts()[0]
    report = json.loads(row["report"])
    assert row | {"flow": "import-archive", "state": "completed", "quarantined": 1, "unknown_fields": 1} == row
    assert row | {"posts": 0, "new_tweets": 3, "failed_expectations": 0, "holes": 0} == row
    assert [(each["table"], each["kind"], each["count"]) for each in report["problems"]] == [
        ("bronze.quarantine", "not-json", 1),
        ("bronze.quality", "unknown-field data.brand_new", 1),
    ]
    assert report["problems"][0]["examples"][0].endswith(" line 2")
    assert "created_at is the instant in the id" in {
        each["says"] for each in report["expectations"] if each["verdict"] == "warned"
    }


def test_a_run_is_entered_once_however_often_it_is_written(lake: Lake) -> None:
    """A repeat of one attempt changes nothing; another attempt has a row of its own."""
    row = dict.fromkeys(ops.RUNS.names) | {
        "run_id": "one", "attempt": 1, "flow": "batch-ingestion", "state": "completed", "new_tweets": 5,
        "started_at": NOON, "report": "{}",
    }  # fmt: skip

    assert [runs.enter(lake, row), runs.enter(lake, row | {"state": "failed"})] == [True, False]
    assert runs.enter(lake, row | {"attempt": 2, "state": "failed"})
    assert lake.scan(ops.RUNS).select("attempt", "state").collect().sort("attempt").rows() == [
        (1, "completed"),
        (2, "failed"),
    ]
    recent = runs.recent(lake, "batch-ingestion", AWARE_NOON)
    assert recent.select("run_id", "new_tweets").rows() == [("one", 5)]
    assert runs.recent(lake, "replay", AWARE_NOON).is_empty()
