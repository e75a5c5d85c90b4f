"""Any bytes -> pages and refusals, never a crash; and no good page is lost beside them."""

import gzip
import json
from itertools import chain

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from raw_samples import ids, lines, page_of, pages, refusals

from fedbytweets.raw.reader import Page, Refusal, read_pages

MARKS = [
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"{",
    b"[",
    b'{"data": [',
    b'"',
    b"\0",
]
BROKEN = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=40).map(str.encode),
    st.sampled_from(MARKS),
    st.integers(1, len(lines(page_of(9))) - 2).map(lambda cut: lines(page_of(9))[:cut]),
    st.tuples(st.sampled_from(MARKS), st.binary(max_size=40)).map(b"".join),
).map(lambda line: line.replace(b"\n", b" "))
"""Lines that are no page: noise, marks of other formats, and pages that were cut."""

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=()), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("data", "includes", "meta", "errors", "__twarc", "id", "text", "users", "tweets", "geo"),
                    *("author", "referenced_tweets", "public_metrics", "like_count", "title", "detail", "type", "x"),
                    *("retrieved_at", "entities", "mentions", "name", "coordinates", "places", "place_id"),
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)
"""Documents of the API's own words in any order, with values of any type."""


def is_sound(body: bytes) -> bool:
    """Tell whether what was read is well-formed: typed, numbered, in order, inside the text."""
    found = list(read_pages(body))
    numbered = [item.ordinal for item in found if isinstance(item, Page)]
    places, in_lines = [item.offset for item in found], [item.line for item in found if isinstance(item, Refusal)]
    return (
        all(isinstance(item, Page | Refusal) for item in found)
        and numbered == list(range(1, len(numbered) + 1))
        and places == sorted(places)
        and in_lines == sorted(in_lines)
        and found != []
    )


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read_without_a_crash(body: bytes) -> None:
    """And never come to nothing: a page or a refusal stands for them."""
    assert is_sound(body)


@given(st.sampled_from(MARKS), st.binary(max_size=300))
def test_any_bytes_behind_a_mark_are_read_without_a_crash(mark: bytes, body: bytes) -> None:
    """A mark promises a format; nothing need hold."""
    assert is_sound(mark + body)


@given(st.lists(JSON, max_size=4), st.sampled_from([None, 0, 2]))
def test_any_json_is_read_without_a_crash(documents: list[object], indent: int | None) -> None:
    """In any layout, halves of UTF-16 pairs included, and every row that is kept has an id."""
    body = "\n".join(json.dumps(document, indent=indent) for document in documents).encode()
    assert is_sound(body)
    rows = chain.from_iterable((*page.tweets, *page.users, *page.originals) for page in pages(body))
    assert all(isinstance(row.id, str) for row in rows)


@given(st.data())
def test_a_page_with_any_byte_changed_is_read_without_a_crash(data: st.DataObject) -> None:
    """Plain or packed, the page behind it is kept when it is plain."""
    body = bytearray(lines(page_of(1, 2, text="\U0001f644 ação")))
    body[data.draw(st.integers(0, len(body) - 2))] = data.draw(st.integers(0, 255))
    assert is_sound(bytes(body) + lines(page_of(7)))
    packed = bytearray(gzip.compress(bytes(body)))
    packed[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    assert is_sound(bytes(packed))
    assert ids(bytes(body) + lines(page_of(7)))[-1] == "7"


@given(st.lists(st.one_of(BROKEN, st.none()), min_size=1, max_size=8))
@example([b"\xff\xfe", None, b"\x1f\x8b\x08\0", None])
@example([b'{"data": [', None, b"]}", None])
@example([b'{"data": [{"id": "9", "text": "', None])
@example([b"\0" * 400, None])
def test_good_pages_among_broken_lines_are_all_found(found: list[bytes | None]) -> None:
    """None stands for a good page, which is a line of its own."""
    assume(any(line is None for line in found))
    good = [number for number, line in enumerate(found) if line is None]
    body = b"".join(lines(page_of(n)) if line is None else line + b"\n" for n, line in enumerate(found))
    assert [number for number in ids(body) if number != "9"] == [str(number) for number in good]


@given(st.integers(1, 3_000))
def test_a_cut_anywhere_costs_what_is_behind_it_only(cut: int) -> None:
    """Every page that is whole before the cut is read; the rest is told."""
    body = lines(*(page_of(number) for number in range(20)))
    cut = min(cut, len(body))
    whole = body[:cut].count(b"\n") + (body[cut : cut + 1] == b"\n")
    assert ids(body[:cut]) == [str(number) for number in range(whole)]
    assert bool(refusals(body[:cut])) == (cut < len(body) and body[cut - 1 : cut] != b"\n" and body[cut] != 10)


@settings(max_examples=20)
@given(st.integers(1, 1_500), st.sampled_from(["flat", "problem", "envelope", "row"]))
@example(950, "problem")
@example(985, "row")
def test_any_depth_is_read_without_a_crash(depth: int, kind: str) -> None:
    """Nesting that the reader can hold in one place and not in the next is refused there, or its row is."""
    opening, closing = {
        "flat": (b'{"id":"1","text":"x","referenced_tweets":[', b"]}"),
        "problem": (b"[", b"]"),
        "envelope": (b'{"data":[', b"]}"),
        "row": (b'{"coordinates":', b"}"),
    }[kind]
    nest = opening * depth + b"1" * (kind == "row") + closing * depth
    before = {"problem": b'{"errors":[{"value":', "row": b'{"data":[{"id":"1","text":"x","geo":'}.get(kind, b"")
    body = before + nest + b"}]}" * bool(before) + b"\n"
    assert is_sound(body)
    assert ids(body + lines(page_of(7)))[-1] == "7"


def test_hostile_text_is_read_in_time() -> None:
    """Lines that each seem to open a document over all the others cost no more than a few passes."""
    for line in (b"[", b"{", b'{"a":', b"[1,", b'["', b"}", b"1,", b'{"data":['):
        body = (line + b"\n") * 4_000
        assert len(list(read_pages(body))) >= 1
