"""The API's JSON -> structs: one answer of the X API v2 as it goes over the wire, under the API's own names.

The rows are in `wire_rows`, which says what holds for every struct here too; both are used as `wire.<Name>`.
"""

from msgspec import field as named

from fedbytweets.raw.wire_rows import NOTHING, Int64, Part, Place, Skipped, Tweet, User, Wire

__all__ = ["Answer", "Includes", "Meta", "Place", "Problem", "Skipped", "Stamp", "Tweet", "User", "Wire"]


class Problem(Part, frozen=True):
    """One problem the API reports: beside the rows of a 200 answer, or instead of them (RFC 9457 in part).

    A value that is no string is kept as its JSON text.
    """

    title: str | None = None
    type: str | None = None
    detail: str | None = None
    value: str | None = None
    parameter: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    section: str | None = None
    field: str | None = None
    message: str | None = None
    reason: str | None = None
    status: int | str | None = None
    code: int | str | None = None
    account_id: Skipped = NOTHING
    client_id: Skipped = NOTHING
    connection_issue: Skipped = NOTHING
    disconnect_type: Skipped = NOTHING
    id: Skipped = NOTHING
    parameters: Skipped = NOTHING
    period: Skipped = NOTHING
    product_name: Skipped = NOTHING
    registration_url: Skipped = NOTHING
    required_enrollment: Skipped = NOTHING
    scope: Skipped = NOTHING


class Meta(Part, frozen=True):
    """What the API says about a page: how many rows, the span of their ids, where to go on."""

    result_count: Int64 | None = None
    newest_id: str | None = None
    oldest_id: str | None = None
    next_token: str | None = None
    previous_token: str | None = None
    sent: Skipped = NOTHING
    summary: Skipped = NOTHING


class Includes(Part, frozen=True):
    """The objects that rows refer to by id; the originals of retweets and quotes under either name."""

    users: list[User] | None = None
    places: list[Place] | None = None
    tweets: list[Tweet] | None = None
    posts: list[Tweet] | None = None
    media: Skipped = NOTHING
    polls: Skipped = NOTHING
    topics: Skipped = NOTHING


class Stamp(Part, frozen=True):
    """What twarc adds to each answer it keeps."""

    retrieved_at: str | None = None
    url: Skipped = NOTHING
    version: Skipped = NOTHING


class Answer(Wire, frozen=True):
    """One answer of a search, or one line of a stream (`data` is then a single post)."""

    data: list[Tweet] | Tweet | None = None
    includes: Includes | None = None
    errors: list[Problem] | None = None
    meta: Meta | None = None
    stamp: Stamp | None = named(name="__twarc", default=None)
    matching_rules: Skipped = NOTHING
