"""Any bytes -> pages and refusals, never a crash; and no good page is lost beside them."""

import gzip
import json
from datetime import UTC, datetime
from itertools import chain

import msgspec
import polars as pl
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from raw_samples import ids, lines, page_of, pages, refusals

from fedbytweets.bronze import Source, bronze_rows
from fedbytweets.raw import wire
from fedbytweets.raw.lineage import Lineage
from fedbytweets.raw.reader import Page, Refusal, read_pages
from fedbytweets.silver import latest, merge, silver_rows
from fedbytweets.tables import SILVER

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
    in_order = [item for item in found if not (isinstance(item, Refusal) and item.kind == "unsupported-format")]
    numbered = [item.ordinal for item in found if isinstance(item, Page)]
    places, in_lines = [item.offset for item in in_order], [each.line for each in in_order if isinstance(each, Refusal)]
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


HOSTILE_IDS = st.sampled_from(
    [1_850_000_000_000_000_001, "1850000000000000001", "-5", "+5", "007", "1e5", "", "٣", None, 1e300, -(2**70), True]
    + ["9" * count for count in (19, 20, 22, 4_301)]
)
HOSTILE_INSTANTS = st.sampled_from(
    [
        *("2026-01-02T03:04:05.000Z", "0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59-12:00"),
        *("0001-01-01T00:00:00+01:00", "+12000-01-01T00:00:00.000Z", "", "9" * 400, None, 5, -1e300, float("nan")),
    ]
)
HOSTILE = st.one_of(
    st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400, float("inf"), float("nan"), 1e-320, "\ud83d", "x" * 9_999]),
    st.lists(st.none() | st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["id", "type", "text", "x"]), st.none() | st.integers(), max_size=2),
    HOSTILE_IDS,
    HOSTILE_INSTANTS,
)


def hostile(struct: type[wire.Wire], **usual: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    """Return the strategy of rows that may have anything in any of their fields, and often what is usual in some."""
    names = [field.encode_name for field in msgspec.structs.fields(struct)]
    return st.builds(
        lambda row, odd: row | odd, st.fixed_dictionaries(usual), st.dictionaries(st.sampled_from(names), HOSTILE)
    )


TWEETS = st.lists(hostile(wire.Tweet, id=HOSTILE_IDS, text=st.just("x"), created_at=HOSTILE_INSTANTS), max_size=3)
HOSTILE_PAGES = st.fixed_dictionaries(
    {"data": TWEETS},
    optional={
        "includes": st.fixed_dictionaries(
            {"users": st.lists(hostile(wire.User, id=HOSTILE_IDS, created_at=HOSTILE_INSTANTS), max_size=2)},
            optional={"places": st.lists(hostile(wire.Place, id=HOSTILE_IDS), max_size=2), "tweets": TWEETS},
        ),
        "errors": st.lists(hostile(wire.Problem), max_size=2),
        "meta": hostile(wire.Meta),
        "__twarc": st.fixed_dictionaries({"retrieved_at": HOSTILE_INSTANTS}),
    },
)
LINEAGE = Lineage(subject="lula", origin="archive", retrieved_at=datetime(2026, 1, 3, tzinfo=UTC))


@given(st.lists(HOSTILE_PAGES | JSON, min_size=1, max_size=3), st.sampled_from([None, 1]), st.booleans())
def test_hostile_values_go_from_bytes_to_merged_silver(
    documents: list[object], indent: int | None, twice: bool
) -> None:
    """In every field and layout, and where a key comes twice: rows or refusals, and keys that are ids."""
    body = "\n".join(json.dumps(document, indent=indent) for document in documents).replace(
        '"meta"', '"data"' if twice else '"meta"'
    )
    found = bronze_rows([(Source("lula/a", "lula", LINEAGE, len(body)), read_pages(body.encode()))])
    assert found["raw_objects"].num_rows == 1
    for table in SILVER:
        rows = silver_rows(pl.DataFrame(found[table.name]), table)
        merged = merge(rows, rows, table)
        assert merged.equals(latest(rows, table))
        merged.to_arrow().to_pylist()  # Python holds every value
        assert table.name == "places" or merged["id"].is_between(1, 2**63 - 1).all()
