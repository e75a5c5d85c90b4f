"""Commands that only look: status, tables, query."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.validators import Number

from fedbytweets.amounts import duration, size
from fedbytweets.cli.environment import JsonFlag, LakeFlag, examples, use_lake
from fedbytweets.cli.output import print_grid, print_json, say

OutputFlag = Annotated[
    Path | None,
    Parameter(
        name="--output",
        help="Write the whole answer here: .csv or .parquet. CSV holds every value exactly, so a spreadsheet takes a "
        "text that starts with = + - or @ for a formula: import such columns as text.",
    ),
]
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
    say(f"Raw: {found.raw_objects:,} objects, {size(found.raw_bytes)}; {found.pending:,} not yet in bronze.")
    say(f"Quarantine: {found.quarantined:,} pages or rows that could not be read.")
    say(f"Newest tweet in silver: {_fresh(found.newest_tweet_at)}.")
    if scattered := [table.table for table in found.tables if table.is_scattered]:
        say(f"In many small files, which slow down every run: {', '.join(scattered)}. `fedbytweets maintain`.")


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
        say(f"{frame.height:,} rows are in {output}.", to_stderr=True)
    elif as_json:
        print_json(frame.to_dicts())
    else:
        print_grid(frame.columns, [[_cell(value) for value in row] for row in frame.head(rows).iter_rows()])
        left_out = max(frame.height - rows, 0)
        say(f"{frame.height:,} rows" + (f", {left_out:,} not shown." if left_out else "."), to_stderr=True)


def instant(value: datetime | None) -> str:
    """Return an instant for people, UTC, to the second."""
    return value.strftime("%Y-%m-%d %H:%M:%S") if value else "-"


def _fresh(newest: datetime | None) -> str:
    if newest is None:
        return "none yet"
    return f"{instant(newest)} UTC, {duration(datetime.now(UTC) - newest)} ago"


def _cell(value: object) -> str:
    return "" if value is None else str(value)
