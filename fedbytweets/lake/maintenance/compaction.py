"""Groups of data files -> the same rows in fewer, sorted files: one commit a group, which no reader's rows depend on.

New files are written first; the commit then swaps them for the old ones if these still stand, whatever else was
committed meanwhile. It is marked as keeping the table's rows, so that a merge into silver reads nothing again.
"""

from collections.abc import Iterator
from itertools import pairwise

import polars as pl
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable

from fedbytweets.lake.commit import again_on_conflict, replace_files
from fedbytweets.lake.files import cut, read_rows, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance.groups import Group, Span, order_of
from fedbytweets.lake.silver import KEEPS_ROWS
from fedbytweets.tables import Table


def compact(lake: Lake, declared: Table, group: Group) -> bool:
    """Write a group of files anew and swap them in; say whether it was done: not if another writer replaced one.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    written = list(_written(lake.table(declared), declared, group, lake.settings.file_rows))
    done = again_on_conflict(lambda: _swap(lake, declared, group, written), lake.settings.commit_attempts)
    if not done:
        io = lake.table(declared).io
        for file in written:
            io.delete(file.file_path)
    return done


def _swap(lake: Lake, declared: Table, group: Group, written: list[DataFile]) -> bool:
    table = lake.table(declared)
    standing = {task.file.file_path: task.file for task in table.scan().plan_files()}
    if any(file.file_path not in standing for file in group.files):
        return False
    old = [standing[file.file_path] for file in group.files]
    replace_files(table, old, written, {KEEPS_ROWS: "compaction"})
    return True


def _written(table: IcebergTable, declared: Table, group: Group, file_rows: int) -> Iterator[DataFile]:
    """Write the rows of a group as sorted files of at most `file_rows` rows; one of them is in memory at a time."""
    left = group.rows
    for rows in _ranges(table, declared, group, -(-group.rows // file_rows)):
        left -= rows.height
        for part in cut(rows.sort(order_of(declared)), declared, file_rows, group.newer + left):
            yield from write_rows(table, declared, part)


def _ranges(table: IcebergTable, declared: Table, group: Group, number: int) -> Iterator[pl.DataFrame]:
    """Yield the rows of a group by ranges of the first column they are ordered by, a file's worth at a time."""
    if number == 1:
        yield read_rows(table, declared, group.files)
        return
    column = order_of(declared)[0]
    keys = read_rows(table, declared, group.files, [column])[column].sort()
    edges = keys.gather([keys.len() * each // number for each in range(1, number)]).unique().sort()
    bounds = [None, *(edge for edge in edges.to_list() if edge > keys[0]), None]
    for low, high in pairwise(bounds):
        inside = (pl.lit(value=True) if low is None else pl.col(column) >= low) & (
            pl.lit(value=True) if high is None else pl.col(column) < high
        )
        files = [span.file for span in group.spans if _meets(span, low, high)]
        yield pl.concat([read_rows(table, declared, [file]).filter(inside) for file in files])


def _meets(span: Span, low: object, high: object) -> bool:
    """Say whether a file may hold values of [low, high); None is no bound."""
    return bool((low is None or span.greatest >= low) and (high is None or span.least < high))
