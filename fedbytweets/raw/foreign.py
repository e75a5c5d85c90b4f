"""Name the format of a JSON object that holds tweets or users in a format that is not supported yet.

Each is told by signs that answers of API v2 never have.
"""

from collections.abc import Mapping

import msgspec
from msgspec import Raw

from fedbytweets.raw.documents import Failure, attempt

V1_TWEETS = "tweets of X API v1.1"
V1_USERS = "users of X API v1.1"
V1_NOTICES = "notices of X API v1.1 streams"
V2_USERS = "users of X API v2"
DOWNLOAD = "an account's own download from X"
GNIP = "Gnip activities"

_OF_V1 = {"id_str", "favorite_count", "favorited", "retweeted_status", "quoted_status", "in_reply_to_status_id_str"}
_TEXTS = {"text", "full_text", "extended_tweet"}
_NOTICES = {"delete", "scrub_geo", "limit", "status_withheld", "user_withheld", "disconnect", "warning"}
_LISTS = ("data", "statuses", "users", "results")
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ITEMS = msgspec.json.Decoder(list[Raw])


def foreign(fields: Mapping[str, Raw]) -> str | None:
    """Return the name of the format that an object, or every row of its list, is of; None where it may be read."""
    if own := _of_row(fields):
        return own
    if fields.keys() == {"tweet"} and "id_str" in _names(fields["tweet"]):
        return DOWNLOAD
    if len(fields) == 1 and any(name in _NOTICES and bytes(value)[:1] == b"{" for name, value in fields.items()):
        return V1_NOTICES
    return next((found for name in _LISTS if (found := _of_rows(fields.get(name)))), None)


def is_v1_tweet(fields: Mapping[str, object]) -> bool:
    """Tell a tweet of API v1.1 from one of v2, which calls nothing by these names."""
    return not fields.keys().isdisjoint(_OF_V1) and not fields.keys().isdisjoint(_TEXTS)


def _of_row(fields: Mapping[str, Raw]) -> str | None:
    names = fields.keys()
    if is_v1_tweet(fields):
        return V1_TWEETS
    if names >= {"verb", "actor"}:
        return GNIP
    if "text" in names:
        return None
    return V1_USERS if "screen_name" in names else V2_USERS if names >= {"id", "username"} else None


def _of_rows(value: Raw | None) -> str | None:
    """Return the format of all rows of a list, or of the one that stands in its place; None where one is of none."""
    if value is None:
        return None
    items = attempt(_ITEMS.decode, memoryview(value))
    first = None
    for row in [value] if isinstance(items, Failure) else items:
        found = _of_row(_object(row))
        if found is None:
            return None
        first = first or found
    return first


def _object(value: Raw) -> dict[str, Raw]:
    found = attempt(_OBJECT.decode, memoryview(value))
    return {} if isinstance(found, Failure) else found


def _names(value: Raw) -> set[str]:
    return set(_object(value))
