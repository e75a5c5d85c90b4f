"""SQL over the lake's tables, read only, by DuckDB: `SELECT ... FROM silver.tweets`."""

from pathlib import Path

import duckdb
import polars as pl
from polars.exceptions import ComputeError

from fedbytweets.errors import InputError
from fedbytweets.lake.faults import telling
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import ALL


@telling
def connect(lake: Lake) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection that sees every table of the lake as of now, and nothing else.

    It reads only what a query needs of a table, and cannot write, nor reach files or the network by itself.
    """
    connection = duckdb.connect(config={"threads": 4})
    for layer in dict.fromkeys(table.layer for table in ALL):
        connection.execute(f"CREATE SCHEMA {layer}")
    for table in ALL:
        connection.register(f"{table.layer}__{table.name}", lake.scan(table))
        connection.execute(f"CREATE VIEW {table.identifier} AS SELECT * FROM {table.layer}__{table.name}")  # noqa: S608 (declared names)
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    return connection


@telling
def answer(lake: Lake, sql: str) -> pl.DataFrame:
    """Return the answer to one SELECT.

    Raises:
        InputError: it is no query that only reads, or DuckDB refuses it; the message has its sentence.

    """
    try:
        with connect(lake) as connection:
            statements = connection.extract_statements(sql)
            if len(statements) != 1 or statements[0].type is not duckdb.StatementType.SELECT:
                raise InputError("The lake is only read: give one SELECT, such as SELECT count(*) FROM silver.tweets.")
            frame: pl.DataFrame = connection.sql(sql).pl()
            return frame
    except duckdb.Error as error:
        said = "\n".join(line for line in str(error).splitlines() if line.strip())
        raise InputError(f"DuckDB refuses the query. {said}") from error


def save(frame: pl.DataFrame, path: Path) -> None:
    """Write an answer as a file: CSV or Parquet, by its name.

    Raises:
        InputError: the name has another ending, or the file cannot be written.

    """
    if path.suffix not in {".csv", ".parquet"}:
        raise InputError(f"{path} is written as CSV or Parquet: end its name with .csv or .parquet.")
    try:
        if path.suffix == ".csv":
            frame.write_csv(path)
        else:
            frame.write_parquet(path)
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error}. Name another with --output.") from error
    except ComputeError as error:  # a column of lists
        raise InputError(f"{path} cannot hold the answer: {error}. A .parquet file can.") from error
