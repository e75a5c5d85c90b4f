"""Files that once failed to import, and others of their kind -> their bronze and silver rows, and their oddities."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from raw_samples import ids, kinds, lines, page_of, pages, refusals

from fedbytweets.bronze import Source, bronze_rows
from fedbytweets.raw.lineage import Lineage
from fedbytweets.raw.reader import Page, read_pages
from fedbytweets.silver import silver_rows
from fedbytweets.tables import SILVER

FAILING = Path(__file__).parents[1] / "data/failing"
LOADED = datetime(2026, 11, 28, tzinfo=UTC)
FIRST = 1_850_000_000_000_000_001
V1 = {
    "id": FIRST,
    "id_str": str(FIRST),
    "text": "oi",
    "user": {"id_str": "11", "screen_name": "ana"},
    "favorited": False,
}
USER = {"id": "11", "username": "ana", "name": "Ana"}


def tables(body: bytes) -> dict[str, pl.DataFrame]:
    """Return the rows of every bronze and silver table that an imported file gives, by `layer.table`."""
    lineage = Lineage(subject="x", origin="archive", retrieved_at=LOADED, source="file")
    rows = bronze_rows([(Source("x/file", "x", lineage, len(body)), read_pages(body))])
    bronze = {name: pl.DataFrame(found) for name, found in rows.items()}
    silver = {f"silver.{table.name}": silver_rows(bronze[table.name], table) for table in SILVER}
    return {f"bronze.{name}": found for name, found in bronze.items()} | silver


def quality(body: bytes) -> list[tuple[object, ...]]:
    """Return what a file's rows of bronze.quality say."""
    columns = ("kind", "table_name", "column_name", "row_id", "value")
    return tables(body)["bronze.quality"].select(columns).rows()


def one(**fields: object) -> bytes:
    """Return a page of one tweet with some fields of its own."""
    return lines({"data": [{"id": str(FIRST), "text": "oi"} | fields]})


FILES = {
    "n02b_bom_middle_flat.jsonl": (3, 3, [("byte-order-mark", "", "", None, "1")] * 2),
    "n06b_id_25_digits.json": (1, 0, [("bad-id", "tweets", "id", "1" + "0" * 24, "1" + "0" * 24)]),
    "n07b_year10000.json": (
        1,
        1,
        [
            ("bad-instant", "tweets", "created_at", str(FIRST), "9999-12-31T23:59:59-12:00"),
            ("instant-from-id", "tweets", "created_at", str(FIRST), "2024-10-26T02:22:25.994Z"),
        ],
    ),
    "n08_dup_data.json": (2, 2, [("duplicate-key", "", "data", None, "1")]),
    "n10b_pzstd.zst": (3, 3, []),
    "n20_v11_extended.jsonl": (0, 0, []),
    "n20b_v11_compat.jsonl": (0, 0, []),
    "n21_tweets.js": (0, 0, []),
    "n24_users.jsonl": (0, 0, []),
    "n48_nan_in_page.jsonl": (
        100,
        100,
        [("not-a-number", "", "score", None, "1"), ("unknown-field", "", "includes.users.score", None, "1")],
    ),
    "s3_retrieved_0001.jsonl": (
        1,
        1,
        [("bad-instant", "", "__twarc.retrieved_at", None, "0001-01-01T00:00:00+00:00")],
    ),
    "s4_user_year0.jsonl": (1, 1, [("bad-instant", "users", "created_at", "11", "0000-01-01T00:00:00.000Z")]),
    "v2_first.json": (1, 1, []),
}
"""Tweets in bronze, tweets in silver, rows of bronze.quality."""


def test_every_failing_file_is_expected_here() -> None:
    """A file added to the folder is not passed over."""
    assert {path.name for path in FAILING.iterdir()} - {"README.md"} == FILES.keys()


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_failed_gives_its_rows(name: str) -> None:
    """And names what is odd about it."""
    body = (FAILING / name).read_bytes()
    found = tables(body)
    assert (found["bronze.tweets"].height, found["silver.tweets"].height, quality(body)) == FILES[name]


