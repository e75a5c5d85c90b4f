"""Silver in the lake -> what of its expectations holds: in what a run touched, or in every row.

After a run only the files it wrote are read, and of these only the columns looked at: cost follows what is new. Rows
that share a key are then found where a run wrote both; `fedbytweets quality` looks at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table as IcebergTable

from fedbytweets.lake.faults import telling
from fedbytweets.lake.files import current_files, keyed, read_rows
from fedbytweets.lake.heads import Head, change_since, head
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.status import newest_tweet_at
from fedbytweets.quality import (
    Expectation,
    Finding,
    Fresh,
    NeverFewer,
    Standing,
    Tally,
    Unique,
    Usual,
    judged,
    of_table,
    row_finding,
    tallies,
)
from fedbytweets.tables import SILVER, Table, silver

_OF_TABLES = (Fresh, NeverFewer, Usual)
_KEYS_AT_ONCE = 500_000
_MOST_PARTS = 16
"""Keys of files that overlap are read this often at most, a part of them each time."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at silver found, and the rows of silver.tweets each subject gained since the look before."""

    findings: tuple[Finding, ...]
    new_tweets: Mapping[str, int]


def check_change(
    lake: Lake, since: Mapping[str, Head], now: datetime, usual_new_rows: Sequence[int], *, collects: bool
) -> Checked:
    """Check what came into silver since earlier standings of its tables; `collects` says that freshness counts.

    Raises:
        LakeError: the lake cannot be read.

    """
    findings: list[Finding] = []
    new_tweets: dict[str, int] = {}
    for table in SILVER:
        iceberg, before = lake.catalog.find(table), since.get(table.identifier, Head())
        if iceberg is None:
            continue
        change = change_since(iceberg, before)
        if table is silver.TWEETS:
            new_tweets = _gained(iceberg, change.added, change.dropped)
        what = f"in the files this run wrote: {len(change.added):,}" if change.added else "this run wrote no file"
        findings += _of_rows(iceberg, table, change.added, what)
        usual = usual_new_rows if table is silver.TWEETS else ()
        standing = _standing(lake, table, before, now, usual, collects=collects)
        findings += [judged(each, standing) for each in of_table(table) if isinstance(each.check, _OF_TABLES)]
    return Checked(tuple(findings), new_tweets)


@telling
def check_all(lake: Lake, now: datetime) -> tuple[Finding, ...]:
    """Check every row of silver, and its freshness. Memory holds one file, and the keys of files that overlap.

    Raises:
        LakeError: the lake cannot be read.

    """
    findings: list[Finding] = []
    for table in SILVER:
        if (iceberg := lake.catalog.find(table)) is None:
            continue
        files = [each.file for each in current_files(iceberg, table)]
        findings += _of_rows(iceberg, table, files, f"in all files: {len(files):,}")
        standing = _standing(lake, table, Head(), now, (), collects=True)
        findings += [judged(each, standing) for each in of_table(table) if isinstance(each.check, Fresh)]
    return tuple(findings)


def _of_rows(iceberg: IcebergTable, table: Table, files: Sequence[DataFile], what: str) -> list[Finding]:
    """Return the findings of the expectations of rows over some files; of many files only the keys are held at once."""
    expected = [each for each in of_table(table) if not isinstance(each.check, _OF_TABLES)]
    keys = [each for each in expected if isinstance(each.check, Unique)]
    others = [each for each in expected if not isinstance(each.check, Unique)]
    columns = list(dict.fromkeys([*table.key, *(name for each in others for name in _columns(each))]))
    by_file = (read_rows(iceberg, table, [file], columns) for file in files)
    totals = _totals(_keys(iceberg, table, files), keys) | _totals(by_file, others)
    return [row_finding(each, totals[each.says], what) for each in expected]


def _totals(frames: Iterable[pl.DataFrame], expected: Sequence[Expectation]) -> dict[str, Tally]:
    """Return how rows keep some expectations, by their words; one frame is held at a time."""
    totals = [Tally() for _ in expected]
    for rows in frames:
        totals = [total + more for total, more in zip(totals, tallies(rows, expected), strict=True)]
    return dict(zip((each.says for each in expected), totals, strict=True))


def _keys(iceberg: IcebergTable, table: Table, files: Sequence[DataFile]) -> Iterator[pl.DataFrame]:
    """Return the keys in some files, the same keys always in the same frame, in frames of bounded size."""
    for group in _overlapping(iceberg, table, files):
        parts = min(_MOST_PARTS, -(-sum(file.record_count for file in group) // _KEYS_AT_ONCE))
        for part in range(parts):
            mine = pl.col(table.key[0]).hash() % parts == part
            yield pl.concat([read_rows(iceberg, table, [file], table.key).filter(mine) for file in group])


def _columns(expectation: Expectation) -> tuple[str, ...]:
    assert not isinstance(expectation.check, _OF_TABLES)
    return expectation.check.columns


def _overlapping(iceberg: IcebergTable, table: Table, files: Sequence[DataFile]) -> Iterator[list[DataFile]]:
    """Group files such that rows of one key are in one group: by the ranges of their first key."""
    group: list[DataFile] = []
    end = None
    known = [keyed(iceberg, table, file) for file in files]
    if any(each.least is None or each.greatest is None for each in known):
        yield list(files)
        return
    for each in sorted(known, key=lambda file: file.least):
        if group and each.least > end:
            yield group
            group, end = [], None
        group.append(each.file)
        end = each.greatest if end is None else max(end, each.greatest)
    if group:
        yield group


def _gained(iceberg: IcebergTable, added: Sequence[DataFile], dropped: Sequence[DataFile]) -> dict[str, int]:
    """Return how many rows of silver.tweets each subject has more: those in new files less those in dropped ones."""
    gained: dict[str, int] = {}
    for files, sign in ((added, 1), (dropped, -1)):
        if files:
            rows = read_rows(iceberg, silver.TWEETS, files, ["subject"])
            for subject, count in rows.group_by("subject").len().iter_rows():
                gained[subject] = gained.get(subject, 0) + sign * count
    return gained


def _standing(
    lake: Lake, table: Table, before: Head, now: datetime, usual: Sequence[int], *, collects: bool
) -> Standing:
    after = head(lake.catalog.find(table))
    newest = newest_tweet_at(lake) if table is silver.TWEETS else None
    return Standing(before.rows, after.rows, after.rows - before.rows, newest, usual, now, collects)
