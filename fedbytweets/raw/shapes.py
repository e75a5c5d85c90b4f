"""One JSON object -> which of the things a raw object may hold it is."""

from collections.abc import Mapping
from typing import Any

import msgspec
import pyarrow as pa
from msgspec import Raw

from fedbytweets.raw.documents import Failure, attempt

Object = Mapping[str, Raw]
"""A JSON object, its values not decoded yet."""

_NAMES = msgspec.json.Decoder(dict[str, Raw])
_ITEMS = msgspec.json.Decoder(list[Raw])
_PLAIN = msgspec.json.Decoder(dict[str, Any])
_OF_A_PAGE = {"data", "includes", "errors", "meta"}
_OF_A_PROBLEM = {"title", "detail", "type", "status"}
_OF_A_POST = {"id", "text"}
_SHOWN = 8
_SHORT = 40


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the old system wrote around its pages."""

    data: list[Raw]


def are_pages(items: list[Raw]) -> bool:
    """Tell pages, of which some may be broken, from rows."""
    return any(_is_page_by_name(_names(item)) for item in items)


def is_whole(envelope: Envelope, source: memoryview) -> bool:
    """Tell an envelope of pages whose first page is the first in its source: no repeated key has taken any."""
    if not are_pages(envelope.data):
        return False
    before = pa.py_buffer(memoryview(envelope.data[0])).address - pa.py_buffer(source).address
    return bytes(source[:before]).count(b"[") == 1


def enveloped(fields: Object) -> list[Raw]:
    """Return the pages inside an envelope that holds more than them, or nothing if this is none."""
    inner = _data(fields)
    return inner if are_pages(inner) else []


def is_page(fields: Object) -> bool:
    """Tell a page of posts from answers about anything else, whose rows have no text."""
    if not _is_page_by_name(set(fields)):
        return False
    rows = _data(fields)
    return not rows or any("text" in _names(row) for row in rows)


def is_post(fields: Object) -> bool:
    """Tell a post by its own two fields that always come."""
    return fields.keys() >= _OF_A_POST


def is_problem(fields: Object) -> bool:
    """Tell a problem document, which comes instead of a page."""
    names = fields.keys() & _OF_A_PROBLEM
    return "data" not in fields and len(names) > 1 and not names.isdisjoint({"title", "detail"})


def problem_answer(source: memoryview) -> dict[str, Any]:
    """Return the answer whose errors are this problem and those it lists.

    Raises:
        msgspec.DecodeError: the bytes are no JSON object.

    """
    problem = _PLAIN.decode(source)
    inner = problem.pop("errors", None)
    return {"errors": [problem, *(inner if isinstance(inner, list) else [inner])]}


def described(source: bytes) -> str:
    """Return what a document is, for a message; never its content, which may be a person's."""
    names = sorted(name[:_SHORT] for name in _names(Raw(source)))
    if names:
        return f"an object of {', '.join(names[:_SHOWN])}" + (", ..." if len(names) > _SHOWN else "")
    return {b"{": "an empty object", b"[": "an array"}.get(source[:1], "a single value")


def _is_page_by_name(names: set[str]) -> bool:
    return not names.isdisjoint(_OF_A_PAGE) and not names >= _OF_A_POST


def _data(fields: Object) -> list[Raw]:
    """Return what stands in `data`, one by one."""
    value = fields.get("data", Raw(b"null"))
    items = attempt(_ITEMS.decode, memoryview(value))
    if not isinstance(items, Failure):
        return items
    return [] if bytes(value) == b"null" else [value]


def _names(value: Raw) -> set[str]:
    found = attempt(_NAMES.decode, memoryview(value))
    return set() if isinstance(found, Failure) else set(found)
