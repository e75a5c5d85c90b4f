"""Inputs that stopped the pipeline in November 2026: each gives its rows and stops no other.

The inputs are in `tests/data/failing/`; its README says what is right for each.
"""

from pathlib import Path

import polars as pl
import pytest
from lakes import lines, load_bronze, merge_silver, page_of

from fedbytweets.lake.lake import Lake
from fedbytweets.tables import BRONZE, SILVER
from flows.import_archive import import_archive
from tasks.raw import import_files

FAILING = Path(__file__).parents[1] / "data" / "failing"
FIRST = 1_850_000_000_000_000_001
GOOD = 1_850_000_000_000_000_777

ROWS = {
    "n06b_id_25_digits.json": {"bronze.tweets": 1, "bronze.users": 1, "silver.users": 1},
    "n07b_year10000.json": {"bronze.tweets": 1, "bronze.users": 1, "silver.tweets": 1, "silver.users": 1},
    "s4_user_year0.jsonl": {"bronze.tweets": 1, "bronze.users": 1, "silver.tweets": 1, "silver.users": 1},
    "s3_retrieved_0001.jsonl": {"bronze.tweets": 1, "silver.tweets": 1},
    "n08_dup_data.json": {"bronze.tweets": 2, "silver.tweets": 2},
    "n20b_v11_compat.jsonl": {"bronze.quarantine": 1},
    "n20_v11_extended.jsonl": {"bronze.quarantine": 1},
    "n21_tweets.js": {"bronze.quarantine": 1},
    "n24_users.jsonl": {"bronze.quarantine": 1},
    "n02b_bom_middle_flat.jsonl": {"bronze.tweets": 3, "bronze.users": 3, "silver.tweets": 3, "silver.users": 1},
    "n48_nan_in_page.jsonl": {"bronze.tweets": 100, "bronze.users": 1, "silver.tweets": 100, "silver.users": 1},
    "n10b_pzstd.zst": {"bronze.tweets": 3, "bronze.users": 3, "silver.tweets": 3, "silver.users": 1},
    "v2_first.json": {"bronze.tweets": 1, "bronze.users": 1, "silver.tweets": 1, "silver.users": 1},
}
"""Input -> rows by table; tables that are not named get none, but for bronze.quality and bronze.raw_objects."""

NOTES = {
    "n06b_id_25_digits.json": {("bad-id", "id", "1000000000000000000000000")},
    "n07b_year10000.json": {
        ("bad-instant", "created_at", "9999-12-31T23:59:59-12:00"),
        ("instant-from-id", "created_at", "2024-10-26T02:22:25.994Z"),
    },
    "s4_user_year0.jsonl": {("bad-instant", "created_at", "0000-01-01T00:00:00.000Z")},
    "s3_retrieved_0001.jsonl": {("bad-instant", "__twarc.retrieved_at", "0001-01-01T00:00:00+00:00")},
}

FORMATS = {
    "n20b_v11_compat.jsonl": "v1.1",
    "n20_v11_extended.jsonl": "v1.1",
    "n21_tweets.js": "download from X",
    "n24_users.jsonl": "users",
}


def _import(lake: Lake, path: Path, subject: str) -> None:
    """Take a file to silver as the import flow does, without the flow."""
    import_files.fn([str(path)], subject)
    load_bronze(lake)
    merge_silver(lake)


def _rows(lake: Lake, subject: str) -> dict[str, pl.DataFrame]:
    tables = {table.identifier: lake.scan(table).collect() for table in BRONZE + SILVER}
    return {name: rows.filter(pl.col("subject") == subject) for name, rows in tables.items()}


@pytest.mark.parametrize("name", ROWS)
def test_a_failing_input_gives_its_rows_and_the_next_file_is_in_silver(lake: Lake, tmp_path: Path, name: str) -> None:
    """Nothing is lost in silence, and a good file imported next reaches silver."""
    _import(lake, FAILING / name, "odd")
    rows = _rows(lake, "odd")
    counts = {table: frame.height for table, frame in rows.items() if frame.height}
    counts.pop("bronze.quality", None)
    assert counts.pop("bronze.raw_objects") == 1
    assert counts == ROWS[name]
    notes = set(rows["bronze.quality"].select("kind", "column_name", "value").iter_rows())
    assert notes >= NOTES.get(name, set())
    if name in FORMATS:
        assert FORMATS[name] in rows["bronze.quarantine"]["message"].item()

    good = tmp_path / "good.json"
    good.write_bytes(lines(page_of([GOOD])))
    _import(lake, good, "good")
    assert _rows(lake, "good")["silver.tweets"]["id"].to_list() == [GOOD]


def test_a_tweet_of_the_new_api_stays_as_it_is_when_the_old_api_gives_it_too(lake: Lake) -> None:
    """Until v1.1 is read, its thin rows never overwrite what is known."""
    _import(lake, FAILING / "v2_first.json", "odd")
    before = _rows(lake, "odd")["silver.tweets"]
    _import(lake, FAILING / "n20b_v11_compat.jsonl", "odd")
    assert _rows(lake, "odd")["silver.tweets"].equals(before)
    assert before.select("id", "author_id", "like_count").rows() == [(FIRST, 11, 4)]


@pytest.mark.flow
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("prefect_api")
def test_all_of_them_pass_the_import_flow_and_a_good_file_after_them(lake: Lake, tmp_path: Path) -> None:
    """None of the flows fails, and each file has its rows."""
    good = tmp_path / "good.json"
    good.write_bytes(lines(page_of([GOOD])))
    import_archive([str(FAILING / name) for name in ROWS], "odd")
    import_archive([str(good)], "good")
    objects = _rows(lake, "odd")["bronze.raw_objects"]
    assert objects.height == len(ROWS)
    assert objects["tweets"].sum() == sum(rows.get("bronze.tweets", 0) for rows in ROWS.values())
    assert _rows(lake, "good")["silver.tweets"]["id"].to_list() == [GOOD]
