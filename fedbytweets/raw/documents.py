"""Text -> the JSON documents in it, in order, and the stretches between them that are none.

Documents may stand one a line, spread over lines, follow one another on a line, or all of these in one text. One
that is broken takes nothing with it that starts on a later line, and pages inside it are looked for too: each
opens with `{"data":`, which cannot stand inside a JSON string.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import msgspec

from fedbytweets.raw.pages import Kind

T = TypeVar("T")

_MARK = rb"(?:\xef\xbb\xbf|\x1e|(?:window\.)?(?:YTD\.[\w.-]+|__THAR_CONFIG)\s*=)"
"""What may stand before a document: a byte-order mark, RFC 7464's separator, an assignment of X's own download."""
_SPACE = re.compile(rb"[ \t\r\n]*(?:%b[ \t\r\n]*)*" % _MARK)
_SPACE_AND_CLOSERS = re.compile(rb"[ \t\r\n,\]}]*(?:%b[ \t\r\n,\]}]*)*" % _MARK)
_OPENS_A_LINE = re.compile(rb'\n[ \t]*(?:%b[ \t]*)?[{\[]|\{\s*"data"\s*:' % _MARK)
_OPENS_AT_THE_MARGIN = re.compile(rb'\n(?:%b[ \t]*)?[{\[]|\{\s*"data"\s*:' % _MARK)
_NO_NUMBER = re.compile(
    rb'(?:[^"NI-]++|"((?:[^"\\]++|\\.)*+)"\s*+:|"(?:[^"\\]++|\\.)*+"|-(?!I))*+(NaN|-?Infinity)', re.DOTALL
)
"""JSON up to the next NaN or Infinity outside of its strings; group 1 is the last key before it."""
_STOPPED_AT_ONE = re.compile(rb".(?:NaN|Infinity)", re.DOTALL)
_HEX = rb"[0-9a-fA-F]{2}"
_ESCAPE = re.compile(rb"\\(?:u[dD][89abAB]%b\\u[dD][c-fC-F]%b|(u[dD][89a-fA-F]%b)|.)" % (_HEX, _HEX, _HEX), re.DOTALL)
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_ILLEGAL = re.compile(rb'[\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}|(.?))', re.DOTALL)
"""A raw control character of a string, or an escape; group 1 is there where the escape is none of JSON's."""
_BYTE = re.compile(r"\(byte (\d+)\)$")
_TRIES = 16


@dataclass(frozen=True, slots=True)
class NoNumber:
    """A NaN or Infinity at byte `start` of the text, and the key of its member as far as that is known."""

    start: int
    key: str


@dataclass(frozen=True, slots=True)
class Document(Generic[T]):
    """One JSON document: what it was read as, and its bytes `start` to `end` of the text.

    What came before it ends at `since`: between the two stand spaces and marks. `source` is these bytes, with `null`
    for each of `no_numbers`.
    """

    value: T
    source: memoryview
    start: int
    end: int
    since: int = 0
    no_numbers: Sequence[NoNumber] = ()
    _longer: Sequence[int] = ()
    """Where in `source` a byte was put in, ascending."""
    is_corrected: bool = False
    """Whether bytes or escapes that JSON does not allow in strings were read as U+FFFD or as they are."""

    def place(self, index: int) -> int:
        """Return where in the text a byte of `source` stands."""
        return self.start + _before(self._longer, index)


@dataclass(frozen=True, slots=True)
class Break:
    """A stretch of text, `start` to `end`, that is no JSON document; what came before it ends at `since`."""

    kind: Kind
    message: str
    start: int
    end: int
    since: int = 0


@dataclass(frozen=True, slots=True)
class Failure:
    """Why JSON could not be read; `reached` is the byte where that was seen, if the reader said so."""

    kind: Kind
    message: str
    reached: int | None = None
    trails: bool = False


_CUT = Failure("truncated", "JSON that ends before it is complete")


def attempt(parse: Callable[[memoryview], T], source: memoryview) -> T | Failure:
    """Return the JSON value that these bytes are, or why they are none."""
    try:
        return parse(source)
    except UnicodeDecodeError as error:
        return Failure("bad-encoding", f"not UTF-8: {error.reason}")
    except RecursionError:
        return Failure("too-deep", "nested too deeply to be read")
    except msgspec.DecodeError as error:
        return _failure(str(error))
    except ValueError as error:  # Python reads no number of more than 4,300 digits
        return Failure("not-json", str(error))


def _failure(message: str) -> Failure:
    """Read msgspec's message, the one place where it says what broke, and where."""
    if "truncated" in message:
        return _CUT
    byte = _BYTE.search(message)
    return Failure("not-json", message, int(byte[1]) if byte else None, "trailing" in message)


def mended(text: bytes) -> bytes:
    r"""Replace escaped halves of UTF-16 pairs (`\ud83d` alone) by U+FFFD's escape, which has the same length."""
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], text)


def documents(text: bytes, start: int, parse: Callable[[memoryview], T]) -> Iterator[Document[T] | Break]:
    """Yield every document of the text from byte `start` on, read by `parse`, and every stretch that is none.

    `parse` raises `msgspec.DecodeError` for what is not exactly one JSON document.
    """
    return iter(_Splitter(text, start, parse))


