"""Every place that a token could have leaked to, as text."""

import json
from collections.abc import Iterator
from typing import Any

from world import World

from fedbytweets.lake.lake import Lake
from fedbytweets.tables import ALL


def places(world: World, lake: Lake) -> Iterator[tuple[str, str]]:
    """Yield every place a token could have leaked to, by name, as text."""
    yield from ((f"said {number}", text) for number, text in enumerate(world.shell.said))
    yield from ((str(log), log.read_text()) for log in world.shell.folder.parent.glob("served-*.log"))
    for kind in (
        "flow_runs",
        "task_runs",
        "logs",
        "artifacts",
        "deployments",
        "work_pools",
        "automations",
        "variables",
    ):
        yield kind, json.dumps(world.prefect.all(kind))
    yield "events", json.dumps(world.prefect.events())
    for task in world.aws.started:
        yield "command", json.dumps(task.command)
        yield "plain environment", json.dumps(task.environment)
    yield from of_aws(world)
    yield from ((table.identifier, lake.scan(table).collect().write_ndjson()) for table in ALL)


def of_aws(world: World) -> Iterator[tuple[str, str]]:
    """Yield objects of every bucket, log lines, task definitions, tasks, the catalog."""
    s3, ecs, logs = (world.aws.client(name) for name in ("s3", "ecs", "logs"))
    for each in s3.list_buckets()["Buckets"]:
        for found in s3.get_paginator("list_objects_v2").paginate(Bucket=each["Name"]):
            for key in (entry["Key"] for entry in found.get("Contents", [])):
                yield key, s3.get_object(Bucket=each["Name"], Key=key)["Body"].read().decode("latin-1")
    for group in logs.describe_log_groups()["logGroups"]:
        yield group["logGroupName"], text_of(logs.filter_log_events(logGroupName=group["logGroupName"]))
    for arn in ecs.list_task_definitions()["taskDefinitionArns"]:
        yield arn, text_of(ecs.describe_task_definition(taskDefinition=arn))
    for task in world.aws.started:
        yield task.task.task_arn, json.dumps(task.task.overrides)
    for database in ("staging_bronze", "staging_silver"):
        yield database, text_of(world.aws.client("glue").get_tables(DatabaseName=database))


def text_of(answer: Any) -> str:
    """Return an answer of AWS as text."""
    return json.dumps(answer, default=str)
