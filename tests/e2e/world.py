"""One machine as AWS, X and Prefect: what there is, and what its parts are told of each other."""

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from local_ecs import REGION, LocalEcs
from page import Shell
from prefect_api import PrefectApi

from fedbytweets.simulator import Simulator

TOKEN = "only-in-the-vault-and-in-memory-8f3a"
DOCKER = """#!/usr/bin/env python
# Stands for Docker: a pushed image is one that the repository knows.
import json, sys
import boto3
words = sys.argv[1:]
if words[0] == "login":
    assert sys.stdin.read()
else:
    assert words[:2] == ["buildx", "build"] and words[-2:] == ["--push", "."], words
    name, _, tag = words[words.index("--tag") + 1].partition("/")[2].rpartition(":")
    manifest = json.dumps({"schemaVersion": 2, "config": {}, "layers": [], "tag": tag})
    boto3.client("ecr", region_name="sa-east-1").put_image(repositoryName=name, imageTag=tag, imageManifest=manifest,
        imageManifestMediaType="application/vnd.docker.distribution.manifest.v2+json")
"""
SETTINGS = """
FEDBYTWEETS_X_PAGE_SIZE = 10
FEDBYTWEETS_BUDGET_MONEY_PER_DAY = 50.0
"""


@dataclass(frozen=True)
class World:
    """Everything the pipeline meets."""

    aws: LocalEcs
    x: Simulator
    prefect: PrefectApi
    shell: Shell


def plugins() -> list[str]:
    """Return what leads `terraform init` to the mirror that TF_PLUGIN_DIR names, if it names one."""
    mirror = os.environ.get("TF_PLUGIN_DIR")
    return [f"-plugin-dir={mirror}"] if mirror else []


def environment(folder: Path, checkout: Path, aws_url: str) -> dict[str, str]:
    tools = folder / "tools"
    tools.mkdir()
    (tools / "docker").write_text(DOCKER)
    (tools / "docker").chmod(0o755)
    return {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(checkout),
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_CLI_ARGS_init": " ".join(["-no-color", *plugins()]),
        "TF_CLI_ARGS_apply": "-auto-approve -no-color",
        "TF_IN_AUTOMATION": "1",
        "CHECKPOINT_DISABLE": "1",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # The server: in memory, and quick to see that a run is late or gone.
        "PREFECT_API_DATABASE_CONNECTION_URL": (
            "sqlite+aiosqlite:///file::memory:?cache=shared&uri=true&check_same_thread=false"
        ),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "10",
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "2",
    }


def of_a_task(checkout: Path, aws_url: str, x_url: str) -> dict[str, str]:
    """Return what a task finds where it runs: the task role's credentials, and on this machine where AWS and X are."""
    return {
        "PATH": f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(checkout),  # what the image holds
        "LANG": "C.UTF-8",
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_ACCESS_KEY_ID": "task-role",
        "AWS_SECRET_ACCESS_KEY": "task-role",
        "AWS_EC2_METADATA_DISABLED": "true",
        "FEDBYTWEETS_X_BASE_URL": x_url,
        "FEDBYTWEETS_X_SIMULATED": "true",
    }


def answers() -> dict[str, str]:
    return {"FEDBYTWEETS_X_BEARER_TOKEN": TOKEN + "\n"}


def replaced(port: int) -> dict[str, str]:
    return {"YOUR-SERVER": "127.0.0.1", "4200": str(port), "OWNER/NAME": "someone/fed-by-tweets"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
