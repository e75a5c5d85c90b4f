"""A stored answer and its lineage -> the facts that coverage and budget are computed from.

Nothing else is remembered: what was asked, what it cost and what is missing all follow from these facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import msgspec

from fedbytweets.errors import PassingError
from fedbytweets.instants import oldest_at
from fedbytweets.raw.lineage import Lineage, Question
from fedbytweets.raw.reader import Page, read_pages


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
    """When the page's oldest post was made, from the ids; None when no post has an id that holds an instant."""
    request_id: str = ""
    """Id of the reservation that was made for it; empty where there was none."""


@dataclass(frozen=True, slots=True)
class UnreadFacts:
    """An answer of a search that could not be read, or that was never stored whole.

    It covers nothing, and costs the most it can hold.
    """

    subject: str
    retrieved_at: datetime
    posts: int
    users: int
    included_posts: int
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class CountFacts:
    """One request of counts/recent: it covers nothing, and costs the same whatever it counts."""

    subject: str
    retrieved_at: datetime
    request_id: str = ""


BilledFacts: TypeAlias = PageFacts | UnreadFacts | CountFacts
"""What costs money."""


def pages_of(facts: Iterable[BilledFacts]) -> list[PageFacts]:
    """Return those that are of pages: coverage follows from them alone."""
    return [each for each in facts if isinstance(each, PageFacts)]


class _Post(msgspec.Struct):
    id: msgspec.Raw = msgspec.Raw()

    @property
    def written_id(self) -> str:
        """Its id as it stands there, whether it is one or not."""
        return bytes(self.id).decode("ascii", "replace").strip('"')


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


class _Total(msgspec.Struct):
    total_tweet_count: int | None = None
    total_post_count: int | None = None


class _Counts(msgspec.Struct):
    meta: _Total


_PAGES = msgspec.json.Decoder(_Page)
_COUNTS = msgspec.json.Decoder(_Counts)


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
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        if found := _odd_page(body):
            return _facts(lineage, question, *found)
        raise PassingError(
            f"Page {question.page} for {lineage.subject!r} is no page of a search ({error}; {len(body)} bytes): "
            "its bytes are kept, ask again."
        ) from error
    includes = page.includes
    counts = len(page.data), len(includes.users), len(includes.tweets) + len(includes.posts)
    return _facts(lineage, question, counts, [post.written_id for post in page.data], page.meta.next_token)


_Counted: TypeAlias = tuple[int, int, int]
"""Posts, users, included posts."""


def _odd_page(body: bytes) -> tuple[_Counted, list[str], str | None] | None:
    """Return what an answer that is not quite JSON says, as bronze reads it: one NaN does not cost a paid page."""
    found = list(read_pages(body))
    pages = [each for each in found if isinstance(each, Page)]
    if len(pages) != 1 or pages[0].meta.result_count is None:
        return None
    (page,) = pages
    counts = len(page.tweets), len(page.users), len(page.originals)
    return counts, [tweet.id for tweet in page.tweets], page.meta.next_token


def _facts(lineage: Lineage, question: Question, counts: _Counted, ids: list[str], next_token: str | None) -> PageFacts:
    posts, users, included_posts = counts
    return PageFacts(
        subject=lineage.subject,
        query=question.query,
        dialect=question.dialect,
        start=question.start,
        end=question.end,
        page=question.page,
        retrieved_at=lineage.retrieved_at,
        next_token=next_token or None,
        posts=posts,
        users=users,
        included_posts=included_posts,
        oldest_at=oldest_at(ids),
        request_id=lineage.request_id,
    )


def counted_posts(subject: str, body: bytes) -> int:
    """Return the total of an answer of counts/recent; both vocabularies of the API are read.

    Raises:
        PassingError: the bytes are no such answer.

    """
    try:
        total = _COUNTS.decode(body).meta
        return next(each for each in (total.total_tweet_count, total.total_post_count) if each is not None)
    except (msgspec.DecodeError, StopIteration) as error:
        raise PassingError(f"counts/recent for {subject!r} answered without a total: ask again later.") from error
