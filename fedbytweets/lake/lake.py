"""The lake as the rest of the program sees it: raw objects and tables of one place."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from pyiceberg.table import Table as IcebergTable

from fedbytweets.errors import LakeError
from fedbytweets.lake.catalog import CATALOG_FILE, LakeCatalog, open_catalog
from fedbytweets.lake.faults import telling
from fedbytweets.lake.location import COUNTS, COUNTS_LINEAGE, Location, locate
from fedbytweets.lake.raw_store import RawStore
from fedbytweets.lake.spending import SpendingStore
from fedbytweets.settings import LakeSettings
from fedbytweets.tables import Table


@dataclass(frozen=True, slots=True)
class Lake:
    """One lake: where it lies, its raw objects, its answers of counts/recent, its tables."""

    settings: LakeSettings
    location: Location
    raw: RawStore
    counts: RawStore
    catalog: LakeCatalog

    @property
    def spending(self) -> SpendingStore:
        """Reservations of what requests to the X API may cost."""
        return SpendingStore(self.location)

    def table(self, table: Table) -> IcebergTable:
        """Return a table as it stands now."""
        return self.catalog.load(table)

    def scan(self, table: Table) -> pl.LazyFrame:
        """Return a table's rows as of now, read when collected; no rows of a table that nothing has made yet.

        A declared column that nothing has written yet is null.
        """
        iceberg = self.catalog.find(table)
        if iceberg is None:
            return table.frame().lazy()
        there = set(iceberg.schema().column_names)
        columns = [
            pl.col(name) if name in there else pl.lit(None, kind).alias(name)
            for name, kind in table.frame_schema.items()
        ]
        return pl.scan_iceberg(iceberg, reader_override="pyiceberg").select(columns)


@telling
def open_lake(settings: LakeSettings) -> Lake:
    """Open the lake that the settings name; an absent one is made on the first write.

    Raises:
        SettingsError: the settings name no lake.
        LakeError: it cannot be opened.

    """
    location = locate(settings)
    counts = RawStore(location, COUNTS, COUNTS_LINEAGE)
    return Lake(settings, location, RawStore(location), counts, open_catalog(settings, location))


def open_existing_lake(settings: LakeSettings) -> Lake:
    """Open the lake that the settings name to look at it: nothing is made.

    Raises:
        SettingsError: the settings name no lake.
        LakeError: there is none yet.

    """
    if not lake_exists(settings):
        raise LakeError(f"There is no lake in {settings.lake} yet: `fedbytweets run` makes one, --lake names another.")
    return open_lake(settings)


def lake_exists(settings: LakeSettings) -> bool:
    """Say whether a folder holds a lake already; a bucket always counts as one."""
    location = locate(settings)
    return not location.is_local or Path(location.path(CATALOG_FILE)).exists()
