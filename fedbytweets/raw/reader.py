"""Bytes of one raw object -> its pages, in order, with a refusal for every stretch that is none.

Read are: pages one a line, a single page in any layout, the envelope `{"data": [page, ...]}` of the system this
one replaces, several documents in one file, twarc's pages and its flattened posts, lines of a stream, arrays of any
of these, and problem documents; plain or compressed, in any Unicode encoding. Any bytes at all give pages and
refusals, never an exception. Halves of UTF-16 pairs, which no encoding can hold, become U+FFFD.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeAlias

import msgspec
import pyarrow as pa
from msgspec import Raw

from fedbytweets.instants import parse_instant
from fedbytweets.raw import flat, shapes, wire
from fedbytweets.raw.documents import Break, Failure, attempt, documents
from fedbytweets.raw.loose import LooseReader
from fedbytweets.raw.pages import Kind, Page, Refusal
from fedbytweets.raw.text import text_of

__all__ = ["Page", "Refusal", "read_pages"]

_ANSWER = msgspec.json.Decoder(wire.Answer)
_ENVELOPE = msgspec.json.Decoder(shapes.Envelope)
_DEEPEST = 3

Json = dict[str, Raw] | list[Raw] | str | int | float | bool | None
"""Any JSON, one level deep."""

Found: TypeAlias = wire.Answer | shapes.Envelope | Json

_ANY: "msgspec.json.Decoder[Json]" = msgspec.json.Decoder(Json)


def read_pages(body: bytes, on_text: Callable[[int], None] = lambda _: None) -> Iterator[Page | Refusal]:
    """Yield what a raw object holds, in the order of its bytes; `on_text` hears the size of its text, in bytes."""
    text = text_of(body)
    on_text(len(text.content))
    reader, blank = _Reader(text.content), True
    for piece in documents(text.content, text.start, _parsed):
        blank = False
        if isinstance(piece, Break):
            yield reader.refusal(piece.start, piece.kind, piece.message)
        else:
            yield from reader.document(piece.value, piece.source, piece.start)
    if text.fault:
        yield reader.refusal(len(text.content), "bad-compression", text.fault)
    elif blank:
        yield Refusal(1, 0, "empty", "nothing is in it")


def _parsed(source: memoryview) -> Found:
    """Read one document: as the answer it nearly always is, or as whatever JSON it is, one level deep."""
    with suppress(msgspec.ValidationError):
        return _ANSWER.decode(source)
    with suppress(msgspec.ValidationError):
        return _ENVELOPE.decode(source)
    return _ANY.decode(source)


class _Reader:
    """Numbers pages and lines of one text on the way through it."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.pages = 0
        self.line = 1
        self.counted = 0

    def line_at(self, offset: int) -> int:
        first = self.text.find(b"\n", self.counted, offset)  # finding is many times faster than counting
        if first >= 0:
            self.line += self.text.count(b"\n", first, offset)
        self.counted = max(self.counted, offset)
        return self.line

    def refusal(self, offset: int, kind: Kind, message: str) -> Refusal:
        return Refusal(self.line_at(offset), offset, kind, message)

    def document(self, found: Found, source: memoryview, offset: int, depth: int = 0) -> Iterator[Page | Refusal]:
        if isinstance(found, wire.Answer):
            yield from self.answer(found, source, offset)
        elif isinstance(found, shapes.Envelope) and shapes.are_pages(found.data) and depth < _DEEPEST:
            yield from self.items(found.data, source, offset, depth)
        elif isinstance(found, shapes.Envelope):
            yield from self.document(_ANY.decode(source), source, offset, depth)
        elif isinstance(found, list) and found and depth < _DEEPEST:
            yield from self.items(found, source, offset, depth)
        elif isinstance(found, dict):
            yield from self.fields(found, source, offset, depth)
        else:
            yield self.no_page(source, offset)

    def answer(self, answer: wire.Answer, source: memoryview, offset: int) -> Iterator[Page | Refusal]:
        parts = (answer.data, answer.includes, answer.errors, answer.meta)
        if any(part is not None for part in parts) or b'"data"' in bytes(source):
            yield from self.page(answer, offset, LooseReader())
        else:
            yield self.no_page(source, offset)

    def items(self, items: list[Raw], source: memoryview, offset: int, depth: int) -> Iterator[Page | Refusal]:
        """Read each item of an array or envelope, which lie in the bytes of `source`, as a document of its own."""
        for item in items:
            body = memoryview(item)
            start = offset + _address(body) - _address(source)
            found = attempt(_parsed, body)
            if isinstance(found, Failure):
                yield self.refusal(start, found.kind, found.message)
            else:
                yield from self.document(found, body, start, depth + 1)

    def fields(self, fields: dict[str, Raw], source: memoryview, offset: int, depth: int) -> Iterator[Page | Refusal]:
        inner = shapes.enveloped(fields)
        if inner and depth < _DEEPEST:
            yield from self.items(inner, source, offset, depth)
        elif shapes.is_problem(fields):
            yield from self.rebuilt(shapes.problem_answer, source, offset)
        elif shapes.is_post(fields):
            yield from self.rebuilt(flat.answer, source, offset)
        elif shapes.is_page(fields):
            yield from self.loose(fields, offset)
        else:
            yield self.no_page(source, offset)

    def rebuilt(
        self, rebuild: Callable[[memoryview], dict[str, Any]], source: memoryview, offset: int
    ) -> Iterator[Page | Refusal]:
        fields = attempt(rebuild, source)
        if isinstance(fields, Failure):
            yield self.refusal(offset, fields.kind, fields.message)
        else:
            yield from self.loose(fields, offset)

    def no_page(self, source: memoryview, offset: int) -> Refusal:
        return self.refusal(offset, "not-a-page", f"JSON, but no page of posts: {shapes.described(bytes(source))}")

    def loose(self, fields: Mapping[str, Any], offset: int) -> Iterator[Page | Refusal]:
        reader = LooseReader()
        yield from self.page(reader.answer(fields), offset, reader)

    def page(self, answer: wire.Answer, offset: int, reader: LooseReader) -> Iterator[Page | Refusal]:
        self.pages += 1
        includes = answer.includes or wire.Includes()
        yield Page(
            self.pages,
            offset,
            _retrieved_at(answer.stamp, reader),
            (answer.data,) if isinstance(answer.data, wire.Tweet) else answer.data or (),
            includes.users or (),
            includes.places or (),
            [*(includes.tweets or ()), *(includes.posts or ())],
            answer.errors or (),
            answer.meta or wire.Meta(),
            reader.unknown,
        )
        for complaint in reader.complaints:
            yield self.refusal(offset, "bad-row", complaint)


def _address(view: memoryview) -> int:
    return int(pa.py_buffer(view).address)


def _retrieved_at(stamp: wire.Stamp | None, reader: LooseReader) -> datetime | None:
    if stamp is None or stamp.retrieved_at is None:
        return None
    try:
        return parse_instant(stamp.retrieved_at)
    except (ValueError, OverflowError) as error:
        reader.complaints.append(f"__twarc.retrieved_at: {error}")
        return None
