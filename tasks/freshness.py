"""Silver -> a metric that an alarm outside watches: how old the newest tweet is. No run, no metric, so an alarm."""

from datetime import timedelta

from fedbytweets.instants import utc_now
from fedbytweets.lake.lake import open_lake
from fedbytweets.lake.location import region_of
from fedbytweets.lake.status import newest_tweet_at
from fedbytweets.settings import lake_settings
from tasks.policy import unit

METRIC = "NewestTweetAgeHours"


@unit("publish-freshness")
def publish_freshness() -> float | None:
    """Publish the age of silver's newest tweet, in hours, where a namespace is set for it; return that age.

    Nothing is published of a silver without tweets: to the alarm that is as bad as an old one.
    """
    settings = lake_settings()
    newest = newest_tweet_at(open_lake(settings)) if settings.metric_namespace else None
    if newest is None:
        return None
    import boto3  # noqa: PLC0415 (a quarter of a second, which a run that publishes nothing need not wait for)

    age = (utc_now() - newest) / timedelta(hours=1)
    boto3.client("cloudwatch", region_name=region_of(settings) or None).put_metric_data(
        Namespace=settings.metric_namespace, MetricData=[{"MetricName": METRIC, "Value": age, "Unit": "None"}]
    )
    return age
