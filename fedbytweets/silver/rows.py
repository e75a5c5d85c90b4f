"""Bronze rows -> silver rows: the same rows, typed. Frames (n, columns) to (m <= n, columns)."""

import polars as pl

from fedbytweets.tables import Table
from fedbytweets.tables.silver import TWEETS
from fedbytweets.tables.typed import bigint, instant, instant_from_id, int32


def silver_rows(bronze: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Return bronze rows as `table` types them, in the same order.

    A row without a usable key is left out: `bronze.quality` names it (kind `bad-id`). A tweet's `created_at` that
    cannot be held is taken from its id, where that can be (kind `instant-from-id`).
    """
    typed = bronze.select(_typed(column, bronze.schema, kind) for column, kind in table.frame_schema.items())
    if table is TWEETS and typed["created_at"].null_count() > bronze["created_at"].null_count():
        posted = bronze.select(pl.when(pl.col("created_at").is_not_null()).then(instant_from_id())).to_series()
        typed = typed.with_columns(pl.col("created_at").fill_null(posted))
    return typed.filter(pl.all_horizontal(pl.col(column).is_not_null() for column in table.key))


def _typed(column: str, given: pl.Schema, wanted: pl.DataType) -> pl.Expr:
    """Return the expression that makes a bronze column a silver one."""
    if given[column] == wanted:
        return pl.col(column)
    if given[column] == pl.String and isinstance(wanted, pl.Datetime):
        return instant(column)
    if given[column] == pl.String and wanted == pl.Int64:
        return bigint(column)
    if given[column] == pl.Int64 and wanted == pl.Int32:
        return int32(column)
    raise TypeError(f"Column {column!r}: no way is declared from {given[column]} to {wanted}.")
