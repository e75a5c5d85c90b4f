"""Raw -> bronze, as units of work."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

from fedbytweets.lake import bronze, load, replay
from fedbytweets.lake.erasing import heeding_erasures
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.parts import Part, append_parts, lay_out
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
def load_bronze(objects: Sequence[RawObject]) -> dict[str, int]:
    """Lay raw objects out as bronze rows, each object once; return the number of new rows by table."""
    lake = open_lake(lake_settings())
    total: dict[str, int] = {}
    with heeding_erasures(lake):
        for parts in _laid_out(lake, objects):
            for name, rows in append_parts(lake, parts).items():
                total[name] = total.get(name, 0) + rows
    return total


@unit("reload-bronze")
def reload_bronze(subject: str, since: date | None, until: date | None) -> dict[str, int]:
    """Read raw objects anew and put their rows in the place of the old; return the number of rows by table."""
    lake = open_lake(lake_settings())
    objects = replay.selected(lake, subject, since, until)
    reload, total = replay.Reload(lake, objects), dict.fromkeys((table.name for table in BRONZE), 0)
    with heeding_erasures(lake):
        for part in chain.from_iterable(_laid_out(lake, objects)):
            for name, rows in reload.take(part).items():
                total[name] += rows
        reload.commit()
    return total


def _laid_out(lake: Lake, objects: Sequence[RawObject]) -> Iterator[list[Part]]:
    """Lay raw objects out in parts, by whoever the setting names; yield some parts at a time."""
    spread = workers(lake)
    for table in BRONZE:
        lake.table(table)  # made once, before many write to it
    progress = Progress("raw to bronze", sum(raw_object.bytes for raw_object in objects), "bytes")
    chunks = load.chunks(objects, lake.settings.chunk_megabytes << 20)
    parts: list[Part] = []
    for chunk, part in zip(chunks, spread(lay_out, chunks), strict=True):
        parts.append(part)
        progress.advance(sum(raw_object.bytes for raw_object in chunk))
        if len(parts) == _PARTS_A_COMMIT:
            yield parts
            parts = []
    if parts:
        yield parts
