"""Target -> Prefect: is everything there that a deploy needs, and then the pool, the deployments, the automations."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from prefect.client.base import ServerType
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.actions import WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.objects import WorkPool as PrefectPool
from prefect.exceptions import ObjectNotFound
from prefect.settings import get_current_settings
from prefect_aws.credentials import AwsCredentials
from pydantic import SecretStr

from deployments.declared import PREFECT_FILE
from deployments.filled import FOLDER
from deployments.target import POOL_TYPES, Target
from fedbytweets.errors import InputError, SettingsError

CREDENTIALS_TYPE = "aws-credentials"


@asynccontextmanager
async def connected() -> AsyncIterator[PrefectClient]:
    """Connect to the Prefect API that the settings name.

    Raises:
        SettingsError: none is named, it does not answer, or it refuses the key.

    """
    url = get_current_settings().api.url
    if not url:
        raise SettingsError("PREFECT_API_URL is not set: `prefect cloud login`, or name your own server's.")
    try:
        async with get_client() as client:
            await client.read_work_pools(limit=1)
            yield client
    except httpx.HTTPStatusError as error:
        raise SettingsError(
            f"Prefect at {url} refused ({error.response.status_code}): check PREFECT_API_KEY, or for a server of your "
            "own PREFECT_API_AUTH_STRING."
        ) from error
    except httpx.TransportError as error:
        raise SettingsError(f"Prefect at {url} does not answer ({error!r}): check PREFECT_API_URL.") from error


def has_api_key() -> bool:
    """Say whether Prefect asks for a key, which the tasks then need too."""
    return get_current_settings().api.key is not None


async def findings(client: PrefectClient, target: Target) -> list[str]:
    """Say what Prefect lacks: a pool of the right kind, the pool's key, the block that alerts go through."""
    found = []
    pool = await _pool(client, target)
    if pool is not None and pool.type != POOL_TYPES[target.kind]:
        found.append(
            f"The work pool {target.name} is of type {pool.type!r}, and POOL={target.kind} needs "
            f"{POOL_TYPES[target.kind]!r}: deploy with POOL={_kind_of(pool)}, or delete the pool first."
        )
    if target.kind == "push" and client.server_type != ServerType.CLOUD:
        found.append("Only Prefect Cloud starts tasks of a push pool, and this is a server of your own: POOL=hybrid.")
    if target.kind == "push" and await credentials_block(client, target) is None:
        found.append(
            f"There is no block {CREDENTIALS_TYPE}/{target.name} with the pool's AWS key: "
            f"`python -m deployments key {target.environment}` makes it."
        )
    if target.alert_block and await alert_block(client, target) is None:
        found.append(
            f"There is no notification block {target.alert_block!r} (ALERT, <type>/<name>): make it in Prefect."
        )
    return found


async def alert_block(client: PrefectClient, target: Target) -> UUID | None:
    """Return the block that alerts go through."""
    kind, _, name = target.alert_block.partition("/")
    return await _block(client, kind, name) if name else None


async def credentials_block(client: PrefectClient, target: Target) -> UUID | None:
    """Return the block that holds the pool's AWS key."""
    return await _block(client, CREDENTIALS_TYPE, target.name)


async def keep_key(name: str, region: str, key_id: str, secret: str) -> None:
    """Store the pool's AWS key in the block of that name."""
    block = AwsCredentials(
        aws_access_key_id=key_id, aws_secret_access_key=SecretStr(secret), region_name=region
    )  # fmt: skip
    await AwsCredentials.aregister_type_and_schema()
    await block.asave(name, overwrite=True)


async def renew_pool(client: PrefectClient, target: Target, template: Mapping[str, Any]) -> None:
    """Make the work pool, or give the one that is there this template."""
    if await _pool(client, target) is None:
        await client.create_work_pool(
            WorkPoolCreate(
                name=target.name,
                type=POOL_TYPES[target.kind],
                description=f"Runs of the pipeline as ECS tasks, {target.environment}.",
                base_job_template=dict(template),
            )
        )
    else:
        await client.update_work_pool(target.name, WorkPoolUpdate(base_job_template=dict(template)))


def deploy_all(target: Target) -> None:
    """Hand `prefect.yaml` to Prefect's own command.

    Raises:
        InputError: it refused.

    """
    root = FOLDER.parent
    done = subprocess.run(  # noqa: S603 (no word of it is input)
        [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", _relative(root)],
        cwd=root, env={**os.environ, **target.variables(), "PREFECT_DEFAULT_WORK_POOL_NAME": target.name},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise InputError(f"Prefect refused the deployments:\n{(done.stdout + done.stderr).strip()[-1500:]}")


def _relative(root: Path) -> str:
    return str((FOLDER / PREFECT_FILE).relative_to(root))


async def _pool(client: PrefectClient, target: Target) -> PrefectPool | None:
    try:
        return await client.read_work_pool(target.name)
    except ObjectNotFound:
        return None


async def _block(client: PrefectClient, kind: str, name: str) -> UUID | None:
    try:
        return (await client.read_block_document_by_name(name, kind, include_secrets=False)).id
    except ObjectNotFound:
        return None


def _kind_of(pool: PrefectPool) -> str:
    return next((kind for kind, name in POOL_TYPES.items() if name == pool.type), "its own kind")
