"""The report at the end of a command, as a terminal and as a program see it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from lakes import lines, page_of

pytestmark = pytest.mark.long

_MAIN = "from fedbytweets.cli import main; main()"


def _command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FEDBYTWEETS_", "PREFECT_"))}
    return subprocess.run(
        [sys.executable, "-c", _MAIN, *arguments],
        env=kept | {"FEDBYTWEETS_LAKE": str(folder / "lake"), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_import_prints_its_report_as_json_and_nothing_else(tmp_path: Path) -> None:
    """Standard output is one document; the same document lies in `ops.runs`."""
    (tmp_path / "one.jsonl").write_bytes(lines(page_of(range(1, 6))))
    done = _command(tmp_path, "import", str(tmp_path / "one.jsonl"), "--subject", "lula", "--json")
    kept = _command(tmp_path, "query", "SELECT run_id, report FROM ops.runs", "--json")

    report = json.loads(done.stdout)
    (record,) = done.stderr.splitlines()
    assert (done.returncode, record.startswith("Prefect's record of this run")) == (0, True)
    assert (report["flow"], report["state"], report["raw_objects"]) == ("import-archive", "completed", 1)
    assert {each["table"]: each["new_rows"] for each in report["tables"] if each["table"].startswith("silver")} == {
        "silver.tweets": 5,
        "silver.users": 5,
        "silver.places": 5,
    }
    assert json.loads(json.loads(kept.stdout)[0]["report"]) == report


def test_a_run_that_failed_prints_its_report_and_then_its_reason(tmp_path: Path) -> None:
    """Without a token: the report goes to standard output, one clear message to standard error, and the code is 2."""
    done = _command(tmp_path, "run")

    assert done.returncode == 2
    assert done.stderr.startswith("fedbytweets: No token for the X API: set FEDBYTWEETS_X_BEARER_TOKEN")
    assert len(done.stderr.splitlines()) <= 3
    first, why, *rest = done.stdout.splitlines()
    assert first.startswith("batch-ingestion 20")
    assert " failed after " in first
    assert why.startswith("Why: No token for the X API")
    assert any(line.split()[:1] == ["get-tweets"] and "failed" in line for line in rest)
    assert rest[-2].startswith("Expectations: ")
