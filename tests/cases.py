"""The table of edge cases: what must come of each, as a check of its bronze and silver rows.

A check takes the rows of all tables by identifier, of the one case alone. Its first line of prose is the table's.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

import polars as pl

from fedbytweets.silver import latest, silver_rows
from fedbytweets.tables import silver

Rows: TypeAlias = Mapping[str, pl.DataFrame]
Check: TypeAlias = Callable[[Rows], None]

FIRST, SECOND = 1_850_000_000_000_000_001, 1_849_999_999_999_999_999
AT = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 (the lake's instants are naive UTC)
ALL_COLUMNS = ("tweets", "users", "places", "api_errors", "quarantine", "quality")


def rows_of_case(lake_rows: Rows, case: str) -> dict[str, pl.DataFrame]:
    """Return the rows of one case out of a lake that holds each case as a subject of its own.

    Silver's users and places are merged here: in the lake a row of another case may have won.
    """
    rows = {name: frame.filter(pl.col("subject") == case) for name, frame in lake_rows.items()}
    merged = {
        table.identifier: latest(silver_rows(rows[f"bronze.{table.name}"], table), table)
        for table in (silver.USERS, silver.PLACES)
    }
    return rows | merged


def counts(rows: Rows) -> dict[str, int]:
    """Return the number of bronze rows by table, those without any left out."""
    found = {name: rows[f"bronze.{name}"].height for name in ALL_COLUMNS}
    return {name: height for name, height in found.items() if height}


def only(rows: Rows, table: str, *columns: str) -> list[tuple[object, ...]]:
    """Return some columns of a table's rows in the order of its ids and pages."""
    frame = rows[table]
    order = [name for name in ("id", "page", "page_row", "line", "column_name") if name in frame.columns]
    return frame.sort(order).select(columns).rows()


def _empty_page(rows: Rows) -> None:
    """0 rows, no error; the window still counts as covered."""
    assert counts(rows) == {}
    assert only(rows, "bronze.raw_objects", "pages", "tweets", "quarantined") == [(1, 0, 0)]


def _no_includes(rows: Rows) -> None:
    """1 tweet, 0 users; author_id kept."""
    assert counts(rows) == {"tweets": 1}
    assert only(rows, "bronze.tweets", "id", "author_id") == [(str(FIRST), "11")]
    assert only(rows, "silver.tweets", "id", "author_id") == [(FIRST, 11)]


def _no_geo(rows: Rows) -> None:
    """place_id null."""
    assert counts(rows) == {"tweets": 1, "users": 1}
    assert only(rows, "silver.tweets", "id", "place_id", "longitude") == [(FIRST, None, None)]


def _coordinates_only(rows: Rows) -> None:
    """place_id null; the page is not refused."""
    assert counts(rows) == {"tweets": 1, "users": 1}
    assert only(rows, "silver.tweets", "place_id", "longitude", "latitude") == [(None, -46.6, -23.5)]


def _place_not_included(rows: Rows) -> None:
    """place_id kept, no places row."""
    assert counts(rows) == {"tweets": 1, "users": 1}
    assert only(rows, "silver.tweets", "id", "place_id") == [(FIRST, "zzz")]


def _no_location(rows: Rows) -> None:
    """Location null."""
    assert only(rows, "bronze.users", "id", "location") == [("11", None)]
    assert only(rows, "silver.users", "id", "location") == [(11, None)]


def _user_repeated(rows: Rows) -> None:
    """2 tweets; silver users: 1 row, the later page's."""
    assert counts(rows) == {"tweets": 2, "users": 2}
    assert only(rows, "silver.tweets", "id") == [(SECOND,), (FIRST,)]
    assert only(rows, "silver.users", "id", "name", "followers_count", "tweet_count") == [(11, "Ana 2", 9, 8)]


def _author_missing(rows: Rows) -> None:
    """2 tweets, 1 user, 1 api_errors row."""
    assert counts(rows) == {"tweets": 2, "users": 1, "api_errors": 1}
    assert only(rows, "silver.tweets", "id", "author_id") == [(2, 99), (FIRST, 11)]
    assert only(rows, "bronze.api_errors", "title", "detail", "value", "parameter", "resource_type", "resource_id") == [
        ("Forbidden", "User has been suspended: [99].", "99", "author_id", "user", "99")
    ]


