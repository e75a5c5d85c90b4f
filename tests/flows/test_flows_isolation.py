"""A raw object that makes a step raise, as whole flows and the command line meet it: exit code 1, all others done."""

import os
import subprocess
import sys
from pathlib import Path
from time import monotonic

import polars as pl
import pytest
from lakes import lay, lines, page_of

from fedbytweets.errors import InputError, LakeError, RunError
from fedbytweets.lake import load, merge, ranges
from fedbytweets.lake.lake import Lake
from fedbytweets.tables import bronze, ops, silver
from flows.import_archive import import_archive
from flows.process_raw import process_raw
from flows.replay import replay
from flows.reported import PutAsideError
from flows.to_silver import silver_side_by_side

pytestmark = [pytest.mark.flow, pytest.mark.timeout(600), pytest.mark.usefixtures("prefect_api")]


def silver_ids(lake: Lake) -> list[int]:
    """Return the ids of the tweets in silver."""
    return sorted(lake.scan(silver.TWEETS).collect()["id"])


def spoil_reading(patch: pytest.MonkeyPatch, name: str) -> None:
    """Have the objects of an imported file make their reading raise."""
    kept_out = load.kept_out

    def raising(lake: Lake, raw_object: load.RawObject, *rest: object) -> bytes:
        if name in raw_object.key:
            raise OverflowError("date value out of range")
        return kept_out(lake, raw_object, *rest)

    patch.setattr(load, "kept_out", raising)


def spoil_silver(patch: pytest.MonkeyPatch, name: str) -> None:
    """Have the rows of an imported file make silver.tweets raise."""
    for module in (merge, ranges):
        write_rows = module.write_rows

        def raising(iceberg, declared, rows, write_rows=write_rows):  # type: ignore[no-untyped-def]
            if declared is silver.TWEETS and rows["file_name"].str.contains(name).any():
                raise OverflowError("date value out of range")
            return write_rows(iceberg, declared, rows)

        patch.setattr(module, "write_rows", raising)


@pytest.fixture
def archive(tmp_path: Path) -> list[str]:
    """Return three files of one tweet each, the second called `bad`."""
    files = []
    for number, name in enumerate(("one", "bad", "three"), start=1):
        files.append(str(tmp_path / f"{name}.json"))
        Path(files[-1]).write_bytes(lines(page_of([number])))
    return files


@pytest.mark.parametrize("spoil", [spoil_reading, spoil_silver])
def test_an_import_and_a_replay_fail_at_their_end_and_name_the_object_and_the_next_run_does_not(
    lake: Lake, archive: list[str], spoil: object
) -> None:
    """All others are in silver; what cannot be read is not tried again by each run, and a replay tries it again."""
    with pytest.MonkeyPatch.context() as patch:
        assert callable(spoil)
        spoil(patch, "bad")
        for run in (lambda: import_archive(archive, "lula"), lambda: replay("lula")):
            with pytest.raises(PutAsideError, match=r"Put aside: 1 raw object, lula/bad_.*OverflowError") as failed:
                run()
            assert failed.value.exit_code == 1
            assert "`fedbytweets replay --subject lula`" in str(failed.value)
            assert silver_ids(lake) == [1, 3]
        more = Path(archive[0]).with_name("more.json")
        more.write_bytes(lines(page_of([4])))
        import_archive([str(more)], "lula")
        assert silver_ids(lake) == [1, 3, 4]
        assert lake.scan(bronze.QUARANTINE).collect()["kind"].to_list() == ["failed"]
    replay()
    assert silver_ids(lake) == [1, 2, 3, 4]
    reports = lake.scan(ops.RUNS).collect().sort("started_at")
    assert reports["state"].to_list() == ["failed", "failed", "completed", "completed"]


def test_process_raw_alone_fails_after_all_others_are_in_bronze(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has its own deployment."""
    for number in (1, 2, 3):
        lay(lake, f"lula/{number}.json", lines(page_of([number])))
    spoil_reading(monkeypatch, "lula/2")
    with pytest.raises(PutAsideError, match=r"lula/2\.json"):
        process_raw()
    assert sorted(lake.scan(bronze.TWEETS).collect()["id"]) == ["1", "3"]
    assert process_raw() == {}


@pytest.mark.parametrize("subject", ["../../../../victim", "..", "/etc", "LULA", "a/b"])
def test_a_subject_that_is_none_ends_a_flow_before_anything_is_touched(lake: Lake, subject: str) -> None:
    """No retries, nothing made."""
    for run in (process_raw, replay, lambda subject: import_archive([__file__], subject)):
        with pytest.raises(InputError, match="cannot name a folder of the lake"):
            run(subject)
    assert not (Path(lake.location.root) / "bronze").exists()


def test_a_missing_file_of_a_table_ends_a_run_in_seconds(lake: Lake) -> None:
    """It is named with its table and what to do, and nothing is tried again."""
    for number in (1, 2):
        lay(lake, f"lula/{number}.json", lines(page_of([1], likes=number)))
        process_raw()
        if number == 1:
            silver_side_by_side()
            for file in (Path(lake.location.root) / "silver/tweets/data").rglob("*.parquet"):
                file.unlink()
    began = monotonic()
    with pytest.raises((RunError, LakeError), match=r"A file of silver.tweets is missing.*restore-the-lake"):
        silver_side_by_side()
    assert monotonic() - began < 60  # of a busy machine; the tries would wait for 107 s


def test_the_command_line_names_an_object_with_broken_lineage_and_goes_on(lake: Lake) -> None:
    """Nothing in the program is changed here: the lineage is cut on disk. Exit code 1, then 0."""
    for number in (1, 2, 3):
        lay(lake, f"lula/{number}.json", lines(page_of([number])))
    lineage = Path(lake.location.root) / "bronze/batch/lineage/lula/2.json.json"
    whole = lineage.read_bytes()
    lineage.write_bytes(whole[:10])

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        program = [str(Path(sys.executable).with_name("fedbytweets")), *arguments, "--lake", lake.settings.lake]
        return subprocess.run(program, capture_output=True, text=True, timeout=300, check=False, env=dict(os.environ))

    more = Path(lake.location.root).with_name("more.json")
    more.write_bytes(lines(page_of([4])))
    failed = command("import", str(more), "--subject", "lula")
    assert failed.returncode == 1, failed.stderr
    assert "lula/2.json (raw to bronze rows: InputError: Lineage" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert silver_ids(lake) == [1, 3, 4]
    assert command("import", str(more), "--subject", "lula").returncode == 0

    lineage.write_bytes(whole)
    assert command("replay", "--subject", "lula").returncode == 0
    assert silver_ids(lake) == [1, 2, 3, 4]
    assert lake.scan(bronze.QUARANTINE).select(pl.len()).collect().item() == 0
