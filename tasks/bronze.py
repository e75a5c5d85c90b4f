"""Raw -> bronze, as units of work."""

from collections.abc import Iterator, Sequence
from datetime import date

from fedbytweets.lake import bronze, load, replay
from fedbytweets.lake.erasing import heeding_erasures
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.parts import Appended, Part, append_or_put_aside, lay_out
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.settings import lake_settings
from fedbytweets.tables import BRONZE
from tasks.policy import unit
from tasks.progress import Progress
from tasks.workers import workers

_PARTS_A_COMMIT = 16
"""A killed run lays out this many parts again at the most."""


@unit("list-pending")
def list_pending(subject: str) -> list[RawObject]:
    """Return the raw objects (of one subject; empty: of all) that bronze does not hold yet."""
    return bronze.pending(open_lake(lake_settings()), subject)


@unit("load-bronze")
def load_bronze(objects: Sequence[RawObject]) -> Appended:
    """Lay raw objects out as bronze rows, each object once; return the number of new rows by table.

    An object that makes this raise is put aside, and stops no other.
    """
    lake = open_lake(lake_settings())
    total = Appended({})
    with heeding_erasures(lake):
        for some, parts in _laid_out(lake, objects):
            total += append_or_put_aside(lake, parts, some)
    return total


@unit("reload-bronze")
def reload_bronze(subject: str, since: date | None, until: date | None) -> Appended:
    """Read raw objects anew and put their rows in the place of the old; return the number of rows by table.

    Of an object that makes this raise there is a row of quarantine then, and nothing else.
    """
    lake = open_lake(lake_settings())
    objects = replay.selected(lake, subject, since, until)
    reload, total = replay.Reload(lake, objects), Appended(dict.fromkeys((table.name for table in BRONZE), 0))
    with heeding_erasures(lake):
        for _, parts in _laid_out(lake, objects):
            for part in parts:
                total += Appended(reload.take(part), part.failed)
        reload.commit()
    return total


def _laid_out(lake: Lake, objects: Sequence[RawObject]) -> Iterator[tuple[list[RawObject], list[Part]]]:
    """Lay raw objects out in parts, by whoever the setting names; yield some objects and their parts at a time."""
    spread = workers(lake)
    for table in BRONZE:
        lake.table(table)  # made once, before many write to it
    progress = Progress("raw to bronze", sum(raw_object.bytes for raw_object in objects), "bytes")
    chunks = load.chunks(objects, lake.settings.chunk_megabytes << 20)
    some: list[RawObject] = []
    parts: list[Part] = []
    for chunk, part in zip(chunks, spread(lay_out, chunks), strict=True):
        some += chunk
        parts.append(part)
        progress.advance(sum(raw_object.bytes for raw_object in chunk))
        if len(parts) == _PARTS_A_COMMIT:
            yield some, parts
            some, parts = [], []
    if parts:
        yield some, parts
