"""Damaged bytes and deviating rows -> refusals that name them, and everything around them read."""

import gzip
import json

import pyarrow as pa
import pytest
from raw_samples import ids, kinds, lines, page_of, pages, refusals

from fedbytweets.raw.reader import Page, read_pages

GOOD, ALSO_GOOD = lines(page_of(1)), lines(page_of(2))
BAD_LINES = {
    "half a page": (b'{"data": [{"id": "9", "te', "truncated"),
    "half an envelope": (b'{"data": [', "truncated"),
    "only an opening": (b"[", "truncated"),
    "words": (b"503 Service Unavailable", "not-json"),
    "html": (b"<html><body>oops</body></html>", "not-json"),
    "a missing colon": (b'{"data" []}', "not-json"),
    "bytes that are no UTF-8": (b'{"data": [{"id": "9", "text": "\xff"}]', "bad-encoding"),
    "deep nesting": (b'{"data": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "too-deep"),
    "nulls": (b"\0" * 100, "not-json"),
    "a mark of gzip": (b"\x1f\x8b\x08 not a stream", "not-json"),
}


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_line_costs_itself(name: str) -> None:
    """Its neighbours are pages; it is refused with its line and offset."""
    bad, kind = BAD_LINES[name]
    body = GOOD + bad + b"\n" + ALSO_GOOD
    assert ids(body) == ["1", "2"]
    assert [(found.kind, found.line, found.offset) for found in refusals(body)] == [(kind, 2, len(GOOD))]


@pytest.mark.parametrize("name", BAD_LINES)
def test_a_bad_first_line_costs_itself(name: str) -> None:
    """Also where it could be taken for the sign of another format."""
    bad, kind = BAD_LINES[name]
    assert (ids(bad + b"\n" + GOOD), kinds(bad + b"\n" + GOOD)) == (["1"], [kind])


def test_what_follows_a_page_on_its_line_is_refused_alone() -> None:
    """The page before it is kept."""
    body = GOOD.strip() + b"garbage\n" + ALSO_GOOD
    assert (ids(body), kinds(body)) == (["1", "2"], ["not-json"])


def test_a_page_written_behind_a_cut_one_is_found() -> None:
    """A killed writer leaves half a line; the next one appends to it."""
    body = GOOD[:40] + ALSO_GOOD
    assert (ids(body), kinds(body)) == (["2"], ["truncated"])


def test_the_whole_pages_of_a_cut_envelope_are_kept() -> None:
    """A file of the old system that was cut is refused from the cut on; its whole pages are read."""
    whole = json.dumps({"data": [page_of(1), page_of(2), page_of(3)]}, indent=4).encode()
    cut = whole[: whole.index(b'"3"')]
    assert ids(cut) == ["1", "2"]
    assert kinds(cut) == ["truncated", "truncated"]
    assert ids(cut + b"\n" + ALSO_GOOD) == ["1", "2", "2"]


HALVES = {
    r"\ud83d": "\ufffd",
    r"\udc00": "\ufffd",
    r"\uD83D": "\ufffd",
    r"a\ud83db": "a\ufffdb",
    r"\ud83d\ud83d\ude44": "\ufffd\U0001f644",
    r"\ud83d \\ud83d": "\ufffd \\ud83d",
}


@pytest.mark.parametrize("half", HALVES)
def test_half_a_pair_becomes_the_replacement_character(half: str) -> None:
    """No encoding can hold it; the page around it is kept, and its whole pairs too."""
    body = b'{"data": [{"id": "1", "text": "%s"}]}\n' % half.encode() + ALSO_GOOD
    assert [tweet.text for page in pages(body) for tweet in page.tweets] == [HALVES[half], "oi"]
    assert kinds(body) == []


@pytest.mark.parametrize("pack", [gzip.compress, lambda plain: pa.Codec("zstd").compress(plain, asbytes=True)])
def test_a_cut_stream_is_read_up_to_the_cut(pack: object) -> None:
    """What could be decompressed is read; the cut is refused, last."""
    numbers = [str(number * 7919 % 100_003) for number in range(4_000)]
    packed = pack(lines(*(page_of(int(number), text=number * 9) for number in numbers)))
    found = list(read_pages(packed[: len(packed) * 2 // 3]))
    read = [tweet.id for page in found if isinstance(page, Page) for tweet in page.tweets]
    assert read == numbers[: len(read)]
    assert len(read) > 1_000
    *_, last = found
    assert (last.kind, last.offset > 100_000) == ("bad-compression", True)


def test_a_damaged_gzip_stream_is_read_up_to_the_damage() -> None:
    """A wrong checksum at its end loses no row, and is told."""
    packed = bytearray(gzip.compress(GOOD))
    packed[-6] ^= 1
    assert (ids(bytes(packed)), kinds(bytes(packed))) == (["1"], ["bad-compression"])


@pytest.mark.parametrize("tail", [b"junk", b"\x1f\x8b"])
def test_bytes_behind_a_stream_are_told(tail: bytes) -> None:
    """They are no member, and not padding."""
    body = gzip.compress(GOOD) + tail
    assert (ids(body), kinds(body)) == (["1"], ["bad-compression"])


def with_row(**fields: object) -> bytes:
    page = page_of(1, 2, 3)
    page["data"][1] |= fields
    return lines(page)


CONVERTED = [
    ({"id": 1850000000000000001}, "id", "1850000000000000001"),
    ({"author_id": 12}, "author_id", "12"),
    ({"possibly_sensitive": "true"}, "possibly_sensitive", True),
    ({"geo": None}, "geo", None),
    ({"edit_history_tweet_ids": [7, None]}, "edit_history_tweet_ids", ["7"]),
]


@pytest.mark.parametrize(("fields", "name", "expected"), CONVERTED)
def test_a_value_of_a_near_type_is_converted(fields: dict[str, object], name: str, expected: object) -> None:
    """Numbers for ids, text for numbers, null for an object: the row stays."""
    (page,) = pages(with_row(**fields))
    assert getattr(page.tweets[1], name) == expected
    assert (len(page.tweets), kinds(with_row(**fields))) == (3, [])


def test_a_count_that_came_as_text_is_a_number() -> None:
    """And one with a fraction of zero too."""
    (page,) = pages(with_row(public_metrics={"like_count": "5", "reply_count": 3.0}))
    assert (page.tweets[1].public_metrics.like_count, page.tweets[1].public_metrics.reply_count) == (5, 3)


@pytest.mark.parametrize(
    "fields",
    [
        {"text": None},
        {"text": {"a": 1}},
        {"id": [7]},
    ],
)
def test_a_bad_row_costs_itself(fields: dict[str, object]) -> None:
    """Its neighbours and users are kept; the refusal names its path and id."""
    body = with_row(**fields)
    (page,) = pages(body)
    (refusal,) = refusals(body)
    assert ([row.id for row in page.tweets], len(page.users)) == (["1", "3"], 1)
    assert (refusal.kind, refusal.line, refusal.offset) == ("bad-row", 1, 0)
    assert refusal.message.startswith("data[1] (id ")


def test_a_number_beyond_reading_costs_its_field() -> None:
    """Such as 1e400, or one of five thousand digits; in a field nobody reads, not even that."""
    for number in (b"1e400", b"9" * 5_000):
        read = with_row(possibly_sensitive=0).replace(b'"possibly_sensitive": 0', b'"possibly_sensitive": ' + number)
        unread = with_row(entities=0).replace(b'"entities": 0', b'"entities": ' + number)
        assert (ids(read), kinds(read)) == (["1", "2", "3"], [])
        assert (ids(unread), kinds(unread)) == (["1", "2", "3"], [])


ODD_PARTS = [
    ({"errors": None}, [], []),
    ({"errors": "oops"}, ["oops"], []),
    ({"errors": {"detail": "oops", "value": ["a", 1]}}, ["oops"], []),
    ({"errors": ["oops", {"detail": "twice"}]}, ["oops", "twice"], []),
    ({"errors": 5}, [], ["bad-row"]),
    ({"includes": None}, [], []),
    ({"includes": "x"}, [], ["bad-row"]),
    ({"includes": {"users": None, "places": {"id": "p"}}}, [], []),
    ({"includes": {"users": [{"name": "no id"}]}}, [], ["bad-row"]),
    ({"meta": None}, [], []),
    ({"meta": "x"}, [], ["bad-row"]),
    ({"__twarc": {"retrieved_at": "yesterday"}}, [], []),
]


@pytest.mark.parametrize(("part", "details", "expected"), ODD_PARTS)
def test_an_odd_part_does_not_cost_the_page(part: dict[str, object], details: list[str], expected: list[str]) -> None:
    """Errors that are text, includes that are null: the tweets are there."""
    body = lines(page_of(1, 2) | part)
    (page,) = pages(body)
    assert [tweet.id for tweet in page.tweets] == ["1", "2"]
    assert [problem.detail for problem in page.problems] == details
    assert kinds(body) == expected


@pytest.mark.parametrize("nothing", [None, []])
def test_a_page_without_rows_is_a_page(nothing: object) -> None:
    """Its window still counts as covered."""
    (page,) = pages(lines({"data": nothing, "meta": {"result_count": 0, "next_token": "t"}}))
    assert (list(page.tweets), page.meta.next_token) == ([], "t")


def test_unknown_fields_are_counted_by_path() -> None:
    """Anywhere in a page, with their rows kept."""
    body = lines(
        page_of(1, 2)
        | {"news": 1, "meta": {"mood": "good"}}
        | {"data": [{"id": str(n), "text": "", "a": 1, "public_metrics": {"b": 1}} for n in (1, 2)]}
        | {"includes": {"users": [{"id": "1", "c": 1}], "songs": []}}
    )
    (page,) = pages(body)
    assert page.unknown == {
        "news": 1,
        "meta.mood": 1,
        "data.a": 2,
        "data.public_metrics.b": 2,
        "includes.users.c": 1,
        "includes.songs": 1,
    }
    assert (ids(body), kinds(body)) == (["1", "2"], [])
