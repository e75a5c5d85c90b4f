"""Silver: bronze rows -> rows one can trust, and the laws of their merge. Pure."""

from fedbytweets.silver.merge import ORDER, latest, merge
from fedbytweets.silver.rows import silver_rows

__all__ = ["ORDER", "latest", "merge", "silver_rows"]
