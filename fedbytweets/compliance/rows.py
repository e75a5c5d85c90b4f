"""Rows of a bronze or silver table + what has to go -> the rows without it: (n, columns) to (m <= n, columns)."""

from collections.abc import Collection

import polars as pl

from fedbytweets.compliance.erasure import DECIMAL, NAMED_IN_A_SENTENCE, Erasure
from fedbytweets.tables import Table

_WHEREABOUTS = ("place_id", "longitude", "latitude")
_ANSWERED = "in_reply_to_user_id"
_REPOSTS = ("retweeted", "reposted")
_LOOKED_AT = {
    "tweets": ("id", "author_id", _ANSWERED, "referenced_type", "referenced_tweet_id", *_WHEREABOUTS),
    "users": ("id",),
    "api_errors": ("resource_id", "value", "title", "detail"),
    "quality": ("row_id", "kind", "value"),
    "quarantine": ("message",),
}


def looked_at(table: Table) -> tuple[str, ...]:
    """Return the columns that tell whether a row of a table is concerned; none where no row can be."""
    return () if table.layer == "ops" else _LOOKED_AT.get(table.name, ())


def concerned(table: Table, erasure: Erasure) -> pl.Expr:
    """Return the expression that is true for the rows that go or are scrubbed."""
    return _goes(table, erasure) | _loses_whereabouts(table, erasure) | _loses_answered(table, erasure)


def erased(rows: pl.DataFrame, table: Table, erasure: Erasure) -> pl.DataFrame:
    """Return the rows that stay, scrubbed where they have to be."""
    kept = rows.filter(~_goes(table, erasure))
    if table.name != "tweets":
        return kept
    without = {name: _loses_whereabouts(table, erasure) for name in _WHEREABOUTS}
    without[_ANSWERED] = _loses_answered(table, erasure)
    return kept.with_columns(
        pl.when(loses).then(None).otherwise(pl.col(name)).alias(name) for name, loses in without.items()
    )


def counted(rows: pl.DataFrame, table: Table, erasure: Erasure) -> dict[str, int]:
    """Return how many of these rows are concerned, by the id they are concerned for."""
    if table.name not in ("tweets", "users") or rows.is_empty():
        return {}
    names = [name for name in ("id", "author_id", "referenced_tweet_id", _ANSWERED) if name in rows.columns]
    whose = pl.coalesce(pl.when(_among(pl.col(name), erasure.ids)).then(canonical_ids(pl.col(name))) for name in names)
    return dict(rows.group_by(whose.alias("for")).len().rows())


def canonical_ids(ids: pl.Expr) -> pl.Expr:
    """Return ids, text or integers, as `canonical` gives each."""
    return ids.cast(pl.String).str.replace(DECIMAL, "${1}")


def _goes(table: Table, erasure: Erasure) -> pl.Expr:
    both = erasure.tweets | erasure.users
    if table.name == "tweets":
        repost = pl.col("referenced_type").is_in(_REPOSTS).fill_null(value=False)
        return (
            _among(pl.col("id"), erasure.tweets)
            | _among(pl.col("author_id"), erasure.users)
            | (repost & _among(pl.col("referenced_tweet_id"), erasure.tweets))
        )
    if table.name == "users":
        return _among(pl.col("id"), erasure.users)
    if table.name == "api_errors":
        sentences = pl.concat_str("title", "detail", separator=" ", ignore_nulls=True).str.to_lowercase()
        names = sentences.str.extract_all(NAMED_IN_A_SENTENCE).list.eval(pl.element().str.strip_chars("@[]"))
        words = names.list.eval(_among(pl.element(), both | erasure.handles))
        named = (pl.col("resource_id"), pl.col("value"))
        return words.list.any() | pl.any_horizontal(
            _among(each, both) | _among(each.str.to_lowercase(), erasure.handles) for each in named
        )
    if table.name == "quality":
        is_id = (pl.col("kind") == "bad-id").fill_null(value=False)
        return _among(pl.col("row_id"), both) | (is_id & _among(pl.col("value"), both))
    if table.name == "quarantine":
        return _among(pl.col("message").str.extract(r"\(id ([^)]*)\)"), both)
    return pl.lit(value=False)


def _loses_whereabouts(table: Table, erasure: Erasure) -> pl.Expr:
    if table.name != "tweets":
        return pl.lit(value=False)
    has_any = pl.any_horizontal(pl.col(name).is_not_null() for name in _WHEREABOUTS)
    return has_any & (
        _among(pl.col("id"), erasure.placeless_tweets) | _among(pl.col("author_id"), erasure.placeless_users)
    )


def _loses_answered(table: Table, erasure: Erasure) -> pl.Expr:
    return _among(pl.col(_ANSWERED), erasure.users) if table.name == "tweets" else pl.lit(value=False)


def _among(ids: pl.Expr, wanted: Collection[str]) -> pl.Expr:
    """Return the expression that is true where an id (or handle), however it is written, is one of those wanted."""
    return canonical_ids(ids).is_in(pl.Series(sorted(wanted), dtype=pl.String).implode()).fill_null(value=False)
