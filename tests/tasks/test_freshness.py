"""The metric that an alarm outside Prefect watches."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from lakes import lay, lines, load_bronze, merge_silver, page_of
from moto import mock_aws

from fedbytweets.instants import utc_now
from fedbytweets.lake.lake import Lake
from tasks.freshness import METRIC, publish_freshness

NAMESPACE = "FedByTweets/staging"
POSTED_AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def cloudwatch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A namespace to publish in, and credentials that open nothing."""
    monkeypatch.setenv("FEDBYTWEETS_METRIC_NAMESPACE", NAMESPACE)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "sa-east-1")


@mock_aws
def test_a_run_tells_how_old_the_newest_tweet_is(lake: Lake, cloudwatch: None) -> None:
    """The age in hours of silver's newest tweet arrives as one value of the metric."""
    lay(lake, "lula/one.json", lines(page_of([1])))
    load_bronze(lake)
    merge_silver(lake)
    age = publish_freshness.fn()
    assert age == pytest.approx((utc_now() - POSTED_AT) / timedelta(hours=1), abs=0.1)
    found = boto3.client("cloudwatch").get_metric_statistics(
        Namespace=NAMESPACE,
        MetricName=METRIC,
        StartTime=utc_now() - timedelta(hours=1),
        EndTime=utc_now() + timedelta(hours=1),
        Period=60,
        Statistics=["Maximum", "SampleCount"],
    )
    assert [(point["Maximum"], point["SampleCount"]) for point in found["Datapoints"]] == [(pytest.approx(age), 1)]


@mock_aws
def test_a_silver_without_tweets_publishes_nothing(lake: Lake, cloudwatch: None) -> None:
    """No tweet at all is as bad as an old one: the alarm takes the missing metric for a breach."""
    assert publish_freshness.fn() is None
    assert boto3.client("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"] == []
