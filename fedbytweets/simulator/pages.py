"""posts -> page: the JSON value of a search answer, with the fields and expansions that were asked for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from fedbytweets.simulator.dialects import PLACE_FIELDS, TWEET, Dialect
from fedbytweets.simulator.fields import PLACE_GETTERS, author_getters, post_getters
from fedbytweets.simulator.people import Author
from fedbytweets.simulator.posts import Post
from fedbytweets.simulator.vocabulary import Place

Json: TypeAlias = dict[str, Any]

_DAY_MS = 86_400_000
_ALWAYS_POST = {"id", "text", "edit_history_tweet_ids"}
_ALWAYS_USER = {"id", "name", "username"}
_ALWAYS_PLACE = {"id", "full_name"}
_FIELD_OF_EXPANSION = {"author_id": "author_id", "in_reply_to_user_id": "in_reply_to_user_id",
                       "referenced_tweets.id": "referenced_tweets", "geo.place_id": "geo"}  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """What a question wants of each post, by the older words; X's few default fields come always.

    `bare_posts` leaves out `edit_history_tweet_ids`, as answers of before 2022-09 had none.
    """

    post_fields: frozenset[str] = frozenset()
    user_fields: frozenset[str] = frozenset()
    place_fields: frozenset[str] = frozenset()
    expansions: frozenset[str] = frozenset()
    dialect: Dialect = TWEET
    bare_posts: bool = False


def everything(dialect: Dialect = TWEET) -> Wanted:
    """Return the wish for all a dialect has."""
    return Wanted(dialect.post_fields, dialect.user_fields, PLACE_FIELDS, dialect.expansions, dialect)


@dataclass
class Included:
    """What a page carries beside its posts: each thing once, in the order it was met."""

    authors: dict[str, Author] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)


class Renderer:
    """Writes posts the way one question wants them; `find` gives the post that an id refers to."""

    def __init__(self, wanted: Wanted, find: Callable[[int], Post]) -> None:
        self._find = find
        self._expansions = wanted.expansions
        self._word = wanted.dialect.word
        posts, authors = post_getters(wanted.dialect), author_getters(wanted.dialect)
        asked = wanted.post_fields | {_FIELD_OF_EXPANSION[e] for e in wanted.expansions & _FIELD_OF_EXPANSION.keys()}
        always = _ALWAYS_POST - {"edit_history_tweet_ids"} if wanted.bare_posts else _ALWAYS_POST
        self._post = [(self._word(name), posts[name]) for name in posts if name in asked | always]
        self._author = [(name, authors[name]) for name in authors if name in wanted.user_fields | _ALWAYS_USER]
        self._place = [
            (name, PLACE_GETTERS[name]) for name in PLACE_GETTERS if name in wanted.place_fields | _ALWAYS_PLACE
        ]

    def page(self, posts: Sequence[Post], next_token: str | None = None) -> Json:
        """Return a page of posts (newest first); an empty one has nothing but its `meta`."""
        token = {"next_token": next_token} if next_token else {}
        if not posts:
            return {"meta": {"result_count": 0, **token}}
        meta = {"newest_id": str(posts[0].id), "oldest_id": str(posts[-1].id), "result_count": len(posts), **token}
        rows = [self.post(post) for post in posts]
        includes = self._includes(self.included(posts), posts[0].created_ms // _DAY_MS)
        return {"data": rows, "includes": includes, "meta": meta} if includes else {"data": rows, "meta": meta}

    def post(self, post: Post) -> Json:
        """Return one post with the fields wanted."""
        return {name: value for name, get in self._post if (value := get(post)) is not None}

    def included(self, posts: Iterable[Post]) -> Included:
        """Collect what the expansions bring in, unrendered."""
        found, wants = Included(), self._expansions
        for post in posts:
            if "author_id" in wants:
                found.authors[post.author.id] = post.author
            if post.answered and ("in_reply_to_user_id" in wants or "entities.mentions.username" in wants):
                found.authors[post.answered.id] = post.answered
            if post.place and "geo.place_id" in wants:
                found.places[post.place.id] = post.place
            if post.reference_id is not None and "referenced_tweets.id" in wants:
                self._include_reference(post.reference_id, found)
        return found

    def _include_reference(self, reference_id: int, found: Included) -> None:
        reference = self._find(reference_id)
        found.posts[reference_id] = reference
        if "referenced_tweets.id.author_id" in self._expansions:
            found.authors[reference.author.id] = reference.author

    def _includes(self, found: Included, day: int) -> Json:
        written = {
            "users": [self._user(author, day) for author in found.authors.values()],
            self._word("tweets"): [self.post(post) for post in found.posts.values()],
            "places": [_plain(self._place, place) for place in found.places.values()],
        }
        return {name: rows for name, rows in written.items() if rows}

    def _user(self, author: Author, day: int) -> Json:
        return {name: value for name, get in self._author if (value := get(author, day)) is not None}


def _plain(getters: list[tuple[str, Callable[[Place], Any]]], place: Place) -> Json:
    return {name: value for name, get in getters if (value := get(place)) is not None}
