"""Bronze: pages -> rows, as they came. Pure."""

from fedbytweets.bronze.rows import bronze_rows
from fedbytweets.bronze.things import Source

__all__ = ["Source", "bronze_rows"]
