"""`automations.yaml` -> Prefect's automations of one environment, found by name and renewed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from prefect.client.orchestration import PrefectClient
from prefect.events.schemas.automations import Automation, AutomationCore
from pydantic import ValidationError

from deployments.filled import filled
from deployments.pool import HEARTBEAT_SECONDS
from deployments.target import Target
from fedbytweets.errors import InputError

AUTOMATIONS_FILE = "automations.yaml"
VANISHED_SECONDS = 3 * HEARTBEAT_SECONDS


def automations(target: Target, flows: tuple[str, ...], alert_block: UUID | None = None) -> tuple[AutomationCore, ...]:
    """Return what is watched in an environment; without an alert block, alerts are events and tell nobody.

    Raises:
        InputError: an automation is not one.

    """
    variables = {**target.variables(), "DEPLOY_VANISHED_SECONDS": str(VANISHED_SECONDS)}
    return tuple(_automation(entry, target, flows, alert_block) for entry in filled(AUTOMATIONS_FILE, variables))


async def renew(client: PrefectClient, wanted: tuple[AutomationCore, ...]) -> None:
    """Make Prefect's automations what they should be: those of the name are renewed, doubles of it deleted.

    One that is as it should be is left alone: with an update Prefect forgets what the old one was waiting for, and a
    run that had just vanished would hold its deployment's only place for ever.
    """
    for automation in wanted:
        same: list[Automation] = await client.read_automations_by_name(automation.name)
        for double in same[1:]:
            await client.delete_automation(double.id)
        if not same:
            await client.create_automation(automation)
        elif same[0].model_dump(include=set(AutomationCore.model_fields)) != automation.model_dump():
            await client.update_automation(same[0].id, automation)


def _automation(
    entry: Mapping[str, Any], target: Target, flows: tuple[str, ...], alert_block: UUID | None
) -> AutomationCore:
    fields = {name: value for name, value in entry.items() if name != "alert"}
    fields["name"] = f"{target.name}: {entry['name']}"
    fields["tags"] = [target.name]
    fields["trigger"] = _trigger(entry["trigger"], target, flows)
    if "alert" in entry:
        fields["actions"] = [_alert(fields["name"], entry["alert"], alert_block)]
    try:
        # All fields set: an update sends only these, and an old value must not survive it.
        return AutomationCore.model_validate({"enabled": True, **fields})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{AUTOMATIONS_FILE}, {entry['name']!r}, {where}: {first['msg']}.") from error


def _trigger(trigger: Mapping[str, Any], target: Target, flows: tuple[str, ...]) -> dict[str, Any]:
    """Return a trigger as Prefect takes it, limited to our runs.

    A subflow's events carry neither deployment nor tags, only its flow's name.
    """
    limits: dict[str, list[dict[str, Any]]] = {
        "deployment": [{"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{target.name}"}],
        "flow": [{"prefect.resource.role": "flow", "prefect.resource.name": list(flows)}],
    }
    fields = {name: value for name, value in trigger.items() if name != "run_of"}
    return {
        **fields,
        "type": "event",
        "match": {"prefect.resource.id": "prefect.flow-run.*"},
        "match_related": [*trigger.get("match_related", []), *limits[trigger["run_of"]]],
    }


def _alert(subject: str, body: str, block: UUID | None) -> dict[str, Any]:
    if block is None:
        return {"type": "do-nothing"}
    return {"type": "send-notification", "block_document_id": block, "subject": subject, "body": body}
