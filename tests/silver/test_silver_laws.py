"""The laws of silver's merge, on rows made to collide: few keys, few instants, few files, and equal places in them."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from silver_samples import batches, shuffled

from fedbytweets.silver import latest, merge
from fedbytweets.tables import SILVER
from fedbytweets.tables.table import Table

laws = settings(max_examples=25, deadline=None)
each_table = pytest.mark.parametrize("table", SILVER, ids=lambda table: table.name)


@each_table
@laws
@given(st.data())
def test_the_order_of_two_batches_does_not_matter(table: Table, data: st.DataObject) -> None:
    """Merging is commutative: whole rows."""
    left, right = data.draw(batches(table, 2))
    assert_frame_equal(merge(left, right, table), merge(right, left, table))


@each_table
@laws
@given(st.data())
def test_how_batches_are_grouped_does_not_matter(table: Table, data: st.DataObject) -> None:
    """Merging is associative, and the same as merging all rows at once."""
    first, second, third = data.draw(batches(table, 3))
    left = merge(merge(first, second, table), third, table)
    right = merge(first, merge(second, third, table), table)
    assert_frame_equal(left, right)
    assert_frame_equal(left, latest(pl.concat([first, second, third]), table))


@each_table
@laws
@given(st.data())
def test_a_batch_merged_twice_is_a_batch_merged_once(table: Table, data: st.DataObject) -> None:
    """Merging is idempotent."""
    first, second = data.draw(batches(table, 2))
    once = merge(first, second, table)
    assert_frame_equal(merge(once, second, table), once)
    assert_frame_equal(merge(once, once, table), once)


@each_table
@laws
@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_of_rows_within_a_batch_does_not_matter(table: Table, data: st.DataObject, random: Random) -> None:
    """Ties are broken by the whole row, so that nothing is left to chance."""
    (rows,) = data.draw(batches(table, 1))
    assert_frame_equal(latest(shuffled(rows, random), table), latest(rows, table))


@each_table
@laws
@given(st.data())
def test_each_key_has_one_row_and_it_is_a_row_that_came(table: Table, data: st.DataObject) -> None:
    """No key is lost, none is doubled, and no row is put together out of two."""
    (rows,) = data.draw(batches(table, 1))
    won = latest(rows, table)
    assert won.select(table.key).rows() == sorted(set(rows.select(table.key).rows()))
    assert set(map(repr, won.rows())) <= set(map(repr, rows.rows()))


@each_table
@laws
@given(st.data())
def test_replaying_an_old_batch_does_not_undo_a_newer_one(table: Table, data: st.DataObject) -> None:
    """However often it comes, rows retrieved earlier change nothing."""
    old, rows = data.draw(batches(table, 2))
    newer = latest(rows.with_columns(pl.col("import_date") + timedelta(days=400)), table)
    known = old.join(newer, on=list(table.key), how="semi")
    assert_frame_equal(merge(merge(newer, known, table), known, table), newer)


@each_table
def test_what_decides_is_time_then_raw_key_then_place_then_the_row(table: Table) -> None:
    """One step after the other, each against a row that is greater in all that comes later."""
    noon = datetime(2026, 1, 1, 12)  # noqa: DTZ001 (the lake's instants are naive UTC)
    doc = {"users": "name", "places": "full_name", "tweets": "text"}[table.name]
    ranks = [
        (noon, "b", 2, 2, "z"),
        (noon + timedelta(seconds=1), "a", 1, 1, "a"),
        (noon + timedelta(seconds=1), "b", 1, 1, "a"),
        (noon + timedelta(seconds=1), "b", 2, 1, "a"),
        (noon + timedelta(seconds=1), "b", 2, 2, "a"),
        (noon + timedelta(seconds=1), "b", 2, 2, "b"),
    ]
    key: dict[str, object] = {"id": "1" if table.name == "places" else 1, "subject": "lula"}
    columns = ("import_date", "file_name", "page", "page_row", doc)
    rows = [
        pl.DataFrame(
            [key | dict(zip(columns, rank, strict=True))], schema=table.frame_schema
        )  # absent columns are null
        for rank in ranks
    ]
    for lesser, greater in pairwise(rows):
        assert_frame_equal(merge(greater, lesser, table), greater)
        assert_frame_equal(merge(lesser, greater, table), greater)