NOT_YET = {
    "n20_v11_extended.jsonl": ("tweets of X API v1.1", 3),
    "n20b_v11_compat.jsonl": ("tweets of X API v1.1", 3),
    "n21_tweets.js": ("an account's own download from X", 3),
    "n24_users.jsonl": ("users of X API v2", 2),
}


@pytest.mark.parametrize("name", NOT_YET)
def test_a_format_that_is_not_read_yet_is_one_row_that_names_it(name: str) -> None:
    """With how many documents there are; no row of any other table."""
    body = (FAILING / name).read_bytes()
    (refusal,) = refusals(body)
    format_name, documents = NOT_YET[name]
    assert (refusal.kind, pages(body)) == ("unsupported-format", [])
    assert refusal.message.startswith(f"{format_name}: this format is not supported yet ({documents} documents, ")


OTHER_FORMATS = [
    ([V1, V1], "tweets of X API v1.1", 2),
    ({"statuses": [V1, V1]}, "tweets of X API v1.1", 1),
    ({"results": [V1]}, "tweets of X API v1.1", 1),
    ({"data": [V1]}, "tweets of X API v1.1", 1),
    ({"id": 11, "id_str": "11", "screen_name": "ana"}, "users of X API v1.1", 1),
    ({"users": [{"id": 11, "screen_name": "ana"}], "next_cursor": 0}, "users of X API v1.1", 1),
    ({"delete": {"status": {"id": 1}}}, "notices of X API v1.1 streams", 1),
    ({"data": USER}, "users of X API v2", 1),
    ([{"tweet": {"id_str": "1", "full_text": "x"}}], "an account's own download from X", 1),
    ({"id": "tag:x,2005:1", "verb": "post", "actor": {}, "body": "x"}, "Gnip activities", 1),
]


@pytest.mark.parametrize(("document", "name", "documents"), OTHER_FORMATS)
def test_a_mixed_file_keeps_its_good_pages(document: object, name: str, documents: int) -> None:
    """Other formats around them are one row each."""
    body = lines(page_of(1), document, page_of(2))
    (refusal,) = refusals(body)
    assert (ids(body), refusal.kind, refusal.line) == (["1", "2"], "unsupported-format", 2)
    assert refusal.message.startswith(f"{name}: this format is not supported yet ({documents} documents, ")


def test_tweets_of_v1_among_tweets_of_v2_are_left_out() -> None:
    """They never become rows with half of their columns."""
    body = lines({"data": [{"id": "1", "text": "oi"}, V1]})
    assert (ids(body), kinds(body)) == (["1"], ["unsupported-format"])


@pytest.mark.parametrize(
    "text", ["-5", "+5", "0", "007", " 5", "5 ", "1e5", "9" * 19, "9" * 5_000, "\u0665", "5.0", ""]
)
def test_what_is_no_id_is_kept_in_bronze_and_never_a_key(text: str) -> None:
    """As it came, and named."""
    found = tables(one(id=text, author_id=text))
    assert found["bronze.tweets"].select("id", "author_id").rows() == [(text, text)]
    assert found["silver.tweets"].is_empty()
    assert quality(one(id=text)) == [("bad-id", "tweets", "id", text, text)]
    assert found["bronze.raw_objects"]["oldest_at"].to_list() == [None]


INSTANTS = [
    ("0000-01-01T00:00:00.000Z", FIRST, datetime(2024, 10, 26, 2, 22, 25, 994_000)),  # noqa: DTZ001
    ("yesterday", FIRST, datetime(2024, 10, 26, 2, 22, 25, 994_000)),  # noqa: DTZ001
    ("0001-01-01T00:00:00+12:00", 5, None),
    ("yesterday", 2**63 - 1, None),
    (None, FIRST, None),
    ("0001-01-01T00:00:00Z", FIRST, datetime(1, 1, 1)),  # noqa: DTZ001
    ("9999-12-31T23:59:59.999999Z", FIRST, datetime(9999, 12, 31, 23, 59, 59, 999_999)),  # noqa: DTZ001
]


