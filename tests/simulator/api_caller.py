"""What the simulator's tests say over HTTP: where, when, and how pages are followed."""

from collections.abc import Callable
from datetime import UTC, datetime

import requests

NOW = datetime(2026, 9, 7, 12, tzinfo=UTC)
SEARCH = "/2/tweets/search/recent"
Ask = Callable[..., requests.Response]


def all_pages(ask: Ask, **params: str | int) -> list[dict]:
    """Follow `next_token` to the end and return the pages."""
    pages = [ask(**params).json()]
    while token := pages[-1]["meta"].get("next_token"):
        pages.append(ask(**params, next_token=token).json())
    return pages


def ids_of(pages: list[dict]) -> list[int]:
    """Return the ids of the posts of pages, in their order."""
    return [int(post["id"]) for page in pages for post in page.get("data", [])]
