"""JSON in which an object has one key twice -> the same with it once, and the keys that were repeated.

JSON readers keep the last of such values. Where it holds rows, the rows of all are kept here instead.
"""

import json
from collections import Counter
from contextlib import suppress
from functools import reduce
from typing import Any

import msgspec
from msgspec import Raw

from fedbytweets.raw.documents import mended

_OF_ROWS = {"data", "includes", "errors", "users", "tweets", "posts", "places", "media", "polls", "topics"}


def without_repeats(source: memoryview) -> tuple[bytes, Counter[str]] | None:
    """Return the document with each key of an object once, and how often each was repeated; None where none was."""
    repeated = Counter[str]()

    def merged(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) < len(pairs):
            given = Counter(name for name, _ in pairs)
            repeated.update({name: count - 1 for name, count in given.items() if count > 1})
            for name in _OF_ROWS.intersection(given):
                values[name] = reduce(_joined, [value for key, value in pairs if key == name])
        return values

    text = mended(bytes(source)).decode("utf-8", "replace")
    with suppress(ValueError, RecursionError):  # what cannot be read here is refused, with its reason, elsewhere
        found = json.loads(text, object_pairs_hook=merged, parse_int=_verbatim, parse_float=_verbatim)
        return (msgspec.json.encode(found), repeated) if repeated else None
    return None


def _joined(one: Any, other: Any) -> Any:
    """Return the rows of both values: of lists, of single rows, and of objects that hold lists of rows."""
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict) and not one.keys() | other.keys() >= {"id"}:
        both = one.keys() & other.keys()
        return one | other | {name: _joined(one[name], other[name]) for name in both}
    return [*_listed(one), *_listed(other)]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _verbatim(number: str) -> Raw:
    return Raw(number.encode())