@pytest.mark.parametrize(("written", "post", "expected"), INSTANTS)
def test_an_instant_that_cannot_be_held_comes_from_the_id_where_it_can(
    written: str | None, post: int, expected: datetime | None
) -> None:
    """Not from one of before ids held instants, nor from one of the future, nor where none came."""
    body = one(id=str(post), created_at=written)
    assert tables(body)["silver.tweets"]["created_at"].to_list() == [expected]
    assert [row[0] for row in quality(body)] == (
        [] if expected is None and written is None else
        [] if expected and expected.year in (1, 9999) else
        ["bad-instant", "instant-from-id"] if expected else ["bad-instant"]
    )  # fmt: skip


@pytest.mark.parametrize("stamp", ["0999-01-01T00:00:00Z", "yesterday", "2006-03-20T00:00:00Z", "2026-11-30T00:00:00Z"])
def test_a_time_of_retrieval_that_cannot_be_is_named_and_that_of_the_import_taken(stamp: str) -> None:
    """The row is kept, and nothing is refused."""
    body = lines({"data": [{"id": str(FIRST), "text": "oi"}], "__twarc": {"retrieved_at": stamp}})
    assert tables(body)["silver.tweets"]["import_date"].to_list() == [LOADED.replace(tzinfo=None)]
    assert quality(body) == [("bad-instant", "", "__twarc.retrieved_at", None, stamp)]
    assert kinds(body) == []


def notes(body: bytes) -> list[tuple[int, str, str, int]]:
    """Return the number of a page, and kind, path and count of what is odd there."""
    return [(page.ordinal, note.kind, note.path, note.times) for page in pages(body) for note in page.notes]


NAN = [
    (lines(page_of(1) | {"mood": float("nan")}), [(1, "not-a-number", "mood", 1)]),
    (
        json.dumps(page_of(1) | {"mood": [float("inf"), -float("inf")]}, indent=2).encode(),
        [(1, "not-a-number", "mood", 2)],
    ),
    (json.dumps([page_of(1), page_of(1) | {"a": float("nan")}]).encode(), [(2, "not-a-number", "a", 1)]),
    (
        json.dumps({"data": [page_of(1), page_of(1) | {"a": float("nan")}]}, indent=4).encode(),
        [(2, "not-a-number", "a", 1)],
    ),
    (lines({"id": "1", "text": 'NaN, "NaN": NaN', "x": float("nan")}), [(1, "not-a-number", "x", 1)]),
]


@pytest.mark.parametrize(("body", "expected"), NAN)
def test_a_value_that_is_no_number_is_null_and_named(body: bytes, expected: list[object]) -> None:
    """In every layout; also where a string holds the same letters."""
    assert set(ids(body)) == {"1"}
    assert (notes(body), kinds(body)) == (expected, [])


def test_places_behind_a_value_that_is_no_number_are_those_of_the_text() -> None:
    """Although null is longer than NaN."""
    bad = b'{"a":[NaN,NaN,NaN]}'
    body = b"[" + bad + b",\n" + b'{"b":1}' + b"]\nx"
    assert [(found.line, found.offset) for found in refusals(body)] == [(1, 1), (2, len(bad) + 3), (3, len(body) - 1)]


