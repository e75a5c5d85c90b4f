"""What fails below the lake (disk, S3, Glue, SQLite, memory of a query) -> one `LakeError`: thing, fact, way out."""

import errno
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from polars.exceptions import PolarsError
from pyiceberg.exceptions import NoSuchTableError
from sqlalchemy.exc import SQLAlchemyError

from fedbytweets.errors import LakeError

P = ParamSpec("P")
R = TypeVar("R")

_BELOW = (OSError, SQLAlchemyError, BotoCoreError, ClientError, PolarsError, NoSuchTableError)
_KEPT = "What was stored before is untouched, and the next run goes on from there"
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED_WORDS = re.compile(
    r"readonly database|read-only|permission denied|unable to open database|access.?denied", re.IGNORECASE
)
_FULL_WORDS = re.compile(r"disk is full|no space left|file too large", re.IGNORECASE)
_LONGEST = 300


class UnwritableError(LakeError):
    """The lake may not be written, or has no room: the same try again would meet the same."""


@contextmanager
def told() -> Iterator[None]:
    """Let what fails below the lake come out of the block as a `LakeError`.

    Raises:
        UnwritableError: the disk is full, or the lake may only be read.
        LakeError: all else; it may pass.

    """
    try:
        yield
    except _BELOW as error:
        raise explained(error) from error


def telling(step: Callable[P, R]) -> Callable[P, R]:
    """Return a function that does a step and tells what fails below the lake as a `LakeError`."""

    @wraps(step)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with told():
            return step(*args, **kwargs)

    return call


def explained(error: BaseException) -> LakeError:
    """Return what a failure below the lake means to whoever runs the pipeline."""
    fact = _fact(error)
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL or _FULL_WORDS.search(fact):
        return UnwritableError(f"The lake has no room left: {fact}. {_KEPT}: make room, and run again.")
    if number in _CLOSED or _CLOSED_WORDS.search(fact):
        return UnwritableError(
            f"The lake may not be written: {fact}. {_KEPT}: give this user the right to write, or name another lake."
        )
    return LakeError(f"The lake does not answer as it should: {fact}. {_KEPT}: see that it is reachable.")


def _fact(error: BaseException) -> str:
    """Return the one line of a failure that says what happened."""
    innermost = getattr(error, "orig", None) or error
    line = " ".join(str(innermost).split()).rstrip(".") or type(innermost).__name__
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
