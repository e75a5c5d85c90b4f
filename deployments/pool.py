"""Target -> the work pool's base job template: prefect-aws' own, with our defaults and what it cannot say itself."""

from typing import Any

from prefect_aws.workers import ECSWorker

from deployments.target import Target

STOP_TIMEOUT_SECONDS = 120
"""Between SIGTERM and SIGKILL; Fargate's most. A page in flight is stored well within it."""
HEARTBEAT_SECONDS = 30
"""How often a run says that it lives; Prefect's least."""


def job_template(target: Target, *, credentials_id: str | None = None, api_key_secret: bool = True) -> dict[str, Any]:
    """Return the template that ECS tasks of the pool are made from.

    `credentials_id` is the block whose key Prefect Cloud starts tasks with; None leaves that to the worker's own
    environment. `api_key_secret` hands Prefect's key over from Secrets Manager: against a server without keys there
    is none, and prefect-aws' worker falls over its absence.
    """
    template: dict[str, Any] = ECSWorker.get_default_base_job_template()
    job = template["job_configuration"]
    _complete(job["task_definition"], target)
    properties = template["variables"]["properties"]
    for name, value in _defaults(target, api_key_secret=api_key_secret).items():
        properties[name]["default"] = value
    if credentials_id is not None:
        properties["aws_credentials"]["default"] = {"$ref": {"block_document_id": credentials_id}}
    properties["stop_timeout"] = {
        "title": "Stop timeout",
        "description": "Seconds between SIGTERM and SIGKILL, 2 to 120.",
        "type": "integer",
        "default": STOP_TIMEOUT_SECONDS,
    }
    return template


def job_variables(target: Target) -> frozenset[str]:
    """Return the names a deployment may set."""
    return frozenset(job_template(target)["variables"]["properties"])


def container_environment(target: Target) -> dict[str, str]:
    """Return the container's environment, but for its secrets and what Prefect adds for each run."""
    return {
        **target.aws.container_environment,
        **target.settings,
        "AWS_DEFAULT_REGION": target.aws.region,  # boto3 reads this one, and not AWS_REGION
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
    }


def _complete(definition: dict[str, Any], target: Target) -> None:
    """Say in the task definition what the library's template has no variable for."""
    aws = target.aws
    definition |= {
        "taskRoleArn": "{{ task_role_arn }}",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": aws.architecture, "operatingSystemFamily": "LINUX"},
        "volumes": [{"name": "tmp"}],
    }
    definition["containerDefinitions"][0] |= {
        "essential": True,
        "environment": _pairs("value", container_environment(target)),
        "secrets": _pairs("valueFrom", dict(aws.container_secrets)),
        "stopTimeout": "{{ stop_timeout }}",
        # The image writes to /tmp and nowhere else.
        "readonlyRootFilesystem": True,
        "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}],  # noqa: S108
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
    }


def _defaults(target: Target, *, api_key_secret: bool) -> dict[str, Any]:
    aws = target.aws
    return {
        "cluster": aws.cluster,
        "vpc_id": aws.vpc_id,
        # The inner object, and whole: without a public address no image is pulled.
        "network_configuration": {
            "subnets": list(aws.subnets),
            "securityGroups": list(aws.security_groups),
            "assignPublicIp": "ENABLED",
        },
        "launch_type": "FARGATE",
        "image": target.image,
        "cpu": aws.cpu,
        "memory": aws.memory,
        "family": aws.task_family,
        "container_name": "prefect",
        # With a fixed family: no new revision of the task definition for each run.
        "match_latest_revision_in_family": True,
        "task_role_arn": aws.task_role_arn,
        "execution_role_arn": aws.execution_role_arn,
        "configure_cloudwatch_logs": True,
        "cloudwatch_logs_prefix": "run",
        "cloudwatch_logs_options": {"awslogs-group": aws.log_group, "awslogs-create-group": "false"},
        "prefect_api_key_secret_arn": aws.prefect_api_key_secret_arn if api_key_secret else None,
    }


def _pairs(second: str, values: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, second: values[name]} for name in sorted(values)]
