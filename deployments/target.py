"""What is deployed, and where to: the facts that pool, deployments and automations are all made from."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from deployments.terraform import WorkPool
from fedbytweets.errors import InputError

PoolKind = Literal["push", "hybrid"]
POOL_TYPES: Mapping[PoolKind, str] = {"push": "ecs:push", "hybrid": "ecs"}
"""push: Prefect Cloud starts the tasks. hybrid: a worker of yours does, with the same template."""


@dataclass(frozen=True, slots=True)
class Target:
    """One environment, one image of it."""

    aws: WorkPool
    kind: PoolKind
    image: str
    version: str
    settings: Mapping[str, str] = field(default_factory=dict)
    """The pipeline's own settings, as the container's environment holds them."""
    alert_block: str = ""
    """`<type>/<name>` of the Prefect notification block that is told of alerts; empty: nobody is."""

    @property
    def environment(self) -> str:
        """`staging` or `production`."""
        return self.aws.environment

    @property
    def name(self) -> str:
        """The pool's name, its tag and its credentials block's: the one that Terraform gave everything."""
        return self.aws.task_family

    def variables(self) -> dict[str, str]:
        """Return what `prefect.yaml` may ask for as `{{ $NAME }}`."""
        return {
            "DEPLOY_ENVIRONMENT": self.environment,
            "DEPLOY_FAMILY": self.aws.task_family,
            "DEPLOY_IMAGE": self.image,
            "DEPLOY_POOL": self.name,
            "DEPLOY_SCHEDULED": str(self.aws.runs_by_the_clock).lower(),
            "DEPLOY_VERSION": self.version,
        }


def version_of_checkout(folder: Path) -> str:
    """Return git's name for what is checked out, such as v1.2-3-gabc1234 or abc1234-dirty.

    Raises:
        InputError: git does not know.

    """
    try:
        done = subprocess.run(
            ["git", "describe", "--tags", "--always", "--dirty"],  # noqa: S607 (git is found as everywhere)
            cwd=folder, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as error:
        raise InputError(f"git does not know what is checked out in {folder}: name it with --version.") from error
    return done.stdout.strip()


def image_of(pool: WorkPool, image: str, version: str) -> str:
    """Return the full name of an image: a digest or tag alone is one of the environment's own repository."""
    if not image:
        return f"{pool.image_repository}:{version}"
    if image.startswith("sha256:"):
        return f"{pool.image_repository}@{image}"
    return image if "/" in image else f"{pool.image_repository}:{image}"
