"""Bronze strings -> silver types, as Polars expressions: null where a value cannot be held, never a wrapped number."""

import polars as pl

from fedbytweets.instants import FIRST_SNOWFLAKE, SNOWFLAKE_EPOCH_MS

INT32_MAX = 2_147_483_647
INT32_MIN = -2_147_483_648

# Years 1 to 9999, which Python, Arrow and Athena hold, in microseconds from 1970.
_FIRST, _LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
_OF_THE_API = "%Y-%m-%dT%H:%M:%S.%3fZ"
_OFFSET = r"(?:[Zz]|[+-]\d{2}:?\d{2})$"


def bigint(name: str) -> pl.Expr:
    """Return a column of ids as 64-bit integers; null where it is no positive one as X writes it: 7, not +07."""
    column = pl.col(name)
    return pl.when(column >= "1").then(column.cast(pl.Int64, strict=False))  # a sign or zero in front is less than "1"


def int32(name: str) -> pl.Expr:
    """Return a column of counts as 32-bit integers; null where one exceeds them."""
    return pl.when(pl.col(name).is_between(INT32_MIN, INT32_MAX)).then(pl.col(name)).cast(pl.Int32)


def instant(name: str) -> pl.Expr:
    """Return a column of RFC 3339 instants as naive UTC timestamps in microseconds; null where it is none.

    Any offset is honoured, any fraction of a second read; without an offset the instant is UTC. Instants outside of
    years 1 to 9999 in UTC are null.
    """
    return pl.col(name).map_batches(_instants, return_dtype=pl.Datetime("us"))


def instant_from_id() -> pl.Expr:
    """Return when posts were made, naive UTC to the millisecond, from `id`.

    Null where the id holds no instant, or one of more than a day after the row's `import_date`.
    """
    number = bigint("id")
    posted = ((number // 2**22 + SNOWFLAKE_EPOCH_MS) * 1000).cast(pl.Datetime("us"))
    holds = (number >= FIRST_SNOWFLAKE) & (posted <= pl.col("import_date").dt.offset_by("1d"))
    return pl.when(holds).then(posted)


def _instants(text: pl.Series) -> pl.Series:
    """Read instants as the API writes them, and all in every other way only where one of them is not."""
    instants = text.str.to_datetime(_OF_THE_API, time_unit="us", strict=False)
    if instants.null_count() != text.null_count():
        instants = text.to_frame().select(_any_instant(text.name)).to_series()
    held = instants.to_physical().is_between(_FIRST, _LAST)
    if held.all():
        return instants
    return pl.select(pl.when(held).then(instants)).to_series()


def _any_instant(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars()
    with_offset = pl.when(text.str.contains(_OFFSET)).then(text).otherwise(text + "Z")
    parsed = pl.coalesce(
        with_offset.str.to_datetime(f, time_unit="us", time_zone="UTC", strict=False, ambiguous="null")
        for f in ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z")
    )
    return parsed.dt.replace_time_zone(None)
