"""Post, Author, Place -> the values of X's fields, by the older words; `None` stands for "X leaves it out".

Sizes and mix follow the recorded pages: with every field a post is about 2.3 kB of compact JSON, its author and
the posts it refers to included.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, TypeAlias

from fedbytweets.simulator.dialects import Dialect
from fedbytweets.simulator.people import Author
from fedbytweets.simulator.posts import Post, iso_ms
from fedbytweets.simulator.vocabulary import Place

PostGetter: TypeAlias = Callable[[Post], Any]
AuthorGetter: TypeAlias = Callable[[Author, int], Any]
PlaceGetter: TypeAlias = Callable[[Place], Any]

_HOUR_MS = 3_600_000
_MENTION = re.compile(r"@(\w{1,15})")
_HASHTAG = re.compile(r"#(\w+)")
_LINK = re.compile(r"https://t\.co/(\w+)")
_SOURCES = ("Twitter for Android", "Twitter for iPhone", "Twitter Web App")
_DOMAINS = (
    ("10", "Person", "Named people in the world like Nelson Mandela"),
    ("35", "Politician", "Politicians in the world, like Joe Biden"),
    ("131", "Unified Twitter Taxonomy", "A taxonomy of user interests. "),
)


def post_getters(dialect: Dialect) -> Mapping[str, PostGetter]:
    """Return how to read each post field; fields a made-up post never has are absent."""
    reposts = dialect.word("retweet_count")
    return {**_POST, "public_metrics": lambda post: _post_metrics(post, reposts)}


def author_getters(dialect: Dialect) -> Mapping[str, AuthorGetter]:
    """Return how to read each user field on a day (days from 1970)."""
    posts = dialect.word("tweet_count")
    return {**_AUTHOR, "public_metrics": lambda author, day: _author_metrics(author, day, posts)}


def _post_metrics(post: Post, reposts: str) -> dict[str, int]:
    likes, other = post.draws[10] ** 3 >> 36, post.draws[11]
    return {
        reposts: likes >> 2,
        "reply_count": likes >> 4,
        "like_count": likes,
        "quote_count": other % 3,
        "bookmark_count": other % 5,
        "impression_count": likes * 40 + other % 400,
    }


def _author_metrics(author: Author, day: int, posts: str) -> dict[str, int]:
    followers, following, made, lists = author.counts(day)
    return {"followers_count": followers, "following_count": following, posts: made, "listed_count": lists}


def _edit_history(post: Post) -> list[str]:
    edited = post.draws[15] < 131  # one in five hundred, half a minute after the first version
    return [str(post.id - (30_000 << 22)), str(post.id)] if edited else [str(post.id)]


def _edit_controls(post: Post) -> dict[str, Any]:
    return {
        "edits_remaining": 6 - len(_edit_history(post)),
        "is_edit_eligible": post.kind != "retweeted",
        "editable_until": iso_ms(post.created_ms + _HOUR_MS),
    }


def _references(post: Post) -> list[dict[str, str]] | None:
    return None if post.reference_id is None else [{"type": post.kind, "id": str(post.reference_id)}]


def geo(post: Post) -> dict[str, Any] | None:
    """Return where a post says it is: a place, a point (longitude first), or both."""
    found: dict[str, Any] = {}
    if post.place:
        found["place_id"] = post.place.id
    if post.coordinates:
        found["coordinates"] = {"type": "Point", "coordinates": list(post.coordinates)}
    return found or None


def _entities(post: Post) -> dict[str, Any] | None:
    text, found = post.text, {}
    if "@" in text:
        found["mentions"] = [_span(m, username=m[1], **_identity(post, m[1])) for m in _MENTION.finditer(text)]
    if "#" in text:
        found["hashtags"] = [_span(m, tag=m[1]) for m in _HASHTAG.finditer(text)]
    if "https" in text:
        found["urls"] = [_span(m, **_target(m[0], m[1])) for m in _LINK.finditer(text)]
    found["annotations"] = _annotations(post)
    return {name: spans for name, spans in found.items() if spans} or None


def _span(match: re.Match[str], **more: Any) -> dict[str, Any]:
    return {"start": match.start(), "end": match.end(), **more}


def _identity(post: Post, username: str) -> dict[str, str]:
    return {"id": post.answered.id} if post.answered and post.answered.username == username else {}


def _target(url: str, code: str) -> dict[str, Any]:
    address = f"noticias.example/{code[:4]}/{code}"
    return {
        "url": url,
        "expanded_url": f"https://{address}",
        "display_url": address,
        "images": [
            {"url": f"https://pbs.twimg.com/news_img/{code}?format=jpg&name=orig", "width": 1200, "height": 630}
        ],
        "status": 200,
        "title": "Notícias do dia: o que aconteceu em Brasília",
        "description": "Um resumo do que foi dito hoje no plenário, com os vídeos completos.",
    }


def _annotations(post: Post) -> list[dict[str, Any]]:
    at = post.text.find(post.topic.title()) if post.topic else -1
    if at < 0:
        return []
    end = at + len(post.topic) - 1
    return [{"start": at, "end": end, "probability": 0.9, "type": "Person", "normalized_text": post.topic.title()}]


@lru_cache(maxsize=64)
def _context(topic: str) -> list[dict[str, Any]] | None:
    if not topic:
        return None
    number, name = str(850_000_000_000_000_000 + sum(map(ord, topic))), topic.title()
    entity = {"id": number, "name": name, "description": f"{name}, política do Brasil"}
    return [
        {"domain": {"id": key, "name": kind, "description": prose}, "entity": entity} for key, kind, prose in _DOMAINS
    ]


def _withheld(post: Post) -> dict[str, Any] | None:
    return {"copyright": False, "country_codes": ["DE"]} if post.draws[15] > 65_500 else None


def _place_geo(place: Place) -> dict[str, Any]:
    return {"type": "Feature", "bbox": list(place.bbox), "properties": {}}


_POST: dict[str, PostGetter] = {
    "id": lambda post: str(post.id),
    "text": lambda post: post.text,
    "edit_history_tweet_ids": _edit_history,
    "created_at": lambda post: iso_ms(post.created_ms),
    "author_id": lambda post: post.author.id,
    "conversation_id": lambda post: str(post.reference_id if post.kind == "replied_to" else post.id),
    "in_reply_to_user_id": lambda post: post.answered.id if post.answered else None,
    "lang": lambda post: post.lang,
    "note_tweet": lambda post: {"text": post.long_text} if post.long_text else None,
    "referenced_tweets": _references,
    "geo": geo,
    "entities": _entities,
    "context_annotations": lambda post: _context(post.topic),
    "edit_controls": _edit_controls,
    "display_text_range": lambda post: [0, len(post.text)],
    "possibly_sensitive": lambda post: post.draws[15] % 50 == 0,
    "reply_settings": lambda _: "everyone",
    "source": lambda post: _SOURCES[post.draws[14] % len(_SOURCES)],
    "withheld": _withheld,
}
_AUTHOR: dict[str, AuthorGetter] = {
    "id": lambda author, _: author.id,
    "name": lambda author, _: author.name,
    "username": lambda author, _: author.username,
    "location": lambda author, _: author.location,
    "created_at": lambda author, _: iso_ms(author.created_ms),
    "description": lambda author, _: author.description,
    "verified": lambda author, _: author.verified,
    "verified_type": lambda author, _: author.verified_type,
    "protected": lambda author, _: author.protected,
    "url": lambda *_: "",
    "profile_image_url": lambda author, _: f"https://pbs.twimg.com/profile_images/{author.id}/a_normal.jpg",
}
PLACE_GETTERS: Mapping[str, PlaceGetter] = {
    "id": lambda place: place.id,
    "full_name": lambda place: place.full_name,
    "name": lambda place: place.name,
    "country": lambda place: place.country,
    "country_code": lambda place: place.country_code,
    "place_type": lambda place: place.place_type,
    "geo": _place_geo,
}
