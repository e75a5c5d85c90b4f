"""The API's rows -> structs: a post, a user and a place as they go over the wire, under the API's own names.

Both vocabularies live side by side (`note_tweet` of OpenAPI document 2.166, `note_post` of 2.167): an answer fills
one of each pair and the other is None; who reads coalesces. Every field is optional but a row's own id and a post's
text, as recorded answers leave out what the documents call required, and null means absent.

A field that the documents or recorded answers know and nobody here uses is `Skipped`: its bytes are passed over,
never built. So a field that these structs refuse is truly unknown. Ids are decimal strings beyond 2^53, never
numbers. Instants stay text as the API wrote them (RFC 3339); coordinates are degrees, longitude first.
"""

from functools import partial
from itertools import count
from typing import Annotated, ClassVar

from msgspec import Meta as Bounds
from msgspec import Raw, Struct

Int64 = Annotated[int, Bounds(ge=-(2**63), le=2**63 - 1)]
"""A count that a 64-bit column can hold."""

Skipped = Raw
"""A known field that nobody reads."""

NOTHING = Raw()
"""What a skipped field holds when it is absent."""


class Wire(Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What every struct here is: immutable, and refusing what it has no field for."""


made = count()
"""Gives how many parts of pages were made so far, this look included."""


class Part(Wire, frozen=True):
    """What a page consists of, counted as it is made: what a repeated key loses was made too."""

    __post_init__: ClassVar = partial(next, made)  # type: ignore[misc]  # a method in C, which costs least


class Reference(Wire, frozen=True):
    """Another post this one refers to; `type` is retweeted, quoted or replied_to."""

    type: str | None = None
    id: str | None = None


class Note(Wire, frozen=True):
    """The whole text of a post longer than 280 characters."""

    text: str | None = None
    entities: Skipped = NOTHING


class Point(Wire, frozen=True):
    """A GeoJSON point: [longitude, latitude]; recorded answers may hold fewer or more numbers."""

    type: str | None = None
    coordinates: list[float] | None = None


class TweetGeo(Wire, frozen=True):
    """Where a post was made: a place, a point, or both."""

    place_id: str | None = None
    coordinates: Point | None = None


class TweetMetrics(Wire, frozen=True):
    """Counts of a post when the page was retrieved; a repost is a retweet in the other vocabulary."""

    retweet_count: Int64 | None = None
    repost_count: Int64 | None = None
    reply_count: Int64 | None = None
    like_count: Int64 | None = None
    quote_count: Int64 | None = None
    bookmark_count: Int64 | None = None
    impression_count: Int64 | None = None


class Withheld(Wire, frozen=True):
    """Where a post or user is withheld: ISO 3166-1 alpha-2 countries (and X's own XX, XY)."""

    country_codes: list[str] | None = None
    copyright: bool | None = None
    scope: str | None = None


class Tweet(Part, frozen=True):
    """One post."""

    id: str
    text: str
    created_at: str | None = None
    author_id: str | None = None
    conversation_id: str | None = None
    in_reply_to_user_id: str | None = None
    lang: str | None = None
    possibly_sensitive: bool | None = None
    reply_settings: str | None = None
    source: str | None = None
    referenced_tweets: list[Reference] | None = None
    referenced_posts: list[Reference] | None = None
    note_tweet: Note | None = None
    note_post: Note | None = None
    geo: TweetGeo | None = None
    public_metrics: TweetMetrics | None = None
    edit_history_tweet_ids: list[str] | None = None
    edit_history_post_ids: list[str] | None = None
    withheld: Withheld | None = None
    article: Skipped = NOTHING
    article_title: Skipped = NOTHING
    attachments: Skipped = NOTHING
    card_uri: Skipped = NOTHING
    community_id: Skipped = NOTHING
    context_annotations: Skipped = NOTHING
    display_text_range: Skipped = NOTHING
    edit_controls: Skipped = NOTHING
    entities: Skipped = NOTHING
    matched_media_notes: Skipped = NOTHING
    media_metadata: Skipped = NOTHING
    non_public_metrics: Skipped = NOTHING
    note_request_suggestions: Skipped = NOTHING
    organic_metrics: Skipped = NOTHING
    paid_partnership: Skipped = NOTHING
    promoted_metrics: Skipped = NOTHING
    scopes: Skipped = NOTHING
    suggested_source_links: Skipped = NOTHING
    suggested_source_links_with_counts: Skipped = NOTHING
    username: Skipped = NOTHING


class UserMetrics(Wire, frozen=True):
    """Counts of a user when the page was retrieved; `post_count` is `tweet_count` in the other vocabulary."""

    followers_count: Int64 | None = None
    following_count: Int64 | None = None
    listed_count: Int64 | None = None
    tweet_count: Int64 | None = None
    post_count: Int64 | None = None
    like_count: Int64 | None = None
    media_count: Int64 | None = None


class User(Part, frozen=True):
    """One account."""

    id: str
    username: str | None = None
    name: str | None = None
    location: str | None = None
    created_at: str | None = None
    description: str | None = None
    verified: bool | None = None
    verified_type: str | None = None
    protected: bool | None = None
    url: str | None = None
    profile_image_url: str | None = None
    pinned_tweet_id: str | None = None
    pinned_post_id: str | None = None
    public_metrics: UserMetrics | None = None
    withheld: Withheld | None = None
    affiliation: Skipped = NOTHING
    confirmed_email: Skipped = NOTHING
    connection_status: Skipped = NOTHING
    entities: Skipped = NOTHING
    is_identity_verified: Skipped = NOTHING
    most_recent_post_id: Skipped = NOTHING
    most_recent_tweet_id: Skipped = NOTHING
    parody: Skipped = NOTHING
    profile_banner_url: Skipped = NOTHING
    receives_your_dm: Skipped = NOTHING
    subscribes_to_you: Skipped = NOTHING
    subscription: Skipped = NOTHING
    subscription_type: Skipped = NOTHING
    verified_followers_count: Skipped = NOTHING


class PlaceGeo(Wire, frozen=True):
    """A GeoJSON feature; `bbox` is [west, south, east, north] in degrees."""

    bbox: list[float] | None = None
    type: str | None = None
    geometry: Skipped = NOTHING
    properties: Skipped = NOTHING


class Place(Part, frozen=True):
    """One place of X's gazetteer."""

    id: str
    full_name: str | None = None
    name: str | None = None
    country: str | None = None
    country_code: str | None = None
    place_type: str | None = None
    geo: PlaceGeo | None = None
    contained_within: Skipped = NOTHING
