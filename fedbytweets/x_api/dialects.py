"""A dialect of the X API -> the parameters that ask for fields, and what they may bring along.

X is renaming its words (tweet -> post) between its specifications 2.166 and 2.167; each is written down here once.
Asked for by default: the fields of the system this one replaces, and those that cost nothing more and are missed
later. Expansions that bring further posts or users are left to a subject's `extra_fields`, as they may be billed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import msgspec

from fedbytweets.coverage import PageShape
from fedbytweets.errors import InputError

_TWEET = (
    "attachments author_id conversation_id created_at display_text_range edit_controls edit_history_tweet_ids "
    "entities geo id in_reply_to_user_id lang note_tweet possibly_sensitive public_metrics referenced_tweets "
    "reply_settings source text withheld"
)
_POST = (
    "attachments conversation_id created_at display_text_range edit_controls entities geo id lang note_post "
    "possibly_sensitive public_metrics reply_settings source text withheld"
)
_USER = "created_at description id location name protected public_metrics url username verified verified_type withheld"
_PLACE = "contained_within country country_code full_name geo id name place_type"


@dataclass(frozen=True, slots=True)
class Dialect:
    """One vocabulary: the parameter that names a post's fields, and the fields and expansions asked for."""

    name: str
    post_parameter: str
    post_fields: tuple[str, ...]
    expansions: tuple[str, ...]
    always_arrives: tuple[str, ...]
    """Fields that every post has once they were asked for: their absence means they were not understood."""
    brings: Mapping[str, PageShape]
    """Expansion -> the most users and posts it brings with each post."""


TWEET = Dialect(
    "tweet",
    "tweet.fields",
    tuple(_TWEET.split()),
    ("author_id", "geo.place_id"),
    ("author_id", "conversation_id", "created_at", "lang", "public_metrics"),
    MappingProxyType(
        {
            "author_id": PageShape(1, 0),
            "geo.place_id": PageShape(0, 0),
            "in_reply_to_user_id": PageShape(1, 0),
            "referenced_tweets.id": PageShape(0, 2),
            "referenced_tweets.id.author_id": PageShape(2, 2),
            "edit_history_tweet_ids": PageShape(0, 6),
            "attachments.media_keys": PageShape(0, 0),
            "attachments.poll_ids": PageShape(0, 0),
        }
    ),
)
POST = Dialect(
    "post",
    "post.fields",
    tuple(_POST.split()),
    ("author_id", "geo.place_id"),
    ("author_id", "conversation_id", "created_at", "lang", "public_metrics"),
    MappingProxyType(
        {
            "author_id": PageShape(1, 0),
            "geo.place_id": PageShape(0, 0),
            "in_reply_to_user_id": PageShape(1, 0),
            "referenced_posts": PageShape(0, 2),
            "edit_history_post_ids": PageShape(0, 6),
            "attachments.media_keys": PageShape(0, 0),
            "attachments.poll_ids": PageShape(0, 0),
        }
    ),
)
DIALECTS: Mapping[str, Dialect] = MappingProxyType({"tweet": TWEET, "post": POST})


def field_parameters(dialect: Dialect, extra_fields: Iterable[str] = ()) -> dict[str, str]:
    """Return the parameters that ask for the fields; `extra_fields` as in a subject (entities, user:url, ...)."""
    extra = _sorted_out(extra_fields)
    return {
        dialect.post_parameter: _joined(dialect.post_fields, extra["post"]),
        "user.fields": _joined(_USER.split(), extra["user"]),
        "place.fields": _joined(_PLACE.split(), extra["place"]),
        "expansions": _joined(dialect.expansions, extra["expand"]),
    }


def page_shape(dialect: Dialect, extra_fields: Iterable[str] = ()) -> PageShape:
    """Return the most that may come with each post, from the expansions asked for.

    Raises:
        InputError: an expansion whose worst cost is not known.

    """
    users = included = 0
    for expansion in dict.fromkeys((*dialect.expansions, *_sorted_out(extra_fields)["expand"])):
        brought = dialect.brings.get(expansion)
        if brought is None:
            known = ", ".join(sorted(dialect.brings))
            raise InputError(f"Expansion {expansion!r} has no bound on its cost; the known ones are {known}.")
        users, included = users + brought.users_per_post, included + brought.included_per_post
    return PageShape(users, included)


class _Rows(msgspec.Struct):
    data: list[dict[str, msgspec.Raw]] = []


def fields_not_arrived(dialect: Dialect, body: bytes) -> tuple[str, ...]:
    """Return fields that were asked for and that no post of a page has, though every post should.

    None of a page that is not quite JSON: it was paid for and stored, and is not judged by this.
    """
    try:
        posts = msgspec.json.decode(body, type=_Rows).data
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ()
    if not posts:
        return ()
    return tuple(field for field in dialect.always_arrives if not any(field in post for post in posts))


def _sorted_out(extra_fields: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"post": [], "user": [], "place": [], "expand": []}
    for field in extra_fields:
        kind, colon, name = field.partition(":")
        found[kind if colon else "post"].append(name if colon else kind)
    return found


def _joined(usual: Iterable[str], extra: Iterable[str]) -> str:
    return ",".join(dict.fromkeys([*usual, *extra]))
