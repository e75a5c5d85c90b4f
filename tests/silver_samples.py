"""Rows of silver tables made to collide, for the laws of the merge in memory and in the lake."""

from datetime import datetime, timedelta
from random import Random

import polars as pl
from hypothesis import strategies as st

from fedbytweets.tables.table import Table

NOON = datetime(2026, 1, 1, 12)  # noqa: DTZ001 (the lake's instants are naive UTC)

_VALUES: dict[str, list[object]] = {
    "string": [None, "", "a", "á"],
    "int": [None, -1, 0, 7],
    "bigint": [None, 0, 7, 2**62],
    "double": [None, -46.5, 0.0, 1.0],
    "boolean": [None, False, True],
    "timestamp": [None, NOON, NOON + timedelta(seconds=1)],
    "array<string>": [None, [], ["1"], ["1", "2"]],
}
_VARIANTS = 64


def batches(table: Table, count: int, *, keys: int = 6, rows: int = 12) -> st.SearchStrategy[list[pl.DataFrame]]:
    """Return the strategy of so many batches of silver rows that share keys and often tie."""
    batch = st.lists(_row(table, keys), max_size=rows).map(lambda found: _frame(table, found))
    return st.lists(batch, min_size=count, max_size=count)


def sample(table: Table, keys: int) -> pl.DataFrame:
    """Return a row of each of so many keys."""
    return _frame(table, [_row_of(table, key, 0, 0, 0, 0, 0, key) for key in range(keys)])


def shuffled(rows: pl.DataFrame, random: Random) -> pl.DataFrame:
    """Return the same rows in another order."""
    order = list(range(rows.height))
    random.shuffle(order)
    return rows[order]


def _row(table: Table, keys: int) -> st.SearchStrategy[tuple[object, ...]]:
    """Return the strategy of rows: few keys, few instants, few places, and a variant of all that only breaks ties."""
    numbers = st.tuples(*(st.integers(0, most) for most in (keys - 1, 1, 2, 1, 1, 1, _VARIANTS - 1)))
    return numbers.map(lambda drawn: _row_of(table, *drawn))


def _row_of(
    table: Table, key: int, subject: int, hour: int, file: int, page: int, page_row: int, variant: int
) -> tuple[object, ...]:
    decided = {
        "id": f"{key}" if table.frame_schema["id"] == pl.String else key,
        "subject": ("bolsonaro", "lula")[subject],
        "import_date": NOON + timedelta(hours=hour),
        "file_name": ("lula/a", "lula/b")[file],
        "page": page + 1,
        "page_row": page_row + 1,
    }
    ties = {
        column.name: _VALUES[column.type][(variant >> number % 5) % len(_VALUES[column.type])]
        for number, column in enumerate(table.columns)
    }
    return tuple((ties | decided).values())


def _frame(table: Table, rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=table.frame_schema, orient="row")
