"""S3 and Glue that fail for real: what can pass comes out as such; a missing object does not."""

from collections.abc import Callable

import pytest
from cloud import BUCKET, Cloud, the_lake
from gateway import Asked, Fault, nothing
from lakes import NOON, lay, lines, load_bronze, page_of

from fedbytweets.errors import LakeError, UnavailableError
from fedbytweets.lake.faults import told
from fedbytweets.lake.lake import Lake
from fedbytweets.raw.lineage import Lineage
from fedbytweets.tables import bronze


@pytest.fixture
def impatient(aws: Cloud, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Return a lake with one object in bronze, whose settings try each request once."""
    environment = aws.lake(FEDBYTWEETS_S3_ATTEMPTS="1", FEDBYTWEETS_REQUEST_TIMEOUT_SECONDS="3")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    lake = the_lake()
    lay(lake, "lula/1.json", lines(page_of([1])))
    load_bronze(lake)
    return lake


def archive() -> Lineage:
    """Return lineage of an import."""
    return Lineage("lula", "archive", NOON)


ASKS: dict[str, Callable[[Lake], object]] = {
    "read": lambda lake: lake.raw.read("lula/1.json"),
    "list": lambda lake: lake.raw.list(),
    "write": lambda lake: lake.raw.put("lula/2.json", b"{}", archive()),
    "claim": lambda lake: lake.raw.put_once("lula/3.json", b"{}", archive()),
    "table": lambda lake: lake.table(bronze.TWEETS),
    "rows": lambda lake: lake.scan(bronze.TWEETS).collect(),
    "open": lambda _: the_lake(),
}


@pytest.mark.parametrize(
    "fault", [Fault.INTERNAL, Fault.SLOW_DOWN, Fault.RESET, Fault.TRUNCATED], ids=lambda one: one.name
)
@pytest.mark.parametrize("what", [each for each in ASKS if each != "open"])
def test_a_fault_of_s3_or_glue_can_pass(aws: Cloud, impatient: Lake, what: str, fault: Fault) -> None:
    """Every answer is hurt, whatever is asked."""
    aws.gateway.plan = lambda _: fault
    try:
        with pytest.raises(UnavailableError, match="does not answer as it should"), told():
            ASKS[what](impatient)
    finally:
        aws.gateway.plan = nothing


def test_an_s3_that_does_not_answer_when_the_lake_is_opened_can_pass(aws: Cloud, impatient: Lake) -> None:
    """The first look at the bucket says so too."""
    assert impatient.raw.exists("lula/1.json")

    def reset(_: Asked) -> Fault:
        return Fault.RESET

    aws.gateway.plan = reset
    try:
        with pytest.raises(UnavailableError, match="S3 does not answer"):
            ASKS["open"](impatient)
    finally:
        aws.gateway.plan = nothing


def test_a_missing_object_and_a_missing_data_file_cannot_pass(aws: Cloud, impatient: Lake) -> None:
    """The message has the table, the key, and the page that says what to do."""
    with pytest.raises(LakeError, match="is missing") as told_of:
        impatient.raw.read("lula/none.json")
    assert not isinstance(told_of.value, UnavailableError)

    s3 = aws.client("s3")
    folder = impatient.location.path("bronze/batch/tabular/tweets/data").partition("/")[2]
    for each in s3.list_objects_v2(Bucket=BUCKET, Prefix=folder)["Contents"]:
        s3.delete_object(Bucket=BUCKET, Key=each["Key"])
    with pytest.raises(LakeError, match=r"A file of bronze\.tweets is missing.*restore-the-lake") as told_of, told():
        impatient.scan(bronze.TWEETS).collect()
    assert not isinstance(told_of.value, UnavailableError)


def test_keys_of_s3_that_are_no_paths_are_passed_by(
    aws: Cloud, impatient: Lake, caplog: pytest.LogCaptureFixture
) -> None:
    """S3 lets a key hold `..` and `//`; the log names them, and what else is there is listed."""
    raw = impatient.location.path("bronze/batch/raw").partition("/")[2]
    for name in ("lula//double.json", "../outside.json", "lula/./dot.json"):
        aws.client("s3").put_object(Bucket=BUCKET, Key=f"{raw}/{name}", Body=lines(page_of([9])))
    assert [each.key for each in impatient.raw.list()] == ["lula/1.json"]
    assert sorted(str(record.args[0]) for record in caplog.records if record.args) == [
        "../outside.json", "lula/./dot.json", "lula//double.json",
    ]  # fmt: skip
