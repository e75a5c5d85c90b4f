"""(seed, how many) -> raw files: pages as the API answers, in files as this system or the old one keeps them.

For tests and benchmarks of any size: written one file at a time, the same bytes for the same arguments, memory
that does not grow with the number of tweets.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from fedbytweets.simulator.corpus import Corpus
from fedbytweets.simulator.dialects import TWEET
from fedbytweets.simulator.pages import Json, Renderer, Wanted, everything
from fedbytweets.simulator.posts import Post
from fedbytweets.simulator.tokens import page_token
from fedbytweets.simulator.vocabulary import LULA

Fields: TypeAlias = Literal["lean", "rich"]
Layout: TypeAlias = Literal["jsonl", "envelope"]

START = datetime(2026, 1, 1, tzinfo=UTC)
PAGE = 100
LEAN = Wanted(
    post_fields=frozenset({"author_id", "created_at", "geo"}),
    user_fields=frozenset({"location", "public_metrics", "verified"}),
    place_fields=frozenset({"country", "geo", "name", "place_type"}),
    expansions=frozenset({"author_id", "geo.place_id"}),
    bare_posts=True,
)
"""The old system's fields, about 470 bytes a tweet as compact JSON."""
RICH = everything(TWEET)
"""Every field a made-up tweet has, about 2.3 kB a tweet as compact JSON."""


def write_raw_files(
    folder: Path,
    *,
    tweets: int,
    per_file: int = 600,
    fields: Fields = "lean",
    layout: Layout = "jsonl",
    seed: int = 0,
    posts_per_hour: float = 18_000.0,
) -> list[Path]:
    """Write files of pages about one subject and return them, oldest first.

    `jsonl` has one page of 100 tweets a line; `envelope` is the old system's pretty-printed
    `{"data": [page, ...]}`. Each file is one search: its pages newest first, linked by `next_token`. A lower
    `posts_per_hour` spreads the same number over more days; the default is the pace of the recorded sample.
    """
    folder.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(seed, (replace(LULA, share=1.0),), posts_per_hour)
    renderer = Renderer(LEAN if fields == "lean" else RICH, corpus.post)
    posts = islice(corpus.posts(START, START + timedelta(days=36_500)), tweets)
    write = _jsonl if layout == "jsonl" else _envelope
    paths = []
    for number, search in enumerate(_searches(posts, per_file)):
        moment = datetime.fromtimestamp(search[0].created_ms / 1000, UTC)
        path = folder / f"{moment:%Y-%m-%d-%H_%M}-{number:07}.{'jsonl' if layout == 'jsonl' else 'json'}"
        path.write_bytes(write(list(_pages(renderer, search))))
        paths.append(path)
    return paths


def _searches(posts: Iterator[Post], size: int) -> Iterator[list[Post]]:
    while search := list(islice(posts, size)):
        search.reverse()
        yield search


def _pages(renderer: Renderer, search: list[Post]) -> Iterator[Json]:
    for at in range(0, len(search), PAGE):
        posts = search[at : at + PAGE]
        more = at + PAGE < len(search)
        yield renderer.page(posts, page_token("", search[-1].id, posts[-1].id) if more else None)


def _jsonl(pages: list[Json]) -> bytes:
    return b"".join(msgspec.json.encode(page) + b"\n" for page in pages)


def _envelope(pages: list[Json]) -> bytes:
    # The old system escaped every letter beyond ASCII and sorted the keys, six blanks a level.
    return msgspec.json.format(json.dumps({"data": pages}, sort_keys=True).encode(), indent=6)
