"""X's two vocabularies: the words each has for the same thing, and the fields each may be asked for.

`tweet` is OpenAPI 2.166 (July 2026), `post` is 2.167 (August 2026). The rest of the stand-in speaks the older
words; a Dialect puts them into its own.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

DialectName: TypeAlias = Literal["tweet", "post"]

_COMMON_FIELDS = frozenset(
    [
        "article",
        "attachments",
        "card_uri",
        "community_id",
        "context_annotations",
        "conversation_id",
        "created_at",
        "display_text_range",
        "edit_controls",
        "entities",
        "geo",
        "id",
        "lang",
        "matched_media_notes",
        "media_metadata",
        "non_public_metrics",
        "note_request_suggestions",
        "note_tweet",
        "organic_metrics",
        "paid_partnership",
        "possibly_sensitive",
        "promoted_metrics",
        "public_metrics",
        "reply_settings",
        "scopes",
        "source",
        "suggested_source_links",
        "suggested_source_links_with_counts",
        "text",
        "withheld",
    ]
)
_COMMON_EXPANSIONS = frozenset(
    [
        "article.cover_media",
        "article.media_entities",
        "attachments.media_keys",
        "attachments.media_source_tweet",
        "attachments.poll_ids",
        "author_id",
        "edit_history_tweet_ids",
        "entities.mentions.username",
        "geo.place_id",
        "in_reply_to_user_id",
        "referenced_tweets.id",
    ]
)
_COMMON_USER_FIELDS = frozenset(
    [
        "confirmed_email",
        "connection_status",
        "created_at",
        "description",
        "entities",
        "id",
        "is_identity_verified",
        "location",
        "name",
        "parody",
        "profile_banner_url",
        "profile_image_url",
        "protected",
        "public_metrics",
        "receives_your_dm",
        "subscription",
        "subscription_type",
        "url",
        "username",
        "verified",
        "verified_followers_count",
        "verified_type",
        "withheld",
    ]
)
PLACE_FIELDS = frozenset(
    ["contained_within", "country", "country_code", "full_name", "geo", "id", "name", "place_type"]
)


@dataclass(frozen=True)
class Dialect:
    """A vocabulary: its own words by the older ones, its field lists (in the older words), its host."""

    name: DialectName
    fields_parameter: str
    host: str
    words: tuple[tuple[str, str], ...]
    post_fields: frozenset[str]
    expansions: frozenset[str]
    user_fields: frozenset[str]

    def word(self, older: str) -> str:
        """Return this dialect's word for an older one; most are the same."""
        return dict(self.words).get(older, older)

    def older(self, word: str) -> str:
        """Return the older word for one of this dialect's."""
        return {own: older for older, own in self.words}.get(word, word)

    def problem(self, kind: str) -> str:
        """Return the address that names a kind of problem."""
        return f"https://{self.host}/2/problems/{kind}"


TWEET = Dialect(
    name="tweet",
    fields_parameter="tweet.fields",
    host="api.twitter.com",
    words=(),
    post_fields=_COMMON_FIELDS | {"author_id", "edit_history_tweet_ids", "in_reply_to_user_id", "referenced_tweets"},
    expansions=_COMMON_EXPANSIONS
    | {
        "entities.note.mentions.username",
        "referenced_tweets.id.attachments.media_keys",
        "referenced_tweets.id.author_id",
    },
    user_fields=_COMMON_USER_FIELDS | {"affiliation", "most_recent_tweet_id", "pinned_tweet_id"},
)
POST = Dialect(
    name="post",
    fields_parameter="post.fields",
    host="api.x.com",
    words=(
        ("note_tweet", "note_post"),
        ("referenced_tweets", "referenced_posts"),
        ("referenced_tweets.id", "referenced_posts"),
        ("edit_history_tweet_ids", "edit_history_post_ids"),
        ("tweet_count", "post_count"),
        ("retweet_count", "repost_count"),
        ("total_tweet_count", "total_post_count"),
        ("tweets", "posts"),
    ),
    post_fields=_COMMON_FIELDS | {"article_title"},
    expansions=_COMMON_EXPANSIONS | {"username"},
    user_fields=_COMMON_USER_FIELDS | {"subscribes_to_you"},
)
DIALECTS: dict[DialectName, Dialect] = {"tweet": TWEET, "post": POST}
