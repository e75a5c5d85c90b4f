"""The merge in the lake: any batches, in any order, over files of any size, give what all rows at once would."""

from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lakes import data_files, lake_in
from polars.testing import assert_frame_equal
from silver_samples import batches, sample

from fedbytweets.lake.commit import replace_files
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.merge import Staged
from fedbytweets.silver import latest
from fedbytweets.tables import SILVER
from fedbytweets.tables.table import Table

FILE_ROWS = 3
each_table = pytest.mark.parametrize("table", SILVER, ids=lambda table: table.name)


def _merge(lake: Lake, table: Table, commits: list[list[pl.DataFrame]]) -> list[tuple[int, int]]:
    """Merge batches, some in one commit; return (inserted, updated) of each commit."""
    done = []
    for group in commits:
        iceberg = lake.table(table)
        staged = Staged(iceberg, table, FILE_ROWS)
        for batch in group:
            staged.merge(batch)
        if staged.dropped() or staged.added():
            replace_files(iceberg, staged.dropped(), staged.added(), {})
        done.append((staged.inserted, staged.updated))
    return done


@each_table
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_batches_in_any_order_over_small_files_give_the_winners_of_all_rows(table: Table, data: st.DataObject) -> None:
    """Every key once, the greatest row of all that came, and the counts agree with what is there."""
    drawn = data.draw(batches(table, 4, keys=12, rows=10))
    order = data.draw(st.permutations(drawn))
    cut = data.draw(st.integers(1, 3))
    expected = latest(pl.concat(drawn), table)

    with TemporaryDirectory() as folder:
        lake = lake_in(Path(folder))
        done = _merge(lake, table, [list(order[:cut]), *[[batch] for batch in order[cut:]], [order[0]]])
        found = lake.scan(table).collect().sort(table.key)
        heights = [task.file.record_count for task in lake.table(table).scan().plan_files()]

    assert_frame_equal(found, expected)
    assert sum(inserted for inserted, _ in done) == expected.height
    assert done[-1] == (0, 0)
    assert max(heights, default=0) <= FILE_ROWS


@each_table
def test_a_batch_that_brings_nothing_newer_changes_no_file(lake: Lake, table: Table) -> None:
    """The very files stay, and nothing is staged."""
    batch = latest(sample(table, keys=10), table)
    _merge(lake, table, [[batch]])
    before = data_files(lake, table)

    staged = Staged(lake.table(table), table, FILE_ROWS)
    staged.merge(batch)

    assert (staged.dropped(), staged.added(), staged.inserted, staged.updated) == ([], [], 0, 0)
    assert data_files(lake, table) == before
