"""One raw object that makes a step raise: it is put aside with its reason, and all others go on to silver.

No value that is known makes a step raise any more, so these tests make single steps raise for one object.
"""

import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import NOON, contents, lake_in, lay, lines, page_of
from pyiceberg.table import Table as IcebergTable

from fedbytweets.coverage import UnreadFacts
from fedbytweets.errors import UnavailableError
from fedbytweets.lake import files, load, merge, parts, ranges, silver
from fedbytweets.lake.isolation import PutAside, isolating, put_aside, told_of
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.pages import stored_facts
from fedbytweets.lake.parts import lay_out
from fedbytweets.tables import SILVER, Table, bronze
from fedbytweets.tables import silver as silver_tables
from tasks.bronze import list_pending, load_bronze, reload_bronze
from tasks.silver import merge_silver

GUILTY = "lula/2.json"
IDS = {f"lula/{number}.json": number for number in range(1, 6)}
INNOCENT = {number for key, number in IDS.items() if key != GUILTY}


@pytest.fixture
def filled(lake: Lake) -> Lake:
    """Return a lake with five raw objects of one tweet each."""
    for key, number in IDS.items():
        lay(lake, key, lines(page_of([number])))
    return lake


def held(lake: Lake, table: Table) -> set[int]:
    """Return the ids that a table holds."""
    return set(lake.scan(table).select(pl.col("id").cast(pl.Int64)).collect()["id"])


def quarantined(lake: Lake) -> list[tuple[str, str, str]]:
    """Return key, kind and message of each row of quarantine."""
    return lake.scan(bronze.QUARANTINE).collect().sort("file_name").select("file_name", "kind", "message").rows()


Raise = Callable[[pytest.MonkeyPatch, Exception], None]


def _decoding(patch: pytest.MonkeyPatch, error: Exception) -> None:
    kept_out = load.kept_out

    def raising(lake: Lake, raw_object: load.RawObject, *rest: object) -> bytes:
        if raw_object.key == GUILTY:
            raise error
        return kept_out(lake, raw_object, *rest)

    patch.setattr(load, "kept_out", raising)


def _writing(patch: pytest.MonkeyPatch, error: Exception) -> None:
    write_rows = parts.write_rows

    def raising(iceberg: IcebergTable, declared: Table, rows: pa.Table) -> object:
        if declared is bronze.TWEETS and GUILTY in rows["file_name"].to_pylist():
            raise error
        return write_rows(iceberg, declared, rows)

    patch.setattr(parts, "write_rows", raising)


def _appending(patch: pytest.MonkeyPatch, error: Exception) -> None:
    held_keys = parts.held_keys

    def raising(iceberg: IcebergTable, keys: frozenset[str], *rest: datetime) -> frozenset[str]:
        if iceberg.name()[-1] == "users" and GUILTY in keys:
            raise error
        return held_keys(iceberg, keys, *rest)

    patch.setattr(parts, "held_keys", raising)


