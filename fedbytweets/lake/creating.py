"""A path and bytes -> a new object, unless there is one: of several that try at once, one succeeds."""

import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from fedbytweets.lake.access import s3_client
from fedbytweets.settings import LakeSettings

Create = Callable[[str, bytes], bool]
"""(path as the file system calls it, bytes) -> whether this call made it; whole or not at all."""

_TAKEN = {409, 412}
"""S3's answers to a conditional write: another is being made, another is there."""


def create_file(path: str, body: bytes) -> bool:
    """Make a local file: whole under a hidden name first, as a name can be given once, and only to what is there.

    Raises:
        OSError: it could not be written; nothing of it is left.

    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    hidden = target.with_name(f".{uuid4().hex}")
    try:
        hidden.write_bytes(body)
        os.link(hidden, target)
    except FileExistsError:
        return False
    finally:
        hidden.unlink(missing_ok=True)
    return True


class ObjectCreator:
    """Makes S3 objects by conditional writes (`If-None-Match: *`)."""

    def __init__(self, settings: LakeSettings, region: str) -> None:
        self._settings = settings
        self._region = region

    @cached_property
    def _client(self) -> Any:
        return s3_client(self._settings, self._region)

    def __call__(self, path: str, body: bytes) -> bool:
        """Make the object `<bucket>/<key>`.

        An answer that was lost is asked for again and may be refused then, though the first try made the object: it
        counts as another's, which costs a name and no bytes.

        Raises:
            ClientError, BotoCoreError: S3 refused it for another reason, or did not answer.

        """
        bucket, _, key = path.partition("/")
        try:
            self._client.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*")
        except ClientError as error:
            if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") in _TAKEN:
                return False
            raise
        return True