REPEATS = [
    (b'{"data":[{"id":"1","text":"a"}],"data":[]}', ["1"], ["data"]),
    (
        b'{"data":[{"id":"1","text":"a"}],"data":[{"id":"1","text":"a"},{"id":"2","text":"b"}]}',
        ["1", "1", "2"],
        ["data"],
    ),
    (b'{"data":[%s],"data":[%s]}' % (lines(page_of(1)), lines(page_of(2))), ["1", "2"], ["data"]),
    (b'{"data":[{"id":"1","text":"a"}],"meta":{"next_token":"a"},"meta":{"next_token":"b"}}', ["1"], ["meta"]),
    (b'{"id":"1","text":"a","text":"b"}', ["1"], ["text"]),
    (
        b'[%s,{"data":{"id":"2","text":"a"},"data":{"id":"3","text":"a"}}]' % lines(page_of(1)),
        ["1", "2", "3"],
        ["data"],
    ),
]


@pytest.mark.parametrize(("body", "expected", "keys"), REPEATS)
def test_a_key_that_comes_twice_loses_no_row(body: bytes, expected: list[str], keys: list[str]) -> None:
    """The rows of all are kept, and the key is named."""
    assert (ids(body), kinds(body)) == (expected, [])
    assert [(kind, path) for _, kind, path, _ in notes(body)] == [("duplicate-key", key) for key in keys]


def test_users_of_two_includes_and_of_two_lists_are_all_kept() -> None:
    """Whether the outer key or the inner one comes twice."""
    body = (
        b'{"data":[{"id":"1","text":"a"}],"includes":{"users":[{"id":"1"}],"users":[{"id":"2"}]},'
        b'"includes":{"users":[{"id":"3"}],"tweets":[{"id":"9","text":"z"}]}}'
    )
    (page,) = pages(body)
    assert ([user.id for user in page.users], [post.id for post in page.originals]) == (["1", "2", "3"], ["9"])


def test_numbers_for_text_are_kept_as_written_and_counted() -> None:
    """By path; a float is no id."""
    body = b'{"data":[{"id":123,"text":5},{"id":1e5,"text":"a"}],"includes":{"users":[{"id":"1","username":7}]}}'
    (page,) = pages(body)
    assert [(post.id, post.text) for post in page.tweets] == [("123", "5"), ("1e5", "a")]
    assert notes(body) == [
        (1, "number-for-text", "data.id", 2),
        (1, "number-for-text", "data.text", 1),
        (1, "number-for-text", "includes.users.username", 1),
    ]
    assert tables(body)["silver.tweets"]["id"].to_list() == [123]


def test_records_that_open_with_a_separator_are_read() -> None:
    """RFC 7464, and byte-order marks between documents of one line."""
    good = lines(page_of(1))
    assert ids(b"\x1e" + good + b"\x1e" + good) == ["1", "1"]
    body = good.strip() + b"\xef\xbb\xbf" + good
    assert (ids(body), notes(body)) == (["1", "1"], [(2, "byte-order-mark", "", 1)])


def zstd(plain: bytes) -> bytes:
    """Return a frame of zstd."""
    return bytes(pa.Codec("zstd").compress(plain, asbytes=True))


SKIPPED = b"\x5a\x2a\x4d\x18\x03\x00\x00\x00abc"
PACKED = [
    lambda one, two: SKIPPED + zstd(one) + SKIPPED + zstd(two) + SKIPPED,
    lambda one, two: gzip.compress(one) + b"\0" * 9 + gzip.compress(two) + b"\0" * 512,
]


@pytest.mark.parametrize("pack", PACKED)
def test_frames_and_members_with_filling_between_are_read(pack: object) -> None:
    """At the front, in the middle and at the end."""
    body = pack(lines(page_of(1)), lines(page_of(2)))
    assert (ids(body), kinds(body)) == (["1", "2"], [])


