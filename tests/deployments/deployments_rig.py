"""Terraform's output as it comes, for the tests of deployments."""

from typing import Any

from deployments.target import Target
from deployments.terraform import WorkPool

IMAGE = "123456789012.dkr.ecr.sa-east-1.amazonaws.com/fed-by-tweets-staging:v1"
OUTPUT: dict[str, Any] = {
    "environment": "staging",
    "region": "sa-east-1",
    "cluster": "arn:aws:ecs:sa-east-1:123456789012:cluster/fed-by-tweets-staging",
    "vpc_id": "vpc-1",
    "subnets": ["subnet-1", "subnet-2"],
    "security_groups": ["sg-1"],
    "task_family": "fed-by-tweets-staging",
    "task_role_arn": "arn:aws:iam::123456789012:role/fed-by-tweets-staging-task",
    "execution_role_arn": "arn:aws:iam::123456789012:role/fed-by-tweets-staging-execution",
    "cpu": 512,
    "memory": 2048,
    "architecture": "X86_64",
    "image_repository": "123456789012.dkr.ecr.sa-east-1.amazonaws.com/fed-by-tweets-staging",
    "log_group": "/ecs/fed-by-tweets-staging",
    "bucket": "fed-by-tweets-staging-lake-123456789012",
    "pool_user": "fed-by-tweets-staging-prefect-pool",
    "container_environment": {"AWS_REGION": "sa-east-1", "FEDBYTWEETS_LAKE": "s3://lake"},
    "container_secrets": {"FEDBYTWEETS_X_BEARER_TOKEN": "arn:aws:secretsmanager:sa-east-1:123456789012:secret:x-abc"},
    "prefect_api_key_secret_arn": "arn:aws:secretsmanager:sa-east-1:123456789012:secret:p-abc",
}


def target(**changed: Any) -> Target:
    """Return staging, with some of Terraform's output changed."""
    return Target(WorkPool.model_validate({**OUTPUT, **changed}), "hybrid", IMAGE, "v1", {"FEDBYTWEETS_FILE_ROWS": "9"})
