"""A bucket and its settings -> nothing, or the one setting that is wrong: asked once, before any work on the lake.

Without it a wrong name shows late, as the failure of some first write; and an absent one after minutes of retries.
"""

import random
import re
from functools import partial
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import (
    ConnectionError as UnreachableError,
)

from fedbytweets.errors import SettingsError, UnavailableError
from fedbytweets.settings import LakeSettings

_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
_WAY_TO_CREDENTIALS = (
    "An ECS task has those of its role; elsewhere set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)


def check_region(region: str) -> None:
    """Refuse what cannot be a region.

    Raises:
        SettingsError: it is absent or malformed.

    """
    if not region:
        raise SettingsError("No region for the S3 lake: set AWS_REGION, such as AWS_REGION=sa-east-1.")
    if not _REGION.fullmatch(region):
        raise SettingsError(f"AWS_REGION is {region!r}, which is no region: set it to one such as sa-east-1.")


def check_bucket(settings: LakeSettings, bucket: str, region: str) -> None:
    """Refuse a bucket that is not there, not there in this region, or not open to these credentials.

    Raises:
        SettingsError: one of these; it names the setting.
        UnavailableError: S3 does not answer.

    """
    try:
        answer = _looking(settings, region).head_bucket(Bucket=bucket)
    except (NoCredentialsError, PartialCredentialsError, ProfileNotFound) as error:
        raise SettingsError(f"No AWS credentials for {settings.lake}: {error}. {_WAY_TO_CREDENTIALS}") from error
    except (UnreachableError, HTTPClientError) as error:  # not there, or cut off in the midst
        raise UnavailableError(
            f"S3 does not answer ({error}): check AWS_REGION, AWS_ENDPOINT_URL and the network."
        ) from error
    except ClientError as error:
        _explain(error, settings, region)
        return
    except BotoCoreError as error:
        raise SettingsError(
            f"FEDBYTWEETS_LAKE is {settings.lake!r}: {error}. Write s3://<bucket>[/<prefix>]."
        ) from error
    home = answer.get("BucketRegion") or region
    if home != region:
        raise SettingsError(
            f"AWS_REGION is {region!r}, and the bucket {bucket!r} lies in {home!r}: set AWS_REGION={home}."
        )


def s3_client(settings: LakeSettings, region: str) -> Any:
    """Return a boto3 client of S3 that is as patient as the settings say."""
    return _client("s3", region, settings, settings.request_timeout_seconds, settings.s3_attempts)


def glue_client(settings: LakeSettings, region: str) -> Any:
    """Return a boto3 client of Glue that is as patient as the settings say."""
    return _client("glue", region, settings, settings.request_timeout_seconds, settings.s3_attempts)


def _client(service: str, region: str, settings: LakeSettings, read_seconds: float, attempts: int) -> Any:
    import boto3  # noqa: PLC0415 (a quarter of a second, which a look at a local lake need not wait for)
    from botocore.config import Config  # noqa: PLC0415

    config = Config(
        connect_timeout=settings.connect_timeout_seconds,
        read_timeout=read_seconds,
        retries={"total_max_attempts": attempts, "mode": "standard"},
    )
    client = boto3.Session().client(service, region_name=region or None, config=config)
    client.meta.events.register_first(f"needs-retry.{service}", partial(_again_if_cut, attempts))
    return client


def _again_if_cut(most: int, response: Any, attempts: int, operation: Any, **_: object) -> float | None:
    """Have a request made again whose answer ends in the middle, which botocore takes for an empty one.

    Raises:
        IncompleteReadError: it did at every attempt.

    """
    if response is None or operation.http.get("method") == "HEAD":
        return None
    answer, wanted = response[0], response[0].headers.get("Content-Length")
    if wanted is None or len(answer.content) >= int(wanted):
        return None
    if attempts >= most:
        raise IncompleteReadError(actual_bytes=len(answer.content), expected_bytes=wanted)
    return random.uniform(0, 0.1 * 2**attempts)  # noqa: S311 (a pause, no secret)


def _looking(settings: LakeSettings, region: str) -> Any:
    """Return a client for the first look: an absent S3 must show soon."""
    return _client("s3", region, settings, settings.connect_timeout_seconds, 3)


def _explain(error: ClientError, settings: LakeSettings, region: str) -> None:
    """Raise what a refusal says about the settings; what may pass (5xx, slow down) is left to the work itself."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    if status == 404:
        raise SettingsError(
            f"FEDBYTWEETS_LAKE is {settings.lake!r}: there is no such bucket in {region}. "
            "Make it (infra/), or name another."
        ) from error
    if status in {400, 401, 403}:
        raise SettingsError(
            f"FEDBYTWEETS_LAKE is {settings.lake!r}: these AWS credentials may not open it ({status}). "
            f"{_WAY_TO_CREDENTIALS}"
        ) from error
