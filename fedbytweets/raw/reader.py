"""Bytes of one raw object -> its pages, in order, with a refusal for every stretch that is none.

Read are: pages one a line, a single page in any layout, the envelope `{"data": [page, ...]}` of the system this
one replaces, several documents in one file, twarc's pages and its flattened posts, lines of a stream, arrays of any
of these, and problem documents; plain or compressed, in any Unicode encoding. Any bytes at all give pages and
refusals, never an exception. Halves of UTF-16 pairs, which no encoding can hold, become U+FFFD. Of each format that is
told and not read yet there is one refusal a raw object, the last.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Any, TypeAlias

import msgspec
import pyarrow as pa
from msgspec import Raw

from fedbytweets.instants import parse_instant
from fedbytweets.raw import flat, shapes, wire
from fedbytweets.raw.documents import Break, Document, Failure, attempt, documents
from fedbytweets.raw.foreign import DOWNLOAD, V1_TWEETS, foreign
from fedbytweets.raw.loose import LooseReader
from fedbytweets.raw.pages import Kind, Note, Oddity, Page, Refusal
from fedbytweets.raw.repeated import without_repeats
from fedbytweets.raw.text import BOM, MOST_BYTES, text_of
from fedbytweets.raw.wire_rows import made

__all__ = ["Page", "Refusal", "read_pages"]

_ANSWER = msgspec.json.Decoder(wire.Answer)
_ENVELOPE = msgspec.json.Decoder(shapes.Envelope)
_DEEPEST = 3
_MOST_REFUSALS = 1_000
"""Refusals of one object that get a row each."""
_COUNTING = Lock()
"""Holds other threads off while the parts of one answer are counted."""
_TOO_LARGE = (
    "{stored:,} bytes as stored are more than {most:,} bytes of text once decompressed: nothing of it was read. Raise "
    "FEDBYTWEETS_OBJECT_MEGABYTES above its size and replay it, or split the file and import the parts."
)
_UNSUPPORTED = (
    "{name}: this format is not supported yet ({count:,} documents, the first on line {line:,}, byte {byte:,}). "
    "Supported are answers of X API v2 with tweets, as the API, twarc2 or twarc2 flatten writes them."
)

Json = dict[str, Raw] | list[Raw] | str | int | float | bool | None
"""Any JSON, one level deep."""

Found: TypeAlias = wire.Answer | shapes.Envelope | Json

_ANY: "msgspec.json.Decoder[Json]" = msgspec.json.Decoder(Json)


def read_pages(
    body: bytes, *, most_bytes: int = MOST_BYTES, on_text: Callable[[int], None] = lambda _: None
) -> Iterator[Page | Refusal]:
    """Yield what a raw object holds, in the order of its bytes; one refusal where its text exceeds `most_bytes`.

    `on_text` is told the size of the text in bytes before anything is yielded. Refusals beyond the first thousand are
    one, which counts them.
    """
    refused = 0
    for found in _read(body, most_bytes, on_text):
        refused += isinstance(found, Refusal)
        if refused <= _MOST_REFUSALS or isinstance(found, Page):
            yield found
        elif refused == _MOST_REFUSALS + 1:
            first = found
    if refused > _MOST_REFUSALS:
        counted = f"and {refused - _MOST_REFUSALS:,} more that could not be read, the first on this line"
        yield replace(first, message=f"{counted}: {first.message}")


def _read(body: bytes, most_bytes: int, on_text: Callable[[int], None]) -> Iterator[Page | Refusal]:
    text = text_of(body, most_bytes=most_bytes)
    on_text(len(text.content))
    if text.is_too_large:
        yield Refusal(1, 0, "too-large", _TOO_LARGE.format(stored=len(body), most=most_bytes))
        return
    reader, blank = _Reader(text.content), True
    for piece in documents(text.content, text.start, _parsed):
        blank = False
        yield from reader.piece(piece)
    if text.fault:
        yield reader.refusal(len(text.content), "bad-compression", text.fault)
    elif blank:
        yield Refusal(1, 0, "empty", "nothing is in it")
    yield from reader.unsupported()


def _parsed(source: memoryview) -> Found:
    """Read one document: as the answer it nearly always is, or as whatever JSON it is, one level deep."""
    with suppress(msgspec.ValidationError), _COUNTING:
        before = next(made)
        answer = _ANSWER.decode(source)
        if next(made) - before - 1 == _parts(answer):
            return answer
        return _ANY.decode(source)  # a key that came twice took parts with it
    with suppress(msgspec.ValidationError):
        return _ENVELOPE.decode(source)
    return _ANY.decode(source)


def _address(view: memoryview) -> int:
    return int(pa.py_buffer(view).address)


def _parts(answer: wire.Answer) -> int:
    """Return how many parts an answer holds, as `made` counts them."""
    includes, parts = answer.includes, len(answer.errors or ())
    parts += (includes is not None) + (answer.meta is not None) + (answer.stamp is not None)
    parts += 1 if isinstance(answer.data, wire.Tweet) else len(answer.data or ())
    if includes is not None:
        parts += len(includes.users or ()) + len(includes.places or ())
        parts += len(includes.tweets or ()) + len(includes.posts or ())
    return parts


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The source of a document, or of one inside it, and where it stands: bytes `start` to `end` of the text.

    `document` is the one that `source` is bytes of; None where it was written again.
    """

    document: Document[Found] | None
    source: memoryview
    start: int
    end: int

    def inner(self, source: memoryview) -> "_Stretch":
        """Return the stretch of a document inside this one; of one written again, the place of the whole."""
        if self.document is None:
            return replace(self, source=source)
        index = _address(source) - _address(self.document.source)
        start, end = self.document.place(index), self.document.place(index + len(source))
        return _Stretch(self.document, source, start, end)


