"""Bronze rows -> rows of `bronze.quality`: the values that silver cannot hold as they came, each named."""

from collections.abc import Iterator, Mapping

import polars as pl
import pyarrow as pa

from fedbytweets.tables import bronze
from fedbytweets.tables.typed import bigint, instant, instant_from_id, int32

_CHECKS = {
    "tweets": {
        "bad-id": (bigint, ("id", "author_id", "conversation_id", "in_reply_to_user_id", "referenced_tweet_id")),
        "bad-instant": (instant, ("created_at",)),
    },
    "users": {
        "bad-id": (bigint, ("id",)),
        "bad-instant": (instant, ("created_at",)),
        "count-over-int32": (int32, ("followers_count", "following_count", "listed_count", "tweet_count")),
    },
}
"""Table -> kind -> how silver types a column, and the columns it types so."""


def quality_rows(rows: Mapping[str, pa.Table]) -> pa.Table:
    """Return a row for each value of these bronze rows (by table name) that silver types as null or takes elsewhere."""
    found = [bronze.QUALITY.frame(), *(lost for table in _CHECKS for lost in _lost(table, rows[table]))]
    return pl.concat(found).to_arrow().cast(bronze.QUALITY.schema)


def _lost(table: str, rows: pa.Table) -> Iterator[pl.DataFrame]:
    """Look at all columns of a table at once, and at rows only where one of them has something to find."""
    checked = [(kind, typed, column) for kind, (typed, names) in _CHECKS[table].items() for column in names]
    looked_at = pl.DataFrame(rows.select([column for _, _, column in checked]))
    is_lost = looked_at.select(pl.col(column).is_not_null() & typed(column).is_null() for _, typed, column in checked)
    for kind, _, column in checked:
        if is_lost[column].any():
            lost = pl.DataFrame(rows.filter(is_lost[column].to_arrow()))
            yield _rows(lost, kind, table, column, pl.col(column).cast(pl.String))
            if (table, column) == ("tweets", "created_at"):
                written = instant_from_id().dt.to_string("%Y-%m-%dT%H:%M:%S%.3fZ")
                yield _rows(lost.filter(instant_from_id().is_not_null()), "instant-from-id", table, column, written)


def _rows(lost: pl.DataFrame, kind: str, table: str, column: str, value: pl.Expr) -> pl.DataFrame:
    named = lost.with_columns(
        kind=pl.lit(kind), table_name=pl.lit(table), column_name=pl.lit(column), row_id=pl.col("id"), value=value
    )
    return named.select(bronze.QUALITY.names)
