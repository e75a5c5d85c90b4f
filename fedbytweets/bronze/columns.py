"""Users, places and the rest of the wire -> columns of their tables, both vocabularies alike."""

from typing import Any

from fedbytweets.raw import wire
from fedbytweets.raw.reader import Refusal
from fedbytweets.raw.wire_rows import UserMetrics
from fedbytweets.tables import bronze

_NO_COUNTS = UserMetrics()
_NO_BOX = (None, None, None, None)


def of_users(users: list[wire.User]) -> dict[str, list[Any]]:
    """Return the columns of `bronze.users` that users fill by themselves."""
    counts = [user.public_metrics or _NO_COUNTS for user in users]
    return {
        "id": [user.id for user in users],
        "username": [user.username for user in users],
        "name": [user.name for user in users],
        "location": [user.location for user in users],
        "followers_count": [count.followers_count for count in counts],
        "following_count": [count.following_count for count in counts],
        "listed_count": [count.listed_count for count in counts],
        "tweet_count": [count.post_count if count.tweet_count is None else count.tweet_count for count in counts],
        "verified": [user.verified for user in users],
        "created_at": [user.created_at for user in users],
        "description": [user.description for user in users],
        "verified_type": [user.verified_type for user in users],
        "protected": [user.protected for user in users],
        "url": [user.url for user in users],
        "profile_image_url": [user.profile_image_url for user in users],
    }


def of_places(places: list[wire.Place]) -> dict[str, list[Any]]:
    """Return the columns of `bronze.places` that places fill by themselves."""
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


def of_problems(problems: list[wire.Problem]) -> dict[str, list[Any]]:
    """Return the columns of `bronze.api_errors` that problems fill by themselves."""
    names = ("title", "type", "detail", "value", "parameter", "resource_type", "resource_id")
    return {name: [getattr(problem, name) for problem in problems] for name in names}


def of_refusals(refusals: list[Refusal]) -> dict[str, list[Any]]:
    """Return the columns of `bronze.quarantine` that refusals fill by themselves."""
    return {
        "kind": [refusal.kind for refusal in refusals],
        "line": [refusal.line for refusal in refusals],
        "byte_offset": [refusal.offset for refusal in refusals],
        "message": [refusal.message for refusal in refusals],
    }


def of_notes(notes: list[tuple[str, str, str]]) -> dict[str, list[Any]]:
    """Return the columns of `bronze.quality` that what is odd about pages (kind, path, value) fills by itself."""
    return {
        "kind": [kind for kind, _, _ in notes],
        "table_name": [""] * len(notes),
        "column_name": [path for _, path, _ in notes],
        "row_id": [None] * len(notes),
        "value": [value for _, _, value in notes],
    }


def of_objects(rows: list[dict[str, object]]) -> dict[str, list[Any]]:
    """Return the columns of `bronze.raw_objects` from its rows."""
    return {column.name: [row[column.name] for row in rows] for column in bronze.RAW_OBJECTS.columns}


def _box(place: wire.Place) -> tuple[float | None, ...]:
    box = place.geo.bbox if place.geo else None
    return tuple(box) if box and len(box) == len(_NO_BOX) else _NO_BOX
