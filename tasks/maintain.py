"""The lake -> the lake in shape, as units of work."""

from fedbytweets.errors import InputError
from fedbytweets.lake.lake import open_lake
from fedbytweets.lake.maintenance import RawUpkeep, TableUpkeep, maintain_raw, maintain_table, upkeep_settings
from fedbytweets.settings import lake_settings
from fedbytweets.tables import ALL
from tasks.policy import unit


@unit("maintain-table", run_name="maintain-{identifier}")
def keep_table(identifier: str, *, dry_run: bool) -> TableUpkeep:
    """Compact a table's small files, expire its snapshots, remove what nothing reaches."""
    table = next((table for table in ALL if table.identifier == identifier), None)
    if table is None:
        raise InputError(f"There is no table {identifier!r}: `fedbytweets tables` lists them.")
    return maintain_table(open_lake(lake_settings()), table, upkeep_settings(), dry_run=dry_run)


@unit("maintain-raw")
def keep_raw(*, dry_run: bool) -> RawUpkeep:
    """Compress raw objects that bronze has held for long, and remove leftovers of killed writes."""
    return maintain_raw(open_lake(lake_settings()), upkeep_settings(), dry_run=dry_run)
