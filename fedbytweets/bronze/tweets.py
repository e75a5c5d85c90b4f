"""Tweets of the wire -> columns of `bronze.tweets`, both vocabularies alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from fedbytweets.raw import wire
from fedbytweets.raw.wire_rows import Note, Reference, TweetGeo, TweetMetrics

Originals = Mapping[str, wire.Tweet]
"""The tweets that a page included, by id."""

_NO_METRICS = TweetMetrics()
_NO_GEO = TweetGeo()
_NO_REFERENCE = Reference()
_NOWHERE = (None, None)
_RETWEETS = ("retweeted", "reposted")


def tweet_columns(tweets: Sequence[wire.Tweet], originals: Sequence[Originals]) -> dict[str, list[Any]]:
    """Return the columns that tweets fill by themselves; those none of them says anything of may be left out.

    `originals[i]` holds the tweets that the page of `tweets[i]` included, by id.
    """
    return {
        "id": [tweet.id for tweet in tweets],
        "created_at": [tweet.created_at for tweet in tweets],
        "author_id": [tweet.author_id for tweet in tweets],
        "text": [tweet.text for tweet in tweets],
        "lang": [tweet.lang for tweet in tweets],
        "conversation_id": [tweet.conversation_id for tweet in tweets],
        "in_reply_to_user_id": [tweet.in_reply_to_user_id for tweet in tweets],
        "edit_history_tweet_ids": [tweet.edit_history_tweet_ids or tweet.edit_history_post_ids for tweet in tweets],
        "withheld_country_codes": [tweet.withheld.country_codes if tweet.withheld else None for tweet in tweets],
        "possibly_sensitive": [tweet.possibly_sensitive for tweet in tweets],
        "reply_settings": [tweet.reply_settings for tweet in tweets],
        "source": [tweet.source for tweet in tweets],
        **_metrics([tweet.public_metrics for tweet in tweets]),
        **_whereabouts([tweet.geo for tweet in tweets]),
        **_references(tweets, originals),
    }


def _metrics(given: Sequence[TweetMetrics | None]) -> dict[str, list[Any]]:
    if not any(given):
        return {}
    metrics = [each or _NO_METRICS for each in given]
    return {
        "retweet_count": [each.repost_count if each.retweet_count is None else each.retweet_count for each in metrics],
        "reply_count": [each.reply_count for each in metrics],
        "like_count": [each.like_count for each in metrics],
        "quote_count": [each.quote_count for each in metrics],
        "bookmark_count": [each.bookmark_count for each in metrics],
        "impression_count": [each.impression_count for each in metrics],
    }


def _whereabouts(given: Sequence[TweetGeo | None]) -> dict[str, list[Any]]:
    if not any(given):
        return {}
    geos = [each or _NO_GEO for each in given]
    points = [_point(each) if each.coordinates else _NOWHERE for each in geos]
    return {
        "place_id": [each.place_id for each in geos],
        "longitude": [longitude for longitude, _ in points],
        "latitude": [latitude for _, latitude in points],
    }


def _references(tweets: Sequence[wire.Tweet], originals: Sequence[Originals]) -> dict[str, list[Any]]:
    """Return what tweets refer to, and the text of each from which nothing is cut, as far as its page has it."""
    notes = [tweet.note_tweet or tweet.note_post for tweet in tweets]
    texts = [_text(tweet, note) if note else tweet.text for tweet, note in zip(tweets, notes, strict=True)]
    given = [tweet.referenced_tweets or tweet.referenced_posts for tweet in tweets]
    if not any(given):
        return {"full_text": texts}
    references = [_first(each) if each else _NO_REFERENCE for each in given]
    kinds = [each.type for each in references]
    return {
        "referenced_type": kinds,
        "referenced_tweet_id": [each.id for each in references],
        "full_text": [
            _original_text(of.get(reference.id or ""), text) if kind in _RETWEETS else text
            for kind, reference, of, text in zip(kinds, references, originals, texts, strict=True)
        ],
    }


def _first(references: Sequence[Reference]) -> Reference:
    """Return the tweet it retweets, or else the first it refers to."""
    return next((reference for reference in references if reference.type in _RETWEETS), references[0])


def _original_text(original: wire.Tweet | None, otherwise: str) -> str:
    return _text(original, original.note_tweet or original.note_post) if original else otherwise


def _text(tweet: wire.Tweet, note: Note | None) -> str:
    return note.text if note and note.text is not None else tweet.text


def _point(geo: TweetGeo) -> tuple[float | None, float | None]:
    """Return (longitude, latitude) in degrees, or two nulls."""
    coordinates = geo.coordinates.coordinates if geo.coordinates else None
    return (coordinates[0], coordinates[1]) if coordinates and len(coordinates) >= len(_NOWHERE) else _NOWHERE
