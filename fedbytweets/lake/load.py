"""Raw objects -> bronze rows: read from the lake, laid out by pure code, a bounded number of bytes at a time."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import polars as pl
import pyarrow as pa

from fedbytweets.bronze import Source, bronze_rows
from fedbytweets.lake.compliance import kept_out, kept_pages, record
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import subject_of
from fedbytweets.raw.reader import Page, Refusal, read_pages


def rows_of(lake: Lake, objects: Sequence[RawObject]) -> dict[str, pa.Table]:
    """Return the rows of every bronze table, by its name, that some raw objects give, without what was erased.

    Raises:
        LakeError: a raw object cannot be fetched. What is in it never raises: it becomes rows.

    """
    erasures = record(lake)
    with _without_cycle_search():
        return bronze_rows(_read(lake, raw_object, erasures) for raw_object in objects)


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


def _read(lake: Lake, raw_object: RawObject, erasures: pl.DataFrame) -> tuple[Source, Iterator[Page | Refusal]]:
    subject = subject_of(raw_object.key)
    source = Source(raw_object.key, subject, lake.raw.lineage(raw_object, subject), raw_object.bytes)
    pages = read_pages(kept_out(lake, raw_object, source.lineage, erasures))
    return source, kept_pages(pages, source.lineage, erasures)
