"""Bytes of a raw object + what has to go -> the bytes without it; whatever is not concerned keeps its own bytes.

Wherever in a raw object they stand, in pages, envelopes, flattened posts or lines of a stream: posts and users that
go are cut out, reposts of these posts with them; posts that lose their whereabouts lose `geo`. A stretch that cannot
be read and holds one of the ids is cut out whole.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import msgspec
import pyarrow as pa
from msgspec import Raw

from fedbytweets.compliance.erasure import Erasure
from fedbytweets.raw.documents import Break, documents
from fedbytweets.raw.text import text_of

_PACKED = (b"\x28\xb5\x2f\xfd", b"\x1f\x8b")
_DIGITS = re.compile(rb"\d+")
_NOTHING_LEFT = b'{"meta":{"result_count":0}}\n'
_REFERENCES = ("referenced_tweets", "referenced_posts")
_REPOSTS = ("retweeted", "reposted")

Json = dict[str, Raw] | list[Raw] | str | int | float | bool | None
"""Any JSON, one level deep."""

_ONE_LEVEL: "msgspec.json.Decoder[Json]" = msgspec.json.Decoder(Json)


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A raw object's bytes without what had to go.

    `removed` holds the JSON objects that were cut out, `tweets` the ids of the posts among them, `ids` those of the
    erasure's ids that stood anywhere. Where nothing had to go, `changed` is false and `body` is what was given.
    """

    body: bytes
    changed: bool = False
    removed: tuple[bytes, ...] = ()
    tweets: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()


def named_ids(body: bytes, ids: frozenset[str]) -> frozenset[str]:
    """Return those of the ids that stand anywhere in a raw object."""
    return ids.intersection(found.decode() for found in set(_DIGITS.findall(text_of(body).content)))


def scrub(body: bytes, erasure: Erasure) -> Scrubbed:
    """Cut out of a raw object what has to go; compressed bytes come back compressed (zstd)."""
    named = named_ids(body, erasure.ids)
    if not named:
        return Scrubbed(body)
    cutter = _Cutter(erasure, named)
    text = cutter.text(body)
    while extra := cutter.tweets - erasure.tweets:  # posts of users that go: their reposts go too
        erasure = replace(erasure, tweets=erasure.tweets | extra)
        cutter = _Cutter(erasure, named | extra)
        text = cutter.text(body)
    if text is None:
        return Scrubbed(body)
    packed = bytes(pa.Codec("zstd").compress(text, asbytes=True)) if body.startswith(_PACKED) else text
    return Scrubbed(packed, True, tuple(cutter.removed), frozenset(cutter.tweets), named)


class _Cutter:
    """Goes through one raw object; `removed` and `tweets` grow as it goes."""

    def __init__(self, erasure: Erasure, named: frozenset[str]) -> None:
        self.erasure = erasure
        self.named = [each.encode() for each in named]
        self.removed: list[bytes] = []
        self.tweets: set[str] = set()

    def text(self, body: bytes) -> bytes | None:
        """Return the text of a raw object without what goes; None where all of it stays."""
        content, start = (text := text_of(body)).content, text.start
        kept, cursor = bytearray(), 0
        for piece in documents(content, start, _ONE_LEVEL.decode):
            source = content[piece.start : piece.end] if isinstance(piece, Break) else bytes(piece.source)
            left = self.broken(source) if isinstance(piece, Break) else self.value(source)
            if left is not source:
                kept += content[cursor : piece.start] + (left or b"")
                cursor = piece.end
        if not cursor:
            return None
        kept += content[cursor:]
        return bytes(kept) if kept.strip() else _NOTHING_LEFT

    def broken(self, source: bytes) -> bytes | None:
        return None if self.holds_any(source) else source

    def holds_any(self, source: bytes) -> bool:
        return any(each in source for each in self.named)

    def value(self, source: bytes) -> bytes | None:
        """Return a JSON value without what goes: the very same bytes if nothing does, None if all of it does."""
        if source[:1] not in (b"{", b"[") or not self.holds_any(source):
            return source
        try:
            found = _ONE_LEVEL.decode(source)
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return None
        return self.fields(source, found) if isinstance(found, dict) else self.items(source, found)

    def items(self, source: bytes, found: object) -> bytes | None:
        assert isinstance(found, list)
        before = [bytes(item) for item in found]
        after = [self.value(item) for item in before]
        if all(one is other for one, other in zip(before, after, strict=True)):
            return source
        return msgspec.json.encode([Raw(item) for item in after if item is not None])

    def fields(self, source: bytes, found: Mapping[str, Raw]) -> bytes | None:
        if self.goes(found):
            self.removed.append(source)
            if _is_post(found):
                self.tweets.add(_id(found, "id"))
            return None
        before = {name: bytes(value) for name, value in found.items()}
        after = {name: self.value(value) for name, value in before.items()}
        if self.loses_whereabouts(found):
            after["geo"] = None
        if all(after[name] is value for name, value in before.items()):
            return source
        left = {name: Raw(value) for name, value in after.items() if value is not None}
        return msgspec.json.encode(left) if left else None

    def goes(self, found: Mapping[str, Raw]) -> bool:
        erasure, own = self.erasure, _id(found, "id")
        if _is_post(found):
            return (
                own in erasure.tweets
                or _id(found, "author_id") in erasure.users
                or any(each in erasure.tweets for each in _reposted(found))
            )
        if "resource_type" in found or "parameter" in found:
            both = erasure.tweets | erasure.users
            return _id(found, "resource_id") in both or _id(found, "value") in both
        return own in erasure.users and not found.keys() <= {"id", "type"}

    def loses_whereabouts(self, found: Mapping[str, Raw]) -> bool:
        mine = _id(found, "id") in self.erasure.placeless_tweets
        return "geo" in found and _is_post(found) and (mine or _id(found, "author_id") in self.erasure.placeless_users)


def _is_post(found: Mapping[str, Raw]) -> bool:
    return "id" in found and ("text" in found or "author_id" in found)


def _id(found: Mapping[str, Raw], name: str) -> str:
    """Return an id, written as text or as a number; empty where there is none."""
    return bytes(found[name]).strip(b'"').decode("utf-8", "replace") if name in found else ""


def _reposted(found: Mapping[str, Raw]) -> Iterator[str]:
    """Yield the ids of the posts that a post repeats."""
    for name in _REFERENCES:
        if name in found:
            for each in msgspec.json.decode(found[name]) or ():
                if isinstance(each, dict) and each.get("type") in _REPOSTS:
                    yield str(each.get("id"))
