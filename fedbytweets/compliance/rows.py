"""Rows of a bronze or silver table + what has to go -> the rows without it: (n, columns) to (m <= n, columns)."""

from collections.abc import Collection

import polars as pl

from fedbytweets.compliance.erasure import Erasure
from fedbytweets.tables import Table

_WHEREABOUTS = ("place_id", "longitude", "latitude")
_REPOSTS = ("retweeted", "reposted")
_LOOKED_AT = {
    "tweets": ("id", "author_id", "referenced_type", "referenced_tweet_id", *_WHEREABOUTS),
    "users": ("id",),
    "api_errors": ("resource_id", "value"),
    "quality": ("row_id",),
    "quarantine": ("message",),
}


def looked_at(table: Table) -> tuple[str, ...]:
    """Return the columns that tell whether a row of a table is concerned; none where no row can be."""
    return () if table.layer == "ops" else _LOOKED_AT.get(table.name, ())


def concerned(table: Table, erasure: Erasure) -> pl.Expr:
    """Return the expression that is true for the rows that go or are scrubbed."""
    return _goes(table, erasure) | _is_scrubbed(table, erasure)


def erased(rows: pl.DataFrame, table: Table, erasure: Erasure) -> pl.DataFrame:
    """Return the rows that stay, scrubbed where they have to be."""
    kept = rows.filter(~_goes(table, erasure))
    if table.name != "tweets":
        return kept
    scrubbed = _is_scrubbed(table, erasure)
    return kept.with_columns(pl.when(scrubbed).then(None).otherwise(pl.col(name)).alias(name) for name in _WHEREABOUTS)


def counted(rows: pl.DataFrame, table: Table, erasure: Erasure) -> dict[str, int]:
    """Return how many of these rows are concerned, by the id they are concerned for."""
    if table.name not in ("tweets", "users") or rows.is_empty():
        return {}
    names = [name for name in ("id", "author_id", "referenced_tweet_id") if name in rows.columns]
    whose = pl.coalesce(pl.when(_among(name, erasure.ids)).then(pl.col(name).cast(pl.String)) for name in names)
    return dict(rows.group_by(whose.alias("for")).len().rows())


def _goes(table: Table, erasure: Erasure) -> pl.Expr:
    both = erasure.tweets | erasure.users
    if table.name == "tweets":
        repost = pl.col("referenced_type").is_in(_REPOSTS).fill_null(value=False)
        return (
            _among("id", erasure.tweets)
            | _among("author_id", erasure.users)
            | (repost & _among("referenced_tweet_id", erasure.tweets))
        )
    if table.name == "users":
        return _among("id", erasure.users)
    if table.name == "api_errors":
        return _among("resource_id", both) | _among("value", both)
    if table.name == "quality":
        return _among("row_id", both)
    if table.name == "quarantine":
        patterns = [f"(id {each})" for each in sorted(both)]
        return pl.col("message").str.contains_any(patterns).fill_null(value=False)
    return pl.lit(value=False)


def _is_scrubbed(table: Table, erasure: Erasure) -> pl.Expr:
    if table.name != "tweets":
        return pl.lit(value=False)
    has_any = pl.any_horizontal(pl.col(name).is_not_null() for name in _WHEREABOUTS)
    mine = _among("id", erasure.placeless_tweets) | _among("author_id", erasure.placeless_users)
    return mine & has_any


def _among(column: str, ids: Collection[str]) -> pl.Expr:
    wanted = pl.Series(sorted(ids), dtype=pl.String).implode()
    return pl.col(column).cast(pl.String).is_in(wanted).fill_null(value=False)
