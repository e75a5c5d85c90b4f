"""`prefect.yaml` -> the deployments it declares, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.cli.deploy._models import DeploymentConfig
from prefect.client.schemas.schedules import construct_schedule
from prefect.exceptions import ScriptError
from prefect.flows import load_flow_from_entrypoint
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools import validate

from deployments.filled import FOLDER, filled
from fedbytweets.errors import InputError

PREFECT_FILE = "prefect.yaml"

# CPU -> the memory that Fargate offers with it, MiB (AWS, Fargate task definition parameters).
_FARGATE: Mapping[int, range] = {
    256: range(512, 2049, 512),
    512: range(1024, 4097, 1024),
    1024: range(2048, 8193, 1024),
    2048: range(4096, 16385, 1024),
    4096: range(8192, 30721, 1024),
}
_SCHEDULE = ("cron", "interval", "rrule", "timezone", "anchor_date")


@dataclass(frozen=True, slots=True)
class Declared:
    """One deployment as `prefect.yaml` declares it, variables filled in, and the flow it runs."""

    fields: Mapping[str, Any]
    flow: Flow[..., Any]

    @property
    def name(self) -> str:
        """`<flow>/<environment>`, as the dashboard and the command line call it."""
        return f"{self.flow.name}/{self.fields.get('name')}"

    @property
    def job_variables(self) -> Mapping[str, Any]:
        """What it sets of the pool's template."""
        return (self.fields.get("work_pool") or {}).get("job_variables") or {}


def declared(variables: Mapping[str, str], folder: Path = FOLDER) -> tuple[Declared, ...]:
    """Return the declared deployments.

    Raises:
        InputError: the file cannot be used, or an entry point leads to no flow.

    """
    entries = filled(PREFECT_FILE, variables, folder).get("deployments") or []
    return tuple(Declared(entry, _flow(str(entry.get("entrypoint")))) for entry in entries)


def findings(deployments: tuple[Declared, ...], template: Mapping[str, Any]) -> Iterator[str]:
    """Say what Prefect would take in silence and a run would trip over."""
    names = [each.name for each in deployments]
    yield from (f"{name} is declared twice: give each flow one entry." for name in set(names) if names.count(name) > 1)
    for each in deployments:
        for fault in (*_fields(each), *_parameters(each), *_job(each, template), *_schedules(each)):
            yield f"{each.name}: {fault}"


def _flow(entrypoint: str) -> Flow[..., Any]:
    try:
        return load_flow_from_entrypoint(entrypoint)
    except (ScriptError, ImportError, AttributeError, TypeError, ValueError) as error:
        raise InputError(
            f"Entry point {entrypoint!r} of {PREFECT_FILE} leads to no flow ({error}): mend it."
        ) from error


def _fields(each: Declared) -> Iterator[str]:
    known = DeploymentConfig.model_fields
    for name in sorted(set(each.fields) - set(known)):
        yield f"{name!r} is nothing that a deployment has; it has: {', '.join(sorted(known))}."
    if not each.flow.description:
        yield "its flow has no docstring, and the dashboard would describe it as 'None': write one."


def _parameters(each: Declared) -> Iterator[str]:
    given = each.fields.get("parameters") or {}
    schema = parameter_schema(each.flow)
    for name in sorted(set(given) - set(schema.properties)):
        yield f"the flow has no parameter {name!r}; it has: {', '.join(schema.properties) or 'none'}."
    known = {name: value for name, value in given.items() if name in schema.properties}
    for error in validate(known, schema.model_dump(), ignore_required=True):
        yield f"parameter {error.json_path.removeprefix('$.')!r}: {error.message}."


def _job(each: Declared, template: Mapping[str, Any]) -> Iterator[str]:
    variables = template["variables"]
    for name in sorted(set(each.job_variables) - set(variables["properties"])):
        yield f"the pool has no job variable {name!r}; it has: {', '.join(sorted(variables['properties']))}."
    known = {name: value for name, value in each.job_variables.items() if name in variables["properties"]}
    for error in validate(known, {**variables, "required": []}):
        yield f"job variable {error.json_path.removeprefix('$.')!r}: {error.message}."
    cpu, memory = (known.get(name, variables["properties"][name].get("default")) for name in ("cpu", "memory"))
    if isinstance(cpu, int) and isinstance(memory, int) and memory not in _FARGATE.get(cpu, ()):
        yield f"Fargate has no task of cpu {cpu} and memory {memory}: 256/512-2048, 512/1024-4096, 1024/2048-8192 ..."


def _schedules(each: Declared) -> Iterator[str]:
    for schedule in each.fields.get("schedules") or []:
        try:
            construct_schedule(**{name: schedule[name] for name in _SCHEDULE if name in schedule})
        except ValueError as error:
            reason = " ".join(str(error).split())
            yield f"schedule {schedule.get('slug', schedule)!r} does not parse: {reason}"
