"""The contract of columns: names, order and types, in the lake and as engines read it."""

from pathlib import Path

import duckdb
import polars as pl
import pytest
from lakes import lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.lake.lake import Lake
from fedbytweets.tables import ALL, BRONZE, SILVER, TYPES, bronze, silver
from fedbytweets.tables.table import Table

WHEN_AND_WHERE = [("import_date", "timestamp"), ("file_name", "string")]
TWEETS = ["id", "created_at", "author_id", "text", "place_id"]
NAMES = ["id", "username", "name", "location"]
COUNTS = ["followers_count", "following_count", "listed_count", "tweet_count"]
PLACES = [(name, "string") for name in ("id", "full_name", "country", "place_type")]

CONTRACT: dict[str, list[tuple[str, str]]] = {
    "bronze.tweets": [*((name, "string") for name in TWEETS), *WHEN_AND_WHERE],
    "bronze.users": [
        *((name, "string") for name in NAMES),
        *((name, "bigint") for name in COUNTS),
        ("verified", "boolean"),
        *WHEN_AND_WHERE,
    ],
    "bronze.places": [*PLACES, *WHEN_AND_WHERE],
    "silver.tweets": [
        ("id", "bigint"),
        ("created_at", "timestamp"),
        ("author_id", "bigint"),
        ("text", "string"),
        ("place_id", "string"),
        ("subject", "string"),
        *WHEN_AND_WHERE,
    ],
    "silver.users": [
        ("id", "bigint"),
        *((name, "string") for name in NAMES[1:]),
        *((name, "int") for name in COUNTS),
        ("verified", "boolean"),
        *WHEN_AND_WHERE,
    ],
    "silver.places": [*PLACES, *WHEN_AND_WHERE],
}
DUCKDB = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "array<string>": "VARCHAR[]",
}
contract_tables = pytest.mark.parametrize(
    "table", [table for table in ALL if table.identifier in CONTRACT], ids=lambda table: table.identifier
)


@pytest.fixture
def filled(lake: Lake) -> Lake:
    """Return a lake with rows in the six tables of the contract."""
    lay(lake, "lula/1.json", lines(page_of(range(1, 6))))
    load_bronze(lake)
    merge_silver(lake)
    return lake


@contract_tables
def test_the_contracts_columns_come_first_with_their_names_order_and_types(table: Table) -> None:
    """What read the old tables reads these."""
    first = [(column.name, column.type) for column in table.columns]
    assert first[: len(CONTRACT[table.identifier])] == CONTRACT[table.identifier]


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.identifier)
def test_every_column_of_every_table_says_what_it_is(table: Table) -> None:
    """One line of prose, ended; a known type; a name of its own."""
    assert all(column.doc.endswith(".") for column in table.columns)
    assert all(column.type in TYPES for column in table.columns)
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    assert bool(table.key) == (table in SILVER)


@pytest.mark.parametrize("table", ALL, ids=lambda table: table.identifier)
def test_the_lakes_own_table_has_the_declared_columns_and_their_prose(lake: Lake, table: Table) -> None:
    """As the catalog shows them, and so Athena: timestamps without a zone."""
    kinds = {"bigint": "long", "timestamp": "timestamp", "array<string>": "list<string>"}
    fields = lake.table(table).schema().fields
    assert [(field.name, str(field.field_type), field.doc) for field in fields] == [
        (column.name, kinds.get(column.type, column.type), column.doc) for column in table.columns
    ]


@contract_tables
def test_polars_reads_a_table_at_once_as_declared(filled: Lake, table: Table) -> None:
    """`scan_iceberg` over the table's metadata, no catalog of ours between."""
    frame = pl.scan_iceberg(filled.table(table).metadata_location).collect()
    assert dict(frame.schema) == table.frame_schema
    assert frame.height == 5


@contract_tables
def test_duckdb_reads_a_table_at_once_as_declared(filled: Lake, table: Table) -> None:
    """From the data files a reader of the table reads, with the contract's types."""
    files = [task.file.file_path.removeprefix("file://") for task in filled.table(table).scan().plan_files()]
    assert all(Path(file).exists() for file in files)
    relation = duckdb.connect().read_parquet(files)
    assert list(zip(relation.columns, map(str, relation.types), strict=True)) == [
        (column.name, DUCKDB[column.type]) for column in table.columns
    ]
    assert len(relation.fetchall()) == 5


def test_silver_has_every_column_of_bronze(lake: Lake) -> None:
    """Nothing that came is left behind on the way."""
    for table in SILVER:
        below = next(one for one in BRONZE if one.name == table.name)
        assert set(table.names) == set(below.names)
    assert silver.PLACES.columns == bronze.PLACES.columns
