"""The pipeline's own steps, and the floor under them: what nothing that writes these tables can do without."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
from pyiceberg.io.pyarrow import _get_parquet_writer_kwargs

from benchmarks.cost import Cost, counted
from fedbytweets.lake.lake import open_lake
from fedbytweets.raw.lineage import Lineage
from fedbytweets.settings import lake_settings
from fedbytweets.tables import bronze as tables

SUBJECT = "lula"


def bronze(raw: str, lake: str, workers: str = "threads:1") -> Cost:
    """Lay the files into a lake's raw layer (not counted), then take them into bronze, as `process-raw` does."""
    from tasks.bronze import list_pending, load_bronze

    os.environ |= {"FEDBYTWEETS_LAKE": lake, "FEDBYTWEETS_WORKERS": workers}
    _lay(Path(raw))
    cost = Cost()
    with counted(cost):
        rows = load_bronze.fn(list_pending.fn(SUBJECT))
    cost.done = {"tweets": rows["tweets"], "users": rows["users"], "places": rows["places"]}
    return cost


def silver(lake: str) -> Cost:
    """Merge a lake's bronze into its three silver tables, one after another."""
    from tasks.silver import merge_silver

    os.environ["FEDBYTWEETS_LAKE"] = lake
    cost = Cost(done={})
    with counted(cost):
        for name in ("tweets", "users", "places"):
            cost.done |= {name: merge_silver.fn(name, rebuild=False).inserted}  # type: ignore[operator]
    return cost


def floor_orjson(raw: str, lake: str) -> Cost:
    """Read the bytes, parse them with orjson, and write the Parquet that bronze holds."""
    import orjson

    return _floor(Path(raw), lake, orjson.loads)


def floor_msgspec(raw: str, lake: str) -> Cost:
    """Read the bytes, parse them into typed structs, and write the Parquet that bronze holds."""
    import msgspec

    from fedbytweets.raw import wire

    decode = msgspec.json.Decoder(wire.Answer).decode
    envelope = msgspec.json.Decoder(dict[str, list[wire.Answer]]).decode
    return _floor(Path(raw), lake, lambda text: envelope(text) if text.startswith(b"{\n") else decode(text))


def _floor(raw: Path, lake: str, parse: Callable[[bytes], object]) -> Cost:
    cost = Cost()
    with counted(cost):
        for file in sorted(raw.iterdir()):
            body = file.read_bytes()
            for text in [body] if file.suffix == ".json" else body.splitlines():
                parse(text)
    for table in (tables.TWEETS, tables.USERS, tables.PLACES):
        iceberg = open_lake(lake_settings(lake=lake)).table(table)
        how = _get_parquet_writer_kwargs(iceberg.properties)  # the same bytes, not only the same rows
        for task in iceberg.scan().plan_files():
            rows = pq.read_table(task.file.file_path.removeprefix("file://"))
            with counted(cost):
                pq.write_table(rows, Path(lake) / "floor.parquet", **how)
    return cost


def _lay(raw: Path) -> None:
    lake = open_lake(lake_settings())
    when = datetime(2026, 1, 1, tzinfo=UTC)
    for file in sorted(raw.iterdir()):
        lineage = Lineage(subject=SUBJECT, origin="archive", retrieved_at=when, source=file.name)
        lake.raw.put(f"{SUBJECT}/{file.name}", file.read_bytes(), lineage)
