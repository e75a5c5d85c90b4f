"""Silver files + a batch of rows -> silver files: only those files are rewritten whose rows are beaten.

A table's files are told apart by the range of their first key. For each file that may hold keys of the batch, the
keys alone are read; where some are found the whole file is, and where one of its rows is beaten it is written anew.
So cost follows what the batch touches. Tweets touch the few newest files, as their ids grow with time; users and
places touch any, and their cost is bounded by the number of distinct ids. Memory holds one file at a time.
"""

import polars as pl
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable

from fedbytweets.lake.files import KeyedFile, current_files, cut, keyed, read_rows, write_rows
from fedbytweets.silver import latest, merge
from fedbytweets.tables import Table


class Staged:
    """A silver table's files as a merge changes them, before one commit makes that true."""

    def __init__(self, table: IcebergTable, declared: Table, file_rows: int) -> None:
        self._table = table
        self._declared = declared
        self._file_rows = file_rows
        self._before = current_files(table, declared)
        self._now = list(self._before)
        self.inserted = 0
        self.updated = 0

    def merge(self, rows: pl.DataFrame) -> None:
        """Merge a batch of silver rows: one row a key stays, the last retrieved."""
        batch = latest(rows, self._declared)
        pool: list[pl.DataFrame] = []
        for candidate in self._candidates(batch):
            batch, beaten = self._merge_file(candidate, batch, pool)
            self.updated += beaten
        self.inserted += batch.height
        self._write(pl.concat([*pool, batch]) if pool else batch)

    def dropped(self) -> list[DataFile]:
        """Return the files of the table that the merge makes void."""
        kept = {file.file.file_path for file in self._now}
        return [file.file for file in self._before if file.file.file_path not in kept]

    def added(self) -> list[DataFile]:
        """Return the files that are new."""
        old = {file.file.file_path for file in self._before}
        return [file.file for file in self._now if file.file.file_path not in old]

    def _candidates(self, batch: pl.DataFrame) -> list[KeyedFile]:
        keys = batch[self._declared.key[0]]
        return [file for file in self._now if file.may_hold(keys)]

    def _merge_file(
        self, candidate: KeyedFile, batch: pl.DataFrame, pool: list[pl.DataFrame]
    ) -> tuple[pl.DataFrame, int]:
        """Merge what of the batch lies in one file; return the rest of the batch and how many rows were beaten."""
        key = list(self._declared.key)
        held = read_rows(self._table, self._declared, [candidate.file], key)
        mine = batch.join(held, on=key, how="semi")
        if mine.is_empty():
            return batch, 0
        before = read_rows(self._table, self._declared, [candidate.file])
        contested = before.join(mine, on=key, how="semi").sort(key)
        won = merge(contested, mine, self._declared)
        beaten = int(won.to_struct().ne_missing(contested.to_struct()).sum())
        if beaten:
            self._now.remove(candidate)
            self._rewrite(pl.concat([before.join(mine, on=key, how="anti"), won]), pool)
        return batch.join(mine, on=key, how="anti"), beaten

    def _rewrite(self, rows: pl.DataFrame, pool: list[pl.DataFrame]) -> None:
        """Write a file anew, or hold its rows for the batch's own file where the table does not grow by time."""
        pool.append(rows)
        if self._declared.grows_by_time or sum(frame.height for frame in pool) >= self._file_rows:
            self._write(pl.concat(pool))
            pool.clear()

    def _write(self, rows: pl.DataFrame) -> None:
        ordered = rows.sort(self._declared.key)
        keys = ordered[self._declared.key[0]]
        newer = sum(each.file.record_count for each in self._now if keys.len() and each.is_beyond(keys[-1]))
        for part in cut(ordered, self._declared, self._file_rows, newer):
            for file in write_rows(self._table, self._declared, part):
                self._now.append(keyed(self._table, self._declared, file))
