"""Bronze: pages -> rows, as they came. Pure."""

from fedbytweets.bronze.found import Source
from fedbytweets.bronze.rows import bronze_rows

__all__ = ["Source", "bronze_rows"]
