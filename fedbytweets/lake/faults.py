"""Translate storage errors (disk, S3, Glue, SQLite, a damaged file) into `LakeError` with a cause and a remedy.

`UnavailableError` says that the same step may succeed later (network, timeout, throttling, lock); every other one that
it will not, until someone has done what the message says.
"""

import errno
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import sqlalchemy.exc
from botocore import exceptions as aws
from polars.exceptions import PolarsError
from pyarrow import ArrowException
from pyiceberg.exceptions import NoSuchTableError

from fedbytweets.errors import LakeError, SettingsError, UnavailableError
from fedbytweets.safe_text import visible

P = ParamSpec("P")
R = TypeVar("R")

_STORAGE = (
    OSError,
    sqlalchemy.exc.SQLAlchemyError,
    aws.BotoCoreError,
    aws.ClientError,
    NoSuchTableError,
    SettingsError,
)
_DATA = (PolarsError, ArrowException)
_PASSING = (
    ConnectionError,
    TimeoutError,
    InterruptedError,
    BlockingIOError,
    sqlalchemy.exc.TimeoutError,
    aws.ConnectionError,
    aws.HTTPClientError,
    aws.IncompleteReadError,
    aws.ResponseStreamingError,
    aws.CredentialRetrievalError,
    aws.MetadataRetrievalError,
)
_PASSING_NUMBERS = {
    errno.EAGAIN, errno.EBUSY, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.EIO, errno.EMFILE, errno.ENETDOWN,
    errno.ENETRESET, errno.ENETUNREACH, errno.ENFILE, errno.ENOBUFS, errno.ENOLCK, errno.EREMOTEIO, errno.ESTALE,
    errno.ETXTBSY,
}  # fmt: skip
_PASSING_WORDS = re.compile(
    r"AWS Error (NETWORK_CONNECTION|INTERNAL_FAILURE|SERVICE_UNAVAILABLE|SLOW_DOWN|THROTTLING|REQUEST_TIMEOUT"
    r"|[A-Z_]+ \(HTTP status (429|5\d\d)\))"  # pyarrow's words of S3's answers
    r"|database (table )?is locked|disk I/O error"  # SQLite's
)
_THROTTLED = re.compile(r"Throttl|SlowDown|RequestLimitExceeded|TooManyRequests|RequestTimeout")
_KEPT = "What was stored before is untouched, and the next run goes on from there"
_RESTORE = "docs/how-to/restore-the-lake.md says how to make tables again from raw"
_MISSING = {errno.ENOENT, errno.ENOTDIR}
_CLOSED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_CLOSED_WORDS = re.compile(
    r"readonly database|read-only|permission denied|unable to open database|access.?denied", re.IGNORECASE
)
_FULL_WORDS = re.compile(r"disk is full|no space left|file too large", re.IGNORECASE)
_DAMAGED_WORDS = re.compile(r"not a database|malformed|deserialize thrift|parquet", re.IGNORECASE)
_OF_A_TABLE = re.compile(r"(?:bronze/batch/tabular|(silver|ops))/([a-z_]+)/(?:data|metadata)/")
_LONGEST = 300


class UnwritableError(LakeError):
    """The lake may not be written, or has no room."""


class UnprocessableError(LakeError):
    """Rows could not be processed: where they come from a raw object, it is that object's fault."""


@contextmanager
def told() -> Iterator[None]:
    """Let what fails below the lake come out of the block as a `LakeError`.

    Raises:
        UnavailableError: it may pass.
        UnwritableError: the disk is full, or the lake may only be read.
        LakeError: all else, such as a missing or damaged file.

    """
    try:
        yield
    except SettingsError:
        raise
    except (*_STORAGE, *_DATA) as error:
        raise explained(error) from error


def telling(step: Callable[P, R]) -> Callable[P, R]:
    """Return a function that does a step and tells what fails below the lake as a `LakeError`."""

    @wraps(step)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with told():
            return step(*args, **kwargs)

    return call


def is_of_storage(error: Exception) -> bool:
    """Say whether an error is the lake's, and no fault of the rows that were processed."""
    return isinstance(error, (LakeError, *_STORAGE)) and not isinstance(error, UnprocessableError)


def explained(error: BaseException) -> LakeError:
    """Return what a failure below the lake means to whoever runs the pipeline."""
    fact = _fact(error)
    number = error.errno if isinstance(error, OSError) else None
    if unwritable := _unwritable(fact, number):
        return unwritable
    if _may_pass(error, fact):
        return UnavailableError(f"The lake does not answer as it should: {fact}. {_KEPT}: see that it is reachable.")
    if number in _MISSING:
        return LakeError(f"{_file_of(fact)} is missing: {fact}. Was the lake moved or copied? {_RESTORE}.")
    if _DAMAGED_WORDS.search(fact):
        return damaged(_file_of(fact), error)
    if isinstance(error, _DATA):
        return UnprocessableError(f"Rows of the lake could not be processed: {fact}. Report it with this message.")
    return LakeError(f"The lake cannot be used: {fact}. {_KEPT}: check FEDBYTWEETS_LAKE and the rights to it.")


def _unwritable(fact: str, number: int | None) -> UnwritableError | None:
    if number in _FULL or _FULL_WORDS.search(fact):
        return UnwritableError(f"The lake has no room left: {fact}. {_KEPT}: make room, and run again.")
    if number in _CLOSED or _CLOSED_WORDS.search(fact):
        return UnwritableError(
            f"The lake may not be written: {fact}. {_KEPT}: give this user the right to write, or name another lake."
        )
    return None


def damaged(thing: str, error: BaseException) -> LakeError:
    """Return what it means that a file of the lake is not what was written."""
    return LakeError(f"{thing} is damaged: {_fact(error)}. {_RESTORE}.")


def _may_pass(error: BaseException, fact: str) -> bool:
    if isinstance(error, _PASSING) or (isinstance(error, OSError) and error.errno in _PASSING_NUMBERS):
        return True
    if isinstance(error, aws.ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = str(error.response.get("Error", {}).get("Code"))
        return bool(status >= 500 or status == 429 or _THROTTLED.search(code))
    return bool(_PASSING_WORDS.search(fact))


def _file_of(fact: str) -> str:
    """Return how a sentence calls the file that a failure is about: by its table, where the path tells it."""
    found = _OF_A_TABLE.search(fact)
    return f"A file of {found[1] or 'bronze'}.{found[2]}" if found else "A file of the lake"


def _fact(error: BaseException) -> str:
    """Return the one line of a failure that says what happened."""
    innermost = getattr(error, "orig", None) or error
    line = visible(" ".join(str(innermost).split()).rstrip(".")) or type(innermost).__name__
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
