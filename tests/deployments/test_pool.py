"""The job template: what an ECS task is made from, as prefect-aws itself fills it in."""

from typing import Any

import pytest
from deployments_rig import IMAGE, OUTPUT, target
from prefect.utilities.templating import apply_values
from prefect_aws.workers.ecs_worker import ECSJobConfiguration

from deployments.pool import job_template, job_variables


def filled_in(**values: Any) -> ECSJobConfiguration:
    """Return the template as prefect-aws fills it in for a run of a deployment that sets these job variables."""
    template = job_template(target(), api_key_secret=False)
    defaults = {
        name: each["default"] for name, each in template["variables"]["properties"].items() if "default" in each
    }
    return ECSJobConfiguration.model_validate(apply_values(template["job_configuration"], {**defaults, **values}))


def test_a_task_gets_its_settings_its_secrets_and_nothing_to_write_on_but_tmp() -> None:
    """The container of the task definition is as Terraform's output and the image want it."""
    (container,) = filled_in().task_definition["containerDefinitions"]
    assert container == {
        "image": IMAGE,
        "name": "prefect",
        "essential": True,
        "environment": [
            {"name": "AWS_DEFAULT_REGION", "value": "sa-east-1"},
            {"name": "AWS_REGION", "value": "sa-east-1"},
            {"name": "FEDBYTWEETS_FILE_ROWS", "value": "9"},
            {"name": "FEDBYTWEETS_LAKE", "value": "s3://lake"},
            {"name": "PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "value": "30"},
        ],
        "secrets": [
            {
                "name": "FEDBYTWEETS_X_BEARER_TOKEN",
                "valueFrom": OUTPUT["container_secrets"]["FEDBYTWEETS_X_BEARER_TOKEN"],
            }
        ],
        "stopTimeout": 120,
        "readonlyRootFilesystem": True,
        "mountPoints": [{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": False}],
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
    }


def test_a_task_runs_where_terraform_made_room_for_it() -> None:
    """Cluster, network, roles, size, processor and log group are Terraform's."""
    job = filled_in()
    assert job.cluster == OUTPUT["cluster"]
    assert job.network_configuration == {
        "subnets": ["subnet-1", "subnet-2"],
        "securityGroups": ["sg-1"],
        "assignPublicIp": "ENABLED",
    }
    assert job.task_definition | {"containerDefinitions": []} == {
        "containerDefinitions": [],
        "cpu": 512,
        "memory": 2048,
        "family": "fed-by-tweets-staging",
        "executionRoleArn": OUTPUT["execution_role_arn"],
        "taskRoleArn": OUTPUT["task_role_arn"],
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "volumes": [{"name": "tmp"}],
    }
    assert job.cloudwatch_logs_options == {
        "awslogs-group": "/ecs/fed-by-tweets-staging",
        "awslogs-create-group": "false",
    }


def test_a_deployment_may_ask_for_another_size() -> None:
    """Cpu and memory of a deployment win over the pool's."""
    definition = filled_in(cpu=1024, memory=4096).task_definition
    assert (definition["cpu"], definition["memory"]) == (1024, 4096)


@pytest.mark.parametrize("with_key", [True, False])
def test_prefects_key_comes_from_secrets_manager_where_there_is_one(with_key: bool) -> None:
    """Against a server without keys none is named, or the worker would fall over its absence."""
    properties = job_template(target(), api_key_secret=with_key)["variables"]["properties"]
    wanted = OUTPUT["prefect_api_key_secret_arn"] if with_key else None
    assert properties["prefect_api_key_secret_arn"]["default"] == wanted


def test_the_library_still_has_every_variable_that_is_set() -> None:
    """A template that follows the library would otherwise set what nobody reads."""
    assert {"cpu", "memory", "image", "family", "env", "stop_timeout"} <= job_variables(target())
