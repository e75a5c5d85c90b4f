"""A lake made by version 0.1.0 still opens, evolves and takes runs and erasures.

`tests/data/lake-0.1.0.tar.xz` was made by that version's commands: two subjects collected from the simulator, files
imported with quality, quarantine and api_errors rows, a person erased, a maintenance. Its tables hold absolute paths,
so it is unpacked to the folder it was made in.
"""

import fcntl
import json
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from lakes import lake_in

from fedbytweets.lake.lake import Lake
from fedbytweets.simulator import Corpus, Simulator
from fedbytweets.tables import ALL, Table, silver

DATA = Path(__file__).parents[1] / "data"
HOME = Path("/tmp/fedbytweets-lake-0.1.0")  # the folder it was made in
PERSON = 1536487243250625054
MAIN = "from fedbytweets.cli import main; main()"


@pytest.fixture
def old_lake() -> Iterator[Lake]:
    """Return the lake, unpacked; one test at a time has its folder."""
    HOME.mkdir(exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(HOME / "lake", ignore_errors=True)
        with tarfile.open(DATA / "lake-0.1.0.tar.xz") as archive:
            archive.extractall(HOME, filter="data")
        yield lake_in(HOME / "lake")
        shutil.rmtree(HOME / "lake")


def _recorded(table: Table) -> list[dict[str, object]]:
    """Return a table's rows as they were recorded when the lake was made."""
    recorded = json.loads(lzma.decompress((DATA / "lake-0.1.0-rows.json.xz").read_bytes()))[table.identifier]
    return [dict(zip(recorded["columns"], row, strict=True)) for row in recorded["rows"]]


def _rows(lake: Lake, table: Table) -> list[dict[str, object]]:
    """Return a table's rows as JSON holds them, in the order of the record, without columns it did not know."""
    names = list(_recorded(table)[0])
    rows = json.loads(
        json.dumps([list(row) for row in lake.scan(table).select(names).collect().iter_rows()], default=str)
    )
    ordered = sorted(rows, key=lambda row: json.dumps(row, default=str))
    return [dict(zip(names, row, strict=True)) for row in ordered]


def _command(*arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "FEDBYTWEETS_"))}
    command = [sys.executable, "-c", MAIN, *arguments, "--lake", str(HOME / "lake")]
    done = subprocess.run(command, env=kept | environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "table", [table for table in ALL if table.identifier != "ops.runs"], ids=lambda t: t.identifier
)
def test_every_row_of_it_reads_as_it_was_recorded(old_lake: Lake, table: Table) -> None:
    """Whole rows; columns that have come since are left out."""
    assert _rows(old_lake, table) == _recorded(table)


@pytest.mark.long
def test_it_takes_a_run_and_an_erasure_and_a_maintenance(old_lake: Lake) -> None:
    """What is new is added, the person is gone from silver, and everything else stays as it was recorded."""
    before = {(row["id"], row["subject"]): row for row in _recorded(silver.TWEETS)}
    assert any(row["author_id"] == PERSON for row in before.values())
    with Simulator(Corpus(seed=1, posts_per_hour=60_000)) as simulator:
        source = {
            "FEDBYTWEETS_X_BASE_URL": simulator.base_url,
            "FEDBYTWEETS_X_SIMULATED": "true",
            "FEDBYTWEETS_X_BEARER_TOKEN": "any",
        }
        _command("run", **source, FEDBYTWEETS_BUDGET_POSTS_PER_RUN="400")
    _command("person", "erase", str(PERSON))
    _command("maintain")
    after = {(row["id"], row["subject"]): row for row in _rows(old_lake, silver.TWEETS)}
    kept = {key: row for key, row in before.items() if row["author_id"] != PERSON and row["referenced_type"] is None}
    assert {key: after.get(key) for key in kept} == kept
    assert len(after) > len(before)
    assert all(row["author_id"] != PERSON for row in after.values())
