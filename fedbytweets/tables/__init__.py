"""Every table of the lake, declared once."""

from fedbytweets.tables import bronze, ops, silver
from fedbytweets.tables.table import TYPES, Column, Table

BRONZE = (
    bronze.TWEETS,
    bronze.USERS,
    bronze.PLACES,
    bronze.API_ERRORS,
    bronze.QUARANTINE,
    bronze.QUALITY,
    bronze.RAW_OBJECTS,
)
SILVER = (silver.TWEETS, silver.USERS, silver.PLACES)
OPS = (ops.COMPLIANCE, ops.RUNS)
ALL = BRONZE + SILVER + OPS

__all__ = ["ALL", "BRONZE", "OPS", "SILVER", "TYPES", "Column", "Table", "bronze", "ops", "silver"]
