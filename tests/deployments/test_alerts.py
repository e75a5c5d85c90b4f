"""Each way a run can go wrong, made to happen on a real Prefect server: its alert comes, once, and says what to do."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from alert_rig import SHORTEST, Alert, Watched, hastened, watched
from prefect.client.schemas.objects import FlowRun
from prefect.events import emit_event
from prefect.events.schemas.automations import AutomationCore
from prefect.flow_engine import run_flow
from prefect.states import Cancelled, Completed, Crashed, Failed, Pending, Running, Scheduled
from prefect_api import until

from flows.batch_ingestion import batch_ingestion
from flows.process_raw import process_raw

pytestmark = pytest.mark.e2e

NAME = "fed-by-tweets-staging"
SILENCE = "no run completed"


def fails(staging: Watched) -> FlowRun:
    """Run the pipeline for real without a token of the X API: a subflow fails, and the run with it."""
    run = staging.run("batch-ingestion", Pending())
    run_flow(batch_ingestion, flow_run=run, return_type="state")
    return run


def times_out(staging: Watched) -> FlowRun:
    run = staging.run("replay", Pending())
    staging.into(run, Running(), Failed(name="TimedOut", message="Flow run exceeded timeout of 60.0 second(s)"))
    return run


def crashes(staging: Watched) -> FlowRun:
    """Tell the server what a worker tells it of a task that ends with a code of its own."""
    run = staging.run("batch-ingestion", Pending())
    staging.into(run, Running(), Crashed(message="Task exited with status code 137."))
    return run


def is_late(staging: Watched) -> FlowRun:
    """Leave a run that was due an hour ago to a pool without a worker."""
    return staging.run("maintain", Scheduled(scheduled_time=datetime.now(UTC) - timedelta(hours=1)))


def never_starts(staging: Watched) -> FlowRun:
    """Hand a run to ECS, and nothing more is heard of it."""
    return staging.run("batch-ingestion", Pending())


def vanishes(staging: Watched) -> FlowRun:
    """Let a run give one sign of life, as its engine does, and no other: tests/e2e kills one for real."""
    run = staging.run("batch-ingestion", Pending())
    staging.into(run, Running())
    emit_event(
        "prefect.flow-run.heartbeat",
        resource={"prefect.resource.id": f"prefect.flow-run.{run.id}", "prefect.resource.name": run.name},
        related=[
            {
                "prefect.resource.id": f"prefect.flow.{run.flow_id}",
                "prefect.resource.role": "flow",
                "prefect.resource.name": "batch-ingestion",
            }
        ],
    )
    return run


def completes(staging: Watched) -> FlowRun:
    """Run a flow for real on an empty lake."""
    run = staging.run("process-raw", Pending())
    run_flow(process_raw, flow_run=run, return_type="state")
    return run


def is_cancelled(staging: Watched) -> FlowRun:
    run = staging.run("import-archive", Pending(), paths=["archive"], subject="lula")
    staging.into(run, Running(), Cancelled())
    return run


TOLD: dict[Callable[[Watched], FlowRun], tuple[str, str]] = {
    fails: ("run failed", "Run {name} of batch-ingestion (staging) failed: "),
    times_out: (
        "run failed",
        "Run {name} of replay (staging) failed: Flow run exceeded timeout of 60.0 second(s)",
    ),
    crashes: ("run crashed", "Run {name} of batch-ingestion (staging) crashed: Task exited with status code 137."),
    is_late: (
        "run late",
        f"Run {{name}} of maintain (staging) is late. Look at the work pool\n{NAME}: is a worker online",
    ),
    never_starts: (
        "run crashed",
        "Run {name} of batch-ingestion (staging) crashed: ECS did not start the task within 15 minutes.",
    ),
    vanishes: (
        "run crashed",
        "Run {name} of batch-ingestion (staging) crashed: No sign of life for three heartbeats; its task was killed",
    ),
}


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Return staging, deployed, whose automations wait ten seconds where the real ones wait minutes."""
    folder = tmp_path_factory.mktemp("staging")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FEDBYTWEETS_LAKE", str(folder / "lake"))
        patch.delenv("FEDBYTWEETS_X_BEARER_TOKEN", raising=False)
        with watched(folder, patch) as staging:
            staging.renew(hastened_but_silence)
            yield staging


