"""Maintenance: a lake that has grown -> the same rows in few files, with few snapshots, and nothing lying about."""

from fedbytweets.lake.maintenance.report import RawUpkeep, TableUpkeep
from fedbytweets.lake.maintenance.settings import UpkeepSettings, upkeep_settings
from fedbytweets.lake.maintenance.upkeep import maintain_raw, maintain_table

__all__ = ["RawUpkeep", "TableUpkeep", "UpkeepSettings", "maintain_raw", "maintain_table", "upkeep_settings"]