def _errors_only(rows: Rows) -> None:
    """0 rows, 1 api_errors row, not a failure."""
    assert counts(rows) == {"api_errors": 1}
    assert only(rows, "bronze.api_errors", "title", "type", "detail") == [
        ("Not Found Error", "https://api.twitter.com/2/problems/resource-not-found", "x")
    ]


def _largest_id(rows: Rows) -> None:
    """The exact id end to end."""
    assert only(rows, "bronze.tweets", "id") == [("9223372036854775807",)]
    assert only(rows, "silver.tweets", "id") == [(9_223_372_036_854_775_807,)]


def _text_with_controls(rows: Rows) -> None:
    """The text unchanged: line ends, tabs, quotes, separators."""
    text = "a\nb\r\nc\t\"d\", e;'f'\u2028g"
    assert only(rows, "bronze.tweets", "text") == only(rows, "silver.tweets", "full_text") == [(text,)]


def _text_beyond_ascii(rows: Rows) -> None:
    """The text unchanged (no normalisation)."""
    text = (
        "\U0001f469\U0001f3fd\u200d\U0001f4bb\U0001f1e7\U0001f1f7 e\u0301 "
        "\u202eabc\u202c \u0645\u0631\u062d\u0628\u0627 \U0001d54f"
    )
    name = "\u0645\u0631\u062d\u0628\u0627 \U0001f468\u200d\U0001f469\u200d\U0001f467"
    assert only(rows, "bronze.tweets", "text") == only(rows, "silver.tweets", "text") == [(text,)]
    assert only(rows, "silver.users", "name") == [(name,)]


def _long_text(rows: Rows) -> None:
    """The long text available whole; `text` as the API gave it."""
    ((text, whole),) = only(rows, "silver.tweets", "text", "full_text")
    assert isinstance(text, str)
    assert text == "A" * (len(text) - 1) + "…"
    assert whole == "A" * 900


def _retweet(rows: Rows) -> None:
    """Is a retweet; the full text from the included original."""
    assert counts(rows) == {"tweets": 1, "users": 1}
    ((kind, of, whole, text),) = only(
        rows, "silver.tweets", "referenced_type", "referenced_tweet_id", "full_text", "text"
    )
    assert (kind, of, whole) == ("retweeted", 5, "b" * 250)
    assert str(text).startswith("RT @x: bbb")


def _instant_is(given: str) -> Check:
    def check(rows: Rows) -> None:
        """The UTC instant, as written in bronze and typed in silver."""
        assert only(rows, "bronze.tweets", "created_at") == [(given,)]
        assert only(rows, "silver.tweets", "created_at") == [(AT,)]

    return check


def _large_counts(rows: Rows) -> None:
    """No crash, no wrapped number: whole in bronze, null in silver, and a quality row each."""
    assert counts(rows) == {"tweets": 1, "users": 1, "quality": 2}
    assert only(rows, "bronze.users", "followers_count", "tweet_count") == [(2_147_483_648, 3_000_000_000)]
    assert only(rows, "silver.users", "followers_count", "following_count", "tweet_count") == [(None, 0, None)]
    assert only(rows, "bronze.quality", "kind", "table_name", "column_name", "row_id", "value") == [
        ("count-over-int32", "users", "followers_count", "11", "2147483648"),
        ("count-over-int32", "users", "tweet_count", "11", "3000000000"),
    ]


def _verified_type(rows: Rows) -> None:
    """`verified` and `verified_type` both as given."""
    assert only(rows, "silver.users", "id", "verified", "verified_type") == [(11, False, "blue")]


def _unknown_fields(rows: Rows) -> None:
    """Never fails; the unknown is reported (`paid_partnership` and `topics` are known: X documents them)."""
    assert counts(rows) == {"tweets": 1, "users": 1, "quality": 1}
    assert only(rows, "bronze.quality", "kind", "table_name", "column_name", "row_id", "value") == [
        ("unknown-field", "", "data.foo", None, "1")
    ]


