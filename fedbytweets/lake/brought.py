"""The lake before and after a run -> what the run brought: loads by subject, problems with examples, table figures.

All of it is read from files that came since, so cost follows what is new. Files that a compaction rewrote meanwhile
count as new: such a run's problems and loads may show more than its own.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from fedbytweets.lake.files import read_rows
from fedbytweets.lake.heads import Head, change_since
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.location import TABULAR
from fedbytweets.report import ProblemFigures, TableFigures
from fedbytweets.tables import ALL, Table, bronze

_EXAMPLES = 3
_KINDS: Mapping[Table, tuple[str, ...]] = {
    bronze.QUARANTINE: ("kind",),
    bronze.API_ERRORS: ("title", "parameter"),
    bronze.QUALITY: ("kind", "column_name"),
}
"""Table of problems -> the columns that tell one kind from another. None holds what a person wrote."""
_PLACE: Mapping[Table, str] = {bronze.QUARANTINE: "line", bronze.API_ERRORS: "page", bronze.QUALITY: "page"}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Raw objects that bronze took in: how many, their bytes, and the tweets in them by subject."""

    raw_objects: int = 0
    bytes: int = 0
    tweets: Mapping[str, int] = field(default_factory=dict)


def loaded_since(lake: Lake, since: Mapping[str, Head]) -> Loaded:
    """Return what bronze took in since earlier standings of its tables.

    Raises:
        LakeError: the lake cannot be read.

    """
    rows = _rows_since(lake, bronze.RAW_OBJECTS, since, ("subject", "bytes", "tweets"))
    by_subject = rows.group_by("subject").agg(pl.col("tweets").sum()).sort("subject")
    return Loaded(rows.height, int(rows["bytes"].sum()), dict(by_subject.iter_rows()))


def problems_since(lake: Lake, since: Mapping[str, Head]) -> tuple[ProblemFigures, ...]:
    """Return what could not be read, held or known since earlier standings, the most frequent first.

    Raises:
        LakeError: the lake cannot be read.

    """
    return tuple(found for table in _KINDS for found in _problems(lake, table, since))


def table_figures(
    lake: Lake, before: Mapping[str, Head], now: Mapping[str, Head], updated: Mapping[str, int]
) -> tuple[TableFigures, ...]:
    """Return the figures of every table; `updated` are rows replaced, by table."""
    return tuple(
        TableFigures(
            table=(name := table.identifier),
            rows=now[name].rows,
            new_rows=now[name].rows - before[name].rows,
            updated_rows=updated.get(name, 0),
            files=now[name].files,
            bytes=now[name].bytes,
            link=link(lake, table),
        )
        for table in ALL
    )


def link(lake: Lake, table: Table) -> str:
    """Return where someone can look at a table: its page in the AWS console, or its folder."""
    settings = lake.settings
    region = settings.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if lake.location.is_local or settings.catalog == "sqlite":
        return f"{lake.location.uri}/{TABULAR[table.layer]}/{table.name}"
    return (
        f"https://{region}.console.aws.amazon.com/glue/home?region={region}#/v2/data-catalog/tables/view/"
        f"{table.name}?database={lake.catalog.database(table.layer)}"
    )


def _problems(lake: Lake, table: Table, since: Mapping[str, Head]) -> list[ProblemFigures]:
    kinds, place = _KINDS[table], _PLACE[table]
    rows = _rows_since(lake, table, since, (*kinds, "file_name", place))
    label = pl.concat_str([pl.col(name) for name in kinds], separator=" ", ignore_nulls=True).alias("kind_of")
    example = pl.format(f"{{}} {place} {{}}", "file_name", pl.col(place).fill_null(1)).alias("example")
    counted = (
        rows.select(label, example)
        .group_by("kind_of")
        .agg(pl.len(), pl.col("example").unique(maintain_order=True).head(_EXAMPLES))
        .sort("len", "kind_of", descending=[True, False])
    )
    return [
        ProblemFigures(table.identifier, kind, count, tuple(examples)) for kind, count, examples in counted.iter_rows()
    ]


def _rows_since(lake: Lake, table: Table, since: Mapping[str, Head], columns: tuple[str, ...]) -> pl.DataFrame:
    iceberg = lake.catalog.find(table)
    added = change_since(iceberg, since.get(table.identifier, Head())).added if iceberg else ()
    return read_rows(iceberg, table, added, columns) if iceberg and added else table.frame().select(columns)
