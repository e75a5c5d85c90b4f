"""What is expected of silver, on rows that keep it and on rows that break it, one at a time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fedbytweets.instants import from_snowflake
from fedbytweets.quality import (
    EXPECTATIONS,
    Expectation,
    Finding,
    Fresh,
    NeverFewer,
    Severity,
    Standing,
    Tally,
    Unique,
    Usual,
    Verdict,
    judged,
    of_table,
    row_finding,
    tallies,
)
from fedbytweets.tables import SILVER, Table, silver

ID = 1_590_000_000_000_000_000
POSTED = from_snowflake(ID).replace(tzinfo=None)
FIRST_TWEET = datetime(2006, 3, 21, 20, 50, 14, tzinfo=UTC).replace(tzinfo=None)
NOW = datetime(2026, 1, 2, 12, tzinfo=UTC)
GOOD: dict[str, dict[str, Any]] = {
    "tweets": {
        "id": ID, "subject": "lula", "created_at": POSTED, "author_id": 7, "text": "oi", "file_name": "lula/1.json",
        "import_date": POSTED + timedelta(hours=1), "like_count": 0, "longitude": -54.6, "latitude": -20.4,
        "referenced_type": "quoted",
    },
    "users": {
        "id": 7, "username": "ana", "name": "Ana", "followers_count": 0, "verified_type": "none",
        "created_at": POSTED, "import_date": POSTED + timedelta(hours=1), "file_name": "lula/1.json",
    },
    "places": {
        "id": "p1", "full_name": "Campo Grande", "place_type": "city", "west_longitude": -55.0, "south_latitude": -21.0,
        "import_date": POSTED, "file_name": "lula/1.json",
    },
}  # fmt: skip
BROKEN = [
    ("tweets", {"id": None}, "never null: id, subject"),
    ("tweets", {"file_name": None}, "never null: import_date, file_name"),
    ("tweets", {"text": None}, "never null: created_at, author_id, text"),
    (
        "tweets",
        {"created_at": FIRST_TWEET - timedelta(seconds=1), "id": 20},
        "at least 2006-03-21 20:50:14: created_at",
    ),
    ("tweets", {"import_date": POSTED - timedelta(hours=1)}, "created_at is not after import_date"),
    ("tweets", {"created_at": POSTED - timedelta(seconds=2)}, "created_at is the instant in the id"),
    ("tweets", {"longitude": 180.1}, "at least -180 and at most 180: longitude"),
    ("tweets", {"latitude": -90.1}, "at least -90 and at most 90: latitude"),
    ("tweets", {"referenced_type": "echoed"}, "referenced_type is one of retweeted, quoted, replied_to"),
    ("users", {"username": None}, "never null: username, name"),
    ("users", {"created_at": POSTED + timedelta(hours=2)}, "created_at is not after import_date"),
    ("users", {"verified_type": "red"}, "verified_type is one of blue, business, government, none"),
    ("places", {"full_name": None}, "never null: full_name"),
    ("places", {"west_longitude": -181.0}, "at least -180 and at most 180: west_longitude, east_longitude"),
    ("places", {"south_latitude": 90.5}, "at least -90 and at most 90: south_latitude, north_latitude"),
    (
        "places",
        {"place_type": "planet"},
        "place_type is one of poi, neighborhood, city, admin, country, unknown",
    ),
]


def _table(name: str) -> Table:
    return next(table for table in SILVER if table.name == name)


def _of_rows(table: Table) -> list[Expectation]:
    return [each for each in of_table(table) if not isinstance(each.check, Fresh | NeverFewer | Usual)]


def _broken(table: Table, *rows: dict[str, Any]) -> dict[str, Tally]:
    frame = pl.DataFrame([GOOD[table.name] | row for row in rows], schema=table.frame_schema)
    counted = zip(_of_rows(table), tallies(frame, _of_rows(table)), strict=True)
    return {each.says: tally for each, tally in counted if tally.broken}


def _only(kind: type, table: Table = silver.TWEETS) -> Expectation:
    return next(each for each in of_table(table) if isinstance(each.check, kind))


def _standing(**figures: Any) -> Standing:
    usual = {"rows_before": 10, "rows": 20, "new_rows": 10, "newest_at": NOW, "usual_new_rows": (), "now": NOW}
    return Standing(**{**usual, "collects": True, **figures})


@pytest.mark.parametrize("table", SILVER, ids=lambda table: table.name)
def test_good_rows_break_nothing(table: Table) -> None:
    """A usual row of each table keeps all that is expected of it."""
    assert _broken(table, {}) == {}


@pytest.mark.parametrize(("name", "change", "says"), BROKEN, ids=[f"{name} {says}" for name, _, says in BROKEN])
def test_one_wrong_value_breaks_the_one_expectation_about_it(name: str, change: dict[str, Any], says: str) -> None:
    """The row is counted once, beside a good one, and named by its key."""
    other = {"id": GOOD[name]["id"] + (1 if name != "places" else "x")}
    found = _broken(_table(name), change, other)

    assert found.keys() == {says}
    assert (found[says].rows, found[says].broken) == (2, 1)


@pytest.mark.parametrize("column", ["like_count", "retweet_count", "impression_count"])
def test_a_count_below_zero_is_noticed(column: str) -> None:
    """Whichever of the counts it is."""
    assert [tally.examples for tally in _broken(silver.TWEETS, {column: -1}).values()] == [(f"{ID} lula",)]


def test_every_row_of_a_shared_key_is_counted_and_the_key_named_once() -> None:
    """One tweet of two subjects is no repetition; the same tweet twice for one subject is."""
    assert _broken(silver.TWEETS, {}, {"subject": "bolsonaro"}) == {}
    assert _broken(silver.TWEETS, {}, {"text": "other"}) == {
        "one row for each id and subject": Tally(2, 2, (f"{ID} lula",))
    }


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.sampled_from([0, -1]), max_size=5), max_size=5))
def test_tallies_of_parts_add_up_to_that_of_the_whole(parts: list[list[int]]) -> None:
    """So a table can be looked at file by file."""
    counts = next(each for each in _of_rows(silver.USERS) if each.says.startswith("at least 0"))

    def tally(values: list[int]) -> Tally:
        rows = [GOOD["users"] | {"id": number, "tweet_count": value} for number, value in enumerate(values)]
        return tallies(pl.DataFrame(rows, schema=silver.USERS.frame_schema), [counts])[0]

    whole = tally([value for part in parts for value in part])
    added = sum((tally(part) for part in parts), Tally())

    assert (added.rows, added.broken) == (whole.rows, whole.broken)


def test_a_breach_fails_or_warns_as_declared_and_its_sentence_says_all() -> None:
    """The key is a failure, a kind that X does not document a warning."""
    key, kind = _only(Unique), next(each for each in of_table(silver.TWEETS) if "referenced_type" in each.says)
    tally = Tally(9, 2, ("1 lula",))

    assert row_finding(key, Tally(9), "in all files: 1") == Finding(
        "silver.tweets", key.says, key.reason, Verdict.MET, "9 rows in all files: 1"
    )
    assert row_finding(key, tally, "in all files: 1").verdict is Verdict.FAILED
    assert row_finding(kind, tally, "in all files: 1").verdict is Verdict.WARNED
    assert row_finding(key, tally, "in all files: 1").sentence == (
        "silver.tweets: one row for each id and subject; 2 of 9 rows break it in all files: 1, such as 1 lula"
    )


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ({"newest_at": NOW - timedelta(hours=12)}, Verdict.MET),
        ({"newest_at": NOW - timedelta(hours=12, seconds=1)}, Verdict.WARNED),
        ({"newest_at": NOW - timedelta(days=900), "collects": False}, Verdict.NOT_JUDGED),
        ({"newest_at": None}, Verdict.NOT_JUDGED),
    ],
)
def test_freshness_is_judged_of_runs_that_collect(figures: dict[str, Any], verdict: Verdict) -> None:
    """An archive may be as old as it likes."""
    assert judged(_only(Fresh), _standing(**figures)).verdict is verdict


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ({"usual_new_rows": (100,) * 4, "new_rows": 1}, Verdict.NOT_JUDGED),
        ({"usual_new_rows": (0, 0, 100, 100, 100, 100), "new_rows": 1}, Verdict.NOT_JUDGED),
        ({"usual_new_rows": (100,) * 5, "new_rows": 5}, Verdict.MET),
        ({"usual_new_rows": (100,) * 5, "new_rows": 4}, Verdict.WARNED),
        ({"usual_new_rows": (100,) * 5, "new_rows": 2000}, Verdict.MET),
        ({"usual_new_rows": (100,) * 5, "new_rows": 2001}, Verdict.WARNED),
        ({"usual_new_rows": (100,) * 5, "new_rows": 0}, Verdict.NOT_JUDGED),
    ],
)
def test_new_rows_are_held_against_the_median_of_earlier_runs(figures: dict[str, Any], verdict: Verdict) -> None:
    """Five runs that brought some make a usual; within twenty times of it nothing is said."""
    assert judged(_only(Usual), _standing(**figures)).verdict is verdict


def test_fewer_rows_than_before_are_warned_of() -> None:
    """As many are fine."""
    assert judged(_only(NeverFewer), _standing(rows_before=20)).verdict is Verdict.MET
    assert judged(_only(NeverFewer), _standing(rows_before=21)) == Finding(
        "silver.tweets", "a run leaves no fewer rows than it found", _only(NeverFewer).reason,
        Verdict.WARNED, "21 rows before, 20 after",
    )  # fmt: skip


@pytest.mark.parametrize("table", SILVER, ids=lambda table: table.name)
def test_every_table_has_its_key_and_lineage_guarded_and_every_expectation_a_reason(table: Table) -> None:
    """Keys that are not unique, or null, fail a run, whichever table it is."""
    failing = {each.says for each in of_table(table) if each.severity is Severity.FAIL}

    assert failing == {
        f"one row for each {' and '.join(table.key)}",
        f"never null: {', '.join(table.key)}",
        "never null: import_date, file_name",
    }
    assert all(each.reason.endswith((".", ").")) for each in EXPECTATIONS)
    assert all(
        set(each.check.columns) <= set(table.names)
        for each in of_table(table)
        if not isinstance(each.check, Fresh | NeverFewer | Usual)
    )