def _quarantined(kind: str, line: int, offset: int, **beside: int) -> Check:
    def check(rows: Rows) -> None:
        """Quarantined with its kind, line and offset; what stands beside it is kept."""
        assert counts(rows) == {"quarantine": 1, **beside}
        ((seen_kind, seen_line, seen_offset, message),) = only(
            rows, "bronze.quarantine", "kind", "line", "byte_offset", "message"
        )
        assert (seen_kind, seen_line, seen_offset) == (kind, line, offset)
        assert message

    return check


def _problem(rows: Rows) -> None:
    """An api error, never zero rows in silence."""
    assert counts(rows) == {"api_errors": 1}
    assert only(rows, "bronze.api_errors", "title", "detail", "type") == [
        ("Too Many Requests", "Too Many Requests", "about:blank")
    ]


def _twarc(rows: Rows) -> None:
    """2 pages; time of retrieval from `__twarc`."""
    assert only(rows, "bronze.tweets", "page", "import_date") == [
        (2, datetime(2026, 1, 2, 3, 5)),  # noqa: DTZ001
        (1, datetime(2026, 1, 2, 3, 5)),  # noqa: DTZ001
    ]
    assert only(rows, "silver.users", "name") == [("Ana 2",)]


def _bad_line(rows: Rows) -> None:
    """2 good pages kept, 1 bad line with its number."""
    _quarantined("truncated", 2, 462, tweets=2, users=2)(rows)
    assert only(rows, "silver.tweets", "id") == [(SECOND,), (FIRST,)]


def _post_vocabulary(rows: Rows) -> None:
    """The same columns as the older vocabulary."""
    assert counts(rows) == {"tweets": 1, "users": 1}
    names = ("id", "full_text", "referenced_type", "referenced_tweet_id", "retweet_count", "edit_history_tweet_ids")
    assert only(rows, "silver.tweets", *names) == [(1, "AAA", "quoted", 5, 1, ["1"])]
    assert only(rows, "silver.users", "id", "tweet_count") == [(11, 7)]


def _same_tweet_twice(rows: Rows) -> None:
    """One row per (id, subject); two subjects are told apart in a test of their own."""
    assert counts(rows) == {"tweets": 2, "users": 2}
    assert only(rows, "silver.tweets", "id", "page") == [(FIRST, 2)]
    assert only(rows, "silver.users", "id", "page") == [(11, 2)]


def _same_id_in_a_page(rows: Rows) -> None:
    """One silver row."""
    assert counts(rows) == {"tweets": 2, "users": 2}
    assert only(rows, "silver.tweets", "id", "page_row") == [(FIRST, 2)]
    assert only(rows, "silver.users", "id", "page_row") == [(11, 2)]


CASES: Mapping[str, Check] = {
    "01_empty_page": _empty_page,
    "03_no_includes": _no_includes,
    "04_no_geo": _no_geo,
    "05_geo_coordinates_only": _coordinates_only,
    "08_place_id_not_in_includes": _place_not_included,
    "10_user_without_location": _no_location,
    "13_user_repeated_over_pages": _user_repeated,
    "14_author_missing_from_includes": _author_missing,
    "15_errors_only_200": _errors_only,
    "17_id_over_2_53": _largest_id,
    "20_text_newlines_tabs_quotes": _text_with_controls,
    "21_text_emoji_zwj_rtl": _text_beyond_ascii,
    "24_note_tweet": _long_text,
    "25_retweet_truncated": _retweet,
    "27_created_at_0": _instant_is("2026-01-02T03:04:05Z"),
    "27_created_at_2": _instant_is("2026-01-02T00:04:05.000-03:00"),
    "28_followers_over_int32": _large_counts,
    "30_verified_type_blue": _verified_type,
    "32_unknown_fields": _unknown_fields,
    "36_truncated_json": _quarantined("truncated", 1, 0),
    "40_html_body": _quarantined("not-json", 1, 0),
    "41_problem_json_body": _problem,
    "43_empty_file": _quarantined("empty", 1, 0),
    "45_seed_envelope": _user_repeated,
    "47_seed_envelope_appended_twice": _user_repeated,
    "48_twarc_pages_jsonl": _twarc,
    "50_jsonl_bad_middle_line": _bad_line,
    "51_new_dialect_posts": _post_vocabulary,
    "53_same_tweet_two_subjects": _same_tweet_twice,
    "54_duplicate_ids_in_page": _same_id_in_a_page,
}
