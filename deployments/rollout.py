"""Target -> everything of it in Prefect, once nothing is found wrong; apart, as its imports take seconds."""

import asyncio

from deployments import aws, pipeline_settings, server
from deployments.automations import automations, renew
from deployments.declared import Declared, declared
from deployments.declared import findings as declared_findings
from deployments.pool import job_template
from deployments.target import Target
from deployments.terraform import WorkPool
from fedbytweets.errors import InputError


async def roll_out(target: Target) -> tuple[str, ...]:
    """Check everything, then make or renew pool, deployments and automations; return the deployments' names.

    Raises:
        InputError: something is wrong or missing; it names all of it, and nothing was changed.
        SettingsError: Prefect or AWS cannot be asked.

    """
    deployments = declared(target.variables())
    api_key = server.has_api_key()
    async with server.connected() as client:
        found = [*_of_files(target, deployments), *await server.findings(client, target)]
        found.extend(aws.findings(target, api_key_secret=api_key))
        if found:
            raise InputError("Nothing was deployed.\n" + "\n".join(f"- {each}" for each in found))
        block = await server.credentials_block(client, target)
        template = job_template(target, credentials_id=str(block) if block else None, api_key_secret=api_key)
        await server.renew_pool(client, target, template)
        await asyncio.to_thread(server.deploy_all, target)
        flows = tuple(each.flow.name for each in deployments)
        await renew(client, automations(target, flows, await server.alert_block(client, target)))
    return tuple(each.name for each in deployments)


def _of_files(target: Target, deployments: tuple[Declared, ...]) -> list[str]:
    """Return what is wrong with the files of this folder alone."""
    taken = {**target.aws.container_environment, **target.aws.container_secrets}
    return [
        *pipeline_settings.findings(target.settings, taken),
        *declared_findings(deployments, job_template(target)),
    ]


async def hand_over_key(made: WorkPool) -> str:
    """Make an AWS key of the pool's user, store it in Prefect, and return the name of its block; errors as above."""
    async with server.connected():
        await server.keep_key(made.task_family, made.region, *aws.new_key(made))
    return f"{server.CREDENTIALS_TYPE}/{made.task_family}"
