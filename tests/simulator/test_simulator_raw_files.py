"""Raw files for tests and benchmarks: deterministic, of both layouts, of the sizes that were measured."""

import json
import tracemalloc
from pathlib import Path

import pytest

from fedbytweets.simulator import write_raw_files


def pages_of(path: Path) -> list[dict]:
    """Return the pages of a file of either layout."""
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_bytes().splitlines()]
    return json.loads(path.read_bytes())["data"]


@pytest.mark.parametrize("layout", ["jsonl", "envelope"])
def test_files_have_the_tweets_asked_for_in_linked_pages(tmp_path: Path, layout: str) -> None:
    """1,250 tweets in files of 600 are three searches; each is newest first and ends without a token."""
    paths = write_raw_files(tmp_path, tweets=1_250, layout=layout)
    searches = [pages_of(path) for path in paths]
    assert [[page["meta"]["result_count"] for page in pages] for pages in searches] == [[100] * 6, [100] * 6, [50]]
    for pages in searches:
        assert ["next_token" in page["meta"] for page in pages] == [True] * (len(pages) - 1) + [False]
    ids = [int(tweet["id"]) for pages in reversed(searches) for page in pages for tweet in page["data"]]
    assert ids == sorted(set(ids), reverse=True)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    """Two runs agree file by file, another seed does not."""
    first, again, other = (
        [(path.name, path.read_bytes()) for path in write_raw_files(tmp_path / name, tweets=900, seed=seed)]
        for name, seed in (("first", 1), ("again", 1), ("other", 2))
    )
    assert first == again
    assert first != other


@pytest.mark.parametrize(("fields", "size"), [("lean", 472), ("rich", 2_289)])
def test_a_tweet_has_the_size_that_was_measured(tmp_path: Path, fields: str, size: int) -> None:
    """Lean and rich tweets are within a tenth of the recorded sizes as compact JSON."""
    paths = write_raw_files(tmp_path, tweets=3_000, fields=fields)
    assert sum(path.stat().st_size for path in paths) / 3_000 == pytest.approx(size, rel=0.1)


def test_lean_tweets_have_the_old_fields_and_no_others(tmp_path: Path) -> None:
    """The old system's pages: five tweet fields, six of users, six of places."""
    (path,) = write_raw_files(tmp_path, tweets=600)
    pages = pages_of(path)
    rows = {
        name: {key for page in pages for row in page["includes"].get(name, []) for key in row}
        for name in ("users", "places")
    }
    assert {key for page in pages for tweet in page["data"] for key in tweet} == {
        "author_id", "created_at", "geo", "id", "text",
    }  # fmt: skip
    assert rows == {
        "users": {"id", "name", "username", "location", "public_metrics", "verified"},
        "places": {"id", "full_name", "name", "country", "place_type", "geo"},
    }


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    """Writing three times the tweets needs nowhere near three times the memory."""
    peaks = []
    for tweets in (1_500, 4_500):
        tracemalloc.start()
        write_raw_files(tmp_path / str(tweets), tweets=tweets, per_file=100)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]