def hastened_but_silence(automation: AutomationCore) -> AutomationCore:
    """Return an automation that waits ten seconds, unless it waits for a completed run: there are few of them here."""
    return automation if automation.name.endswith(SILENCE) else hastened(automation)


@pytest.fixture(scope="module")
def runs(staging: Watched) -> dict[Callable[[Watched], FlowRun], FlowRun]:
    """Return what befell which run, once every alert has come, and that of a run that failed after all of them."""
    made = {what: what(staging) for what in (is_cancelled, *reversed(TOLD), completes)}
    staging.renew(hastened_but_silence)  # a deploy that changes nothing, while runs are waited for
    for what in TOLD:
        staging.first_of(made[what])
    staging.first_of(times_out(staging))
    return {what: staging.client.read_flow_run(run.id) for what, run in made.items()}


@pytest.mark.parametrize("what", TOLD, ids=lambda what: what.__name__)
def test_what_befalls_a_run_is_told_once_with_its_name_and_what_to_do(
    staging: Watched, runs: dict[Callable[[Watched], FlowRun], FlowRun], what: Callable[[Watched], FlowRun]
) -> None:
    """One alert: which automation saw it, which run of which flow, what happened, and where to look."""
    run, (subject, opening) = runs[what], TOLD[what]
    (alert,) = staging.of(run)
    assert alert.subject == f"{NAME}: {subject}"
    assert alert.body.startswith(opening.format(name=run.name))
    assert alert.body.rstrip().endswith(f"/runs/flow-run/{run.id}")


@pytest.mark.parametrize("what", [never_starts, vanishes], ids=lambda what: what.__name__)
def test_a_run_that_is_gone_is_ended_so_that_the_next_can_start(
    runs: dict[Callable[[Watched], FlowRun], FlowRun], what: Callable[[Watched], FlowRun]
) -> None:
    """Its deployment allows one run at a time."""
    state = runs[what].state
    assert state is not None
    assert state.type.value == "CRASHED"


def test_silence_is_told_once_so_long_after_the_last_completed_run(
    staging: Watched, runs: dict[Callable[[Watched], FlowRun], FlowRun]
) -> None:
    """Not before, and not again while nothing is due."""
    staging.renew(hastened)
    run, begun = staging.run("batch-ingestion", Pending()), datetime.now(UTC)
    staging.into(run, Running(), Completed())
    until("alert of silence", 60, lambda: silences(staging))
    assert datetime.now(UTC) - begun > SHORTEST
    staging.first_of(times_out(staging))
    (alert,) = silences(staging)
    assert alert.body.startswith("No run of batch-ingestion (staging) completed within 12 hours.")
    assert f"Look at the last runs and at the work pool {NAME}." in alert.body


@pytest.mark.parametrize("what", [completes, is_cancelled], ids=lambda what: what.__name__)
def test_a_run_that_ends_as_it_should_tells_nobody(
    staging: Watched, runs: dict[Callable[[Watched], FlowRun], FlowRun], what: Callable[[Watched], FlowRun]
) -> None:
    """One that completes, and one that someone cancelled; by now every automation has had its ten seconds."""
    assert runs[what].state is not None
    assert runs[what].state.type.value == {completes: "COMPLETED", is_cancelled: "CANCELLED"}[what]
    assert staging.of(runs[what]) == []


def silences(staging: Watched) -> list[Alert]:
    """Return the alerts of silence that came."""
    return [alert for alert in staging.alerts if alert.subject == f"{NAME}: {SILENCE}"]
