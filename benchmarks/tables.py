"""What was measured -> tables of ratios, as docs/speed.md holds them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from benchmarks.cost import Cost

FLOOR = "floor-msgspec"


@dataclass(frozen=True)
class Row:
    """One measurement: its case, the way it was done, what it cost, the size of its input where that matters."""

    case: str
    way: str
    cost: Cost
    tweets: float = 0
    megabytes: float = 0


def throughput(rows: Sequence[Row]) -> str:
    """Return a Markdown table: CPU as a multiple of the floor, clock of raw -> bronze, speed per CPU second, memory."""
    head = "| input | way | CPU, times the floor | clock, times bronze | tweets per CPU s | MB per CPU s | peak MB |\n"
    head += "|---|---|---|---|---|---|---|"
    return "\n".join([head, *_throughput(rows)])


def increments(rows: Sequence[Row]) -> str:
    """Return a Markdown table: each run's cost as a multiple of the same on an empty silver table."""
    head = "| silver holds | way | CPU, times empty | clock, times empty | read MB | written MB | peak MB |\n"
    head += "|---|---|---|---|---|---|---|"
    return "\n".join([head, *_increments(rows)])


def _throughput(rows: Sequence[Row]) -> Iterator[str]:
    for case, group in groupby(rows, key=lambda row: row.case):
        ways = {row.way: row for row in group}
        floor, bronze = ways[FLOOR].cost, ways["bronze"].cost
        for way, row in ways.items():
            cpu = row.cost.cpu_seconds
            speeds = f"{row.tweets / cpu:,.0f} | {row.megabytes / cpu:,.1f}"
            times = f"{cpu / floor.cpu_seconds:.2f} | {row.cost.clock_seconds / bronze.clock_seconds:.2f}"
            yield f"| {case.removeprefix('raw-')} | {way} | {times} | {speeds} | {row.cost.peak_mb:,.0f} |"


def _increments(rows: Sequence[Row]) -> Iterator[str]:
    empty = {row.way: row.cost for row in rows if row.case == "history-0"}
    for row in rows:
        base = empty.get(row.way.replace("increment-pandas", "tweets").replace("increment-duckdb", "tweets"))
        cost = row.cost
        times = "- | -"
        if base:
            times = f"{cost.cpu_seconds / base.cpu_seconds:.2f} | {cost.clock_seconds / base.clock_seconds:.2f}"
        sizes = f"{cost.read_mb:.1f} | {cost.written_mb:.1f} | {cost.peak_mb:,.0f}"
        yield f"| {int(row.case.removeprefix('history-')):,} | {row.way} | {times} | {sizes} |"