ERRORS = [OverflowError("too large\x1b[2J for a C long"), MemoryError(), RecursionError("deep"), pa.ArrowInvalid("bad")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("fail", [_decoding, _writing, _appending])
def test_an_object_that_makes_a_step_to_bronze_raise_stops_no_other(
    filled: Lake, monkeypatch: pytest.MonkeyPatch, fail: Raise, error: Exception
) -> None:
    """It is named with its reason, in the result and in quarantine; it is entered once, and not tried again."""
    fail(monkeypatch, error)
    loaded = load_bronze.fn(list_pending.fn(""))

    assert held(filled, bronze.TWEETS) >= INNOCENT
    ((key, kind, message),) = quarantined(filled)
    assert (key, kind) == (GUILTY, "failed")
    assert type(error).__name__ in message
    assert "\x1b" not in message
    assert loaded.failed == (PutAside(GUILTY, message),)
    assert sorted(filled.scan(bronze.RAW_OBJECTS).collect()["file_name"]) == sorted(IDS)
    assert list_pending.fn("") == []
    merge_silver.fn("tweets", rebuild=False)
    assert held(filled, silver_tables.TWEETS) >= INNOCENT


def test_a_replay_tries_an_object_again_that_was_put_aside(filled: Lake) -> None:
    """Its row of quarantine goes, and its rows come."""
    with pytest.MonkeyPatch.context() as patch:
        _decoding(patch, OverflowError("too large"))
        load_bronze.fn(list_pending.fn(""))
        assert [each.key for each in reload_bronze.fn("", None, None).failed] == [GUILTY]
    assert len(quarantined(filled)) == 1

    assert reload_bronze.fn("lula", None, None).failed == ()
    assert held(filled, bronze.TWEETS) == set(IDS.values())
    assert quarantined(filled) == []


@pytest.mark.parametrize("fail", [_decoding, _writing, _appending])
def test_a_failure_of_storage_puts_nothing_aside(filled: Lake, monkeypatch: pytest.MonkeyPatch, fail: Raise) -> None:
    """It is raised, so that the task tries again or says what to do; all objects are still pending."""
    fail(monkeypatch, UnavailableError("later"))
    with pytest.raises(UnavailableError, match="later"):
        load_bronze.fn(list_pending.fn(""))
    assert quarantined(filled) == []
    assert [each.key for each in list_pending.fn("")] == list(IDS)


def _typing(patch: pytest.MonkeyPatch, error: Exception) -> None:
    silver_rows = silver.silver_rows

    def raising(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
        if GUILTY in rows["file_name"].to_list():
            raise error
        return silver_rows(rows, table)

    patch.setattr(silver, "silver_rows", raising)
    patch.setattr(ranges, "silver_rows", raising)


def _writing_silver(patch: pytest.MonkeyPatch, error: Exception) -> None:
    def raising(iceberg: IcebergTable, declared: Table, rows: pl.DataFrame) -> object:
        if GUILTY in rows["file_name"].to_list():
            raise error
        return files.write_rows(iceberg, declared, rows)

    patch.setattr(merge, "write_rows", raising)
    patch.setattr(ranges, "write_rows", raising)


@pytest.mark.parametrize(
    "error", [OverflowError("year 10000"), pl.exceptions.ComputeError("no")], ids=["any", "polars"]
)
@pytest.mark.parametrize("fail", [_typing, _writing_silver])
@pytest.mark.parametrize("table", SILVER[:2], ids=lambda table: table.name)
def test_rows_that_make_a_merge_raise_are_left_out_of_it_and_named(
    filled: Lake, monkeypatch: pytest.MonkeyPatch, fail: Raise, error: Exception, table: Table
) -> None:
    """A new table, a merge, a rebuild: all others are in silver, progress is recorded, the next is not blocked."""
    fail(monkeypatch, error)
    load_bronze.fn(list_pending.fn(""))
    merged = merge_silver.fn(table.name, rebuild=False)

    assert held(filled, table) == INNOCENT
    ((key, kind, message),) = quarantined(filled)
    assert (key, kind) == (GUILTY, "failed")
    assert message.startswith(f"bronze to {table.identifier}: {type(error).__name__}: {error}")
    assert merged.failed == (PutAside(GUILTY, message),)

    lay(filled, "lula/6.json", lines(page_of([6])))
    load_bronze.fn(list_pending.fn(""))
    assert merge_silver.fn(table.name, rebuild=False).failed == ()
    assert held(filled, table) == INNOCENT | {6}

    assert merge_silver.fn(table.name, rebuild=True).failed == merged.failed
    assert held(filled, table) == INNOCENT | {6}
    assert len(quarantined(filled)) == 1


def test_a_merge_into_a_silver_that_has_rows_leaves_out_only_the_guilty_of_the_new_ones(
    filled: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of earlier objects are not looked at again."""
    load_bronze.fn(list_pending.fn(""))
    merge_silver.fn("tweets", rebuild=False)
    for number in (6, 7):
        lay(filled, f"lula/{number}.json", lines(page_of([number])))
    load_bronze.fn(list_pending.fn(""))
    monkeypatch.setattr("test_lake_isolation.GUILTY", "lula/6.json")
    _typing(monkeypatch, ValueError("six"))

    assert [each.key for each in merge_silver.fn("tweets", rebuild=False).failed] == ["lula/6.json"]
    assert held(filled, silver_tables.TWEETS) == {*IDS.values(), 7}


@pytest.mark.parametrize("setting", ["threads:2", "processes:2"])
def test_workers_put_an_object_aside_within_their_part(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    """In other processes too: here what raises is lineage that is none, which they meet for themselves."""
    monkeypatch.setenv("FEDBYTWEETS_WORKERS", setting)
    monkeypatch.setenv("FEDBYTWEETS_CHUNK_MEGABYTES", "1")
    for key, number in IDS.items():
        lay(lake, key, lines(page_of([number])) + b"\n" * (600 << 10))
    Path(lake.location.path("bronze/batch/lineage", f"{GUILTY}.json")).write_bytes(b'{"subject":')
    loaded = load_bronze.fn(list_pending.fn(""))

    assert held(lake, bronze.TWEETS) == INNOCENT
    assert [each.key for each in loaded.failed] == [GUILTY]


def test_lineage_that_is_none_may_have_cost_a_whole_page_before_and_after_it_is_put_aside(lake: Lake) -> None:
    """An answer of a search may be behind it: it counts when it was stored, as the largest page there is."""
    lay(lake, "lula/1.json", lines(page_of([1])))
    Path(lake.location.path("bronze/batch/lineage/lula/1.json.json")).write_bytes(b"\x00\xff")
    (raw_object,) = lake.raw.list()
    (before,) = stored_facts(lake)
    load_bronze.fn(list_pending.fn(""))
    (after,) = stored_facts(lake)

    assert before == after
    assert isinstance(before, UnreadFacts)
    assert (before.subject, before.retrieved_at) == ("lula", raw_object.modified_at)
    assert before.posts >= 100
    assert quarantined(lake)[0][2].startswith("raw to bronze rows: InputError: Lineage ")


@pytest.mark.parametrize("year", [1, 999, 9999])
def test_an_object_retrieved_in_any_year_is_loaded_once(lake: Lake, year: int) -> None:
    """Loading it again finds it, though its year has fewer than four digits."""
    lay(lake, "lula/1.json", lines(page_of([1])), datetime(year, 12, 31, tzinfo=UTC))
    lay(lake, "lula/2.json", lines(page_of([2])))
    objects = list_pending.fn("")
    assert [load_bronze.fn(objects).rows["tweets"] for _ in range(2)] == [2, 0]
    assert contents(lake)["bronze.tweets"].height == 2


def test_an_object_stored_in_more_bytes_than_may_be_read_is_quarantined_unread(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ordinary quarantine: the run does not fail."""
    monkeypatch.setenv("FEDBYTWEETS_OBJECT_MEGABYTES", "1")
    lay(lake, "lula/1.json", lines(page_of([1])) + b" " * (1 << 20))
    lay(lake, "lula/2.json", lines(page_of([2])))
    loaded = load_bronze.fn(list_pending.fn(""))

    assert loaded.failed == ()
    ((key, kind, message),) = quarantined(lake)
    assert (key, kind) == ("lula/1.json", "too-large")
    assert "FEDBYTWEETS_OBJECT_MEGABYTES" in message
    assert held(lake, bronze.TWEETS) == {2}


def test_a_part_has_a_file_for_each_chunk_of_text_however_small_it_is_stored(lake: Lake, tmp_path: Path) -> None:
    """Five objects of 0.4 MiB of text each, stored in a few bytes: three files at a bound of one MiB."""
    small = lake_in(tmp_path / "lake", chunk_megabytes=1)
    for key, number in IDS.items():
        body = lines(page_of([number])) + b"\n" * (400 << 10)
        lay(small, key, bytes(pa.Codec("zstd").compress(body, asbytes=True)))
    part = lay_out(small, small.raw.list())

    assert sum(each.bytes for each in small.raw.list()) < 10_000
    assert part.keys == set(IDS)
    written = part.written["tweets"]
    assert ([file.record_count for file in written.files], written.rows) == ([3, 2], 5)
    assert (written.first, written.last) == (NOON.replace(tzinfo=None), NOON.replace(tzinfo=None))
    assert pickle.loads(pickle.dumps(part)) == part


@given(st.integers(0, 40), st.sets(st.integers(0, 39)))
def test_isolating_does_every_item_once_and_finds_all_that_raise(number: int, guilty: set[int]) -> None:
    """However many raise; in order."""
    items, bad = list(range(number)), [item for item in range(number) if item in guilty]

    def work(some: list[int]) -> list[int]:
        if guilty.intersection(some):
            raise ValueError("bad")
        return list(some)

    found = isolating(items, work, lambda item, error: [-item - 1] if isinstance(error, ValueError) else [])
    assert [one for each in found for one in each] == [-item - 1 if item in bad else item for item in items]


def test_the_message_names_objects_reasons_and_what_to_do() -> None:
    """Of many the first five; text of strangers is made visible and short."""
    failed = [put_aside(f"lula/{number}\x1b.json", "append", ValueError("x" * 999)) for number in range(7)]
    said = told_of(failed)
    assert said.startswith("Put aside: 7 raw objects, lula/0␛.json (append: ValueError: xxx")
    assert "; and 2 more. All others are processed." in said
    assert "`fedbytweets replay --subject lula`" in said
    assert len(said) < 2_000
