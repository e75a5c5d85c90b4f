"""Settings -> where the lake lies: a local folder or an S3 bucket, with one set of code for both."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from pyarrow import fs

from fedbytweets.errors import InputError, SettingsError
from fedbytweets.lake.access import check_bucket, check_region
from fedbytweets.lake.creating import Create, ObjectCreator, create_file
from fedbytweets.settings import LakeSettings, expanded

RAW = "bronze/batch/raw"
LINEAGE = "bronze/batch/lineage"
COUNTS = "bronze/batch/counts"
COUNTS_LINEAGE = "bronze/batch/counts-lineage"
TABULAR = {"bronze": "bronze/batch/tabular", "silver": "silver", "ops": "ops"}
"""Layer -> prefix of its tables."""

_UNFIT = set("#?%")
_LEAVES = re.compile(r"^$|\0|(^|[/\\])\.{1,2}([/\\]|$)|^/|//|/$")
"""Matches a name that could lead out of its folder, or that a file system reads as another one: empty, absolute, with
an empty segment, `.` or `..` (also between backslashes, which some systems take for separators), or with a NUL."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file system: `root` is what the file system calls it, `uri` what Iceberg does.

    `create` makes an object that must not be there yet, which pyarrow's file systems cannot.
    """

    files: fs.FileSystem
    root: str
    uri: str
    create: Create = create_file

    @property
    def is_local(self) -> bool:
        """Whether the lake is a folder of this machine."""
        return self.uri.startswith("file:")

    def path(self, *parts: str) -> str:
        """Return a path below the root, as the file system calls it.

        Raises:
            InputError: a part could lead to another place than one below the root.

        """
        for part in parts:
            if not is_path(part):
                raise InputError(f"{part!r} is no name inside the lake: name one without '..', '.', '//' or NUL.")
        return "/".join((self.root, *parts))


def is_path(name: str) -> bool:
    """Say whether a name (segments joined by `/`) stays below the folder that it is looked up in."""
    return not _LEAVES.search(name)


def locate(settings: LakeSettings) -> Location:
    """Return the place that the setting `lake` names.

    Raises:
        SettingsError: it names no place the lake can lie in.

    """
    if settings.lake.startswith("s3://"):
        return _bucket(settings)
    if "://" in settings.lake:
        raise SettingsError(
            f"FEDBYTWEETS_LAKE is {settings.lake!r}: a lake is a folder or s3://<bucket>[/<prefix>]; name one of these."
        )
    return _folder(expanded(settings.lake, "FEDBYTWEETS_LAKE").absolute())


def _folder(folder: Path) -> Location:
    if folder.exists() and not folder.is_dir():
        raise SettingsError(f"FEDBYTWEETS_LAKE is {str(folder)!r}, which is a file: name a folder.")
    if unfit := set(str(folder)) & _UNFIT:
        raise SettingsError(
            f"FEDBYTWEETS_LAKE is {str(folder)!r}: {', '.join(sorted(unfit))} cannot stand in the path of a lake, as "
            "Iceberg reads it as an address. Name another folder."
        )
    return Location(fs.LocalFileSystem(), str(folder), f"file://{folder}")


def _bucket(settings: LakeSettings) -> Location:
    root = settings.lake.removeprefix("s3://").strip("/")
    if not root:
        raise SettingsError("FEDBYTWEETS_LAKE is 's3://' without a bucket: write s3://<bucket>[/<prefix>].")
    region = region_of(settings)
    check_region(region)
    check_bucket(settings, root.partition("/")[0], region)
    return Location(_s3(settings, region), root, f"s3://{root}", ObjectCreator(settings, region))


def region_of(settings: LakeSettings) -> str:
    """Return the AWS region that the settings name; empty for none."""
    return settings.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""


def _s3(settings: LakeSettings, region: str) -> fs.S3FileSystem:
    return fs.S3FileSystem(
        region=region,
        endpoint_override=os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL"),
        connect_timeout=settings.connect_timeout_seconds,
        request_timeout=settings.request_timeout_seconds,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=settings.s3_attempts),
    )
