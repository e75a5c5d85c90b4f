"""A run that finds next to nothing new: what the command costs, and what of that is its work.

The work is what the run's tasks do, called as plain functions in one process, the imports of the lake and of the
stand-in counted. What is beyond it is orchestration: Python and the command line, Prefect, its server, the flows, the
artifacts, the end.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from uuid import uuid4

from benchmarks.cost import Cost, counted, in_its_own_process

_WAYS = {"run": ("command", ["run", "--simulate"]), "its work": ("units", None), "status": ("command", ["status"])}


def overhead(lake: Path, runs: int) -> str:
    """Return a Markdown table of medians over some runs on a lake that a run has filled; the ways take turns."""
    shutil.rmtree(lake, ignore_errors=True)
    _cost(lake, "run")
    costs: dict[str, list[Cost]] = {name: [] for name in _WAYS}
    for _ in range(runs):
        for name in _WAYS:
            costs[name].append(_cost(lake, name))
    found = {name: _medians(each) for name, each in costs.items()}
    (cpu, clock), (work_cpu, work_clock) = found["run"], found["its work"]
    rows = {**found, "orchestration": (cpu - work_cpu, clock - work_clock)}
    lines = [f"| {name} | {cpu:.2f} | {clock:.2f} |" for name, (cpu, clock) in rows.items()]
    return "\n".join(["| what | CPU s | clock s |", "|---|---|---|", *lines])


def command(lake: str, arguments: list[str]) -> Cost:
    """Run the console command, its Prefect server included."""
    cost, program = Cost(), [str(Path(sys.executable).with_name("fedbytweets")), *arguments]
    with counted(cost):
        subprocess.run(program, env=os.environ | {"FEDBYTWEETS_LAKE": lake}, stdout=subprocess.DEVNULL, check=True)
    return cost


def units(lake: str) -> Cost:
    """Do the units of work of `run --simulate` here, one after another, as its flows order them."""
    import prefect.main  # noqa: F401 (Prefect itself is no work)
    from prefect.logging import disable_run_logger

    os.environ["FEDBYTWEETS_LAKE"] = lake
    cost = Cost()
    with counted(cost), disable_run_logger():
        from fedbytweets.simulator import Simulator

        with Simulator() as api:
            os.environ |= {
                "FEDBYTWEETS_X_BASE_URL": api.base_url,
                "FEDBYTWEETS_X_SIMULATED": "true",
                "FEDBYTWEETS_X_BEARER_TOKEN": "any",
            }
            _do_the_work()
    return cost


def _do_the_work() -> None:
    from fedbytweets.instants import utc_now
    from fedbytweets.lake import runs
    from fedbytweets.lake.lake import open_lake
    from fedbytweets.report import run_row
    from fedbytweets.settings import lake_settings
    from fedbytweets.subjects import default_subjects
    from tasks import bronze, collect, report, silver

    run = report.Run(str(uuid4()), 1, "batch-ingestion", "benchmark", collects=True)
    run.before = report.look_at_lake.fn()
    run.gathering = collect.collect_subjects.fn(default_subjects(), None)
    if objects := bronze.list_pending.fn(""):
        bronze.load_bronze.fn(objects)
    with ThreadPoolExecutor() as pool:
        merged = pool.map(lambda name: silver.merge_silver.fn(name, rebuild=False), ("tweets", "users", "places"))
        run.merged = {each.table: each for each in merged}
    lake = open_lake(lake_settings())
    runs.enter(lake, run_row(report.report_of(lake, run, utc_now())))


def _cost(lake: Path, name: str) -> Cost:
    way, arguments = _WAYS[name]
    return in_its_own_process(way, lake=lake, **({} if arguments is None else {"arguments": arguments}))


def _medians(costs: Sequence[Cost]) -> tuple[float, float]:
    return median(cost.cpu_seconds for cost in costs), median(cost.clock_seconds for cost in costs)
