"""The three silver flows: at once, children of who called them, and none stopped by another's failure."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from lakes import lay, lines, load_bronze, page_of
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterParentFlowRunId
from prefect.client.schemas.objects import FlowRun
from prefect.runtime import flow_run

from fedbytweets.errors import InputError, RunError
from fedbytweets.lake import silver
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import SILVER
from fedbytweets.tables.table import Table
from flows.to_silver import SILVER_FLOWS, silver_side_by_side

pytestmark = [pytest.mark.flow, pytest.mark.timeout(600), pytest.mark.usefixtures("prefect_api")]
NAMES = ["places-to-silver", "tweets-to-silver", "users-to-silver"]


@pytest.fixture
def filled(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """Return a lake with rows for all three tables in bronze; a flow that fails is not tried again here."""
    lay(lake, "lula/1.json", lines(page_of(range(1, 21))))
    load_bronze(lake)
    for each in SILVER_FLOWS:
        monkeypatch.setattr(each, "retries", 0)
    return lake


def _run(ids: list[Any]) -> list[silver.Merged]:
    @flow(name="caller")
    def caller() -> list[silver.Merged]:
        ids.append(flow_run.get_id())
        return silver_side_by_side()

    return caller()


def _children(parent: Any) -> dict[str, FlowRun]:
    """Return the runs that have this one as their parent, by the name of their flow."""
    with get_client(sync_client=True) as client:
        which = FlowRunFilter(parent_flow_run_id=FlowRunFilterParentFlowRunId(any_=[parent]))
        runs = client.read_flow_runs(flow_run_filter=which)
        return {client.read_flow(run.flow_id).name: run for run in runs}


def _rows(lake: Lake) -> dict[str, int]:
    return {table.name: lake.scan(table).collect().height for table in SILVER}


def _wrapped(before: Callable[[Table], object]) -> Callable[..., silver.Merged]:
    real = silver.merge_new

    def merge_new(lake: Lake, table: Table, *rest: Any) -> silver.Merged:
        before(table)
        return real(lake, table, *rest)

    return merge_new


def test_the_three_silver_flows_are_at_work_at_the_same_time(filled: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits for the other two in the middle of its work: one after another they would wait for ever."""
    all_three = threading.Barrier(3)
    monkeypatch.setattr(silver, "merge_new", _wrapped(lambda _: all_three.wait(120)))
    ids: list[Any] = []

    merged = _run(ids)

    assert sorted(done.table for done in merged) == ["silver.places", "silver.tweets", "silver.users"]
    assert _rows(filled) == {"tweets": 20, "users": 20, "places": 10}
    children = _children(ids[0])
    assert sorted(children) == NAMES
    assert {run.state_name for run in children.values()} == {"Completed"}
    starts = [run.start_time for run in children.values() if run.start_time]
    ends = [run.end_time for run in children.values() if run.end_time]
    assert max(starts) < min(ends)


def test_one_failing_leaves_the_others_to_finish_and_the_parent_names_it(
    filled: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Users cannot be merged; tweets and places are, the error names the flow and the reason, and a rerun is enough."""

    def broken(table: Table) -> None:
        if table.name == "users":
            raise InputError("users are broken")

    ids: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(silver, "merge_new", _wrapped(broken))
        with pytest.raises(RunError, match="users-to-silver: users are broken"):
            _run(ids)

    assert {name: run.state_name for name, run in _children(ids[0]).items()} == {
        "places-to-silver": "Completed",
        "tweets-to-silver": "Completed",
        "users-to-silver": "Failed",
    }
    assert _rows(filled) == {"tweets": 20, "users": 0, "places": 10}
    _run(ids)
    assert _rows(filled) == {"tweets": 20, "users": 20, "places": 10}