class _Reader:
    """Numbers pages and lines of one text on the way through it."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.pages = 0
        self.line = 1
        self.counted = 0
        self.odd: deque[tuple[int, Oddity, str]] = deque()
        self.foreign: dict[str, Refusal] = {}
        self.foreign_documents = Counter[str]()

    def piece(self, piece: Document[Found] | Break) -> Iterator[Page | Refusal]:
        """Read one stretch of the text, and what stands before it."""
        before = self.text.count(BOM, piece.since, piece.start)
        self.odd.extend([(piece.start, "byte-order-mark", "")] * before)
        if self.text.find(b"=", piece.since, piece.start) >= 0:
            items = piece.value if isinstance(piece, Document) else None
            self.not_yet(DOWNLOAD, piece.start, len(items) if isinstance(items, list) else 1)
        elif isinstance(piece, Break):
            yield self.refusal(piece.start, piece.kind, piece.message)
        else:
            self.odd.extend((each.start, "not-a-number", each.key) for each in piece.no_numbers)
            self.odd.extend([(piece.start, "bad-text", "")] * piece.is_corrected)
            yield from self.document(piece.value, _Stretch(piece, piece.source, piece.start, piece.end))
        self.odd.clear()

    def not_yet(self, name: str, offset: int, documents: int = 1) -> None:
        """Count documents of a format that is not read yet; the place of the first is kept."""
        self.foreign_documents[name] += documents
        if name not in self.foreign:
            self.foreign[name] = self.refusal(offset, "unsupported-format", "")

    def unsupported(self) -> Iterator[Refusal]:
        """Yield one refusal for each format that is not read yet."""
        for name, first in self.foreign.items():
            count = self.foreign_documents[name]
            yield replace(
                first, message=_UNSUPPORTED.format(name=name, count=count, line=first.line, byte=first.offset)
            )

    def line_at(self, offset: int) -> int:
        first = self.text.find(b"\n", self.counted, offset)  # finding is many times faster than counting
        if first >= 0:
            self.line += self.text.count(b"\n", first, offset)
        self.counted = max(self.counted, offset)
        return self.line

    def refusal(self, offset: int, kind: Kind, message: str) -> Refusal:
        return Refusal(self.line_at(offset), offset, kind, message)

    def document(self, found: Found, at: _Stretch, depth: int = 0) -> Iterator[Page | Refusal]:
        if isinstance(found, wire.Answer):
            yield from self.answer(found, at)
        elif isinstance(found, shapes.Envelope) and depth < _DEEPEST and shapes.is_whole(found, at.source):
            yield from self.items(found.data, at, depth)
        elif isinstance(found, shapes.Envelope):
            yield from self.document(_ANY.decode(at.source), at, depth)
        elif isinstance(found, list) and found and depth < _DEEPEST:
            yield from self.items(found, at, depth)
        elif isinstance(found, dict) and (once := without_repeats(at.source)):
            source, repeated = once
            self.odd.extend((at.start, "duplicate-key", name) for name in repeated.elements())
            at = _Stretch(None, memoryview(source), at.start, at.end)
            yield from self.document(_parsed(at.source), at, depth)
        elif isinstance(found, dict):
            yield from self.fields(found, at, depth)
        else:
            yield self.no_page(at)

    def answer(self, answer: wire.Answer, at: _Stretch) -> Iterator[Page | Refusal]:
        parts = (answer.data, answer.includes, answer.errors, answer.meta)
        if any(part is not None for part in parts) or b'"data"' in bytes(at.source):
            yield from self.page(answer, at, LooseReader())
        else:
            yield self.no_page(at)

    def items(self, items: list[Raw], at: _Stretch, depth: int) -> Iterator[Page | Refusal]:
        """Read each item of an array or envelope, which lie in the bytes of a stretch, as a document of its own."""
        for item in items:
            inner = at.inner(memoryview(item))
            found = attempt(_parsed, inner.source)
            if isinstance(found, Failure):
                yield self.refusal(inner.start, found.kind, found.message)
            else:
                yield from self.document(found, inner, depth + 1)

    def fields(self, fields: dict[str, Raw], at: _Stretch, depth: int) -> Iterator[Page | Refusal]:
        inner = shapes.enveloped(fields)
        if inner and depth < _DEEPEST:
            yield from self.items(inner, at, depth)
        elif name := foreign(fields):
            self.not_yet(name, at.start)
        elif shapes.is_problem(fields):
            yield from self.rebuilt(shapes.problem_answer, at)
        elif shapes.is_post(fields):
            yield from self.rebuilt(flat.answer, at)
        elif shapes.is_page(fields):
            yield from self.loose(fields, at)
        else:
            yield self.no_page(at)

    def rebuilt(self, rebuild: Callable[[memoryview], dict[str, Any]], at: _Stretch) -> Iterator[Page | Refusal]:
        fields = attempt(rebuild, at.source)
        if isinstance(fields, Failure):
            yield self.refusal(at.start, fields.kind, fields.message)
        else:
            yield from self.loose(fields, at)

    def no_page(self, at: _Stretch) -> Refusal:
        return self.refusal(at.start, "not-a-page", f"JSON, but no page of posts: {shapes.described(bytes(at.source))}")

    def loose(self, fields: Mapping[str, Any], at: _Stretch) -> Iterator[Page | Refusal]:
        reader = LooseReader()
        yield from self.page(reader.answer(fields), at, reader)
        if reader.v1_tweets:
            self.not_yet(V1_TWEETS, at.start)

    def page(self, answer: wire.Answer, at: _Stretch, reader: LooseReader) -> Iterator[Page | Refusal]:
        self.pages += 1
        includes = answer.includes or wire.Includes()
        stamp = answer.stamp.retrieved_at if answer.stamp else None
        yield Page(
            self.pages,
            at.start,
            _instant(stamp),
            (answer.data,) if isinstance(answer.data, wire.Tweet) else answer.data or (),
            includes.users or (),
            includes.places or (),
            [*(includes.tweets or ()), *(includes.posts or ())],
            answer.errors or (),
            answer.meta or wire.Meta(),
            reader.unknown,
            self.notes(at.end, reader) if self.odd or reader.numbers or reader.bad_values else (),
            stamp,
        )
        for complaint in reader.complaints:
            yield self.refusal(at.start, "bad-row", complaint)

    def notes(self, end: int, reader: LooseReader) -> list[Note]:
        """Return what is odd in the text up to byte `end` and was not told with an earlier page, and in this page."""
        odd = Counter[tuple[Oddity, str]]()
        odd.update({("number-for-text", path): count for path, count in reader.numbers.items()})
        odd.update({("bad-value", path): count for path, count in reader.bad_values.items()})
        while self.odd and self.odd[0][0] < end:
            _, kind, path = self.odd.popleft()
            odd[kind, path] += 1
        return [Note(kind, path, count) for (kind, path), count in odd.items()]


def _instant(stamp: str | None) -> datetime | None:
    """Return the instant that twarc wrote, UTC; None where it is none."""
    with suppress(ValueError, OverflowError):
        return None if stamp is None else parse_instant(stamp)
    return None
