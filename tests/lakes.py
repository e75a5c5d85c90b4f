"""A lake in a folder, filled and read back: what the tests of layers, lake and flows share."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
from polars.testing import assert_frame_equal

from fedbytweets.lake import bronze, load, silver
from fedbytweets.lake.compliance import record
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.parts import Part, append_parts, lay_out, write_part
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.lineage import Lineage
from fedbytweets.settings import lake_settings
from fedbytweets.tables import BRONZE, SILVER, Table

SHARED = (Path(__file__).parents[1] / "../shared/data").resolve()
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def lake_in(folder: Path, **settings: object) -> Lake:
    """Return the lake of a folder."""
    return open_lake(lake_settings(lake=str(folder), **settings))


def page_of(ids: Iterable[int], *, name: str = "Ana", likes: int = 0) -> dict[str, Any]:
    """Return a page of tweets, each by an author of its own at a place of its own."""
    ids = list(ids)
    return {
        "data": [
            {
                "id": str(one),
                "text": f"oi {one}",
                "author_id": str(one % 100),
                "created_at": "2026-01-02T03:04:05.000Z",
                "geo": {"place_id": f"place{one % 10}"},
                "public_metrics": {"like_count": likes},
            }
            for one in ids
        ],
        "includes": {
            "users": [
                {"id": str(one), "name": name, "username": f"u{one}"} for one in sorted({one % 100 for one in ids})
            ],
            "places": [{"id": f"place{one}", "full_name": name} for one in sorted({one % 10 for one in ids})],
        },
        "meta": {"result_count": len(ids)},
    }


def lines(*documents: object) -> bytes:
    """Return documents one a line."""
    return b"".join(json.dumps(document).encode() + b"\n" for document in documents)


def lay(lake: Lake, key: str, body: bytes, retrieved_at: datetime = NOON) -> None:
    """Store a raw object with the lineage of an import."""
    subject = key.partition("/")[0]
    lake.raw.put(key, body, Lineage(subject=subject, origin="archive", retrieved_at=retrieved_at, source=key))


def load_bronze(lake: Lake, chunk_bytes: int = 32 << 20) -> dict[str, int]:
    """Take what is pending into bronze; return the number of new rows by table."""
    total: dict[str, int] = {}
    for chunk in load.chunks(bronze.pending(lake), chunk_bytes):
        for name, rows in append_parts(lake, [lay_out(lake, chunk)]).items():
            total[name] = total.get(name, 0) + rows
    return total


def rows_of(lake: Lake, objects: Sequence[RawObject]) -> dict[str, pl.DataFrame]:
    """Return the bronze rows that raw objects give, as frames, by table name."""
    groups = list(load.row_groups(lake, objects, record(lake)))
    return {table.name: pl.concat([pl.DataFrame(rows[table.name]) for rows in groups]) for table in BRONZE}


def part_of(lake: Lake, rows: Mapping[str, pl.DataFrame]) -> Part:
    """Write frames as data files that no reader sees yet."""
    return write_part(
        lake, {table.name: rows[table.name].select(table.names).to_arrow().cast(table.schema) for table in BRONZE}
    )


def append(lake: Lake, rows: Mapping[str, pl.DataFrame]) -> dict[str, int]:
    """Append frames to bronze; return the number of new rows by table."""
    return append_parts(lake, [part_of(lake, rows)])


def merge_silver(lake: Lake) -> list[silver.Merged]:
    """Merge what is new into the three silver tables."""
    return [silver.merge_new(lake, table) for table in SILVER]


def contents(lake: Lake, tables: Sequence[Table] = BRONZE + SILVER) -> dict[str, pl.DataFrame]:
    """Return all rows of the tables, in an order that depends on the rows alone."""
    return {table.identifier: ordered(lake.scan(table).collect()) for table in tables}


def ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows in an order that depends on the rows alone."""
    return rows.sort([name for name, kind in rows.schema.items() if not kind.is_nested()])


def assert_same(seen: Mapping[str, pl.DataFrame], wanted: Mapping[str, pl.DataFrame]) -> None:
    """Assert that two lakes hold the same rows: every table, every column."""
    assert seen.keys() == wanted.keys()
    for name, rows in wanted.items():
        assert_frame_equal(seen[name], rows, check_exact=True)


def data_files(lake: Lake, table: Table) -> list[str]:
    """Return the paths of the data files a reader of the table reads now."""
    return sorted(task.file.file_path for task in lake.table(table).scan().plan_files())


def snapshots(lake: Lake, tables: Sequence[Table] = BRONZE + SILVER) -> dict[str, int | None]:
    """Return the head of each table."""
    heads = {table.identifier: lake.table(table).current_snapshot() for table in tables}
    return {name: head.snapshot_id if head else None for name, head in heads.items()}
