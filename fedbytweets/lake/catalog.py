"""Declared tables -> Iceberg tables in a catalog: SQLite beside a local lake, Glue on AWS."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pyiceberg.catalog import Catalog, load_catalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceAlreadyExistsError,
    NoSuchTableError,
    TableAlreadyExistsError,
    ValidationError,
)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.schema import Schema
from pyiceberg.table import Table as IcebergTable
from pyiceberg.transforms import MonthTransform
from pyiceberg.types import (
    BooleanType,
    DoubleType,
    IcebergType,
    IntegerType,
    ListType,
    LongType,
    NestedField,
    StringType,
    TimestampType,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from fedbytweets.errors import SettingsError
from fedbytweets.lake.faults import damaged
from fedbytweets.lake.location import TABULAR, Location
from fedbytweets.lake.manifests import FILE_IO
from fedbytweets.settings import LakeSettings
from fedbytweets.tables import Table

CATALOG_FILE = "catalog.db"
"""Name of the embedded catalog, in the lake's folder."""

_PRIMITIVES: Mapping[str, IcebergType] = {
    "string": StringType(),
    "int": IntegerType(),
    "bigint": LongType(),
    "double": DoubleType(),
    "boolean": BooleanType(),
    "timestamp": TimestampType(),
}

PROPERTIES: Mapping[str, str] = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "commit.manifest-merge.enabled": "true",
    "commit.manifest.min-count-to-merge": "20",
    "write.metadata.metrics.default": "none",
    **{f"write.metadata.metrics.column.{name}": "full" for name in ("id", "file_name", "import_date", "created_at")},
}
"""Of every table. Statistics are kept of what files are found by (lake/merge.py), whole, and of nothing else: whoever
plans a scan reads those of every file."""

_OPENINGS = 5


class LakeCatalog:
    """The tables of one lake."""

    def __init__(self, catalog: Catalog, location: Location, database_prefix: str) -> None:
        self._catalog = catalog
        self._location = location
        self._prefix = database_prefix

    def load(self, table: Table) -> IcebergTable:
        """Return a table as it stands now, made if it is not there yet, and with all columns that are declared."""
        found = self.find(table)
        return self._create(table) if found is None else self._evolved(found, table)

    def find(self, table: Table) -> IcebergTable | None:
        """Return a table as it stands now, or None if nothing has made it yet.

        Raises:
            SettingsError: the catalog is Glue and has no such database: a wrong name must not look like an empty lake.
            LakeError: its metadata cannot be read.

        """
        try:
            return self._catalog.load_table(self._identifier(table))
        except NoSuchTableError:
            self._require_database(table.layer)
            return None
        except (ValidationError, ValueError) as error:
            raise damaged(f"The metadata of {table.identifier}", error) from error

    def database(self, layer: str) -> str:
        """Return the catalog's name of a layer's database."""
        return self._prefix + layer

    def _identifier(self, table: Table) -> tuple[str, str]:
        return self.database(table.layer), table.name

    def _require_database(self, layer: str) -> None:
        """Refuse a database that is not in Glue: Terraform makes them, and the task's role may not."""
        if self._location.is_local or self._catalog.namespace_exists(self.database(layer)):
            return
        raise SettingsError(
            f"FEDBYTWEETS_DATABASE_PREFIX is {self._prefix!r}: Glue has no database {self.database(layer)!r}. "
            "Set the prefix of the environment, or make its databases (infra/)."
        )

    def _evolved(self, found: IcebergTable, table: Table) -> IcebergTable:
        """Add the declared columns that a table lacks: its files stay as they are, and its old rows read null."""
        lacking = set(table.names).difference(found.schema().column_names)
        if not lacking:
            return found
        declared = [field for field in iceberg_schema(table).fields if field.name in lacking]
        with suppress(CommitFailedException), found.update_schema() as update:  # another hand evolved it just now
            update.union_by_name(Schema(*declared))
        return self.load(table)

    def _create(self, table: Table) -> IcebergTable:
        if self._location.is_local:  # in Glue the databases are Terraform's, and there: `find` has looked
            with suppress(NamespaceAlreadyExistsError, IntegrityError):  # another table of the layer came first
                self._catalog.create_namespace(self.database(table.layer))
        schema = iceberg_schema(table)
        try:
            return self._catalog.create_table(
                self._identifier(table),
                schema,
                location=f"{self._location.uri}/{TABULAR[table.layer]}/{table.name}",
                partition_spec=_months(schema, table.month_of) if table.month_of else PartitionSpec(),
                properties=dict(PROPERTIES),
            )
        except TableAlreadyExistsError:
            return self._catalog.load_table(self._identifier(table))


def open_catalog(settings: LakeSettings, location: Location) -> LakeCatalog:
    """Open the catalog that the settings name.

    Raises:
        SettingsError: it cannot be opened with these settings.

    """
    kind = settings.catalog
    if kind == "auto":
        kind = "sqlite" if location.is_local else "glue"
    if kind == "sqlite":
        return LakeCatalog(_sqlite(location), location, settings.database_prefix)
    from fedbytweets.lake.glue import open_glue  # noqa: PLC0415 (a local lake need not wait for boto3)

    return LakeCatalog(open_glue(settings, location), location, settings.database_prefix)


def iceberg_schema(table: Table) -> Schema:
    """Return a table's columns as Iceberg names them, docs kept; every column may be null."""
    fields, next_id = [], len(table.columns) + 1
    for number, column in enumerate(table.columns, start=1):
        if column.type == "array<string>":
            kind: IcebergType = ListType(next_id, StringType(), element_required=False)
            next_id += 1
        else:
            kind = _PRIMITIVES[column.type]
        fields.append(NestedField(number, column.name, kind, required=False, doc=column.doc))
    return Schema(*fields)


def _months(schema: Schema, column: str) -> PartitionSpec:
    source = schema.find_field(column).field_id
    return PartitionSpec(PartitionField(source, 1000, MonthTransform(), f"{column}_month"))


def _sqlite(location: Location) -> Catalog:
    Path(location.root).mkdir(mode=0o750, parents=True, exist_ok=True)  # posts of people: not for every user
    uri = f"sqlite:///{location.path(CATALOG_FILE)}?timeout=60"
    properties = {"type": "sql", "uri": uri, "warehouse": location.uri, **FILE_IO}
    for _ in range(_OPENINGS - 1):
        # Of two processes that make a new catalog's own tables at once, one fails: they are there by then.
        with suppress(OperationalError):
            return load_catalog("lake", **properties)
    return load_catalog("lake", **properties)