class _Splitter(Generic[T]):
    def __init__(self, text: bytes, start: int, parse: Callable[[memoryview], T]) -> None:
        self.text, self.start, self.parse = text, start, parse
        self.view = memoryview(text)
        self.end = start
        self.line_end = start - 1
        self.closes = {b"{": start - 1, b"[": start - 1}
        self.spent = 0
        self.is_mended = False

    def __iter__(self) -> Iterator[Document[T] | Break]:
        gap, position = _SPACE, self.start
        while (position := _end_of(gap, self.text, position)) < len(self.text):
            piece = self.read(position)
            if isinstance(piece, Break) and self.mend():
                piece = self.read(position)
            yield piece
            self.end = position = piece.end
            gap = _SPACE_AND_CLOSERS if isinstance(piece, Break) else gap

    def mend(self) -> bool:
        """Mend the text once, when something in it breaks: it costs a pass, and most texts need none."""
        mend, self.is_mended = not self.is_mended, True
        if mend:
            self.text, before = mended(self.text), self.text
            self.view = memoryview(self.text)
            return self.text != before
        return False

    def read(self, start: int) -> Document[T] | Break:
        if self.line_end <= start:
            self.line_end = self.find(b"\n", start)
        found = self.between(start, self.line_end)
        if isinstance(found, Document):
            return found
        if found.kind == "truncated" and self.line_end < len(self.text):
            return self.over_lines(start, found)
        return self.broken(start, found, _OPENS_A_LINE)

    def over_lines(self, start: int, failure: Failure) -> Document[T] | Break:
        """Read a document that ends on a later line: where pretty printing closes it, or wherever it does."""
        for end in (self.close(start), len(self.text)):
            if self.spent > _TRIES * len(self.text):
                break
            found = self.between(start, end)
            if isinstance(found, Document):
                return found
            failure = found
            self.spent += end - start if found.reached is None else found.reached
        return self.broken(start, failure, _OPENS_AT_THE_MARGIN)

    def between(self, start: int, end: int) -> Document[T] | Failure:
        source = self.view[start:end]
        found = attempt(self.parse, source)
        if not isinstance(found, Failure):
            return Document(found, source, start, end, self.end)
        if self.text[start] not in b"{[":
            return Failure("bad-encoding" if found.kind == "bad-encoding" else "not-json", found.message)
        if found.reached and _STOPPED_AT_ONE.match(source, found.reached - 1):
            document = self.without_no_numbers(source, start, end)
            if isinstance(document, Document):
                return document
            found = document
        if self.has_illegal_text(source, found) and (legal := self.with_legal_text(source, start, end)):
            return legal
        if found.trails and found.reached:
            return self.between(start, start + found.reached - 1)
        return found

    def without_no_numbers(self, source: memoryview, start: int, end: int) -> Document[T] | Failure:
        """Read a document with `null` for each NaN and Infinity."""
        self.spent += end - start
        no_numbers, longer, patched, copied = list[NoNumber](), list[int](), bytearray(), 0
        key = ""
        while found := _NO_NUMBER.match(source, copied):
            key = key if found[1] is None else bytes(found[1]).decode("utf-8", "replace")
            no_numbers.append(NoNumber(start + found.start(2), key))
            patched += bytes(source[copied : found.start(2)]) + b"null".ljust(len(found[2]))
            copied = found.end()
            longer += [len(patched) - 1] * (len(found[2]) < len(b"null"))
        patched += source[copied:]
        view = memoryview(bytes(patched))
        value = attempt(self.parse, view)
        if not isinstance(value, Failure):
            return Document(value, view, start, end, self.end, no_numbers, longer)
        return value if value.reached is None else replace(value, reached=_before(longer, value.reached))

    def has_illegal_text(self, source: memoryview, failure: Failure) -> bool:
        """Say whether reading stopped at a byte or an escape that a string may not hold; few passes are spent on it."""
        at = failure.reached
        is_control = at is not None and at < len(source) and source[at] < ord(" ")
        illegal = failure.kind == "bad-encoding" or is_control or "escape" in failure.message
        return illegal and self.spent <= _TRIES * len(self.text)

    def with_legal_text(self, source: memoryview, start: int, end: int) -> Document[T] | None:
        """Read a document whose strings hold what JSON does not allow, corrected; None where that is not all."""
        self.spent += end - start
        text = bytes(source).decode("utf-8", "replace").encode()
        view = memoryview(_STRING.sub(lambda string: _ILLEGAL.sub(_legal, string[0]), text))
        value = attempt(self.parse, view)
        return None if isinstance(value, Failure) else Document(value, view, start, end, self.end, is_corrected=True)

    def broken(self, start: int, failure: Failure, opener: "re.Pattern[bytes]") -> Break:
        nearest = opener.search(self.text, start + 1)
        end = nearest.start() if nearest else len(self.text)
        reached = None if failure.reached is None else start + failure.reached
        if reached is not None and (reached == self.line_end or reached >= end):
            failure = _CUT  # it was good as far as it goes, and ran into what stands behind it
        return Break(failure.kind, failure.message, start, end, self.end)

    def close(self, start: int) -> int:
        """Return the end of the first bracket at the margin that can close the one at `start`."""
        opener = self.text[start : start + 1]
        if self.closes[opener] <= start:
            bracket = b"\n}" if opener == b"{" else b"\n]"
            self.closes[opener] = min(self.find(bracket, start) + len(bracket), len(self.text))
        return self.closes[opener]

    def find(self, sought: bytes, start: int) -> int:
        found = self.text.find(sought, start)
        return len(self.text) if found < 0 else found


def _legal(found: "re.Match[bytes]") -> bytes:
    """Return an escape as it is, one that is none of JSON's with its backslash escaped, a control character escaped."""
    if not found[0].startswith(b"\\"):
        return b"\\u%04x" % found[0][0]
    return found[0] if found[1] is None else b"\\" + found[0]


def _before(longer: Sequence[int], index: int) -> int:
    """Return the index that a byte had before a byte was put in at each of some places."""
    return index - bisect_left(longer, index)


def _end_of(pattern: "re.Pattern[bytes]", text: bytes, position: int) -> int:
    match = pattern.match(text, position)
    assert match is not None  # both patterns match the empty string
    return match.end()
