"""What a deploy needs to find in AWS, and the two things a person puts there: secrets and the pool's key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deployments.target import Target
from deployments.terraform import WorkPool
from fedbytweets.errors import InputError, SettingsError

API_KEY = "PREFECT_API_KEY"


def findings(target: Target, *, api_key_secret: bool) -> Iterator[str]:
    """Say which secret has no value yet, and whether the image is there to be pulled.

    Raises:
        SettingsError: AWS cannot be asked.

    """
    wanted = dict(target.aws.container_secrets)
    if api_key_secret:
        wanted[API_KEY] = target.aws.prefect_api_key_secret_arn
    for name, arn in wanted.items():
        if not _has_value(target.aws, arn):
            yield f"Secret {name} has no value: `python -m deployments secret {target.environment} {name}` puts it in."
    if not _is_pushed(target):
        yield f"There is no image {target.image}: push it first, or name one with IMAGE=... (a tag or a digest)."


def put_secret(pool: WorkPool, name: str, value: str) -> None:
    """Store a secret's value where the tasks get it from.

    Raises:
        InputError: there is no such secret, or the value is empty.
        SettingsError: AWS cannot be asked.

    """
    arns = {**pool.container_secrets, API_KEY: pool.prefect_api_key_secret_arn}
    if name not in arns:
        raise InputError(f"There is no secret {name!r}; there are: {', '.join(sorted(arns))}.")
    if not value.strip():
        raise InputError(f"The value of {name} is empty: give it on standard input, or type it when asked.")
    with _asking(pool):
        _client(pool, "secretsmanager").put_secret_value(SecretId=arns[name], SecretString=value.strip())


def new_key(pool: WorkPool) -> tuple[str, str]:
    """Make an access key of the pool's user and return it: id and secret.

    Raises:
        InputError: the user has two keys already, AWS's most.
        SettingsError: AWS cannot be asked.

    """
    iam = _client(pool, "iam")
    with _asking(pool):
        try:
            key = iam.create_access_key(UserName=pool.pool_user)["AccessKey"]
        except iam.exceptions.LimitExceededException as error:
            raise InputError(f"{pool.pool_user} has two keys already: delete the one no longer in use.") from error
    return key["AccessKeyId"], key["SecretAccessKey"]


def registry_login(pool: WorkPool) -> str:
    """Return the token that Docker logs in to the environment's repository with: user:password in base64.

    Raises:
        SettingsError: AWS cannot be asked.

    """
    with _asking(pool):
        return str(_client(pool, "ecr").get_authorization_token()["authorizationData"][0]["authorizationToken"])


def _has_value(pool: WorkPool, arn: str) -> bool:
    """Say whether a secret has a value, without reading it."""
    with _asking(pool):
        stages = _client(pool, "secretsmanager").describe_secret(SecretId=arn).get("VersionIdsToStages", {})
    return any("AWSCURRENT" in names for names in stages.values())


def _is_pushed(target: Target) -> bool:
    repository = target.aws.image_repository
    if not target.image.startswith(repository):
        return True  # another registry's, which is not ours to ask
    rest = target.image.removeprefix(repository)
    wanted = {"imageDigest": rest[1:]} if rest.startswith("@") else {"imageTag": rest[1:] or "latest"}
    ecr = _client(target.aws, "ecr")
    with _asking(target.aws):
        try:
            ecr.describe_images(repositoryName=repository.partition("/")[2], imageIds=[wanted])
        except ecr.exceptions.ImageNotFoundException:
            return False
    return True


def _client(pool: WorkPool, service: str) -> Any:
    with _asking(pool):
        return boto3.Session().client(service, region_name=pool.region)


@contextmanager
def _asking(pool: WorkPool) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise SettingsError(
            f"AWS ({pool.region}) cannot be asked: {error}. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, of an administrator or of the deploy role."
        ) from error
