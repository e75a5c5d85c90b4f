"""What a Prefect server of our own serves: the part of Prefect's API that flows ask while they run, and its tables.

Prefect's whole application takes half a second more to be ready, and a command waits for it.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from prefect.server.api import admin, artifacts, flow_runs, flows, task_runs
from prefect.server.database import provide_database_interface
from prefect.server.database.orm_models import Base
from prefect.server.exceptions import ObjectNotFoundError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.schema import CreateIndex, CreateTable

if TYPE_CHECKING:
    import sqlalchemy

WHOLE = "prefect.server.api.server"
_PARTS = (flows, flow_runs, task_runs, artifacts, admin)
_ANSWERS = {ObjectNotFoundError: 404, IntegrityError: 409, DBAPIError: 503}
"""What a client is told of a failure, as Prefect has it; after a 503 it asks again."""


class Whole(ModuleType):
    """Stands for the module of Prefect's whole application while nothing of it is wanted but this one function.

    Prefect's rules import it with every change of a run's state.
    """

    @staticmethod
    def is_client_retryable_exception(error: Exception) -> bool:
        """Say whether a client should ask again."""
        return isinstance(error, DBAPIError)

    def __getattr__(self, name: str) -> Any:
        """Return anything else from the module itself, which takes this one's place."""
        if name.startswith("__"):  # the import itself asks for these
            raise AttributeError(name)
        if sys.modules.get(WHOLE) is self:
            del sys.modules[WHOLE]
        return getattr(import_module(WHOLE), name)


def flows_api() -> FastAPI:
    """Return the application; it is below /api."""
    sys.modules.setdefault(WHOLE, Whole(WHOLE))
    failures: dict[Any, Any] = dict.fromkeys(_ANSWERS, _answer)
    api = FastAPI(openapi_url=None, exception_handlers=failures)
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


async def _answer(_: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in _ANSWERS.items() if isinstance(error, kind))
    return JSONResponse({"exception_message": str(error)}, status)
