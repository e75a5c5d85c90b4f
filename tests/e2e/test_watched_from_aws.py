"""What AWS's side would wake someone up for, as Terraform has made it: the metric that runs publish, and ECS's events.

moto keeps alarms, metrics and rules, and judges none of them: that an alarm changes its state, that EventBridge hands
a match to SNS, and that a budget is watched is AWS's own word. Shown here is that each looks at what there really is.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.events.models import EventPattern, EventPatternParser
from world import World

pytestmark = pytest.mark.e2e

NAME = "fed-by-tweets-staging"
CLUSTER = f"arn:aws:ecs:sa-east-1:123456789012:cluster/{NAME}"


def event(*exit_codes: int | None, status: str = "STOPPED", cluster: str = CLUSTER, **detail: str) -> dict[str, Any]:
    """Return "ECS Task State Change" as ECS's documentation shows it; a container without a code never ran."""
    task = f"{cluster.replace(':cluster/', ':task/')}/a6bb87ddbf284f4cb2a5b2f1a0a4d0a7"
    containers = [
        {
            "containerArn": f"arn:aws:ecs:sa-east-1:123456789012:container/{number}",
            "lastStatus": status,
            "name": "prefect",
            "taskArn": task,
            "networkInterfaces": [{"attachmentId": "b7d1", "privateIpv4Address": "10.0.0.12"}],
            "cpu": "0",
            **({} if code is None else {"exitCode": code}),
        }
        for number, code in enumerate(exit_codes)
    ]
    return {
        "version": "0",
        "id": "3317b2af-7005-947d-b652-f55e762e571a",
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": "123456789012",
        "time": "2026-11-26T10:00:00Z",
        "region": "sa-east-1",
        "resources": [task],
        "detail": {
            "attachments": [{"id": "1789", "type": "eni", "status": "DELETED", "details": []}],
            "clusterArn": cluster,
            "containers": containers,
            "desiredStatus": "STOPPED",
            "group": f"family:{NAME}-batch-ingestion",
            "lastStatus": status,
            "launchType": "FARGATE",
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
            "taskArn": task,
            "version": 6,
            **detail,
        },
    }


EVENTS: Mapping[str, tuple[dict[str, Any], bool]] = {
    "a run that ended well": (event(0), False),
    "a run that failed": (event(1), True),
    "a run without memory": (event(137), True),
    "one container of two": (event(0, 1), True),
    "an image that cannot be pulled": (event(None, stopCode="TaskFailedToStart", stoppedReason="CannotPull"), True),
    "a task that runs": (event(None, status="RUNNING"), False),
    "another cluster's task": (event(1, cluster=f"{CLUSTER}-of-another"), False),
}


@pytest.fixture
def rule(followed: World) -> Mapping[str, Any]:
    """Return the rule for tasks that failed."""
    rule: dict[str, Any] = followed.aws.client("events").describe_rule(Name=f"{NAME}-task-failed")
    return rule


def test_the_alarm_of_silence_watches_the_metric_that_runs_publish(followed: World) -> None:
    """Namespace, name and dimensions are the same, the figures good; twelve hours without one are a bad sign."""
    cloudwatch = followed.aws.client("cloudwatch")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"{NAME}-stale"])["MetricAlarms"]
    watched = {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions")}
    published = cloudwatch.list_metrics(Namespace=alarm["Namespace"])["Metrics"]  # moto names it once a figure
    assert published
    assert all(metric == watched for metric in published)
    now = datetime.now(UTC)
    figures = cloudwatch.get_metric_statistics(
        **watched, Period=alarm["Period"], Statistics=[alarm["Statistic"]],
        StartTime=now - timedelta(hours=1), EndTime=now + timedelta(minutes=1),
    )["Datapoints"]  # fmt: skip
    assert figures
    assert all(0 <= each[alarm["Statistic"]] < alarm["Threshold"] == 12 for each in figures)
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Period"] * alarm["EvaluationPeriods"] == alarm["Period"] * alarm["DatapointsToAlarm"] == 12 * 3600
    assert alarm["AlarmActions"] == alarm["OKActions"] == [topic(followed)]


@pytest.mark.parametrize("what", EVENTS)
def test_a_task_that_fails_or_never_starts_is_told_and_no_other(rule: Mapping[str, Any], what: str) -> None:
    """The rule's pattern, judged by moto's own matcher."""
    document, told = EVENTS[what]
    pattern = EventPattern(rule["EventPattern"], EventPatternParser(rule["EventPattern"]).parse())
    assert pattern.matches_event(spread(document)) is told


def test_what_is_told_of_a_task_is_in_the_event(followed: World, rule: Mapping[str, Any]) -> None:
    """Each path of the message leads to a text of ECS's event; the message goes to the topic."""
    (target,) = followed.aws.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
    assert target["Arn"] == topic(followed)
    for path in target["InputTransformer"]["InputPathsMap"].values():
        value: Any = event(1)
        for name in path.removeprefix("$.").split("."):
            value = value[name]
        assert isinstance(value, str)


def topic(world: World) -> str:
    """Return the topic of alerts."""
    (found,) = [each["TopicArn"] for each in world.aws.client("sns").list_topics()["Topics"]]
    return str(found)


def spread(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event as EventBridge compares it: objects in a list count as one object of lists.

    "If the value in the event is an array, then the pattern matches if the intersection is non-empty" (EventBridge,
    arrays); moto's matcher knows this of values, not of objects.
    """
    return {name: _spread(value) for name, value in document.items()}


def _spread(value: Any) -> Any:
    if isinstance(value, Mapping):
        return spread(value)
    if isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        names = dict.fromkeys(name for each in value for name in each)
        return {name: list(_values(value, name)) for name in names}
    return value


def _values(objects: list[Mapping[str, Any]], name: str) -> Iterator[Any]:
    for each in objects:
        if name in each:
            yield each[name]
