"""All bytes below a folder, decoded in every way the lake's files are written in: to look for what should be gone."""

import json
import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from fedbytweets.raw.text import text_of

RECORD = "ops/compliance/"
"""Where the record of erasures is: it holds ids."""

_ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})")


def traces(lake: Path, *words: str | int) -> list[str]:
    """Return which files below a lake, but the record of erasures, hold one of these words or whole numbers."""
    texts = [str(word).lower().encode() for word in words]
    packed = [struct.pack("<q", word) for word in words if isinstance(word, int)]
    found = []
    for path in sorted(path for path in lake.rglob("*") if path.is_file()):
        name = str(path.relative_to(lake))
        views = [name.encode(), *_views(path)]
        if name.startswith(RECORD):
            continue
        if any(text in view.lower() for view in views for text in texts) or any(
            number in view for view in views for number in packed
        ):
            found.append(name)
    return found


def _views(path: Path) -> Iterator[bytes]:
    body = path.read_bytes()
    yield body
    if path.suffix == ".parquet":
        yield json.dumps(pl.read_parquet(path).to_dicts(), default=str, ensure_ascii=False).encode()
        metadata = pq.read_metadata(path)
        yield str([metadata.row_group(number).to_dict() for number in range(metadata.num_row_groups)]).encode()
    elif path.suffix == ".avro":
        yield from _blocks(BytesIO(body))
    else:
        text = text_of(body).content
        yield text
        yield _ESCAPE.sub(lambda found: chr(int(found[1], 16)).encode("utf-8", "replace"), text)


def _blocks(file: BytesIO) -> Iterator[bytes]:
    """Yield the header and the unpacked blocks of an Avro file, as its specification lays them out."""
    assert file.read(4) == b"Obj\x01"
    header = {}
    while entries := _long(file):
        for _ in range(entries):
            name = file.read(_long(file))
            header[name] = file.read(_long(file))
    yield b"".join(header.values())
    file.read(16)
    while file.tell() < len(file.getvalue()):
        _long(file)
        block = file.read(_long(file))
        yield zlib.decompress(block, -15) if header.get(b"avro.codec") == b"deflate" else block
        file.read(16)


def _long(file: BytesIO) -> int:
    number = shift = 0
    while True:
        byte = file.read(1)[0]
        number |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1)
