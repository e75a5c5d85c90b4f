"""Terraform's output -> WorkPool: what AWS looks like, as the pool and the deployments need to know it."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fedbytweets.errors import InputError

INFRA = Path(__file__).parents[1] / "infra"
OUTPUT = "work_pool"


class WorkPool(BaseModel):
    """The output `work_pool` of `infra/outputs.tf`; nothing in it is secret."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    environment: str = Field(min_length=1)
    region: str = Field(min_length=1)
    cluster: str = Field(min_length=1)
    vpc_id: str = Field(min_length=1)
    subnets: tuple[str, ...] = Field(min_length=1)
    security_groups: tuple[str, ...] = Field(min_length=1)
    task_family: str = Field(min_length=1)
    task_role_arn: str = Field(min_length=1)
    execution_role_arn: str = Field(min_length=1)
    cpu: int
    memory: int
    """MiB."""
    architecture: str
    image_repository: str = Field(min_length=1)
    log_group: str = Field(min_length=1)
    pool_user: str = Field(min_length=1)
    container_environment: Mapping[str, str]
    container_secrets: Mapping[str, str]
    """Setting -> ARN of the secret that holds its value."""
    prefect_api_key_secret_arn: str
    scheduled: bool | None = None
    """Whether runs are expected by the clock; None: production only."""

    @property
    def runs_by_the_clock(self) -> bool:
        """Whether the schedule is active."""
        return self.environment == "production" if self.scheduled is None else self.scheduled


def read_work_pool(environment: str, outputs: Path | None = None) -> WorkPool:
    """Return what Terraform made for an environment: of a file of `terraform output -json`, or of Terraform itself.

    Raises:
        InputError: there is no such output, it is another environment's, or it lacks something.

    """
    document = _from_terraform() if outputs is None else _from_file(outputs)
    pool = _parsed(document.get(OUTPUT, document))
    if pool.environment != environment:
        raise InputError(
            f"Terraform's state is that of {pool.environment!r}, and {environment!r} is to be deployed: "
            f"`terraform -chdir=infra init -reconfigure -backend-config=environments/{environment}/backend.hcl ...`."
        )
    return pool


def _parsed(document: Any) -> WorkPool:
    value = document.get("value", document) if isinstance(document, dict) else document
    try:
        return WorkPool.model_validate(value)
    except ValidationError as error:
        names = ", ".join(sorted({".".join(map(str, each["loc"])) or OUTPUT for each in error.errors()}))
        raise InputError(
            f"Terraform's output {OUTPUT!r} lacks or misstates: {names}. Apply `infra/` for this environment first."
        ) from error


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return _object(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise InputError(f"Terraform's output {path} cannot be read: {error.strerror}. Name another.") from error


def _from_terraform() -> dict[str, Any]:
    command = ["terraform", f"-chdir={INFRA}", "output", "-json"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (no word of it is input)
    except FileNotFoundError as error:
        raise InputError("Terraform is not installed: install it, or name a file with --outputs.") from error
    except subprocess.CalledProcessError as error:
        reason = " ".join(error.stderr.split())[:300]
        raise InputError(f"Terraform has no outputs ({reason}): `terraform -chdir=infra init ...` first.") from error
    return _object(done.stdout, "terraform output")


def _object(text: str, name: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{name} is not JSON ({error}): write it with `terraform output -json`.") from error
    if not isinstance(document, dict) or not document:
        raise InputError(f"{name} holds no output: apply `infra/` for this environment first.")
    return document
