"""The lake as the rest of the program sees it: raw objects and tables of one place."""

from dataclasses import dataclass

import polars as pl
from pyiceberg.table import Table as IcebergTable

from fedbytweets.lake.catalog import LakeCatalog, open_catalog
from fedbytweets.lake.location import Location, locate
from fedbytweets.lake.raw_store import RawStore
from fedbytweets.settings import LakeSettings
from fedbytweets.tables import Table


@dataclass(frozen=True, slots=True)
class Lake:
    """One lake: where it lies, its raw objects, its tables."""

    settings: LakeSettings
    location: Location
    raw: RawStore
    catalog: LakeCatalog

    def table(self, table: Table) -> IcebergTable:
        """Return a table as it stands now."""
        return self.catalog.load(table)

    def scan(self, table: Table) -> pl.LazyFrame:
        """Return a table's rows as of now, read when collected."""
        return pl.scan_iceberg(self.table(table), reader_override="pyiceberg").select(table.names)


def open_lake(settings: LakeSettings) -> Lake:
    """Open the lake that the settings name; an absent one is made on the first write.

    Raises:
        SettingsError: the settings name no lake.

    """
    location = locate(settings)
    return Lake(settings, location, RawStore(location), open_catalog(settings, location))
