"""Raw objects -> bronze rows: read from the lake, laid out by pure code, a bounded number of bytes at a time."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import polars as pl
import pyarrow as pa

from fedbytweets.bronze import Source, bronze_rows
from fedbytweets.lake.compliance import kept_out, kept_pages
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import subject_of
from fedbytweets.raw.reader import Page, Refusal, read_pages


def row_groups(lake: Lake, objects: Sequence[RawObject], erasures: pl.DataFrame) -> Iterator[dict[str, pa.Table]]:
    """Yield the rows of every bronze table, by its name, that some raw objects give, without what was erased.

    A group ends with the object whose text, once decompressed, fills the setting `chunk_megabytes`: so memory holds
    that and one object more.

    Raises:
        LakeError: a raw object cannot be fetched.

    """
    done = 0
    while done < len(objects):
        group = _Group(lake, erasures)
        with _without_cycle_search():
            rows = bronze_rows(group.read(objects[done:]))
        yield rows
        done += group.objects


def chunks(objects: Sequence[RawObject], most_bytes: int) -> list[list[RawObject]]:
    """Cut raw objects into runs of at most so many stored bytes (one object at the least), in the given order."""
    runs: list[list[RawObject]] = []
    filled = most_bytes
    for raw_object in objects:
        if not runs or filled + raw_object.bytes > most_bytes:
            runs.append([])
            filled = 0
        runs[-1].append(raw_object)
        filled += raw_object.bytes
    return runs


@contextmanager
def _without_cycle_search() -> Iterator[None]:
    """Spare Python its search for cycles: parsing makes objects by the million, none of them in a cycle."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


class _Group:
    """Raw objects that are read until their text fills a chunk."""

    def __init__(self, lake: Lake, erasures: pl.DataFrame) -> None:
        self._lake = lake
        self._erasures = erasures
        self._left = lake.settings.chunk_megabytes << 20
        self.objects = 0

    def read(self, objects: Sequence[RawObject]) -> Iterator[tuple[Source, Iterable[Page | Refusal]]]:
        """Yield raw objects with what is in them; each has to be read before the next is asked for."""
        for raw_object in objects:
            self.objects += 1
            yield self._one(raw_object)
            if self._left <= 0:
                return

    def _one(self, raw_object: RawObject) -> tuple[Source, Iterable[Page | Refusal]]:
        subject = subject_of(raw_object.key)
        source = Source(raw_object.key, subject, self._lake.raw.lineage(raw_object, subject), raw_object.bytes)
        if refusal := too_large(self._lake, raw_object):
            return source, [refusal]
        body = kept_out(self._lake, raw_object, source.lineage, self._erasures)
        return source, kept_pages(self._pages(body), source.lineage, self._erasures)

    def _pages(self, body: bytes) -> Iterator[Page | Refusal]:
        """Read a raw object: the one place that tells the reader its bounds."""
        return read_pages(body, most_bytes=self._lake.settings.object_bytes, on_text=self._read_text)

    def _read_text(self, size: int) -> None:
        self._left -= size


def too_large(lake: Lake, raw_object: RawObject) -> Refusal | None:
    """Return the refusal of an object that is stored in more bytes than the setting `object_megabytes` lets be read."""
    if raw_object.bytes <= lake.settings.object_bytes:
        return None
    most = lake.settings.object_megabytes
    size = f"{raw_object.bytes:,} bytes are stored, more than {most} MiB (FEDBYTWEETS_OBJECT_MEGABYTES)"
    return Refusal(1, 0, "too-large", size)
