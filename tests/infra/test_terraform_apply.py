"""The whole life of an environment on a moto server: bootstrap, apply, an empty re-plan, destroy."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_calls import rights_used
from moto.server import ThreadedMotoServer
from terraform_cli import OVERRIDES, REPOSITORY, Terraform, copy_of_infra

ACCOUNT = "123456789012"  # moto's own
STAGING = ("-no-color", "-var-file=environments/staging/terraform.tfvars", "-var=alert_email=someone@example.com")
GITHUB = ("-no-color", "-var=github_repository=someone/fed-by-tweets")


@pytest.fixture
def aws(infra: Path) -> Iterator[str]:
    """Serve AWS on loopback with moto; `infra` has found Terraform and its provider."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def client(aws: str, service: str) -> Any:
    """Speak to the moto server with boto3."""
    return boto3.client(
        service,
        endpoint_url=aws,
        region_name="sa-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def bootstrapped(folder: Path, aws: str) -> Terraform:
    """infra/bootstrap, applied."""
    (folder / "bootstrap_override.tf").write_text((OVERRIDES / "bootstrap_override.tf").read_text())
    bootstrap = Terraform(folder, {"AWS_ENDPOINT_URL": aws})
    assert bootstrap.init().returncode == 0
    bootstrap.must("apply", "-auto-approve", *GITHUB)
    return bootstrap


def staging(folder: Path, aws: str, state_bucket: str) -> Terraform:
    """infra/, initialised for staging with its state in bootstrap's bucket, as README.md says."""
    (folder / "root_override.tf").write_text((OVERRIDES / "root_override.tf").read_text())
    root = Terraform(folder, {"AWS_ENDPOINT_URL": aws})
    begun = root.init("-backend-config=environments/staging/backend.hcl", f"-backend-config=bucket={state_bucket}")
    assert begun.returncode == 0, begun.stderr
    return root


def allowed_by(aws: str, *policies: str) -> set[str]:
    """Collect the actions that managed policies of these names allow, wildcards unopened."""
    iam, allowed = client(aws, "iam"), set[str]()
    for policy in policies:
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{policy}"
        for statement in iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"][
            "Statement"
        ]:
            allowed |= {statement["Action"]} if isinstance(statement["Action"], str) else set(statement["Action"])
    return allowed


def beyond(rights: set[str], allowed: set[str]) -> list[str]:
    """Name the rights that no allowed action covers."""
    # IAM compares actions without regard to case (s3:GetBucketCORS).
    patterns = [action.lower() for action in allowed]
    return sorted(right for right in rights if not any(fnmatchcase(right.lower(), pattern) for pattern in patterns))


def granted(aws: str) -> set[str]:
    """Every action that the task role, the execution role and the pool's user are given."""
    iam, name = client(aws, "iam"), "fed-by-tweets-staging"
    documents = [
        iam.get_role_policy(RoleName=f"{name}-task", PolicyName="lake")["PolicyDocument"],
        iam.get_role_policy(RoleName=f"{name}-execution", PolicyName="start")["PolicyDocument"],
        iam.get_user_policy(UserName=f"{name}-prefect-pool", PolicyName="start-runs")["PolicyDocument"],
    ]
    actions = [statement["Action"] for document in documents for statement in document["Statement"]]
    return {action for some in actions for action in ([some] if isinstance(some, str) else some)}


@pytest.mark.long
def test_an_environment_comes_up_stays_as_it_is_and_goes_away(aws: str, tmp_path: Path) -> None:
    """Bootstrap and staging apply, a second plan is empty, the deploy role suffices, destroy leaves nothing."""
    folder, log = copy_of_infra(tmp_path), tmp_path / "provider.log"
    bootstrap = bootstrapped(folder / "bootstrap", aws)
    state_bucket = json.loads(bootstrap.must("output", "-json"))["state_bucket"]["value"]
    root = staging(folder, aws, state_bucket)
    root.must("apply", "-auto-approve", *STAGING, log=log)

    again = root.run("plan", "-detailed-exitcode", *STAGING, log=log)
    assert again.returncode == 0, f"a second plan is not empty\n{again.stdout}{again.stderr}"

    check_the_pool_knows_what_was_made(aws, json.loads(root.must("output", "-json", "work_pool")))
    check_no_secret_has_a_value(aws)
    assert beyond(granted(aws), allowed_by(aws, "fed-by-tweets-staging-boundary")) == []

    root.must("destroy", "-auto-approve", *STAGING, log=log)
    assert json.loads(root.must("show", "-json")).get("values", {}) == {}
    assert [bucket["Name"] for bucket in client(aws, "s3").list_buckets()["Buckets"]] == [state_bucket]
    deploy = allowed_by(aws, "fed-by-tweets-staging-deploy-stores", "fed-by-tweets-staging-deploy-runs")
    used = rights_used(log)
    assert {"ecs:CreateCluster", "s3:CreateBucket", "iam:CreateRole"} <= used
    assert beyond(used, deploy) == []


def check_the_pool_knows_what_was_made(aws: str, pool: dict[str, Any]) -> None:
    """See that what `work_pool` names is really there, under that name."""
    subnets = client(aws, "ec2").describe_subnets(SubnetIds=pool["subnets"])["Subnets"]
    assert {subnet["VpcId"] for subnet in subnets} == {pool["vpc_id"]}
    client(aws, "s3").head_bucket(Bucket=pool["bucket"])
    clusters = client(aws, "ecs").describe_clusters(clusters=[pool["cluster"]])["clusters"]
    assert [cluster["status"] for cluster in clusters] == ["ACTIVE"]
    databases = client(aws, "glue").get_databases()["DatabaseList"]
    assert {database["Name"] for database in databases} == {
        pool["database_prefix"] + layer for layer in ("bronze", "silver", "ops")
    }
    assert pool["container_environment"] == {
        "AWS_REGION": "sa-east-1",
        "FEDBYTWEETS_CATALOG": "glue",
        "FEDBYTWEETS_DATABASE_PREFIX": "staging_",
        "FEDBYTWEETS_LAKE": f"s3://{pool['bucket']}",
        "FEDBYTWEETS_METRIC_NAMESPACE": "FedByTweets/staging",
    }


def check_no_secret_has_a_value(aws: str) -> None:
    """Terraform made the secrets empty: their values never pass through it."""
    secrets = client(aws, "secretsmanager")
    names = {secret["Name"] for secret in secrets.list_secrets()["SecretList"]}
    assert names == {"fed-by-tweets-staging/x-bearer-token", "fed-by-tweets-staging/prefect-api-key"}
    for name in names:
        with pytest.raises(secrets.exceptions.ResourceNotFoundException):
            secrets.get_secret_value(SecretId=name)


def test_no_override_of_the_tests_lies_beside_the_configuration() -> None:
    """The bridges over moto's gaps exist in the tests only."""
    assert list((REPOSITORY / "infra").rglob("*override*")) == []
