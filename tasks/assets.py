"""Tables and raw folders as Prefect's assets, where the lake is on S3: so lineage shows in the dashboard."""

from collections.abc import Iterable, Sequence
from typing import ParamSpec, TypeVar

from prefect.assets import Asset, AssetProperties
from prefect.tasks import MaterializingTask, Task

from fedbytweets.lake.location import RAW, TABULAR
from fedbytweets.settings import lake_settings
from fedbytweets.tables import Table

P = ParamSpec("P")
R = TypeVar("R")


def table_assets(tables: Iterable[Table]) -> list[Asset]:
    """Return the assets that stand for tables; none where the lake is a folder."""
    return [
        Asset(
            key=f"{bucket}/{TABULAR[table.layer]}/{table.name}",
            properties=AssetProperties(name=table.identifier, description=table.doc),
        )
        for bucket in _bucket()
        for table in tables
    ]


def raw_assets(subjects: Iterable[str]) -> list[Asset]:
    """Return the assets that stand for subjects' raw objects; none where the lake is a folder."""
    return [
        Asset(
            key=f"{bucket}/{RAW}/{subject}",
            properties=AssetProperties(name=f"raw {subject}", description=f"Answers of the X API for {subject}."),
        )
        for bucket in _bucket()
        for subject in sorted(set(subjects))
    ]


def materializing(unit: Task[P, R], made: Sequence[Asset], of: Sequence[Asset] = ()) -> Task[P, R]:
    """Return a task that says it makes some assets of others; the task as it is where there are none to make."""
    if not made:
        return unit
    return MaterializingTask(
        fn=unit.fn,
        assets=made,
        asset_deps=list(of),
        name=unit.name,
        task_run_name=unit.task_run_name,
        retries=unit.retries,
        retry_delay_seconds=unit.retry_delay_seconds,
        retry_condition_fn=unit.retry_condition_fn,
        cache_policy=unit.cache_policy,
    )


def _bucket() -> list[str]:
    lake = lake_settings().lake.rstrip("/")
    return [lake] if lake.startswith("s3://") else []
