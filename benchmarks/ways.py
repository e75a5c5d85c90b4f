"""The ways that are measured, each in a process of its own: `python -m benchmarks.ways <way> <arguments as JSON>`."""

import json
import sys
from collections.abc import Mapping
from importlib import import_module

from benchmarks.cost import say

WAYS: Mapping[str, str] = {
    "bronze": "ours.bronze",
    "silver": "ours.silver",
    "floor-orjson": "ours.floor_orjson",
    "floor-msgspec": "ours.floor_msgspec",
    "command": "orchestration.command",
    "units": "orchestration.units",
    "pandas": "others.with_pandas",
    "duckdb": "others.with_duckdb",
    "pyarrow": "arrow_reader.with_pyarrow",
    "twarc-csv": "others.with_twarc_csv",
    "history": "history.build",
    "increment": "history.increment",
    "increment-pandas": "history.increment_with_pandas",
    "increment-duckdb": "history.increment_with_duckdb",
}
"""Name -> function, imported when it is asked for: what the others import is no cost of this one."""

if __name__ == "__main__":
    module, _, function = WAYS[sys.argv[1]].partition(".")
    say(getattr(import_module(f"benchmarks.{module}"), function)(**json.loads(sys.argv[2])))
