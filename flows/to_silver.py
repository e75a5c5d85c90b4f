"""tweets-to-silver, users-to-silver, places-to-silver: bronze -> silver, one flow a table.

Three functions and not one called thrice: with persisted results and a retry of the parent, Prefect gives one
subflow function's result to another call of it.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from contextvars import copy_context

from prefect import Flow, flow, get_run_logger

from fedbytweets.errors import RunError
from fedbytweets.lake.silver import Merged
from fedbytweets.tables import BRONZE, SILVER
from flows.naming import named
from flows.reported import PutAsideError, raise_for_put_aside
from tasks.assets import materializing, table_assets
from tasks.report import Run
from tasks.silver import SilverName, merge_silver


@flow(
    name="tweets-to-silver",
    flow_run_name=named("tweets-to-silver"),
)
def tweets_to_silver(*, rebuild: bool = False) -> Merged:
    """Merge new bronze tweets into silver.tweets: one row for each tweet and subject, as last retrieved.

    `rebuild` makes the table anew from all of bronze, in one commit.
    """
    return _to_silver("tweets", rebuild=rebuild)


@flow(
    name="users-to-silver",
    flow_run_name=named("users-to-silver"),
)
def users_to_silver(*, rebuild: bool = False) -> Merged:
    """Merge new bronze users into silver.users: one row each, as last seen.

    `rebuild` makes the table anew from all of bronze, in one commit.
    """
    return _to_silver("users", rebuild=rebuild)


@flow(
    name="places-to-silver",
    flow_run_name=named("places-to-silver"),
)
def places_to_silver(*, rebuild: bool = False) -> Merged:
    """Merge new bronze places into silver.places: one row each, as last seen.

    `rebuild` makes the table anew from all of bronze, in one commit.
    """
    return _to_silver("places", rebuild=rebuild)


def _to_silver(name: SilverName, *, rebuild: bool) -> Merged:
    made, of = ([table for table in layer if table.name == name] for layer in (SILVER, BRONZE))
    merged = materializing(merge_silver, table_assets(made), table_assets(of))(name, rebuild=rebuild)
    get_run_logger().info(
        "%s: %d rows read, %d inserted, %d updated", merged.table, merged.read, merged.inserted, merged.updated
    )
    raise_for_put_aside(merged, merged.failed)
    return merged


def silver_side_by_side(*, rebuild: bool = False, run: Run | None = None) -> list[Merged]:
    """Run the three silver flows at once, as subflows of the flow that calls; wait for all of them.

    `run` notes how long each took and what it merged.

    Raises:
        RunError: some failed; it names them, and holds their errors as its cause. The others have finished.
        PutAsideError: all are whole but for rows of raw objects that made a merge raise; it names these.

    """
    with ThreadPoolExecutor(len(SILVER_FLOWS), thread_name_prefix="silver") as pool:
        # Each thread gets a copy of the context: without it Prefect does not see who the parent is.
        futures = [pool.submit(copy_context().run, _called, each, run, rebuild=rebuild) for each in SILVER_FLOWS]
    failed = {each.name: error for each, one in zip(SILVER_FLOWS, futures, strict=True) if (error := one.exception())}
    if failed:
        reasons = "; ".join(f"{name}: {error}" for name, error in failed.items())
        raise RunError(f"Silver is not whole. {reasons}. Run again: what failed takes up where it was.") from (
            BaseExceptionGroup("silver", list(failed.values()))
        )
    merged = [future.result() for future in futures]
    raise_for_put_aside(merged, [one for each in merged for one in each.failed])
    return merged


def _called(silver_flow: Flow[..., Merged], run: Run | None, *, rebuild: bool) -> Merged:
    """Return what one flow merged; also where it put raw objects aside, which `Merged` names."""
    try:
        with run.step(silver_flow.name) if run else nullcontext():
            merged = silver_flow(rebuild=rebuild)
    except PutAsideError as error:
        merged = error.done
    if run:
        run.merged[merged.table] = merged
    return merged


SILVER_FLOWS: tuple[Flow[..., Merged], ...] = (tweets_to_silver, users_to_silver, places_to_silver)
