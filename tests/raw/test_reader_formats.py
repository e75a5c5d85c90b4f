"""The same pages in every layout, compression and encoding -> the same rows."""

import gzip
import json
from collections.abc import Callable

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from raw_samples import ids, kinds, lines, page_of, pages, refusals

ONE, TWO = page_of(1, 2), page_of(3, text="ação 🇧🇷")
EXPECTED = ["1", "2", "3"]


def zstd(plain: bytes) -> bytes:
    return pa.Codec("zstd").compress(plain, asbytes=True)


LAYOUTS: dict[str, Callable[[list[object]], bytes]] = {
    "one a line": lambda found: lines(*found),
    "one a line, carriage returns": lambda found: lines(*found).replace(b"\n", b"\r\n"),
    "no line ends": lambda found: lines(*found).replace(b"\n", b""),
    "pretty": lambda found: "\n".join(json.dumps(page, indent=4) for page in found).encode(),
    "pretty, not indented": lambda found: "".join(json.dumps(page, indent=0) for page in found).encode(),
    "envelope": lambda found: json.dumps({"data": found}).encode(),
    "pretty envelope": lambda found: json.dumps({"data": found}, indent=2).encode(),
    "envelopes in one file": lambda found: b"".join(json.dumps({"data": [page]}, indent=4).encode() for page in found),
    "envelope, a page a line": lambda found: (
        b'{"data": [\n' + b",\n".join(json.dumps(page).encode() for page in found) + b"\n]}\n"
    ),
    "array": lambda found: json.dumps(found).encode(),
    "pretty array": lambda found: json.dumps(found, indent=1).encode(),
    "array, tab and blank lines": lambda found: b"\n\n\t" + json.dumps(found).encode() + b"\n\n",
}
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zstd": zstd,
    "gzip, members": lambda plain: gzip.compress(plain[:50]) + gzip.compress(plain[50:]),
    "gzip, padded": lambda plain: gzip.compress(plain) + b"\0" * 9,
    "zstd, frames": lambda plain: zstd(plain[:50]) + zstd(plain[50:]),
}
ENCODED: dict[str, Callable[[bytes], bytes]] = {
    name: lambda plain, name=name: plain.decode().encode(name)
    for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")
} | {"utf-16-be with its mark": lambda plain: b"\xfe\xff" + plain.decode().encode("utf-16-be")}


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_layout_packing_and_encoding_gives_the_same_rows(layout: str, packing: str, encoding: str) -> None:
    """Nothing but the pages decides what comes out."""
    body = PACKED[packing](ENCODED[encoding](LAYOUTS[layout]([ONE, TWO])))
    assert (ids(body), kinds(body)) == (EXPECTED, [])
    assert pages(body)[-1].tweets[0].text == "ação 🇧🇷"


@given(st.lists(st.sampled_from(sorted(LAYOUTS)), max_size=6))
def test_documents_after_one_another_give_the_union_of_their_pages(layouts: list[str]) -> None:
    """Whatever formats are appended to one file, each page is there once, in order, numbered from 1."""
    made = [page_of(2 * index, 2 * index + 1) for index in range(len(layouts))]
    body = b"".join(LAYOUTS[layout]([page]) for layout, page in zip(layouts, made, strict=True))
    assert ids(body) == [str(number) for number in range(2 * len(layouts))]
    assert [page.ordinal for page in pages(body)] == list(range(1, len(layouts) + 1))
    assert kinds(body) == ([] if layouts else ["empty"])


def test_a_line_of_a_stream_is_a_page_of_one_tweet() -> None:
    """`data` is then one post, beside the rules that it matched."""
    line = {"data": {"id": "1", "text": "oi"}, "matching_rules": [{"id": "5", "tag": "lula"}]}
    (page,) = pages(lines(line))
    assert [tweet.id for tweet in page.tweets] == ["1"]
    assert page.unknown == {}


def test_an_array_of_flattened_tweets_is_a_page_each() -> None:
    """With its author as its user and its place as its place."""
    flat = {
        "id": "1",
        "text": "oi",
        "author_id": "11",
        "author": {"id": "11", "username": "ana"},
        "geo": {"place_id": "p", "id": "p", "full_name": "Recife", "geo": {"bbox": [1, 2, 3, 4]}},
    }
    first, second = pages(json.dumps([flat, flat | {"id": "2"}]).encode())
    assert (first.tweets[0].geo.place_id, second.tweets[0].id) == ("p", "2")
    assert [(user.id, user.username) for user in first.users] == [("11", "ana")]
    assert [(place.id, place.full_name, place.geo.bbox) for place in first.places] == [("p", "Recife", [1, 2, 3, 4])]
    assert first.unknown == {}


def test_offsets_count_the_byte_order_mark_of_utf_8() -> None:
    """The offset is a place in the text as it is stored."""
    assert [page.offset for page in pages(b"\xef\xbb\xbf" + lines(ONE, TWO))] == [3, 3 + len(lines(ONE))]


def test_offsets_in_utf_16_are_those_of_the_text_in_utf_8() -> None:
    """Without a mark."""
    body = lines(TWO, ONE).decode().encode("utf-16")
    assert [page.offset for page in pages(body)] == [0, len(lines(TWO))]


@pytest.mark.parametrize(
    "body", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", gzip.compress(b"", mtime=0), zstd(b" ")]
)
def test_nothing_is_refused_as_empty(body: bytes) -> None:
    """Blank, marked or packed: one refusal."""
    assert kinds(body) == ["empty"]


def test_a_bad_request_is_a_page_of_its_problems() -> None:
    """The document itself, and each of the errors it lists."""
    document = {
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": "https://api.x.com/2/problems/invalid-request",
        "errors": [{"parameters": {"query": ["("]}, "message": "no viable alternative"}],
    }
    (page,) = pages(lines(document))
    assert [problem.title for problem in page.problems] == ["Invalid Request", None]
    assert page.problems[1].message == "no viable alternative"
    assert (page.unknown, refusals(lines(document))) == ({}, [])


@pytest.mark.parametrize(
    "document", [{}, {"a": 1}, [], 1, "x", None, {"__twarc": {}}, {"data": "x"}, {"data": [{"id": "1"}]}]
)
def test_other_json_is_no_page(document: object) -> None:
    """One refusal, neighbours kept; nothing of its content is told."""
    assert kinds(lines(ONE, document, TWO)) == ["not-a-page"]
    assert ids(lines(ONE, document, TWO)) == EXPECTED
