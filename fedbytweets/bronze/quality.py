"""Bronze rows -> rows of `bronze.quality`: the values that silver cannot hold as they came, each named."""

from collections.abc import Iterator, Mapping

import polars as pl

from fedbytweets.tables import bronze
from fedbytweets.tables.typed import bigint, instant, int32

_IDS = {
    "tweets": ("id", "author_id", "conversation_id", "in_reply_to_user_id", "referenced_tweet_id"),
    "users": ("id",),
}
_INSTANTS = {"tweets": ("created_at",), "users": ("created_at",)}
_COUNTS = {"users": ("followers_count", "following_count", "listed_count", "tweet_count")}


def quality_rows(rows: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return a row for each value of these bronze rows (by table name) that silver types as null."""
    return pl.concat([bronze.QUALITY.frame(), *_all(rows)])


def _all(rows: Mapping[str, pl.DataFrame]) -> Iterator[pl.DataFrame]:
    for kind, columns_of, typed in (
        ("bad-id", _IDS, bigint),
        ("bad-instant", _INSTANTS, instant),
        ("count-over-int32", _COUNTS, int32),
    ):
        for table, columns in columns_of.items():
            for column in columns:
                lost = pl.col(column).is_not_null() & typed(column).is_null()
                yield _rows(rows[table].filter(lost), kind, table, column)


def _rows(lost: pl.DataFrame, kind: str, table: str, column: str) -> pl.DataFrame:
    named = lost.with_columns(
        kind=pl.lit(kind),
        table_name=pl.lit(table),
        column_name=pl.lit(column),
        row_id=pl.col("id"),
        value=pl.col(column).cast(pl.String),
    )
    return named.select(bronze.QUALITY.names)
