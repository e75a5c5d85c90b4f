"""SQL over the lake's tables, read only, by DuckDB: `SELECT ... FROM silver.tweets`."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl
from polars.exceptions import ComputeError

from fedbytweets.errors import InputError, LakeError
from fedbytweets.lake.faults import told
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.private_files import private_file
from fedbytweets.tables import ALL

_NOT_READ = re.compile(r"object registered as '(\w+?)__(\w+)' failed: (.*)", re.DOTALL)
"""What DuckDB says where a table, and not the query, is the reason of a failure."""


@contextmanager
def connect(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """Have a DuckDB connection that sees every table of the lake as of now, and nothing else.

    It reads only what a query needs of a table, and cannot write, nor reach files or the network by itself. What does
    not fit into memory is put into a temporary folder that no other user can read.

    Raises:
        LakeError: a table cannot be read.

    """
    with (
        told(),
        TemporaryDirectory(prefix="fedbytweets-query-") as spill,
        duckdb.connect(config={"threads": 4, "temp_directory": spill}) as connection,
    ):
        for layer in dict.fromkeys(table.layer for table in ALL):
            connection.execute(f"CREATE SCHEMA {layer}")
        for table in ALL:
            connection.register(f"{table.layer}__{table.name}", lake.scan(table))
            connection.execute(f"CREATE VIEW {table.identifier} AS SELECT * FROM {table.layer}__{table.name}")  # noqa: S608 (declared names)
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        try:
            yield connection
        except duckdb.Error as error:
            if unread := _NOT_READ.search(str(error)):
                layer, name, reason = unread.groups()
                raise LakeError(
                    f"The table {layer}.{name} cannot be read: {_one_line(reason)}. "
                    "How to restore it: docs/how-to/restore-the-lake.md."
                ) from error
            raise


def answer(lake: Lake, sql: str) -> pl.DataFrame:
    """Return the answer to one SELECT.

    Raises:
        InputError: it is no query that only reads, or DuckDB refuses it; the message has its sentence.
        LakeError: a table cannot be read.

    """
    try:
        with connect(lake) as connection:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type is not duckdb.StatementType.SELECT:
                raise InputError("The lake is only read: give one SELECT, such as SELECT count(*) FROM silver.tweets.")
            frame: pl.DataFrame = connection.sql(sql).pl()
            return frame
    except duckdb.Error as error:
        raise InputError(f"DuckDB refuses the query. {_with_place(str(error))}") from error


def save(frame: pl.DataFrame, path: Path) -> None:
    """Write an answer as a file that other users cannot read: CSV or Parquet, by its name.

    CSV holds every value exactly; a spreadsheet takes one that starts with = + - @ for a formula.

    Raises:
        InputError: the name has another ending, or the file cannot be written.

    """
    if path.suffix not in {".csv", ".parquet"}:
        raise InputError(f"{path} is written as CSV or Parquet: end its name with .csv or .parquet.")
    try:
        with private_file(path) as file:
            if path.suffix == ".csv":
                frame.write_csv(file)
            else:
                frame.write_parquet(file)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}. Name another with --output.") from error
    except ComputeError as error:  # a column of lists
        raise InputError(f"{path} cannot hold the answer: {error}. A .parquet file can.") from error


def _with_place(said: str) -> str:
    """Return DuckDB's sentence on one line, for it may hold values of rows, and the place in the query below it."""
    sentence, line, place = said.partition("\n\nLINE ")
    return f"{_one_line(sentence)}\nLINE {place}" if line else _one_line(sentence)


def _one_line(text: str) -> str:
    return " ".join(text.split())
