"""Runs of the pipeline in small, three a day, and maintenance under which everything is old."""

from datetime import UTC, datetime, timedelta

from lakes import lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance import RawUpkeep, TableUpkeep, UpkeepSettings, maintain_raw, maintain_table
from fedbytweets.tables import ALL

FIRST = datetime(2026, 1, 1, 7, tzinfo=UTC)
AT_ONCE = UpkeepSettings(snapshot_hours=0, snapshots_kept=1, orphan_hours=0, raw_days=0)


def run(lake: Lake, number: int, tweets: int = 20) -> None:
    """Do the whole work of one run: a new page, to bronze, to silver."""
    lay_page(lake, number, tweets)
    load_bronze(lake)
    merge_silver(lake)


def lay_page(lake: Lake, number: int, tweets: int = 20) -> None:
    """Store the page that a run would collect."""
    ids = range(number * tweets + 1, (number + 1) * tweets + 1)
    body = lines(page_of(ids, name=f"Ana {number}", likes=number))
    lay(lake, f"lula/run-{number:05d}.json", body, FIRST + timedelta(hours=8 * number))


def maintain(
    lake: Lake, settings: UpkeepSettings = AT_ONCE, *, dry_run: bool = False
) -> tuple[dict[str, TableUpkeep], RawUpkeep]:
    """Maintain all tables and raw."""
    tables = {table.identifier: maintain_table(lake, table, settings, dry_run=dry_run) for table in ALL}
    return tables, maintain_raw(lake, settings, dry_run=dry_run)
