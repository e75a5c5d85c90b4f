"""The whole way on one machine: docs/aws.md word by word, then what can befall a run."""

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from local_ecs import Started
from page import REPOSITORY, commands
from places import places
from prefect_api import until
from world import TOKEN, World

from fedbytweets.coverage import coverage
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.pages import stored_pages
from fedbytweets.settings import lake_settings
from fedbytweets.simulator import Fault, FaultKind, Script
from fedbytweets.subjects import Subject, default_subjects
from fedbytweets.tables import silver

pytestmark = pytest.mark.e2e

OTHER = Subject(name="other", query="(lula OR bolsonaro) -is:retweet")
FINAL = ("Completed", "Failed", "Crashed", "Cancelled", "TimedOut")


@pytest.fixture(scope="module")
def killed(followed: World) -> tuple[str, str]:
    """Return a run whose task was killed midway, and the one that waits for its place."""
    followed.x.faults = Script([Fault(FaultKind.SLOW, 2.0)] * 1000)
    run, task = started(followed, OTHER)
    followed.aws.kill(task)
    followed.x.faults = Script()
    return run, ad_hoc(followed, OTHER)


@pytest.fixture
def lake(followed: World, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Return the lake that was made, looked at from here."""
    for name, value in followed.shell.environment.items():
        if name.startswith(("AWS_", "FEDBYTWEETS_")):
            monkeypatch.setenv(name, value)
    return open_lake(lake_settings())


def test_the_page_leaves_deployments_that_run(followed: World, lake: Lake) -> None:
    """After the page's last command there is one deployment a flow, its runs completed, and silver holds posts."""
    deployed = followed.prefect.all("deployments")
    assert len(deployed) == (REPOSITORY / "deployments/prefect.yaml").read_text().count("entrypoint:")
    assert all(set(each["tags"]) == {"fed-by-tweets-staging", "staging"} for each in deployed)
    runs = {run["state"]["name"] for run in followed.prefect.all("flow_runs")}
    assert runs == {"Completed"}
    assert lake.scan(silver.TWEETS).collect().height > 0


def test_a_run_that_is_cancelled_ends_its_task(followed: World) -> None:
    """Cancelling a run stops its task in good time, by SIGTERM, and leaves no process."""
    followed.x.faults = Script([Fault(FaultKind.SLOW, 2.0)] * 1000)
    run, task = started(followed, OTHER)
    followed.shell.run(f"prefect flow-run cancel {run}")
    assert followed.prefect.state(run, *FINAL, seconds=180) == "Cancelled"
    assert task.done.wait(60)
    assert task.process.returncode != -signal.SIGKILL


def test_a_second_deploy_changes_nothing(followed: World, killed: tuple[str, str]) -> None:
    """Deploying again leaves as many deployments, schedules and automations as before."""
    before = [len(followed.prefect.all(kind)) for kind in ("deployments", "automations", "work_pools")]
    followed.shell.run("make deploy ENV=staging POOL=hybrid")
    assert [len(followed.prefect.all(kind)) for kind in ("deployments", "automations", "work_pools")] == before


def test_a_deploy_that_lacks_something_says_all_of_it_and_changes_nothing(
    followed: World, killed: tuple[str, str]
) -> None:
    """An image that was not pushed, the wrong kind of pool and a missing block are named in one refusal."""
    before = [each["updated"] for each in followed.prefect.all("deployments")]
    said = followed.shell.run("make deploy ENV=staging POOL=push IMAGE=never-pushed ALERT=slack-webhook/nobody", ends=2)
    assert "Nothing was deployed." in said
    assert "fed-by-tweets-staging:never-pushed: push it first" in said
    assert "deploy with POOL=hybrid, or delete the pool first" in said
    assert "There is no notification block 'slack-webhook/nobody'" in said
    assert [each["updated"] for each in followed.prefect.all("deployments")] == before


def test_a_deploy_of_another_environment_than_terraforms_is_refused(followed: World, killed: tuple[str, str]) -> None:
    """Production is never made from staging's names."""
    said = followed.shell.run("make deploy ENV=production POOL=hybrid", ends=2)
    assert "Terraform's state is that of 'staging', and 'production' is to be deployed" in said


def test_what_a_killed_run_left_the_next_makes_good(followed: World, killed: tuple[str, str]) -> None:
    """A task killed midway is marked crashed; the run that waited, and one that the clock started, then complete."""
    lost, waiting = killed
    known = {each["id"] for each in followed.prefect.all("flow_runs")}
    soon = (datetime.now(UTC) + timedelta(seconds=20)).isoformat()
    followed.shell.run(
        f"prefect deployment schedule create batch-ingestion/staging --interval 3600 --anchor-date {soon} --accept-yes"
    )
    assert followed.prefect.state(lost, *FINAL, seconds=300) == "Crashed"
    assert "No sign of life" in followed.prefect.run(lost)["state"]["message"]
    assert followed.prefect.state(waiting, *FINAL, seconds=240) == "Completed"
    scheduled = until("scheduled run", 240, lambda: next(due(followed, known), None))
    followed.shell.run("prefect deployment schedule clear batch-ingestion/staging --accept-yes")
    assert followed.prefect.state(scheduled, *FINAL, seconds=240) == "Completed"


def test_silver_equals_the_truth(followed: World, lake: Lake) -> None:
    """Every post that the stand-in had of a subject is in silver, once, and no other."""
    facts = stored_pages(lake)
    now = datetime.now(UTC)
    for subject in (*default_subjects(), OTHER):
        known = coverage(subject.name, facts, now, overlap=timedelta(minutes=2))
        assert known.asked is not None
        assert known.holes == ()
        end = max(page.end for page in facts if page.subject == subject.name)
        rows = lake.scan(silver.TWEETS).collect()
        held = rows.filter(rows["subject"] == subject.name)["id"].sort().to_list()
        settled = followed.x.truth(subject.search_query, known.asked.start, known.asked.end)
        assert set(settled) <= set(held) <= set(followed.x.truth(subject.search_query, known.asked.start, end))
        assert len(held) == len(set(held)) > 0


def test_no_page_was_paid_for_twice(followed: World) -> None:
    """Over all runs, killed and cancelled ones too, no request that was answered is repeated."""
    asked = [
        tuple(sorted(request.params.items()))
        for request in followed.x.ledger.requests
        if request.status == 200 and "next_token" in request.params
    ]
    assert len(asked) - len(set(asked)) <= 2  # of a killed and of a cancelled run, the page in flight


def test_the_token_is_in_secrets_manager_and_nowhere_else(followed: World, lake: Lake) -> None:
    """No object, table, log, definition, override, command line, run, event or printed line holds the token."""
    kept = followed.aws.client("secretsmanager").get_secret_value(SecretId="fed-by-tweets-staging/x-bearer-token")
    assert kept["SecretString"] == TOKEN
    for place, text in places(followed, lake):
        assert TOKEN not in text, place


def test_every_command_of_the_other_way_exists(followed: World) -> None:
    """What only Prefect Cloud can answer is at least a command that is there."""
    only = [command for command in commands("push") if command not in commands("hybrid")]
    assert only == [
        "prefect cloud login",
        "python -m deployments secret staging PREFECT_API_KEY",
        "make deploy ENV=staging",
    ]
    followed.shell.run("prefect cloud login --help")
    assert Path(followed.shell.folder / "docs/aws.md").exists()


def started(world: World, subject: Subject) -> tuple[str, Started]:
    """Return a run of a subject and its task, once it has stored two pages of it more than there were."""
    before = len(raw_objects(world, subject))
    run = ad_hoc(world, subject)
    until("two pages of the run", 150, lambda: len(raw_objects(world, subject)) >= before + 2)
    (task,) = world.aws.running()
    return run, task


def ad_hoc(world: World, subject: Subject) -> str:
    """Return the id of a run of one subject, asked for on the command line."""
    said = world.shell.run(
        f"prefect deployment run batch-ingestion/staging --param 'subjects={json.dumps([subject.model_dump()])}'"
    )
    known = {run["id"] for run in world.prefect.all("flow_runs")}
    return next(word for word in said.replace("/", " ").split() if word in known)


def due(world: World, known: set[str]) -> Iterator[str]:
    """Yield the runs that the clock started, beside those known already."""
    for run in world.prefect.all("flow_runs"):
        if run["auto_scheduled"] and run["id"] not in known and run["state"]["name"] in {"Running", "Completed"}:
            yield run["id"]


def bucket(world: World) -> str:
    """Return the lake's bucket."""
    return world.shell.environment["FEDBYTWEETS_LAKE"].removeprefix("s3://")


def raw_objects(world: World, subject: Subject) -> list[str]:
    """Return the keys of a subject's raw objects."""
    found = world.aws.client("s3").list_objects_v2(Bucket=bucket(world), Prefix=f"bronze/batch/raw/{subject.name}/")
    return [each["Key"] for each in found.get("Contents", [])]
