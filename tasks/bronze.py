"""Raw -> bronze, as units of work."""

from collections.abc import Sequence
from datetime import date

from fedbytweets.lake import bronze, load, replay
from fedbytweets.lake.lake import open_lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.settings import lake_settings
from fedbytweets.tables import BRONZE
from tasks.policy import unit
from tasks.progress import Progress


@unit("list-pending")
def list_pending(subject: str) -> list[RawObject]:
    """Return the raw objects (of one subject; empty: of all) that bronze does not hold yet."""
    return bronze.pending(open_lake(lake_settings()), subject)


@unit("load-bronze")
def load_bronze(objects: Sequence[RawObject]) -> dict[str, int]:
    """Lay raw objects out as bronze rows, each object once; return the number of new rows by table."""
    lake = open_lake(lake_settings())
    total: dict[str, int] = {}
    progress = Progress("raw to bronze", sum(raw_object.bytes for raw_object in objects), "bytes")
    for chunk in load.chunks(objects, lake.settings.chunk_megabytes << 20):
        for name, rows in bronze.append(lake, load.rows_of(lake, chunk)).items():
            total[name] = total.get(name, 0) + rows
        progress.advance(sum(raw_object.bytes for raw_object in chunk))
    return total


@unit("reload-bronze")
def reload_bronze(subject: str, since: date | None, until: date | None) -> dict[str, int]:
    """Read raw objects anew and put their rows in the place of the old; return the number of rows by table."""
    lake = open_lake(lake_settings())
    objects = replay.selected(lake, subject, since, until)
    reload, total = replay.Reload(lake, objects), dict.fromkeys((table.name for table in BRONZE), 0)
    progress = Progress("raw to bronze", sum(raw_object.bytes for raw_object in objects), "bytes")
    for chunk in load.chunks(objects, lake.settings.chunk_megabytes << 20):
        for name, rows in reload.add(load.rows_of(lake, chunk)).items():
            total[name] += rows
        progress.advance(sum(raw_object.bytes for raw_object in chunk))
    reload.commit()
    return total
