"""A stored answer and its lineage -> the facts that coverage and budget are computed from.

Nothing else is remembered: what was asked, what it cost and what is missing all follow from these facts.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from fedbytweets.errors import PassingError
from fedbytweets.instants import from_snowflake
from fedbytweets.raw.lineage import Lineage


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One stored, readable answer of a search over [start, end); every instant is aware UTC."""

    subject: str
    query: str
    dialect: str
    start: datetime
    end: datetime
    page: int
    """1-based within the search."""
    retrieved_at: datetime
    next_token: str | None
    posts: int
    users: int
    included_posts: int
    oldest_at: datetime | None
    """When the page's oldest post was made, from its id; None when the page has no post."""


class _Post(msgspec.Struct):
    id: str


class _Includes(msgspec.Struct):
    users: list[msgspec.Raw] = []
    tweets: list[msgspec.Raw] = []
    posts: list[msgspec.Raw] = []


class _Meta(msgspec.Struct):
    next_token: str | None = None


class _Page(msgspec.Struct):
    meta: _Meta
    data: list[_Post] = []
    includes: _Includes = msgspec.field(default_factory=_Includes)


_PAGES = msgspec.json.Decoder(_Page)


def page_facts(lineage: Lineage, body: bytes) -> PageFacts:
    """Return what one answer of a search says about coverage and cost; both vocabularies of the API are read.

    Raises:
        PassingError: the bytes are no page of a search (HTML, cut JSON, an error document, no `meta`), or the
            lineage has no question. An answer without `meta` never counts as covering anything.

    """
    if lineage.question is None:
        raise PassingError(f"An answer for {lineage.subject!r} has no question in its lineage: it covers nothing.")
    question = lineage.question
    try:
        page = _PAGES.decode(body)
        oldest = min((int(post.id) for post in page.data), default=None)
        oldest_at = None if oldest is None else from_snowflake(oldest)
    except (msgspec.DecodeError, ValueError, OverflowError) as error:
        raise PassingError(
            f"Page {question.page} for {lineage.subject!r} is no page of a search ({error}; {len(body)} bytes): "
            "its bytes are kept, ask again."
        ) from error
    return PageFacts(
        subject=lineage.subject,
        query=question.query,
        dialect=question.dialect,
        start=question.start,
        end=question.end,
        page=question.page,
        retrieved_at=lineage.retrieved_at,
        next_token=page.meta.next_token or None,
        posts=len(page.data),
        users=len(page.includes.users),
        included_posts=len(page.includes.tweets) + len(page.includes.posts),
        oldest_at=oldest_at,
    )
