"""Bronze files -> silver files of one key range each: an external sort, whose pieces are data files of the table.

`split` lays some bronze rows out as one piece a range, `settle` makes the last files of one range from its pieces.
Either may run anywhere and more than once; what they write is in no snapshot until one driver commits it. The law of
the merge (fedbytweets/silver/merge.py) makes the order in which pieces come without weight.
"""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

import polars as pl
from pyiceberg.manifest import DataFile

from fedbytweets.lake.files import cut, read_rows, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.spread import Spread
from fedbytweets.silver import latest, silver_rows
from fedbytweets.tables import BRONZE, Table

_LOOKED_AT = 16


def sort(
    lake: Lake,
    table: Table,
    groups: Sequence[Sequence[DataFile]],
    spread: Spread,
    without: frozenset[str] = frozenset(),
) -> tuple[list[DataFile], list[DataFile]]:
    """Return the files a silver table has to have to hold groups of bronze files, and the pieces made on the way.

    Rows of the raw objects `without` (by key) are left out.
    Memory holds one group of bronze files, or one range, for each item that `spread` does at a time.
    """
    if not groups:  # an erasure left bronze without a row
        return [], []
    bounds = cuts(lake, table, [file for group in groups for file in group], len(groups))
    lists = list(spread(partial(split, table=table, bounds=bounds, without=without), groups))
    if len(groups) == 1:  # its winners are those of all
        return [file for pieces in lists[0] for file in pieces], []
    ranges = [[file for pieces in parts for file in pieces] for parts in zip(*lists, strict=True)]
    heights = [sum(file.record_count for file in pieces) for pieces in ranges]
    newer = [sum(heights) - reached for reached in accumulate(heights)]
    settled = spread(partial(settle, table=table), list(zip(ranges, newer, strict=True)))
    return [file for files in settled for file in files], [file for pieces in ranges for file in pieces]


def cuts(lake: Lake, table: Table, files: Sequence[DataFile], ranges: int) -> list[Any]:
    """Return the first keys that part a silver table in so many ranges of about the same size, ascending.

    They come from some of the bronze files: how well the ranges are balanced hangs on them, what is in them does not.
    """
    key = table.key[0]
    bronze = lake.table(bronze_of(table))
    looked_at = files[:: -(-len(files) // _LOOKED_AT)]
    rows = read_rows(bronze, bronze_of(table), looked_at, [key]).cast({key: table.frame_schema[key]}, strict=False)
    keys = rows[key].drop_nulls().unique().sort()
    places = [len(keys) * number // ranges for number in range(1, ranges)] if len(keys) else []
    return keys.gather(places).unique().sort().to_list()


def split(
    lake: Lake, files: Sequence[DataFile], *, table: Table, bounds: Sequence[Any], without: frozenset[str]
) -> list[list[DataFile]]:
    """Return the rows of some bronze files as silver's files, a list for each range between the bounds."""
    declared = bronze_of(table)
    given = without_objects(read_rows(lake.table(declared), declared, files), without)
    rows = latest(silver_rows(given, table), table)
    keys = rows[table.key[0]]
    places = [0, *(keys.search_sorted(bound, side="left") for bound in bounds), len(keys)]
    newer = lake.settings.file_rows if bounds else 0  # pieces are read once more: small ones serve nobody
    return [_write(lake, table, rows.slice(start, end - start), newer) for start, end in pairwise(places)]


def without_objects(rows: pl.DataFrame, keys: frozenset[str]) -> pl.DataFrame:
    """Return the rows that are of none of these raw objects."""
    return rows.filter(~pl.col("file_name").is_in(sorted(keys))) if keys else rows


def settle(lake: Lake, one: tuple[Sequence[DataFile], int], *, table: Table) -> list[DataFile]:
    """Return the files that hold the winner of each key of a range's pieces, in order; so many rows are newer."""
    pieces, newer = one
    return _write(lake, table, latest(read_rows(lake.table(table), table, pieces), table), newer) if pieces else []


def _write(lake: Lake, table: Table, rows: pl.DataFrame, newer: int) -> list[DataFile]:
    silver, most = lake.table(table), lake.settings.file_rows
    return [file for part in cut(rows, table, most, newer) for file in write_rows(silver, table, part)]


def bronze_of(table: Table) -> Table:
    """Return the bronze table that a silver table is made from."""
    return next(declared for declared in BRONZE if declared.name == table.name)
