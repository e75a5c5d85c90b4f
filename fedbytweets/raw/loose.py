"""One page that does not fit `wire` whole -> the answer that does, row by row.

A row that fits is read as ever. One with unknown fields is read without them, and they are counted. One with text
for a number, or a number for text, is converted; the latter is counted. A value that still does not fit is left out and
counted where the row can do without it; else the row is complained of, by path and id, and its neighbours are kept.
Tweets of API v1.1 are counted and left out.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import Raw

from fedbytweets.raw import wire
from fedbytweets.raw.foreign import is_v1_tweet
from fedbytweets.raw.unknown import known_names, known_part, read_names, text_names

Fields = Mapping[str, Any]
"""A JSON object whose values are plain objects, or `Raw` where they are not decoded yet."""

Row = TypeVar("Row", bound=wire.Wire)

_PLAIN = msgspec.json.Decoder()
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ITEMS = msgspec.json.Decoder(list[Raw])
_NUMBER = re.compile(rb"[-0-9]")
_PLACE = re.compile(r" - at `\$\.(.+)`$")
_STEP = re.compile(r"[^.\[\]]+")
_NO_TEXT = (bool, int, float, list, dict)
_KNOWN = {"data", "includes", "errors", "meta", "__twarc", "matching_rules"}
_INCLUDED = {"users", "places", "tweets", "posts", "media", "polls", "topics"}
_NEEDED = {"id", "text"}
"""What a row cannot do without."""
_BEYOND_READING = (msgspec.MsgspecError, ValueError, RecursionError)


class LooseReader:
    """Reads one page; `unknown`, `numbers` (for text), `bad_values`, `complaints` and `v1_tweets` grow as it goes."""

    def __init__(self) -> None:
        self.unknown: Counter[str] = Counter()
        self.numbers: Counter[str] = Counter()
        self.bad_values: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.v1_tweets = 0

    def answer(self, fields: Fields) -> wire.Answer:
        """Return the page's answer, without what had to be complained of."""
        self.unknown.update(fields.keys() - _KNOWN)
        return wire.Answer(
            data=self.rows(fields.get("data"), wire.Tweet, "data"),
            includes=self.includes(fields.get("includes")),
            errors=self.rows(fields.get("errors"), wire.Problem, "errors"),
            meta=self.row(fields.get("meta"), wire.Meta, "meta"),
            stamp=self.row(fields.get("__twarc"), wire.Stamp, "__twarc"),
        )

    def includes(self, value: Any) -> wire.Includes:
        """Return what a page includes, each row by itself."""
        fields = self.undecoded(value, _OBJECT, "includes") if isinstance(value, Raw) else value
        if not isinstance(fields, dict):
            if fields is not None:
                self.complaints.append(f"includes: {type(fields).__name__} instead of an object")
            fields = {}
        self.unknown.update(f"includes.{name}" for name in fields.keys() - _INCLUDED)
        return wire.Includes(
            users=self.rows(fields.get("users"), wire.User, "includes.users"),
            places=self.rows(fields.get("places"), wire.Place, "includes.places"),
            tweets=self.rows(fields.get("tweets"), wire.Tweet, "includes.tweets"),
            posts=self.rows(fields.get("posts"), wire.Tweet, "includes.posts"),
        )

    def rows(self, value: Any, kind: type[Row], path: str) -> list[Row]:
        """Return the rows of a list, or of the one object or text that stands in its place."""
        if isinstance(value, Raw):
            value = self.undecoded(value, _ITEMS, path)
        if value is None:
            return []
        if not isinstance(value, list):
            row = self.row(value, kind, path)
            return [] if row is None else [row]
        found = (self.row(item, kind, f"{path}[{index}]") for index, item in enumerate(value))
        return [row for row in found if row is not None]

    def row(self, value: Any, kind: type[Row], path: str) -> Row | None:
        """Return one row, or None with a complaint."""
        if isinstance(value, Raw):
            row = self.quick_row(value, kind, path)
            if row is not None:
                return row
            value = self.plain_row(value, kind, path)
        if value is None:
            return None
        return self.converted(value, kind, path)

    def quick_row(self, value: Raw, kind: type[Row], path: str) -> Row | None:
        """Return a row that fits as it is, or without its unknown fields; building nothing else on the way."""
        decode: Callable[[bytes | Raw], Row] = _decoder(kind).decode
        read = read_names(kind)
        with suppress(*_BEYOND_READING):
            return decode(value)
        with suppress(*_BEYOND_READING):
            fields = _OBJECT.decode(value)
            if kind is wire.Tweet and is_v1_tweet(fields):
                return None
            row = decode(msgspec.json.encode({name: raw for name, raw in fields.items() if name in read}))
            self.unknown.update(f"{_bare(path)}.{name}" for name in fields.keys() - known_names(kind))
            return row
        return None

    def converted(self, value: Any, kind: type[Row], path: str) -> Row | None:
        """Return a plain object as a row, laxly, or None with a complaint."""
        try:
            value = _as_problem(value) if kind is wire.Problem else value
            if kind is wire.Tweet and isinstance(value, dict) and is_v1_tweet(value):
                self.v1_tweets += 1
                return None
            if isinstance(value, dict):
                known = known_part(value, kind, _bare(path), self.unknown, self.numbers)
                return self.fitting(known, kind, _bare(path))
            wrong = f"{type(value).__name__} instead of an object"
        except _BEYOND_READING as error:
            wrong = str(error)
        named = f" (id {value['id']!s:.40})" if isinstance(value, dict) and "id" in value else ""
        self.complaints.append(f"{path}{named}: {wrong}")
        return None

    def fitting(self, known: dict[str, Any], kind: type[Row], path: str) -> Row:
        """Return a row, without the values that its struct cannot hold and does not need.

        Raises:
            msgspec.ValidationError: a value that the row needs is bad or missing.

        """
        left_out = list[str]()
        while True:
            try:
                row = msgspec.convert(known, kind, strict=False)
            except msgspec.ValidationError as error:
                found = _PLACE.search(str(error))
                steps = _STEP.findall(found[1]) if found else []
                if not steps or steps[0] in _NEEDED:
                    raise
                _leave_out(known, steps)
                left_out.append(".".join([path, *(step for step in steps if not step.isdecimal())]))
            else:
                self.bad_values.update(left_out)
                return row

    def undecoded(self, value: Raw, decoder: "msgspec.json.Decoder[Any]", path: str) -> Any:
        """Return a list or an object with what it holds not decoded yet, or what else stands in its place."""
        try:
            return decoder.decode(value)
        except _BEYOND_READING:
            return self.plain(value, path)

    def plain_row(self, value: Raw, kind: type[Row], path: str) -> Any:
        """Return an object with the fields that its struct reads as plain objects, the others not decoded at all."""
        try:
            fields = _OBJECT.decode(value)
            return {name: self.plain_field(name, raw, kind, path) for name, raw in fields.items()}
        except _BEYOND_READING:
            return self.plain(value, path)

    def plain_field(self, name: str, value: Raw, kind: type[Row], path: str) -> Any:
        """Return a field as plain objects, a number for text as it was written, and a field nobody reads as it is."""
        if name not in read_names(kind):
            return value
        if name in text_names(kind) and kind is not wire.Problem and _NUMBER.match(value):
            self.numbers[f"{_bare(path)}.{name}"] += 1
            return bytes(value).decode()
        try:
            return _PLAIN.decode(value)
        except _BEYOND_READING:
            if name in _NEEDED or kind is wire.Problem:
                raise
            self.bad_values[f"{_bare(path)}.{name}"] += 1
            return None

    def plain(self, value: Raw, path: str) -> Any:
        """Return a value as plain objects, or None with a complaint."""
        try:
            return _PLAIN.decode(value)
        except _BEYOND_READING as error:
            self.complaints.append(f"{path}: {error}")
            return None


@cache
def _decoder(kind: type[Row]) -> "msgspec.json.Decoder[Row]":
    return msgspec.json.Decoder(kind)


def _leave_out(value: Any, steps: list[str]) -> None:
    """Remove the value at the end of some steps into plain objects: names of members, and numbers of items."""
    *before, last = steps
    for step in before:
        value = value[int(step)] if isinstance(value, list) else value[step]
    del value[int(last) if isinstance(value, list) else last]


def _bare(path: str) -> str:
    return path.partition("[")[0]


def _as_problem(value: Any) -> Any:
    """Bring a problem into the one shape: a bare text becomes its detail, other values their JSON text."""
    if isinstance(value, str):
        return {"detail": value}
    if not isinstance(value, dict):
        return value
    return {name: _as_text(item) for name, item in value.items()}


def _as_text(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, _NO_TEXT) else value
