"""Bytes of a raw object -> its text: decompressed up to a bound, in UTF-8.

The format is told by the first bytes, never by a name. gzip members and zstd frames may follow one another. What could
be read of a broken stream is kept.
"""

import codecs
import io
import json
import re
import zlib
from dataclasses import dataclass

import pyarrow as pa

MOST_BYTES = 512 * 2**20
"""The bound on one object's text where the caller gives none, bytes."""

_GZIP = b"\x1f\x8b"
_ZSTD = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")  # a frame, or one to be skipped (RFC 8878)
_GZIP_STEP = 16_384
_ZSTD_STEP = 4_096
_DECODED_STEP = 2**20
_ANY_GZIP_HEADER = 31
_PADDING = re.compile(rb"\0*")
BOM = b"\xef\xbb\xbf"
"""The byte-order mark of UTF-8."""


class _TooLargeError(Exception):
    """The text of a raw object is larger than the bound."""


@dataclass(frozen=True, slots=True)
class Text:
    """UTF-8 text, where its first character after a byte-order mark stands, and why its source broke off, if so.

    `is_too_large` says that it exceeds the bound; `content` is then empty.
    """

    content: bytes
    start: int = 0
    fault: str | None = None
    is_too_large: bool = False


def text_of(body: bytes, *, most_bytes: int = MOST_BYTES) -> Text:
    """Return the text of a raw object, of at most `most_bytes` bytes; decompression stops where it exceeds them.

    A first line that only looks like a compressed stream is text like any other. Halves of UTF-16 pairs become
    U+FFFD, as everywhere in this package.
    """
    try:
        return _text_of(body, most_bytes)
    except _TooLargeError:
        return Text(b"", is_too_large=True)


def _text_of(body: bytes, most_bytes: int) -> Text:
    plain, fault = _decompressed(body, most_bytes)
    if fault and not plain and (b"\n{" in body or b"\n[" in body):
        plain, fault = body, None
    if len(plain) > most_bytes:
        raise _TooLargeError
    encoding = json.detect_encoding(plain[:4])
    if encoding.startswith("utf-8") or not _wide(plain):
        return Text(plain, len(BOM) if plain.startswith(BOM) else 0, fault)
    return Text(_as_utf8(plain, encoding, most_bytes), 0, fault)


def _wide(plain: bytes) -> bool:
    """Tell UTF-16 and UTF-32 from chance: every quote of JSON has a NUL at its side there, and none in UTF-8."""
    return 2 * max(plain.count(b'"\0'), plain.count(b'\0"')) >= plain.count(b'"')


class _Bounded(io.BytesIO):
    """Bytes that grow up to a bound; `getvalue` gives them without a copy."""

    def __init__(self, most_bytes: int) -> None:
        super().__init__()
        self.most_bytes = most_bytes

    @property
    def room(self) -> int:
        """How many bytes more tell that it is too large."""
        return self.most_bytes - self.tell() + 1

    def add(self, step: bytes) -> None:
        """Append bytes.

        Raises:
            _TooLargeError: they exceed the bound.

        """
        if len(step) >= self.room:
            raise _TooLargeError
        self.write(step)


def _as_utf8(plain: bytes, encoding: str, most_bytes: int) -> bytes:
    decoder, text = codecs.getincrementaldecoder(encoding)("replace"), _Bounded(most_bytes)
    for start in range(0, len(plain), _DECODED_STEP):
        text.add(decoder.decode(plain[start : start + _DECODED_STEP]).encode())
    text.add(decoder.decode(b"", final=True).encode())
    return text.getvalue()


def _decompressed(body: bytes, most_bytes: int) -> tuple[bytes, str | None]:
    plain = _Bounded(most_bytes)
    if body.startswith(_GZIP):
        fault = _gunzip(body, plain)
    elif _ZSTD.match(body):
        fault = _unzstd(body, plain)
    else:
        return body, None
    return plain.getvalue(), fault


def _gunzip(body: bytes, plain: _Bounded) -> str | None:
    position, member = 0, zlib.decompressobj(_ANY_GZIP_HEADER)
    while position < len(body):
        if member.eof:
            position = _end_of_padding(body, position)
            if position == len(body):
                break
            member = zlib.decompressobj(_ANY_GZIP_HEADER)
        step, before = body[position : position + _GZIP_STEP], member.copy()
        try:
            plain.add(member.decompress(step, plain.room))
        except zlib.error as error:
            _add_up_to_the_fault(before, step, plain)
            return f"gzip stream is damaged: {error}"
        position += len(step) - len(member.unused_data)
    return None if member.eof else "gzip stream ends before its end mark"


def _end_of_padding(body: bytes, position: int) -> int:
    padding = _PADDING.match(body, position)
    assert padding is not None  # the pattern matches the empty string
    return padding.end()


def _add_up_to_the_fault(member: "zlib._Decompress", step: bytes, plain: _Bounded) -> None:
    """Add what one step of a damaged stream gives before the damage."""
    try:
        for index in range(len(step)):
            plain.add(member.decompress(step[index : index + 1]))
    except zlib.error:
        return


def _unzstd(body: bytes, plain: _Bounded) -> str | None:
    stream = pa.CompressedInputStream(pa.BufferReader(body), "zstd")
    try:
        while step := stream.read(_ZSTD_STEP):
            plain.add(step)
    except (OSError, pa.ArrowException) as error:
        return f"zstd stream is damaged: {error}"
    return None
