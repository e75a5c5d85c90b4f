"""Small pages and a few words that the tests of the reader share."""

import json
from pathlib import Path

import pytest

from fedbytweets.raw.reader import Page, Refusal, read_pages

SHARED = Path(__file__).parents[2] / "../shared/data"

needs_shared_data = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the folder of recorded answers is not beside this checkout"
)


def pages(body: bytes) -> list[Page]:
    """Return the pages of a raw object."""
    return [found for found in read_pages(body) if isinstance(found, Page)]


def refusals(body: bytes) -> list[Refusal]:
    """Return the refusals of a raw object."""
    return [found for found in read_pages(body) if isinstance(found, Refusal)]


def page_of(*ids: int, text: str = "oi") -> dict[str, object]:
    """Return a small page, as the API would write it."""
    return {
        "data": [{"id": str(number), "text": text, "author_id": "11"} for number in ids],
        "includes": {"users": [{"id": "11", "username": "ana", "name": "Ana"}]},
        "meta": {"result_count": len(ids)},
    }


def lines(*documents: object) -> bytes:
    """Return documents one a line."""
    return b"".join(json.dumps(document, ensure_ascii=False).encode() + b"\n" for document in documents)


def ids(body: bytes) -> list[str]:
    """Return the ids of all tweets, in order."""
    return [tweet.id for page in pages(body) for tweet in page.tweets]


def kinds(body: bytes) -> list[str]:
    """Return the kinds of all refusals, in order."""
    return [refusal.kind for refusal in refusals(body)]
