"""Failures below the lake: which can pass, and what is said of those that cannot. The damage is real."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from lakes import lake_in, lay, lines, load_bronze, merge_silver, page_of
from prefect.client.schemas.objects import State, StateType
from sqlalchemy.exc import OperationalError

from fedbytweets.errors import ConflictError, InputError, LakeError, PassingError, SettingsError, UnavailableError
from fedbytweets.lake.faults import UnprocessableError, UnwritableError, explained, is_of_storage, telling
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import silver
from tasks.policy import RETRYABLE, worth_a_retry
from tasks.silver import merge_silver as merge_task


def refused(status: int, code: str) -> ClientError:
    """Return a refusal of S3 or Glue."""
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


def locked(words: str) -> OperationalError:
    """Return an error of SQLite."""
    return OperationalError("SELECT 1", {}, Exception(words))


OF_PYARROW = (
    "When reading information for key 'k' in bucket 'b': AWS Error {} during HeadObject operation: No response."
)


@pytest.mark.parametrize(
    "error",
    [
        ConnectionResetError(errno.ECONNRESET, "reset"),
        ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
        TimeoutError(errno.ETIMEDOUT, "timed out"),
        *(OSError(number, os.strerror(number)) for number in (errno.EIO, errno.EAGAIN, errno.ESTALE, errno.ENETDOWN)),
        *(
            OSError(OF_PYARROW.format(word))
            for word in (
                "NETWORK_CONNECTION", "SLOW_DOWN", "INTERNAL_FAILURE", "SERVICE_UNAVAILABLE",
                "UNKNOWN (HTTP status 500)", "UNKNOWN (HTTP status 429)",
            )
        ),
        refused(500, "InternalError"),
        refused(503, "SlowDown"),
        refused(400, "ThrottlingException"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1"),
        locked("database is locked"),
    ],
    ids=str,
)  # fmt: skip
def test_what_can_pass_is_tried_again(error: Exception) -> None:
    """Network, throttling, S3's 5xx, locks, and a disk or mount that stumbles."""
    assert type(explained(error)) is UnavailableError
    assert retried(explained(error))


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "Failed to open local file"),
        OSError(errno.ENAMETOOLONG, "File name too long"),
        OSError(OF_PYARROW.format("NO_SUCH_BUCKET")),
        OSError(OF_PYARROW.format("ACCESS_DENIED")),
        OSError(OF_PYARROW.format("UNKNOWN (HTTP status 403)")),
        refused(403, "AccessDenied"),
        refused(404, "NoSuchBucket"),
        NoCredentialsError(),
        locked("file is not a database"),
        locked("database disk image is malformed"),
        PermissionError(errno.EACCES, "Permission denied"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
    ids=str,
)
def test_what_cannot_pass_fails_at_once(error: Exception) -> None:
    """Missing, damaged, closed, full, wrongly named."""
    assert isinstance(explained(error), LakeError)
    assert not retried(explained(error))


def retried(error: Exception) -> bool:
    """Say whether a task that failed so is tried again."""
    return worth_a_retry(None, None, State(type=StateType.FAILED, data=error))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (PassingError("5xx"), True),
        (ConflictError("other writer"), True),
        (OverflowError("too large"), False),
        (ValueError("bad"), False),
        (MemoryError(), False),
        (InputError("typed wrong"), False),
        (SettingsError("set wrong"), False),
        (UnwritableError("full"), False),
    ],
    ids=lambda one: type(one).__name__,
)
def test_only_named_classes_are_tried_again(error: Exception, passes: bool) -> None:
    """Everything else fails at once."""
    assert retried(error) is passes
    assert isinstance(error, RETRYABLE) is passes


def test_failures_of_storage_are_told_from_those_of_rows() -> None:
    """A task's own words for rows that could not be processed are no failure of storage."""
    assert is_of_storage(UnavailableError("later"))
    assert is_of_storage(FileNotFoundError("gone"))
    assert is_of_storage(SettingsError("wrong"))
    assert not is_of_storage(UnprocessableError("rows"))
    assert not is_of_storage(OverflowError("too large"))


@pytest.fixture
def merged(lake: Lake) -> Lake:
    """Return a lake with a tweet in silver, and the same one in bronze once more, to be merged."""
    lay(lake, "lula/1.json", lines(page_of([1])))
    load_bronze(lake)
    merge_silver(lake)
    lay(lake, "lula/2.json", lines(page_of([1], likes=5)))
    load_bronze(lake)
    return lake


def _each(pattern: str, damage: Callable[[Path], object]) -> Callable[[Lake], None]:
    def hurt(lake: Lake) -> None:
        found = list(Path(lake.location.root).glob(pattern))
        assert found
        for file in found:
            damage(file)

    return hurt


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def _noise(file: Path) -> None:
    file.write_bytes(b"\xff\x00\xfe" * 99)


DAMAGE = {
    "data file gone": (_each("silver/tweets/data/**/*.parquet", Path.unlink), r"^A file of silver\.tweets is missing"),
    "data file cut": (_each("silver/tweets/data/**/*.parquet", _cut), "is damaged"),
    "metadata gone": (_each("silver/tweets/metadata/*.json", Path.unlink), r"^A file of silver\.tweets is missing"),
    "metadata cut": (_each("silver/tweets/metadata/*.json", _cut), r"^The metadata of silver\.tweets is damaged"),
    "metadata noise": (_each("silver/tweets/metadata/*.json", _noise), r"^The metadata of silver\.tweets is damaged"),
    "manifest gone": (_each("silver/tweets/metadata/*.avro", Path.unlink), r"^A file of silver\.tweets is missing"),
    "manifest cut": (_each("silver/tweets/metadata/*.avro", _cut), "avro is damaged"),
    "manifest noise": (_each("silver/tweets/metadata/*.avro", _noise), "avro is damaged"),
    "catalog noise": (_each("catalog.db", _noise), "is damaged: file is not a database"),
    "bronze file gone": (
        _each("bronze/batch/tabular/tweets/data/**/*.parquet", Path.unlink),
        r"^A file of bronze\.tweets is missing",
    ),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_lake_is_told_with_the_table_and_the_page_and_nothing_is_put_aside(merged: Lake, what: str) -> None:
    """It is no raw object's fault, and no try again heals it."""
    damage, words = DAMAGE[what]
    before = merged.scan(silver.TWEETS).collect().height
    damage(merged)
    with pytest.raises(LakeError, match=words) as told:
        merge_task.fn("tweets", rebuild=False) if "catalog" not in what else telling(
            lambda: lake_in(Path(merged.location.root)).table(silver.TWEETS)
        )()
    assert "docs/how-to/restore-the-lake.md" in str(told.value)
    assert not retried(told.value)
    assert before == 1
