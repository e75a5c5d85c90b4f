"""Files that a user asks for (exports, reports): no other user of this machine may read them, and they appear whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

_FOR_USER_AND_GROUP = 0o660
"""Less what the user's umask takes: others get nothing, also where a file that they could read is replaced."""


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to be written; it takes the place of an older one when the block ends well, and not before.

    What is no regular file (a pipe, a terminal) is written to as it is.

    Raises:
        OSError: it cannot be written; an older file is as it was.

    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    target = path.resolve()  # a link stays a link
    hidden = target.with_name(f".{uuid4().hex}.part")
    try:
        with os.fdopen(os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FOR_USER_AND_GROUP), "wb") as file:
            yield file
        hidden.replace(target)
    finally:
        hidden.unlink(missing_ok=True)
