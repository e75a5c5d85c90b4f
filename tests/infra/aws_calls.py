"""The AWS provider's debug log -> the rights its calls needed, as IAM names them."""

import re
from pathlib import Path

# Where the service's name in the SDK is not IAM's.
SERVICES = {"CloudWatch Logs": "logs", "EventBridge": "events", "Secrets Manager": "secretsmanager"}

# Where a call is not named as the right it needs (S3's service authorization reference).
S3_RIGHTS = {
    "HeadBucket": "ListBucket",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
}

# Everybody may ask who they are.
FREE = {"sts:GetCallerIdentity"}

SERVICE = re.compile(r'rpc\.service=(?:"([^"]+)"|(\S+))')
METHOD = re.compile(r"rpc\.method=(\S+)")


def rights_used(log: Path) -> set[str]:
    """Every right as `service:Action` that the calls in a TF_LOG_PROVIDER=DEBUG log needed."""
    used = set()
    for line in log.read_text().splitlines():
        service, method = SERVICE.search(line), METHOD.search(line)
        if service and method:
            used.add(right(service[1] or service[2], method[1]))
    return used - FREE


def right(service: str, method: str) -> str:
    """One call as the right it needs."""
    action = S3_RIGHTS.get(method, method) if service == "S3" else method
    return f"{SERVICES.get(service, service.lower())}:{action}"
