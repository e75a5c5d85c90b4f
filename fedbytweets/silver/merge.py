"""Silver rows + silver rows -> silver rows: one row a key, the last retrieved.

The law of the merge: of the rows with one key the greatest wins, by time of retrieval, then raw key, then place in
the raw object, then the whole row. The greatest of a set does not depend on the order it is looked at in, so merging
is commutative, associative and idempotent: batches may come late, twice, or replayed.
"""

import polars as pl

from fedbytweets.tables import Table

ORDER = ("import_date", "file_name", "page", "page_row")
"""What decides between two rows of one key; the rest of the row only breaks ties."""


def latest(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the winner of each key, ordered by key."""
    repeated = rows.select(pl.struct(table.key).is_duplicated()).to_series()
    if not repeated.any():
        return rows.sort(table.key)
    rest = [name for name in rows.columns if name not in ORDER and name not in table.key]
    ranked = rows.filter(repeated).sort([*ORDER, *rest], nulls_last=False)
    winners = ranked.unique(subset=list(table.key), keep="last", maintain_order=True)
    return rows.filter(~repeated).vstack(winners).sort(table.key)


def merge(left: pl.DataFrame, right: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return the winner of each key of two sets of rows, ordered by key."""
    return latest(left.vstack(right), table)
