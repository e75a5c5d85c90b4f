"""S3 and Glue on loopback, in a process of their own behind a gateway; a lake in them, and what a run does to it."""

import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
from gateway import Gateway
from lakes import NOON

from fedbytweets.errors import ConflictError, LakeError
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.raw.lineage import Lineage
from fedbytweets.settings import lake_settings
from fedbytweets.tables import SILVER
from tasks.bronze import list_pending, load_bronze
from tasks.silver import merge_silver

REGION, BUCKET = "sa-east-1", "lake-of-faults"
TRIES = 12
"""How often a step is tried under faults: tasks and the flows around them try as often."""

_SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@dataclass
class Cloud:
    """The gateway, the address behind it, and a lake apart for each who asks."""

    gateway: Gateway
    direct: str
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def lake(self, **changed: str) -> dict[str, str]:
        """Return the environment of a new, empty lake behind the gateway, some of it changed."""
        prefix = f"lake{next(self._numbers)}_"
        for layer in ("bronze", "silver", "ops"):
            self.client("glue").create_database(DatabaseInput={"Name": prefix + layer})
        return {
            "AWS_ENDPOINT_URL": self.gateway.url,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
            "AWS_CONFIG_FILE": "/nowhere",
            "FEDBYTWEETS_LAKE": f"s3://{BUCKET}/{prefix.strip('_')}",
            "FEDBYTWEETS_DATABASE_PREFIX": prefix,
            "FEDBYTWEETS_CONNECT_TIMEOUT_SECONDS": "5",
            "FEDBYTWEETS_REQUEST_TIMEOUT_SECONDS": "5",
            "FEDBYTWEETS_S3_ATTEMPTS": "4",
            **changed,
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client that no fault meets."""
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        return boto3.client(service, endpoint_url=self.direct, region_name=REGION, **keys)


@contextmanager
def cloud() -> Iterator[Cloud]:
    """Serve S3 and Glue with an empty bucket while the block runs."""
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        gateway = Gateway(("127.0.0.1", port))
        threading.Thread(target=gateway.serve_forever, args=(0.05,), daemon=True).start()
        served = Cloud(gateway, f"http://127.0.0.1:{port}")
        served.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        try:
            yield served
        finally:
            gateway.shutdown()
            gateway.server_close()
            server.stdin.close()


def the_lake() -> Lake:
    """Return the lake that the environment names."""
    return open_lake(lake_settings())


def steps(files: Sequence[str]) -> list[Callable[[], object]]:
    """Return what a run does, step by step: files to raw, raw to bronze, bronze to the three tables of silver."""
    merges = [lambda name=table.name: merge_silver.fn(name, rebuild=False) for table in SILVER]
    return [lambda: store(the_lake(), files), lambda: load_bronze.fn(list_pending.fn("")), *merges]


def store(lake: Lake, files: Sequence[str]) -> None:
    """Store files of answers in raw, retrieved an hour after each other."""
    for number, file in enumerate(files):
        retrieved_at = NOON + timedelta(hours=number)
        lineage = Lineage(subject="lula", origin="archive", retrieved_at=retrieved_at, source=Path(file).name)
        lake.raw.put_once(f"lula/{Path(file).name}", Path(file).read_bytes(), lineage)


def run(environment: Mapping[str, str], files: Sequence[str]) -> None:
    """Do a whole run in a process of its own; a step that meets other writers too often is done again, as in a flow."""
    os.environ.update(environment)
    for step in steps(files):
        persistently(step, (ConflictError,))


def persistently(
    step: Callable[[], object], passing: tuple[type[Exception], ...] = (LakeError,), tell: Callable[[str], object] = str
) -> None:
    """Do a step, again where it fails as a lake may; `tell` hears each failure. Any other failure is a test's."""
    for _ in range(TRIES - 1):
        try:
            step()
        except passing as error:
            tell(str(error))
        else:
            return
    step()
