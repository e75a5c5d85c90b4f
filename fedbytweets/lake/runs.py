"""Run records in the lake, `ops.runs`: one row an attempt of a run, entered once, whoever enters it again."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from fedbytweets.lake.commit import again_on_conflict, guarded
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import ops

_INSTANT = "%Y-%m-%dT%H:%M:%S.%f"


def enter(lake: Lake, row: Mapping[str, Any]) -> bool:
    """Enter a run, its instants naive UTC; return False where this attempt of it is there already.

    Raises:
        ConflictError: other writers were first at every attempt.

    """
    return again_on_conflict(lambda: _enter(lake, row), lake.settings.commit_attempts)


def recent(lake: Lake, flow: str, now: datetime, age: timedelta = timedelta(days=30)) -> pl.DataFrame:
    """Return the completed runs of a flow that began within `age` before `now`, oldest first, without their reports."""
    table = lake.catalog.find(ops.RUNS)
    if table is None:
        return ops.RUNS.frame().drop("report")
    since = (now - age).strftime(_INSTANT)
    which = f"started_at >= '{since}' and flow == '{flow}' and state == 'completed'"
    names = tuple(name for name in ops.RUNS.names if name != "report")
    return pl.DataFrame(table.scan(row_filter=which, selected_fields=names).to_arrow()).sort("started_at")


def _enter(lake: Lake, row: Mapping[str, Any]) -> bool:
    table = lake.table(ops.RUNS)
    began = row["started_at"].strftime(_INSTANT)
    which = f"started_at == '{began}' and run_id == '{row['run_id']}' and attempt == {row['attempt']}"
    if table.scan(row_filter=which, selected_fields=("run_id",)).to_arrow().num_rows:
        return False
    with guarded(table) as transaction:
        transaction.append(pl.DataFrame([row], schema=ops.RUNS.frame_schema).to_arrow().cast(ops.RUNS.schema))
    return True
