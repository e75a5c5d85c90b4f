"""What a deploy wants to find in AWS, and what a person puts there, against moto on loopback."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from deployments_rig import OUTPUT
from moto.server import ThreadedMotoServer

from deployments import aws
from deployments.target import Target
from deployments.terraform import WorkPool
from fedbytweets.errors import InputError, SettingsError

REGISTRY = OUTPUT["image_repository"].partition("/")[0]
TAG = {"imageManifestMediaType": "application/vnd.docker.distribution.manifest.v2+json", "imageManifest": "{}"}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """Return staging as Terraform leaves it: secrets without a value, a repository without an image."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    pool = _pool(uuid4().hex[:8])  # moto keeps one state for all servers of a process
    yield Target(pool, "hybrid", f"{pool.image_repository}:v1", "v1")
    server.stop()


def client(service: str) -> Any:
    """Return a boto3 client of that AWS."""
    return boto3.Session().client(service, region_name=OUTPUT["region"])


def _pool(own: str) -> WorkPool:
    secrets = [client("secretsmanager").create_secret(Name=f"{name}-{own}")["ARN"] for name in ("token", "key")]
    client("ecr").create_repository(repositoryName=own)
    client("iam").create_user(UserName=own)
    return WorkPool.model_validate(
        {
            **OUTPUT,
            "image_repository": f"{REGISTRY}/{own}",
            "pool_user": own,
            "container_secrets": {"FEDBYTWEETS_X_BEARER_TOKEN": secrets[0]},
            "prefect_api_key_secret_arn": secrets[1],
        }
    )


def test_empty_secrets_and_an_image_that_was_not_pushed_are_named(made: Target) -> None:
    """Each with the command that mends it; Prefect's key only where the tasks need one."""
    assert list(aws.findings(made, api_key_secret=True)) == [
        f"Secret {name} has no value: `python -m deployments secret staging {name}` puts it in."
        for name in ("FEDBYTWEETS_X_BEARER_TOKEN", "PREFECT_API_KEY")
    ] + [
        f"There is no image {made.image}: push it first, or name one with IMAGE=... (a tag or a digest).",
    ]
    assert len(list(aws.findings(made, api_key_secret=False))) == 2


def test_with_secrets_and_image_in_place_nothing_is_missing(made: Target) -> None:
    """The image is found by its tag and by its digest."""
    aws.put_secret(made.aws, "FEDBYTWEETS_X_BEARER_TOKEN", " the token\n")
    image = client("ecr").put_image(repositoryName=made.aws.pool_user, imageTag="v1", **TAG)["image"]
    by_digest = f"{made.aws.image_repository}@{image['imageId']['imageDigest']}"
    for name in (made.image, by_digest, "registry.example/other:v2"):
        assert list(aws.findings(Target(made.aws, "hybrid", name, "v1"), api_key_secret=False)) == []
    kept = client("secretsmanager").get_secret_value(SecretId=made.aws.container_secrets["FEDBYTWEETS_X_BEARER_TOKEN"])
    assert kept["SecretString"] == "the token"


@pytest.mark.parametrize(
    ("name", "value", "said"), [("X_TOKEN", "t", "no secret 'X_TOKEN'"), ("PREFECT_API_KEY", " ", "empty")]
)
def test_a_secret_of_another_name_or_without_a_value_is_refused(made: Target, name: str, value: str, said: str) -> None:
    """Nothing is stored, and the value is not in the message."""
    with pytest.raises(InputError, match=said):
        aws.put_secret(made.aws, name, value)


def test_a_third_key_is_refused_with_the_way_out(made: Target) -> None:
    """AWS gives a user two; the old one is to be deleted."""
    first, second = aws.new_key(made.aws), aws.new_key(made.aws)
    assert first != second
    with pytest.raises(InputError, match="has two keys already"):
        aws.new_key(made.aws)


def test_without_credentials_the_settings_are_named(made: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """One message in place of a traceback."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(SettingsError, match="AWS_PROFILE"):
        list(aws.findings(made, api_key_secret=False))
