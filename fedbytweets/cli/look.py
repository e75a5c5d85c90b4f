"""Commands that only look: status, tables, query."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.console import Console
from rich.table import Table as Grid

from fedbytweets.amounts import duration, size
from fedbytweets.cli.environment import JsonFlag, LakeFlag, examples, use_lake

OutputFlag = Annotated[Path | None, Parameter(name="--output", help="Write the whole answer here: .csv or .parquet.")]
RowsFlag = Annotated[int, Parameter(name="--rows", help="Most rows to print.", validator=Number(gte=0))]


def register(app: App) -> None:
    """Give the app these commands."""
    app.command(status, help_epilogue=examples("fedbytweets status", "fedbytweets status --lake s3://my-bucket --json"))
    app.command(tables, help_epilogue=examples("fedbytweets tables", "fedbytweets tables silver.tweets"))
    app.command(
        query,
        help_epilogue=examples(
            'fedbytweets query "SELECT subject, count(*) AS tweets FROM silver.tweets GROUP BY subject"',
            'fedbytweets query "SELECT * FROM silver.users" --output users.parquet',
        ),
    )


def status(*, lake: LakeFlag = None, as_json: JsonFlag = False) -> None:
    """Say how the lake stands: rows, freshness, raw objects not yet loaded, quarantine."""
    from fedbytweets.lake.lake import open_existing_lake
    from fedbytweets.lake.status import status as lake_status
    from fedbytweets.settings import lake_settings

    use_lake(lake)
    found = lake_status(open_existing_lake(lake_settings()))
    if as_json:
        print_json(asdict(found))
        return
    print_grid(
        ("table", "rows", "files", "size", "last commit (UTC)"),
        [
            (table.table, f"{table.rows:,}", f"{table.files:,}", size(table.bytes), instant(table.committed_at))
            for table in found.tables
        ],
    )
    console = Console()
    console.print(f"Raw: {found.raw_objects:,} objects, {size(found.raw_bytes)}; {found.pending:,} not yet in bronze.")
    console.print(f"Quarantine: {found.quarantined:,} pages or rows that could not be read.")
    console.print(f"Newest tweet in silver: {_fresh(found.newest_tweet_at)}.")
    if scattered := [table.table for table in found.tables if table.is_scattered]:
        console.print(
            f"In many small files, which slow down every run: {', '.join(scattered)}. `fedbytweets maintain`."
        )


def tables(name: str = "", /, *, as_json: JsonFlag = False) -> None:
    """Show every table's columns, with a line of prose each.

    Parameters
    ----------
    name
        One table only, such as silver.tweets.

    """
    from fedbytweets.errors import InputError
    from fedbytweets.tables import ALL

    chosen = [table for table in ALL if name in ("", table.identifier)]
    if not chosen:
        known = ", ".join(table.identifier for table in ALL)
        raise InputError(f"There is no table {name!r}. The lake has: {known}.")
    if as_json:
        print_json([asdict(table) for table in chosen])
        return
    for table in chosen:
        print_grid(
            ("column", "type", "what it says"),
            [(column.name, column.type, column.doc) for column in table.columns],
            title=f"{table.identifier}: {table.doc}",
        )


def query(
    sql: str, /, *, lake: LakeFlag = None, as_json: JsonFlag = False, rows: RowsFlag = 100, output: OutputFlag = None
) -> None:
    """Ask the lake in SQL (DuckDB's), read only.

    Parameters
    ----------
    sql
        One SELECT over silver.tweets, silver.users, silver.places or a bronze table.

    """
    from fedbytweets.lake.lake import open_existing_lake
    from fedbytweets.lake.query import answer, save
    from fedbytweets.settings import lake_settings

    use_lake(lake)
    frame = answer(open_existing_lake(lake_settings()), sql)
    if output is not None:
        save(frame, output)
        Console(stderr=True).print(f"{frame.height:,} rows are in {output}.")
    elif as_json:
        print_json(frame.to_dicts())
    else:
        print_grid(frame.columns, [[_cell(value) for value in row] for row in frame.head(rows).iter_rows()])
        left_out = max(frame.height - rows, 0)
        Console(stderr=True).print(f"{frame.height:,} rows" + (f", {left_out:,} not shown." if left_out else "."))


def print_json(value: object) -> None:
    """Print a value as JSON; instants in RFC 3339."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))  # noqa: T201


def print_grid(header: Iterable[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """Print rows beneath a header."""
    grid = Grid(title=title, title_justify="left", box=None, pad_edge=False)
    for number, name in enumerate(header):
        grid.add_column(name, no_wrap=number == 0, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    Console().print(grid, markup=False)


def instant(value: datetime | None) -> str:
    """Return an instant for people, UTC, to the second."""
    return value.strftime("%Y-%m-%d %H:%M:%S") if value else "-"


def _fresh(newest: datetime | None) -> str:
    if newest is None:
        return "none yet"
    return f"{instant(newest)} UTC, {duration(datetime.now(UTC) - newest)} ago"


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
