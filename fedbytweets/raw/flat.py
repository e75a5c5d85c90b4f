"""A post with its company inlined, as `twarc2 flatten` writes it -> the answer it was, as plain objects."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

Row = Mapping[str, Any]

_PLAIN = msgspec.json.Decoder(dict[str, Any])
_OF_A_POST = {"id", "text"}
_PLACE_ELSEWHERE = ("place_id", "coordinates")
_USER_ELSEWHERE = ("start", "end")
_NOT_OF_THE_POST = ("author", "in_reply_to_user", "__twarc")


@dataclass(slots=True)
class _Includes:
    users: dict[object, Row] = field(default_factory=dict)
    places: dict[object, Row] = field(default_factory=dict)
    tweets: dict[object, Row] = field(default_factory=dict)


def answer(source: memoryview) -> dict[str, Any]:
    """Return the answer with this post as its one row; users, places and originals once each, first met first.

    Raises:
        msgspec.DecodeError: the bytes are no JSON object.

    """
    return unflattened(_PLAIN.decode(source))


def unflattened(post: Row) -> dict[str, Any]:
    """Return the same for a post that is decoded already."""
    met = _Includes()
    row = _lifted(post, met)
    includes = {name: list(getattr(met, name).values()) for name in _Includes.__slots__}
    stamp = {"__twarc": post["__twarc"]} if "__twarc" in post else {}
    return {"data": [row], "includes": includes, **stamp}


def _lifted(post: Row, met: _Includes) -> Row:
    """Return the post by itself; put who and what it carried into `met`."""
    row = {name: value for name, value in post.items() if name not in _NOT_OF_THE_POST}
    for user in (post.get("author"), post.get("in_reply_to_user"), *_mentioned(post)):
        if isinstance(user, dict) and "id" in user:
            met.users.setdefault(str(user["id"]), user)
    if isinstance(geo := post.get("geo"), dict):
        row["geo"] = {name: geo[name] for name in _PLACE_ELSEWHERE if name in geo}
        place = _without(geo, _PLACE_ELSEWHERE)
        if "id" in place:
            met.places.setdefault(str(place["id"]), place)
    if isinstance(references := post.get("referenced_tweets"), list):
        row["referenced_tweets"] = [_reference(item, met) for item in references]
    return row


def _reference(item: Any, met: _Includes) -> Any:
    if not (isinstance(item, dict) and item.keys() >= _OF_A_POST):
        return item
    original = _lifted(_without(item, ("type",)), met)
    met.tweets.setdefault(str(item["id"]), original)
    return {"type": item.get("type"), "id": item["id"]}


def _mentioned(post: Row) -> list[Row]:
    """Return the mentioned users that came with more than their name."""
    entities = post.get("entities")
    mentions = entities.get("mentions") if isinstance(entities, dict) else None
    found = mentions if isinstance(mentions, list) else []
    return [_without(user, _USER_ELSEWHERE) for user in found if isinstance(user, dict) and "name" in user]


def _without(row: Row, names: Iterable[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
