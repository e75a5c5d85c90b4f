"""Every recorded answer of the real API -> its rows."""

import csv
import json

import pytest
from raw_samples import SHARED, needs_shared_data, pages, refusals

from fedbytweets.raw import wire
from fedbytweets.raw.reader import Page

pytestmark = needs_shared_data

ROWS = {
    "2sets.jsonl": (2, 200, 289, 1, 82, 1),
    "edited.jsonl": (1, 1, 1, 0, 2, 0),
    "empty.json": (0, 0, 0, 0, 0, 0),
    "flat.jsonl": (100, 100, 221, 0, 94, 0),
    "geo_tweets.jsonl": (2, 2, 4, 1, 1, 0),
    "media_tweet.jsonl": (1, 1, 1, 0, 1, 0),
    "noflat.jsonl": (1, 100, 178, 0, 66, 1),
    "quoted_edit.jsonl": (1, 1, 2, 0, 3, 0),
    "seed_lula_2022-06-19-22_30.json": (6, 600, 564, 10, 0, 0),
    "streaming_output_with_error.jsonl": (7, 7, 11, 7, 4, 0),
    "tweets_compliance.jsonl": (0, 0, 0, 0, 0, 0),
    "two_tweets.jsonl": (1, 1, 2, 0, 1, 0),
    "verified_type.jsonl": (1, 1, 1, 0, 1, 0),
    "withheld.jsonl": (5, 215, 591, 7, 70, 5),
}
"""Pages, tweets, users, places, originals and problems, by file."""

KINDS = {
    "empty.json": ["empty"],
    "streaming_output_with_error.jsonl": ["truncated"],
    "tweets_compliance.jsonl": ["not-a-page", "not-a-page"],
}
PARTS = ("tweets", "users", "places", "originals", "problems")


def recorded(name: str) -> bytes:
    return (SHARED / "recorded" / name).read_bytes()


def by_id(rows: list[wire.Tweet] | list[wire.User]) -> dict[str, wire.Tweet | wire.User]:
    return {row.id: row for row in rows}


def test_every_recorded_file_is_expected_here() -> None:
    """A file added to the folder is not passed over."""
    assert {path.name for path in (SHARED / "recorded").glob("*.json*")} == ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
def test_a_recorded_file_gives_its_rows(name: str) -> None:
    """Rows, refusals and the absence of unknown fields, file by file."""
    found = pages(recorded(name))
    assert (len(found), *(sum(len(getattr(page, part)) for page in found) for part in PARTS)) == ROWS[name]
    assert [refusal.kind for refusal in refusals(recorded(name))] == KINDS.get(name, [])
    assert [page.unknown for page in found if page.unknown] == []


@pytest.mark.parametrize("name", ["2sets.jsonl", "withheld.jsonl", "noflat.jsonl", "geo_tweets.jsonl"])
def test_rows_are_those_of_a_plain_reading(name: str) -> None:
    """Ids and texts agree with Python's own JSON reader."""
    plain = [json.loads(line) for line in recorded(name).splitlines() if line.strip()]
    assert [[(row.id, row.text) for row in page.tweets] for page in pages(recorded(name))] == [
        [(row["id"], row["text"]) for row in page["data"]] for page in plain
    ]


def test_the_old_systems_file_gives_the_old_systems_tweets() -> None:
    """Six pages, unwrapped, in the order of its own parser."""
    with (SHARED / "recorded/seed_expected_bronze_tweets.csv").open(encoding="utf-8", newline="") as table:
        expected = [(row["id"], row["text"]) for row in csv.DictReader(table)]
    found = pages(recorded("seed_lula_2022-06-19-22_30.json"))
    assert [(row.id, row.text) for page in found for row in page.tweets] == expected


def test_a_page_of_the_envelope_says_where_it_stands() -> None:
    """Its offset points at its own opening bracket, each further on."""
    body = recorded("seed_lula_2022-06-19-22_30.json")
    offsets = [page.offset for page in pages(body)]
    assert offsets == sorted(set(offsets))
    assert {body[offset : offset + 1] for offset in offsets} == {b"{"}


def test_flattened_tweets_give_what_their_page_gave() -> None:
    """The flattened file and the page it was made from hold the same tweets, users and originals."""
    flat, (whole,) = pages(recorded("flat.jsonl")), pages(recorded("noflat.jsonl"))
    assert all(isinstance(page, Page) and len(page.tweets) == 1 for page in flat)
    assert {page.tweets[0].id for page in flat} == {tweet.id for tweet in whole.tweets}
    users = {user.id: user for page in flat for user in page.users}
    originals = {tweet.id for page in flat for tweet in page.originals}
    assert users.keys() == by_id(whole.users).keys()
    assert originals == by_id(whole.originals).keys()
