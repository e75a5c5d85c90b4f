"""Bronze -> silver, as units of work."""

from typing import Literal

from fedbytweets.lake import silver
from fedbytweets.lake.lake import open_lake
from fedbytweets.lake.silver import Merged
from fedbytweets.settings import lake_settings
from fedbytweets.tables import SILVER
from tasks.policy import unit
from tasks.workers import workers

SilverName = Literal["tweets", "users", "places"]


@unit("merge-silver", run_name="merge-silver-{name}")
def merge_silver(name: SilverName, *, rebuild: bool) -> Merged:
    """Merge into a silver table what bronze has that it has not; or make it anew from all of bronze."""
    lake = open_lake(lake_settings())
    table = next(table for table in SILVER if table.name == name)
    return silver.rebuild(lake, table, workers(lake)) if rebuild else silver.merge_new(lake, table, workers(lake))
