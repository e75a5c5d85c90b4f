"""What is watched from Prefect's side: whole, limited to our runs, and telling whom it should."""

from typing import Any
from uuid import UUID

import pytest
from deployments_rig import target

from deployments.automations import automations

FLOWS = ("batch-ingestion", "get-tweets")
BLOCK = UUID("00000000-0000-0000-0000-000000000001")


def watched(alert_block: UUID | None = None, **changed: Any) -> dict[str, dict[str, Any]]:
    """Return the automations of an environment by the end of their name, as Prefect's API gets them."""
    made = automations(target(**changed), FLOWS, alert_block)
    return {each.name.removeprefix("fed-by-tweets-staging: "): each.model_dump(mode="json") for each in made}


def test_every_way_a_run_can_go_wrong_is_watched() -> None:
    """Failed, crashed, late, never started, vanished, and no run at all."""
    assert {name: min(each["trigger"]["expect"]) for name, each in watched().items()} == {
        "run failed": "prefect.flow-run.Failed",
        "run crashed": "prefect.flow-run.Crashed",
        "run late": "prefect.flow-run.Late",
        "run never started": "prefect.flow-run.Cancelled",
        "no run completed": "prefect.flow-run.Completed",
        "run vanished": "prefect.flow-run.AwaitingRetry",
    }


def test_alerts_go_through_the_block_that_is_named() -> None:
    """With a block each alert is a notification whose text Prefect fills in; without one it tells nobody."""
    (told,) = watched(BLOCK)["run failed"]["actions"]
    assert (told["type"], told["block_document_id"]) == ("send-notification", str(BLOCK))
    assert told["body"].startswith("Run {{ flow_run.name }} of {{ flow.name }} (staging) failed: ")
    assert [action["type"] for action in watched()["run failed"]["actions"]] == ["do-nothing"]


@pytest.mark.parametrize("name", ["run vanished", "run never started"])
def test_a_run_that_is_gone_makes_room_for_the_next(name: str) -> None:
    """It is marked crashed with or without a block, as it would hold its deployment's only place."""
    for block in (None, BLOCK):
        (action,) = watched(block)[name]["actions"]
        assert (action["type"], action["state"]) == ("change-flow-run-state", "CRASHED")


def test_a_run_has_vanished_after_three_heartbeats() -> None:
    """Each run is watched for itself, subflows too, which carry no tag of ours."""
    trigger = watched()["run vanished"]["trigger"]
    assert trigger["within"] == 90.0
    assert trigger["for_each"] == ["prefect.resource.id"]
    assert trigger["match_related"] == [{"prefect.resource.role": "flow", "prefect.resource.name": list(FLOWS)}]


@pytest.mark.parametrize(("scheduled", "enabled"), [(True, True), (False, False)])
def test_silence_is_an_alarm_only_where_runs_are_expected(*, scheduled: bool, enabled: bool) -> None:
    """Staging without a schedule would otherwise cry twice a day."""
    assert watched(scheduled=scheduled)["no run completed"]["enabled"] is enabled


def test_an_update_sends_every_switch() -> None:
    """Fields that were not set would keep what someone clicked."""
    for each in automations(target(), FLOWS):
        assert {"name", "description", "enabled", "tags", "trigger", "actions"} <= each.model_fields_set
