"""The lake on S3 and Glue, served by moto on loopback: the whole way, two writers at once, and settings gone wrong."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from lakes import lay, lines, load_bronze, merge_silver, page_of
from moto.server import ThreadedMotoServer

from fedbytweets.errors import FedByTweetsError, SettingsError
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.pages import stored_pages
from fedbytweets.lake.query import answer
from fedbytweets.settings import lake_settings
from fedbytweets.tables import SILVER, silver
from fedbytweets.x_api.environment import bearer_token

REGION = "sa-east-1"
BUCKET = "lake-of-a-test"


@pytest.fixture(scope="module")
def aws() -> Iterator[str]:
    """Return the address of a moto server on loopback, with a bucket and staging's databases in it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client(url, "s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    for layer in ("bronze", "silver", "ops"):
        client(url, "glue").create_database(DatabaseInput={"Name": f"staging_{layer}"})
    yield url
    server.stop()


@pytest.fixture
def settings(aws: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Callable[..., None]:
    """Set a task's environment, each test in a prefix of its own; return what changes it (None unsets)."""

    def change(**values: str | None) -> None:
        for name, value in values.items():
            monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)

    change(
        AWS_ENDPOINT_URL=aws, AWS_REGION=REGION, AWS_DEFAULT_REGION=None, AWS_PROFILE=None,
        AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_EC2_METADATA_DISABLED="true",
        AWS_SHARED_CREDENTIALS_FILE="/nowhere", AWS_CONFIG_FILE="/nowhere",
        FEDBYTWEETS_LAKE=f"s3://{BUCKET}", FEDBYTWEETS_DATABASE_PREFIX="staging_",
    )  # fmt: skip
    return change


def client(url: str, service: str) -> Any:
    """Return a boto3 client of the moto server."""
    return boto3.client(
        service, endpoint_url=url, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
    )


def the_lake() -> Lake:
    """Return the lake that the environment names."""
    return open_lake(lake_settings())


def test_rows_come_through_s3_and_glue_as_through_a_folder(settings: Callable[..., None], aws: str) -> None:
    """Raw to silver on a bucket, two writers of bronze and silver at once, and the same rows once each."""
    for number in range(4):
        lay(the_lake(), f"lula/{number}.jsonl", lines(page_of(range(number * 10 + 1, number * 10 + 16))))
    with ThreadPoolExecutor(2) as writers:
        for future in [writers.submit(lambda: (load_bronze(the_lake()), merge_silver(the_lake()))) for _ in range(2)]:
            future.result()
    merge_silver(the_lake())
    assert the_lake().scan(silver.TWEETS).collect()["id"].sort().to_list() == list(range(1, 46))
    asked = answer(the_lake(), "SELECT count(*) AS users FROM silver.users")
    assert asked.to_dicts() == [{"users": 45}]


def test_athena_sees_the_types_of_the_contract(settings: Callable[..., None], aws: str) -> None:
    """Glue holds each silver table as Iceberg, its columns in their order and with their types."""
    for table in SILVER:
        the_lake().table(table)
        found = client(aws, "glue").get_table(DatabaseName="staging_silver", Name=table.name)["Table"]
        assert found["Parameters"]["table_type"] == "ICEBERG"
        columns = [(column["Name"], column["Type"]) for column in found["StorageDescriptor"]["Columns"]]
        assert columns == [(column.name, column.type) for column in table.columns]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"FEDBYTWEETS_LAKE": "s3://no-such-bucket-here"}, "FEDBYTWEETS_LAKE is 's3://no-such-bucket-here'"),
        ({"FEDBYTWEETS_LAKE": "s3://"}, "FEDBYTWEETS_LAKE"),
        ({"FEDBYTWEETS_LAKE": "s3://Not_A_Bucket!"}, "FEDBYTWEETS_LAKE"),
        ({"AWS_REGION": None}, "set AWS_REGION"),
        ({"AWS_REGION": "mars"}, "AWS_REGION is 'mars'"),
        ({"AWS_REGION": "us-west-2"}, "set AWS_REGION=sa-east-1"),
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "AWS_ACCESS_KEY_ID"),
        ({"AWS_SECRET_ACCESS_KEY": None}, "AWS_SECRET_ACCESS_KEY"),
        ({"AWS_PROFILE": "nobody"}, "AWS_PROFILE"),
        ({"FEDBYTWEETS_DATABASE_PREFIX": "other_"}, "FEDBYTWEETS_DATABASE_PREFIX is 'other_'"),
        ({"FEDBYTWEETS_CATALOG": "hive"}, "FEDBYTWEETS_CATALOG is 'hive'"),
    ],
)
def test_a_wrong_setting_ends_at_once_and_is_named(
    settings: Callable[..., None], changed: dict[str, str | None], named: str
) -> None:
    """Before anything is asked of X or written: one message with the setting's name."""
    settings(**changed)
    with pytest.raises(SettingsError) as refused:
        stored_pages(the_lake())
    assert named in str(refused.value)


@pytest.mark.parametrize("token", [None, "", "  "])
def test_an_absent_token_ends_at_once_and_is_named(monkeypatch: pytest.MonkeyPatch, token: str | None) -> None:
    """No request is made without a token."""
    monkeypatch.delenv("FEDBYTWEETS_X_BEARER_TOKEN", raising=False)
    if token is not None:
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", token)
    with pytest.raises(SettingsError, match="FEDBYTWEETS_X_BEARER_TOKEN"):
        bearer_token()


def test_an_s3_that_does_not_answer_is_no_wrong_setting(settings: Callable[..., None]) -> None:
    """It may pass, so the task's retries apply; the message still names what to check."""
    settings(AWS_ENDPOINT_URL="http://127.0.0.1:1")
    with pytest.raises(FedByTweetsError, match="AWS_ENDPOINT_URL") as failed:
        the_lake()
    assert not isinstance(failed.value, SettingsError)
