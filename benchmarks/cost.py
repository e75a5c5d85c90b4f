"""A piece of work -> what it cost, in a process of its own: CPU, memory, bytes and files.

CPU seconds are of all threads and children. On a shared machine they are steadier than the clock, and ratios of
them steadier still.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

OTHERS = Path(__file__).parents[1] / "build" / "others" / "bin" / "python"
"""The environment of what is measured beside the pipeline: with pandas installed, pyarrow imports it everywhere."""

_NEED_PANDAS = {"pandas", "increment-pandas", "twarc-csv"}
_WORDS = "cost: "


@dataclass
class Cost:
    """What a piece of work cost, and what it did (`done`: counts, by name)."""

    cpu_seconds: float = 0.0
    clock_seconds: float = 0.0
    peak_mb: float = 0.0
    read_mb: float = 0.0
    written_mb: float = 0.0
    done: dict[str, float] | None = None


@contextmanager
def counted(cost: Cost) -> Iterator[None]:
    """Add what the block costs. Bytes are those asked of the system, cached or not."""
    cpu, clock, before = _cpu(), monotonic(), _bytes()
    yield
    after = _bytes()
    cost.cpu_seconds += _cpu() - cpu
    cost.clock_seconds += monotonic() - clock
    cost.read_mb += (after["rchar"] - before["rchar"]) / 1e6
    cost.written_mb += (after["wchar"] - before["wchar"]) / 1e6


def in_its_own_process(way: str, **arguments: object) -> Cost:
    """Have `python -m benchmarks.ways` do a piece of work; return what it cost.

    Raises:
        RuntimeError: it failed; the message is its own.

    """
    python = OTHERS if way in _NEED_PANDAS and OTHERS.exists() else sys.executable
    command = [str(python), "-m", "benchmarks.ways", way, json.dumps(arguments, default=str)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[1])
    words = next((line for line in ended.stdout.splitlines() if line.startswith(_WORDS)), None)
    if ended.returncode or words is None:
        raise RuntimeError(f"{way} ended with {ended.returncode}: {ended.stderr.strip()[-500:]}")
    return Cost(**json.loads(words.removeprefix(_WORDS)))


def say(cost: Cost) -> None:
    """Print a cost as `in_its_own_process` reads it, with this process's peak of memory."""
    cost.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(_WORDS + json.dumps(asdict(cost)))


def as_record(cost: Cost) -> Mapping[str, Any]:
    """Return a cost as build/bench.json holds it."""
    return asdict(cost)


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def _bytes() -> dict[str, int]:
    source = Path("/proc/self/io")
    lines = source.read_text().splitlines() if source.exists() else ["rchar: 0", "wchar: 0"]
    return {name: int(value) for name, value in (line.split(": ") for line in lines)}
