"""What a Prefect server of our own serves: the part of Prefect's API that flows ask while they run, and its tables.

Prefect's whole application takes half a second more to be ready, and a command waits for it.
"""

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from prefect.server.api import admin, artifacts, flow_runs, flows, server, task_runs
from prefect.server.database import provide_database_interface
from prefect.server.database.orm_models import Base
from prefect.server.exceptions import ObjectNotFoundError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

if TYPE_CHECKING:
    import sqlalchemy

_PARTS = (flows, flow_runs, task_runs, artifacts, admin)
_FAILURES: dict[Any, Any] = {
    Exception: server.custom_internal_exception_handler,
    IntegrityError: server.integrity_exception_handler,
    ObjectNotFoundError: server.prefect_object_not_found_exception_handler,
}


def flows_api() -> FastAPI:
    """Return the application; it is below /api."""
    api = FastAPI(openapi_url=None, exception_handlers=_FAILURES)
    for part in _PARTS:
        api.include_router(part.router, prefix="/api")
    return api


async def make_tables() -> None:
    """Make Prefect's tables as it declares them; of their indexes those that keep rows apart."""
    engine = await provide_database_interface().engine()
    async with engine.begin() as connection:
        await connection.run_sync(_make_tables)


def _make_tables(connection: "sqlalchemy.Connection") -> None:
    for table in Base.metadata.tables.values():  # not `create_all`: 3.8 declares one index twice
        connection.execute(CreateTable(table))
        for index in table.indexes:
            if index.unique:
                connection.execute(CreateIndex(index))
