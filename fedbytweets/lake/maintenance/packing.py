"""Raw objects -> the same objects in fewer bytes: zstd in place, the text byte for byte the same.

Only objects that bronze holds are packed. The compressed bytes take the key in one atomic write, so a reader sees the
one or the other; `bronze.raw_objects` keeps the size as it was loaded, which tells what was packed from a listing.
"""

from datetime import datetime

import pyarrow as pa

from fedbytweets.errors import LakeError
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.tables import bronze

_PACKED = (b"\x28\xb5\x2f\xfd", b"\x1f\x8b")
"""First bytes of zstd and gzip."""


def unpacked(lake: Lake, before: datetime) -> list[RawObject]:
    """Return the raw objects written before an instant that bronze holds, and that still have the size it saw."""
    loaded = lake.scan(bronze.RAW_OBJECTS).select("file_name", "bytes").collect()
    sizes = dict(zip(loaded["file_name"], loaded["bytes"], strict=True))
    return [each for each in lake.raw.list() if each.modified_at < before and sizes.get(each.key) == each.bytes]


def pack(lake: Lake, raw_object: RawObject, *, dry_run: bool = False) -> int | None:
    """Compress a raw object where it lies; return its new size in bytes, None where nothing is to be saved.

    Raises:
        LakeError: it cannot be read or written, or would not come back as it was.

    """
    body = lake.raw.read(raw_object.key)
    if body.startswith(_PACKED):
        return None
    packed = compressed(body)
    if len(packed) >= len(body):
        return None
    if pa.decompress(packed, decompressed_size=len(body), codec="zstd", asbytes=True) != body:
        raise LakeError(f"{raw_object.key} does not come back from its compression as it was: nothing was written.")
    if not dry_run:
        lake.raw.replace(raw_object, packed)
    return len(packed)


def compressed(body: bytes) -> bytes:
    """Return bytes as one zstd frame."""
    return bytes(pa.Codec("zstd").compress(body, asbytes=True))
