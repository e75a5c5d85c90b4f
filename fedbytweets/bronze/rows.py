"""Pages -> bronze rows: frames as `fedbytweets.tables.bronze` declares them, by table name.

Both vocabularies of the API end in the same columns. Column by column, not row by row: it is the faster way.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from fedbytweets.bronze.found import Found, Source, Things
from fedbytweets.bronze.quality import quality_rows
from fedbytweets.bronze.tweets import tweet_columns
from fedbytweets.raw import wire
from fedbytweets.raw.reader import Page, Refusal
from fedbytweets.raw.wire_rows import UserMetrics
from fedbytweets.tables import Table, bronze

_NO_COUNTS = UserMetrics()
_NO_BOX = (None, None, None, None)
_LISTS: Mapping[str, pl.DataType] = {
    "import_date": pl.Datetime("us"),
    "file_name": pl.String(),
    "subject": pl.String(),
    "page": pl.Int32(),
    "count": pl.Int64(),
}


def bronze_rows(objects: Iterable[tuple[Source, Iterable[Page | Refusal]]]) -> dict[str, pl.DataFrame]:
    """Return the rows of every bronze table, by its name, that some raw objects give; in the order they stand."""
    found = Found()
    for source, results in objects:
        found.add(source, results)
    rows = {
        "tweets": _rows(bronze.TWEETS, tweet_columns(found.tweets.values, found.originals), found.tweets),
        "users": _rows(bronze.USERS, _users(found.users.values), found.users),
        "places": _rows(bronze.PLACES, _places(found.places.values), found.places),
        "api_errors": _rows(bronze.API_ERRORS, _problems(found.problems.values), found.problems),
        "quarantine": _rows(bronze.QUARANTINE, _refusals(found.refusals.values), found.refusals),
        "raw_objects": bronze.RAW_OBJECTS.frame(_columns(found.objects)),
    }
    unknown = _rows(bronze.QUALITY, _unknown(found.unknown.values), found.unknown)
    return rows | {"quality": pl.concat([quality_rows(rows), unknown])}


def _rows(table: Table, columns: Mapping[str, list[Any]], things: Things[Any]) -> pl.DataFrame:
    """Return rows from the columns that things fill by themselves, and from where they stood in raw."""
    return table.frame(columns).hstack(_where(things)).select(table.names)


def _where(things: Things[Any]) -> pl.DataFrame:
    """Return the columns that say where each thing stood in raw."""
    lists = pl.DataFrame(
        {
            "import_date": [origin.import_date for origin in things.origins],
            "file_name": [origin.source.key for origin in things.origins],
            "subject": [origin.source.subject for origin in things.origins],
            "page": [origin.page for origin in things.origins],
            "count": things.counts,
        },
        schema=_LISTS,
    )
    filled = lists.filter(pl.col("count") > 0)
    return filled.with_columns(page_row=pl.int_ranges(1, pl.col("count") + 1, dtype=pl.Int32)).explode("page_row")


def _users(users: list[wire.User]) -> dict[str, list[Any]]:
    counts = [user.public_metrics or _NO_COUNTS for user in users]
    return {
        "id": [user.id for user in users],
        "username": [user.username for user in users],
        "name": [user.name for user in users],
        "location": [user.location for user in users],
        "followers_count": [count.followers_count for count in counts],
        "following_count": [count.following_count for count in counts],
        "listed_count": [count.listed_count for count in counts],
        "tweet_count": [_first(count.tweet_count, count.post_count) for count in counts],
        "verified": [user.verified for user in users],
        "created_at": [user.created_at for user in users],
        "description": [user.description for user in users],
        "verified_type": [user.verified_type for user in users],
        "protected": [user.protected for user in users],
        "url": [user.url for user in users],
        "profile_image_url": [user.profile_image_url for user in users],
    }


def _places(places: list[wire.Place]) -> dict[str, list[Any]]:
    boxes = [_box(place) for place in places]
    return {
        "id": [place.id for place in places],
        "full_name": [place.full_name for place in places],
        "country": [place.country for place in places],
        "place_type": [place.place_type for place in places],
        "name": [place.name for place in places],
        "country_code": [place.country_code for place in places],
        "west_longitude": [box[0] for box in boxes],
        "south_latitude": [box[1] for box in boxes],
        "east_longitude": [box[2] for box in boxes],
        "north_latitude": [box[3] for box in boxes],
    }


def _problems(problems: list[wire.Problem]) -> dict[str, list[Any]]:
    names = ("title", "type", "detail", "value", "parameter", "resource_type", "resource_id")
    return {name: [getattr(problem, name) for problem in problems] for name in names}


def _refusals(refusals: list[Refusal]) -> dict[str, list[Any]]:
    return {
        "kind": [refusal.kind for refusal in refusals],
        "line": [refusal.line for refusal in refusals],
        "byte_offset": [refusal.offset for refusal in refusals],
        "message": [refusal.message for refusal in refusals],
    }


def _unknown(fields: list[tuple[str, int]]) -> dict[str, list[Any]]:
    return {
        "kind": ["unknown-field"] * len(fields),
        "table_name": [""] * len(fields),
        "column_name": [path for path, _ in fields],
        "row_id": [None] * len(fields),
        "value": [str(count) for _, count in fields],
    }


def _columns(rows: list[dict[str, object]]) -> dict[str, list[Any]]:
    """Turn rows into columns."""
    return {column.name: [row[column.name] for row in rows] for column in bronze.RAW_OBJECTS.columns}


def _box(place: wire.Place) -> tuple[float | None, ...]:
    box = place.geo.bbox if place.geo else None
    return tuple(box) if box and len(box) == len(_NO_BOX) else _NO_BOX


def _first(one: int | None, other: int | None) -> int | None:
    return other if one is None else one
