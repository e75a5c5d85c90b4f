"""Raw objects read anew -> bronze with their rows replaced: for a parser that has learnt, or a lake to be restored.

New rows are written as data files first, chunk by chunk, so that memory stays bounded; then each table changes in one
commit, which drops whatever rows of these objects it holds. Silver is made anew from bronze afterwards.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl
from pyiceberg.manifest import DataFile

from fedbytweets.errors import InputError
from fedbytweets.lake.commit import again_on_conflict, replace_files
from fedbytweets.lake.files import read_rows, write_rows
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.parts import Part
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import subject_of
from fedbytweets.tables import BRONZE, Table


def selected(lake: Lake, subject: str = "", since: date | None = None, until: date | None = None) -> list[RawObject]:
    """Return the raw objects (of one subject) retrieved from day `since` to day `until`, both included, UTC."""
    objects = lake.raw.list(subject)
    if since is None and until is None:
        return objects
    return [o for o in objects if (since or date.min) <= _retrieved_on(lake, o) <= (until or date.max)]


def _retrieved_on(lake: Lake, raw_object: RawObject) -> date:
    """Return the day of retrieval, and that of the object's modification where its lineage cannot be read."""
    try:
        return lake.raw.lineage(raw_object, subject_of(raw_object.key)).retrieved_at.date()
    except InputError:
        return raw_object.modified_at.date()


class Reload:
    """The rows of some raw objects on their way into bronze, in place of what it holds of them."""

    def __init__(self, lake: Lake, objects: Sequence[RawObject]) -> None:
        self._lake = lake
        self._keys = pl.Series([raw_object.key for raw_object in objects], dtype=pl.String)
        self._written: dict[str, list[DataFile]] = {table.name: [] for table in BRONZE}

    def take(self, part: Part) -> dict[str, int]:
        """Take rows that are written already; return how many, by table name."""
        for name, written in part.written.items():
            self._written[name].extend(written.files)
        return part.counts()

    def commit(self) -> None:
        """Put the new rows in the place of the old, one commit a table.

        Raises:
            ConflictError: other writers were first at every attempt.

        """
        for table in BRONZE:
            again_on_conflict(lambda table=table: self._commit(table), self._lake.settings.commit_attempts)  # type: ignore[misc]

    def _commit(self, table: Table) -> None:
        iceberg = self._lake.table(table)
        dropped: list[DataFile] = []
        added = list(self._written[table.name])
        for task in iceberg.scan().plan_files():
            keys = read_rows(iceberg, table, [task.file], ["file_name"])["file_name"]
            if keys.is_in(self._keys.implode()).any():
                dropped.append(task.file)
                added.extend(self._spared(table, task.file))
        if dropped or added:
            replace_files(iceberg, dropped, added, {})

    def _spared(self, table: Table, file: DataFile) -> list[DataFile]:
        """Write anew the rows of a file that are of other raw objects."""
        iceberg = self._lake.table(table)
        rows = read_rows(iceberg, table, [file])
        others = rows.filter(~pl.col("file_name").is_in(self._keys.implode()))
        return list(write_rows(iceberg, table, others)) if others.height else []
