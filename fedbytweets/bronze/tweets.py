"""Tweets of the wire -> columns of `bronze.tweets`, both vocabularies alike."""

from collections.abc import Mapping, Sequence
from typing import Any

from fedbytweets.raw import wire
from fedbytweets.raw.wire_rows import Reference, TweetGeo, TweetMetrics

_NO_METRICS = TweetMetrics()
_NO_GEO = TweetGeo()
_NO_REFERENCE = Reference()
_NOWHERE = (None, None)


def tweet_columns(tweets: Sequence[wire.Tweet], originals: Sequence[Mapping[str, wire.Tweet]]) -> dict[str, list[Any]]:
    """Return the columns that tweets fill by themselves.

    `originals[i]` holds the tweets that the page of `tweets[i]` included, by id.
    """
    metrics = [tweet.public_metrics or _NO_METRICS for tweet in tweets]
    geos = [tweet.geo or _NO_GEO for tweet in tweets]
    points = [_point(geo) for geo in geos]
    references = [_reference(tweet) for tweet in tweets]
    return {
        "id": [tweet.id for tweet in tweets],
        "created_at": [tweet.created_at for tweet in tweets],
        "author_id": [tweet.author_id for tweet in tweets],
        "text": [tweet.text for tweet in tweets],
        "place_id": [geo.place_id for geo in geos],
        "full_text": [_full_text(*parts) for parts in zip(tweets, references, originals, strict=True)],
        "lang": [tweet.lang for tweet in tweets],
        "conversation_id": [tweet.conversation_id for tweet in tweets],
        "in_reply_to_user_id": [tweet.in_reply_to_user_id for tweet in tweets],
        "referenced_type": [reference.type for reference in references],
        "referenced_tweet_id": [reference.id for reference in references],
        "retweet_count": [_retweets(metric) for metric in metrics],
        "reply_count": [metric.reply_count for metric in metrics],
        "like_count": [metric.like_count for metric in metrics],
        "quote_count": [metric.quote_count for metric in metrics],
        "bookmark_count": [metric.bookmark_count for metric in metrics],
        "impression_count": [metric.impression_count for metric in metrics],
        "longitude": [longitude for longitude, _ in points],
        "latitude": [latitude for _, latitude in points],
        "edit_history_tweet_ids": [tweet.edit_history_tweet_ids or tweet.edit_history_post_ids for tweet in tweets],
        "withheld_country_codes": [tweet.withheld.country_codes if tweet.withheld else None for tweet in tweets],
        "possibly_sensitive": [tweet.possibly_sensitive for tweet in tweets],
        "reply_settings": [tweet.reply_settings for tweet in tweets],
        "source": [tweet.source for tweet in tweets],
    }


def _reference(tweet: wire.Tweet) -> Reference:
    """Return the tweet it retweets, or else the first it refers to."""
    references = tweet.referenced_tweets or tweet.referenced_posts
    if not references:
        return _NO_REFERENCE
    return next((reference for reference in references if _is_retweet(reference)), references[0])


def _is_retweet(reference: Reference) -> bool:
    return reference.type in ("retweeted", "reposted")


def _full_text(tweet: wire.Tweet, reference: Reference, originals: Mapping[str, wire.Tweet]) -> str:
    """Return the text nothing is cut from, as far as the page has it."""
    if _is_retweet(reference) and (original := originals.get(reference.id or "")):
        return _own_text(original)
    return _own_text(tweet)


def _own_text(tweet: wire.Tweet) -> str:
    note = tweet.note_tweet or tweet.note_post
    return note.text if note and note.text is not None else tweet.text


def _retweets(metric: TweetMetrics) -> int | None:
    return metric.repost_count if metric.retweet_count is None else metric.retweet_count


def _point(geo: TweetGeo) -> tuple[float | None, float | None]:
    """Return (longitude, latitude) in degrees, or two nulls."""
    coordinates = geo.coordinates.coordinates if geo.coordinates else None
    return (coordinates[0], coordinates[1]) if coordinates and len(coordinates) >= len(_NOWHERE) else _NOWHERE
