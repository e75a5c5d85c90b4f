"""`make bench` runs from end to end, and what it prints are ratios."""

import json
import math
from pathlib import Path

import pytest

from benchmarks import __main__ as program
from benchmarks.cost import Cost, in_its_own_process
from benchmarks.tables import FLOOR, Row, increments, throughput


@pytest.mark.soak
def test_a_tiny_benchmark_measures_every_way_and_prints_ratios(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """200 tweets through the pipeline, the floors, DuckDB and pandas; 1,200 more on histories of 0 and 2,000."""
    monkeypatch.setattr(program, "SLOW_UP_TO", 0)
    monkeypatch.setattr(program, "RUNS", 1)
    out = tmp_path / "out" / "bench.json"
    program.bench(sizes=[200], history=[0, 2_000], shapes=["lean-jsonl"], build=tmp_path / "build", out=out)

    figures = {(each["case"], each["way"]): each for each in json.loads(out.read_text())}
    raw = "raw-200-lean-jsonl"
    assert {way for case, way in figures if case == raw} == {
        "bronze", "silver", "floor-msgspec", "floor-orjson", "duckdb", "pandas", "pyarrow",
        "bronze, 2 processes",
    }  # fmt: skip
    assert figures[raw, "bronze"]["done"]["tweets"] == figures[raw, "silver"]["done"]["tweets"] == 200
    assert figures["history-2000", "tweets"]["done"] == {"inserted": 1_000, "updated": 200}
    assert not any(math.isnan(each["cpu_seconds"]) for each in figures.values())
    printed = capsys.readouterr().out
    assert "| 200-lean-jsonl | floor-msgspec | 1.00 |" in printed
    assert "| 2,000 | tweets |" in printed


def test_ratios_are_those_of_cpu_time() -> None:
    """To the same input's floor, and to the same run on an empty table."""
    rows = [
        Row("raw-9-lean-jsonl", "bronze", Cost(2.0, 9.0, 50), 1_000, 10),
        Row("raw-9-lean-jsonl", FLOOR, Cost(1.0, 3.0)),
    ]
    assert throughput(rows).splitlines()[2:] == [
        "| 9-lean-jsonl | bronze | 2.00 | 1.00 | 500 | 5.0 | 50 |",
        "| 9-lean-jsonl | floor-msgspec | 1.00 | 0.33 | 0 | 0.0 | 0 |",
    ]
    rows = [Row("history-0", "tweets", Cost(2.0, 1.0)), Row("history-5000", "tweets", Cost(3.0, 4.0, 7, 1.25, 0.5))]
    assert increments(rows).splitlines()[3:] == ["| 5,000 | tweets | 1.50 | 4.00 | 1.2 | 0.5 | 7 |"]


def test_a_way_that_fails_says_why(tmp_path: Path) -> None:
    """In its own words."""
    with pytest.raises(RuntimeError, match=r"(?s)bronze ended with 1: .*absent"):
        in_its_own_process("bronze", raw=tmp_path / "absent", lake=tmp_path / "lake")
