"""Bytes of a raw object -> its text: decompressed, in UTF-8; what could be read of a broken stream is kept.

The format is told by the first bytes, never by a name. gzip members and zstd frames may follow one another.
"""

import json
import zlib
from dataclasses import dataclass

import pyarrow as pa

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_GZIP_STEP = 16_384
_ZSTD_STEP = 4_096
_ANY_GZIP_HEADER = 31
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Text:
    """UTF-8 text, where its first character after a byte-order mark stands, and why its source broke off, if so."""

    content: bytes
    start: int = 0
    fault: str | None = None


def text_of(body: bytes) -> Text:
    """Return the text of a raw object.

    A first line that only looks like a compressed stream is text like any other. Halves of UTF-16 pairs become
    U+FFFD, as everywhere in this package.
    """
    plain, fault = _decompressed(body)
    if fault and not plain and (b"\n{" in body or b"\n[" in body):
        plain, fault = body, None
    encoding = json.detect_encoding(plain[:4])
    if encoding.startswith("utf-8") or not _wide(plain):
        return Text(plain, len(_BOM) if plain.startswith(_BOM) else 0, fault)
    return Text(plain.decode(encoding, "replace").encode(), 0, fault)


def _wide(plain: bytes) -> bool:
    """Tell UTF-16 and UTF-32 from chance: every quote of JSON has a NUL at its side there, and none in UTF-8."""
    return 2 * max(plain.count(b'"\0'), plain.count(b'\0"')) >= plain.count(b'"')


def _decompressed(body: bytes) -> tuple[bytes, str | None]:
    if body.startswith(_GZIP):
        return _gunzipped(body)
    if body.startswith(_ZSTD):
        return _unzstded(body)
    return body, None


def _gunzipped(body: bytes) -> tuple[bytes, str | None]:
    plain, position = bytearray(), 0
    member = zlib.decompressobj(_ANY_GZIP_HEADER)
    while position < len(body):
        if member.eof:
            if not body[position:].strip(b"\0"):
                break
            member = zlib.decompressobj(_ANY_GZIP_HEADER)
        step, before = body[position : position + _GZIP_STEP], member.copy()
        try:
            plain += member.decompress(step)
        except zlib.error as error:
            return bytes(plain + _up_to_the_fault(before, step)), f"gzip stream is damaged: {error}"
        position += len(step) - len(member.unused_data)
    return bytes(plain), None if member.eof else "gzip stream ends before its end mark"


def _up_to_the_fault(member: "zlib._Decompress", step: bytes) -> bytes:
    """Return what one step of a damaged stream gives before the damage."""
    plain = bytearray()
    try:
        for index in range(len(step)):
            plain += member.decompress(step[index : index + 1])
    except zlib.error:
        return bytes(plain)
    return bytes(plain)


def _unzstded(body: bytes) -> tuple[bytes, str | None]:
    plain = bytearray()
    stream = pa.CompressedInputStream(pa.BufferReader(body), "zstd")
    try:
        while step := stream.read(_ZSTD_STEP):
            plain += step
    except (OSError, pa.ArrowException) as error:
        return bytes(plain), f"zstd stream is damaged: {error}"
    return bytes(plain), None
