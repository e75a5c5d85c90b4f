"""Raw keys: a question -> the name of the raw object that holds its answer.

A raw key is `<subject>/<object>`: the path below `bronze/batch/raw/`, and the value of `file_name` in every
table. An object's name opens with an instant, `YYYY-MM-DD-HH_MM` in UTC, as in the system this one replaces,
for people who look at a listing; nothing in the code reads it back. An answer of counts/recent is no raw object of
bronze: it lies below `bronze/batch/counts/`, and the instant in its key is read back, so that a listing says what
counts cost and when.
"""

import hashlib
import re
from datetime import UTC, datetime

from fedbytweets.errors import InputError, LakeError

SUBJECT_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,63}$"
"""What a subject's name may be: it is a folder of the lake."""

_COMPACT = "%Y%m%dT%H%M%SZ"
_LONGEST_NAME = 204
"""Characters of an imported file's name that its key keeps: a file system's name holds 255 bytes."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def checked_subject(name: str) -> str:
    """Return the name if it can be a subject's.

    Raises:
        InputError: it cannot.

    """
    if re.fullmatch(SUBJECT_PATTERN, name):
        return name
    raise InputError(
        f"Subject {name!r} cannot name a folder of the lake: "
        "use 1 to 64 lower-case letters, digits, '-' and '_', opening with a letter or a digit."
    )


def query_fingerprint(query: str) -> str:
    """Return 8 hex digits that tell one query from another."""
    return hashlib.sha256(query.encode()).hexdigest()[:8]


def page_key(subject: str, query: str, window: tuple[datetime, datetime], page: int, attempt: int = 1) -> str:
    """Return the raw key of one page of a search: a function of the question alone.

    `window` is (start, end) in UTC; `page` counts from 1. An answer that could not be read keeps its object; the
    next attempt at the same page gets a name of its own, so that no raw object is ever overwritten.
    """
    start, end = window
    search = f"{start:{_COMPACT}}-{end:{_COMPACT}}_{query_fingerprint(query)}"
    again = "" if attempt == 1 else f"-{attempt}"
    return f"{checked_subject(subject)}/{end:%Y-%m-%d-%H_%M}_{search}_p{page:04d}{again}.json"


def count_key(
    subject: str, query: str, window: tuple[datetime, datetime], at: datetime, attempt: int = 1, request_id: str = ""
) -> str:
    """Return the key of an answer of counts/recent that came at an instant; `window` and `at` in UTC.

    `request_id` is that of the reservation made for it, where there is one.
    """
    start, end = window
    again = "" if attempt == 1 else f"-{attempt}"
    counted = f"{start:{_COMPACT}}-{end:{_COMPACT}}_{query_fingerprint(query)}"
    reserved = f"_{request_id}" if request_id else ""
    return f"{checked_subject(subject)}/{at:{_COMPACT}}_{counted}{again}{reserved}.json"


def counted_request(key: str) -> str:
    """Return the request id in the key of an answer of counts/recent; empty where it has none."""
    parts = key.removesuffix(".json").split("/")[-1].split("_")
    return parts[3] if len(parts) > 3 else ""


def counted_at(key: str) -> datetime:
    """Return when an answer of counts/recent came, UTC, from its key.

    Raises:
        LakeError: the key is none that `count_key` gives.

    """
    instant = key.rpartition("/")[2].partition("_")[0]
    try:
        return datetime.strptime(instant, _COMPACT).replace(tzinfo=UTC)
    except ValueError as error:
        raise LakeError(
            f"{key} does not say when it was counted: only counts lie among the counts; move it."
        ) from error


def import_key(subject: str, file_name: str, sha256: str) -> str:
    """Return the raw key of an imported file: its own name (the end of a very long one) and its SHA-256, hex digits.

    The same file imported again has the same key; another file of the same name has another.
    """
    safe = _UNSAFE.sub("_", file_name).strip("._")[-_LONGEST_NAME:].lstrip("._") or "file"
    digest = sha256[:12]
    stem, dot, extension = safe.rpartition(".")
    return f"{checked_subject(subject)}/" + (f"{stem}_{digest}.{extension}" if dot else f"{safe}_{digest}")


def subject_of(raw_key: str) -> str:
    """Return the subject of a raw key: its first folder."""
    return raw_key.partition("/")[0]