BOMBS = [
    bytes,
    gzip.compress,
    zstd,
    lambda plain: gzip.compress(plain[: len(plain) // 2]) + gzip.compress(plain[len(plain) // 2 :]),
    lambda plain: zstd(plain[: len(plain) // 2]) + zstd(plain[len(plain) // 2 :]),
    lambda plain: gzip.compress(plain[:-2])[:-9],
]


@pytest.mark.parametrize("pack", BOMBS)
def test_an_object_of_more_text_than_the_bound_is_one_refusal(pack: object) -> None:
    """The same object within the bound is read."""
    plain = lines(page_of(1)) + b" " * 3_000_000
    (refusal,) = list(read_pages(pack(plain), most_bytes=2_000_000))
    assert (refusal.kind, refusal.line, refusal.offset) == ("too-large", 1, 0)
    assert "2,000,000 bytes" in refusal.message
    assert "FEDBYTWEETS_OBJECT_MEGABYTES" in refusal.message
    assert ids(pack(plain)) == ["1"]


def test_text_that_grows_in_utf_8_is_held_to_the_bound_too() -> None:
    """Two bytes of UTF-16 can be three."""
    wide = lines(page_of(1, text="\u2026" * 1_000)).decode().encode("utf-16")
    assert [found.kind for found in read_pages(wide, most_bytes=len(wide))] == ["too-large"]
    assert ids(wide) == ["1"]


BAD_VALUES = {
    "public_metrics.like_count": [1.5, True, 2**63, 1e30, "", [], {}],
    "source": [[1], {}, True],
    "conversation_id": [{}, []],
    "referenced_tweets": [{}, 5],
    "referenced_tweets.id": [[], True],
    "possibly_sensitive": ["perhaps", 7, []],
    "geo": [5, []],
    "edit_history_tweet_ids": [{}, 7],
    "public_metrics": [[], "many"],
}


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, values in BAD_VALUES.items() for value in values])
def test_one_bad_value_does_not_cost_its_row(path: str, value: object) -> None:
    """The tweet is kept without it, its neighbour as it is, and the page says which field was bad."""
    outer, _, inner = path.partition(".")
    held = [{"type": "quoted", inner: value}] if outer == "referenced_tweets" and inner else {inner: value}
    odd = {"id": "1850000000000000001", "text": "a", "author_id": "7", outer: held if inner else value}
    page = {"data": [odd, {"id": "1850000000000000002", "text": "b"}], "meta": {"result_count": 2}}
    (found,) = read_pages(json.dumps(page).encode())
    assert isinstance(found, Page)
    assert [(tweet.id, tweet.text, tweet.author_id) for tweet in found.tweets] == [
        ("1850000000000000001", "a", "7"),
        ("1850000000000000002", "b", None),
    ]
    assert ("bad-value", f"data.{path}", 1) in [(note.kind, note.path, note.times) for note in found.notes]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (b"x\x01y", "x\x01y"),
        (b"x\ty", "x\ty"),
        (b"x\xe1y", "x\ufffdy"),
        (b"x\\qy", "x\\qy"),
        (b"\xed\xa0\x80", "\ufffd" * 3),
    ],
)
def test_bytes_that_json_does_not_allow_in_text_do_not_cost_the_page(written: bytes, read: str) -> None:
    """Both tweets are kept, and the page says that its text was odd."""
    (found,) = read_pages(b'{"data":[{"id":"1","text":"%s"},{"id":"2","text":"b"}]}' % written)
    assert isinstance(found, Page)
    assert [(tweet.id, tweet.text) for tweet in found.tweets] == [("1", read), ("2", "b")]
    assert [(note.kind, note.path, note.times) for note in found.notes] == [("bad-text", "", 1)]


def test_refusals_beyond_a_thousand_of_one_object_are_one_that_counts_them() -> None:
    """A list of a million numbers does not become a million rows; a page after it is read."""
    body = b"[" + b"1," * 4_999 + b"1]\n" + b'{"data":[{"id":"1","text":"a"}]}'
    found = list(read_pages(body))
    assert [len(ids(body)), len(found)] == [1, 1_002]
    assert found[-1].message.startswith("and 4,000 more that could not be read, the first on this line: JSON, but")
