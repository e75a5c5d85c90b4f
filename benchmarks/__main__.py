"""`make bench`: measure, print ratios, write build/bench.json."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from benchmarks.corpus import BUILD, SHAPES, megabytes, raw_files
from benchmarks.cost import Cost, as_record, in_its_own_process
from benchmarks.orchestration import overhead
from benchmarks.tables import Row, increments, throughput

app = App(name="benchmarks", help="Measure the pipeline beside other ways and the floor. Read ratios, not seconds.")
SIZES = Parameter(help="Numbers of tweets to take from raw to silver.", negative="", consume_multiple=True)
HISTORY = Parameter(help="Numbers of tweets silver holds before 1,200 arrive.", negative="", consume_multiple=True)
SHAPE = Parameter(help="Some of lean-jsonl, rich-envelope, ...", negative="", consume_multiple=True)
OTHERS_UP_TO_MEGABYTES = 400  # they hold all of it in memory, ten times over
OFTEN_UP_TO, SLOW_UP_TO, REWRITE_UP_TO = 60_000, 60_000, 1_000_000
RUNS = 3


@app.default
def bench(
    *,
    sizes: Annotated[list[int] | None, SIZES] = None,
    history: Annotated[list[int] | None, HISTORY] = None,
    shapes: Annotated[list[str] | None, SHAPE] = None,
    build: Annotated[Path, Parameter(help="Where raw files and lakes are made; raw files are kept.")] = BUILD,
    out: Annotated[Path, Parameter(help="Where the figures go.")] = BUILD.parent / "bench.json",
) -> None:
    """Measure, print ratios, and write every figure to a file.

    By default 60,000 tweets and histories of 0 and 1 million. The rest of the page: --sizes 60000 600000 3000000
    --history 0 1000000 5000000 20000000 (an hour, 30 GB of disk).
    """
    rows: list[Row] = []
    for tweets in sizes if sizes is not None else [60_000]:
        for fields, layout in SHAPES:
            if shapes is None or f"{fields}-{layout}" in shapes:
                raw = raw_files(tweets, fields, layout, build)
                rows += _throughput(raw, tweets, build / "lake")
    print(throughput(rows))
    grown: list[Row] = []
    for held in history if history is not None else [0, 1_000_000]:
        grown += _increments(held, build / "lake")
    print(increments(grown))
    records = [{"case": row.case, "way": row.way} | dict(as_record(row.cost)) for row in rows + grown]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(records, indent=1))
    print(f"Every figure: {out}")


@app.command
def orchestration(
    *,
    runs: Annotated[int, Parameter(help="How often; the medians count.")] = 5,
    build: Annotated[Path, Parameter(help="Where the lake is made.")] = BUILD,
) -> None:
    """Measure what a run with next to nothing new costs beyond its work, and `fedbytweets status`."""
    print(overhead(build / "orchestrated", runs))


def _throughput(raw: Path, tweets: int, lake: Path) -> list[Row]:
    """Take raw files through every way that is fit for them: the pipeline and the floors some times, others once."""
    rounds = [_pipeline(raw, tweets, lake) for _ in range(RUNS if tweets <= OFTEN_UP_TO else 1)]
    rows = [_middle(of_one_way) for of_one_way in zip(*rounds, strict=True)]
    ways = []
    if megabytes(raw) <= OTHERS_UP_TO_MEGABYTES:
        ways += ["duckdb", "pandas", "pyarrow"] if raw.name.endswith("jsonl") else ["pandas"]
    if tweets <= SLOW_UP_TO and raw.name.endswith("jsonl"):
        ways.append("twarc-csv")
    rows += [_row(raw.name, way, {"lake": lake, "raw": raw}, tweets, megabytes(raw)) for way in ways]
    shutil.rmtree(lake)
    return rows


def _pipeline(raw: Path, tweets: int, lake: Path) -> list[Row]:
    """Take raw files into new lakes, by one process and by two, and measure the floors on what came of it."""
    rows: list[Row] = []
    for name, workers in (("bronze, 2 processes", "processes:2"), ("bronze", "threads:1")):
        shutil.rmtree(lake, ignore_errors=True)
        lake.mkdir(parents=True)
        given = {"lake": lake, "raw": raw, "workers": workers}
        rows.append(_row(raw.name, name, given, tweets, megabytes(raw), way="bronze"))
    rows.append(_row(raw.name, "silver", {"lake": lake}, tweets, megabytes(raw)))
    floors = ("floor-msgspec", "floor-orjson")
    return rows + [_row(raw.name, floor, {"lake": lake, "raw": raw}, tweets, megabytes(raw)) for floor in floors]


def _middle(runs: Sequence[Row]) -> Row:
    """Return the run that stands for some of the same thing."""
    return sorted(runs, key=lambda row: row.cost.cpu_seconds)[len(runs) // 2]


def _increments(held: int, lake: Path) -> list[Row]:
    """Let 1,200 tweets arrive at a history, some times; the middle run of each table stands for it."""
    shutil.rmtree(lake, ignore_errors=True)
    _row("", "history", {"lake": lake, "rows": held})
    case, rows = f"history-{held}", []
    more = 1 if held == 0 else 0  # the first run on an empty table meets nothing again: it is no measure for others
    for first, table in ((0, "tweets"), (RUNS + more, "users")):
        arguments = {"lake": lake, "rows": held, "table": table}
        runs = [_row(case, table, arguments | {"run": first + run}, way="increment") for run in range(RUNS + more)]
        rows.append(_middle(runs[more:]))
    if 0 < held <= REWRITE_UP_TO:
        rows += [_row(case, f"increment-{way}", {"lake": lake, "rows": held}) for way in ("duckdb", "pandas")]
    shutil.rmtree(lake)
    return rows


def _row(
    case: str, name: str, arguments: Mapping[str, object], tweets: int = 0, megabytes: float = 0, *, way: str = ""
) -> Row:
    try:
        cost = in_its_own_process(way or name, **arguments)
    except RuntimeError as error:  # another hand's way may fail on a size or a layout: that, too, is a result
        print(f"{case}: {error}")
        cost = Cost(cpu_seconds=float("nan"))
    print(f"{case:<28} {name:<16} {cost.cpu_seconds:8.2f} s CPU {cost.peak_mb:8.0f} MB", flush=True)
    return Row(case, name, cost, tweets, megabytes)


if __name__ == "__main__":
    app()
