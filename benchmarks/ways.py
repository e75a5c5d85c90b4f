"""The ways that are measured, each in a process of its own: `python -m benchmarks.ways <way> <arguments as JSON>`."""

import json
import sys
from collections.abc import Callable, Mapping

from benchmarks import history, others, ours
from benchmarks.cost import Cost, say

WAYS: Mapping[str, Callable[..., Cost]] = {
    "bronze": ours.bronze,
    "silver": ours.silver,
    "floor-orjson": ours.floor_orjson,
    "floor-msgspec": ours.floor_msgspec,
    "pandas": others.with_pandas,
    "duckdb": others.with_duckdb,
    "twarc-csv": others.with_twarc_csv,
    "history": history.build,
    "increment": history.increment,
    "increment-pandas": history.increment_with_pandas,
    "increment-duckdb": history.increment_with_duckdb,
}

if __name__ == "__main__":
    say(WAYS[sys.argv[1]](**json.loads(sys.argv[2])))
