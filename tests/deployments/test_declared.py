"""`prefect.yaml`: whole as it is, and refused for what Prefect would take in silence."""

import asyncio
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from deployments_rig import target
from prefect import Flow
from prefect.server.schemas.schedules import CronSchedule

import flows
from deployments.declared import declared, findings
from deployments.filled import FOLDER
from deployments.pool import job_template
from fedbytweets.errors import InputError

ENTRY: dict[str, Any] = {
    "name": "staging",
    "entrypoint": "flows.import_archive.import_archive",
    "work_pool": {"name": "p", "job_variables": {}},
}


def faults(folder: Path, **fields: Any) -> list[str]:
    """Return what is wrong with one deployment."""
    (folder / "prefect.yaml").write_text(yaml.safe_dump({"deployments": [{**ENTRY, **fields}]}))
    here = target()
    return list(findings(declared(here.variables(), folder), job_template(here)))


def test_the_file_has_nothing_wrong_in_either_environment() -> None:
    """Staging and production are both refused nothing."""
    for environment in ("staging", "production"):
        here = target(environment=environment)
        assert list(findings(declared(here.variables()), job_template(here))) == []


def test_every_flow_is_deployed_once() -> None:
    """Each flow of the package has one deployment, so that nothing can only be run on a laptop."""
    modules = [import_module(f"flows.{path.stem}") for path in Path(flows.__file__).parent.glob("[a-z]*.py")]
    known = {each.name for module in modules for each in vars(module).values() if isinstance(each, Flow)}
    assert sorted(each.flow.name for each in declared(target().variables())) == sorted(known)


def test_the_parent_runs_at_seven_two_and_nine_in_sao_paulo() -> None:
    """The three times are São Paulo's, which is three hours behind UTC."""
    by_name = {each.name: each for each in declared(target().variables())}
    (schedule,) = by_name["batch-ingestion/staging"].fields["schedules"]
    times = CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    next_three = [moment.astimezone(UTC) for moment in asyncio.run(times.get_dates(n=3, start=noon))]
    assert [(moment.day, moment.hour) for moment in next_three] == [(1, 17), (2, 0), (2, 10)]


@pytest.mark.parametrize(("environment", "active"), [("staging", "false"), ("production", "true")])
def test_only_production_runs_by_the_clock_unless_terraform_says_otherwise(environment: str, active: str) -> None:
    """The schedule's switch follows the environment, and Terraform's word where there is one."""
    assert target(environment=environment).variables()["DEPLOY_SCHEDULED"] == active
    assert target(environment=environment, scheduled=active == "false").variables()["DEPLOY_SCHEDULED"] != active


def test_runs_of_one_deployment_wait_for_each_other() -> None:
    """One at a time, the next one queued and never cancelled."""
    limits = [each.fields["concurrency_limit"] for each in declared(target().variables())]
    assert limits == [{"limit": 1, "collision_strategy": "ENQUEUE"}] * len(limits)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"parameters": {"subjekt": "lula"}}, "has no parameter 'subjekt'; it has: paths, subject"),
        ({"parameters": {"paths": 3}}, "parameter 'paths'"),
        ({"work_pool": {"job_variables": {"cpuu": 512}}}, "no job variable 'cpuu'"),
        ({"work_pool": {"job_variables": {"cpu": "much"}}}, "job variable 'cpu'"),
        ({"work_pool": {"job_variables": {"cpu": 256, "memory": 4096}}}, "Fargate has no task of cpu 256"),
        ({"schedules": [{"slug": "s", "cron": "0 25 * * *"}]}, "schedule 's' does not parse"),
        ({"schedules": [{"slug": "s", "cron": "0 7 * * *", "timezone": "Brazil/Lost"}]}, "schedule 's' does not parse"),
        ({"concurency_limit": 1}, "'concurency_limit' is nothing that a deployment has"),
    ],
)
def test_what_prefect_would_take_in_silence_is_refused(tmp_path: Path, fields: dict[str, Any], said: str) -> None:
    """Each mistake gives one finding, which names the deployment and the mistake."""
    found = faults(tmp_path, **fields)
    assert len(found) == 1
    assert found[0].startswith("import-archive/staging: ")
    assert said in found[0]


def test_a_variable_that_nobody_set_is_refused(tmp_path: Path) -> None:
    """Prefect would put nothing in its place."""
    (tmp_path / "prefect.yaml").write_text("deployments: [{name: '{{ $DEPLOY_IMGAE }}'}]")
    with pytest.raises(InputError, match="asks for DEPLOY_IMGAE, which is not set"):
        declared(target().variables(), tmp_path)


def test_an_entry_point_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    """A misspelt module or flow is named."""
    with pytest.raises(InputError, match=r"flows\.repaly\.replay"):
        faults(tmp_path, entrypoint="flows.repaly.replay")


def test_the_file_of_the_repository_asks_only_for_what_a_deploy_sets() -> None:
    """Every placeholder in the folder is one that `make deploy` fills in."""
    assert "$DEPLOY_" in (FOLDER / "prefect.yaml").read_text()
    assert declared(target().variables())
