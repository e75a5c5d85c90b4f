"""Remove erased posts and users from a parsed page.

It is a second net: what a raw object is scrubbed of as JSON text is looked for again in what the parser made of it.
"""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from fedbytweets.compliance.erasure import Erasure, canonical
from fedbytweets.raw import wire
from fedbytweets.raw.pages import Page

_REPOSTS = ("retweeted", "reposted")


def ids_of(page: Page) -> frozenset[str]:
    """Return the ids that decide what of a page goes: of posts, authors, originals, answered users, and users."""
    posts = [*page.tweets, *page.originals]
    found = {each for post in posts for each in (post.id, post.author_id, post.in_reply_to_user_id, *_reposted(post))}
    found |= {user.id for user in page.users}
    found |= {each for problem in page.problems for each in (problem.value, problem.resource_id)}
    return frozenset(canonical(each) for each in found if each)


def without(page: Page, erasure: Erasure) -> Page:
    """Return a page without the posts, users and problems that go, and without the ids of users in posts that stay."""
    both = erasure.tweets | erasure.users
    return replace(
        page,
        tweets=_posts(page.tweets, erasure),
        originals=_posts(page.originals, erasure),
        users=[user for user in page.users if canonical(user.id) not in erasure.users],
        problems=[each for each in page.problems if not _among(both, each.value, each.resource_id)],
    )


def _posts(posts: Iterable[wire.Tweet], erasure: Erasure) -> list[wire.Tweet]:
    return [
        msgspec.structs.replace(post, in_reply_to_user_id=None)
        if _among(erasure.users, post.in_reply_to_user_id)
        else post
        for post in posts
        if not _among(erasure.tweets, post.id, *_reposted(post)) and not _among(erasure.users, post.author_id)
    ]


def _reposted(post: wire.Tweet) -> list[str | None]:
    references = post.referenced_tweets or post.referenced_posts or ()
    return [each.id for each in references if each.type in _REPOSTS]


def _among(wanted: frozenset[str], *ids: str | None) -> bool:
    return any(each is not None and canonical(each) in wanted for each in ids)
