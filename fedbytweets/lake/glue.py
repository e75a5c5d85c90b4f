"""Settings -> the Glue catalog, as patient with AWS as they say."""

import os

from pyarrow import fs
from pyiceberg.catalog import Catalog
from pyiceberg.catalog.glue import GlueCatalog

from fedbytweets.lake.access import glue_client
from fedbytweets.lake.location import Location, region_of
from fedbytweets.lake.manifests import FILE_IO
from fedbytweets.settings import LakeSettings, lake_settings


class S3Retries(fs.AwsStandardS3RetryStrategy):  # type: ignore[misc] # pyarrow has no types
    """How often Iceberg's files are asked of S3; pyiceberg makes it by its name, without arguments.

    Its own default of 3 gives up one request in a thousand where one in ten fails, and so every few runs.
    """

    def __init__(self) -> None:
        super().__init__(max_attempts=lake_settings().s3_attempts)


def open_glue(settings: LakeSettings, location: Location) -> Catalog:
    """Open the Glue catalog whose tables lie at a location.

    Raises:
        BotoCoreError: the settings of AWS are not enough to speak to it.

    """
    region = region_of(settings)
    properties = {
        **FILE_IO,
        "warehouse": location.uri,
        "s3.connect-timeout": str(settings.connect_timeout_seconds),
        "s3.request-timeout": str(settings.request_timeout_seconds),
        "s3.retry-strategy-impl": f"{S3Retries.__module__}.{S3Retries.__name__}",
    }
    if region:
        properties |= {"glue.region": region, "s3.region": region}
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        properties |= {"s3.endpoint": endpoint}
    return GlueCatalog("lake", client=glue_client(settings, region), **properties)
