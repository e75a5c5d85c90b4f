"""SQL over a lake: who is told to be at fault when it fails, and where it puts what does not fit into memory."""

import stat
from pathlib import Path

import pytest
from lakes import lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.cli.app import run
from fedbytweets.errors import InputError
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.query import answer, connect

WRONG_INPUT, LAKE_FAILED = 2, 5


@pytest.fixture
def filled(lake: Lake) -> Lake:
    """Return a lake of five tweets, of authors whose name a terminal would obey."""
    lay(lake, "lula/1.json", lines(page_of(range(1, 6), name="Ana\x1b[2J\nforged line")))
    load_bronze(lake)
    merge_silver(lake)
    return lake


@pytest.mark.parametrize("arguments", [["query", "SELECT count(name) FROM silver.users"], ["quality"], ["report"]])
def test_a_file_that_is_missing_is_the_lakes_fault(
    filled: Lake,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not the query's: the lake's exit code, and a sentence that names the file."""
    monkeypatch.chdir(tmp_path)
    [data] = (tmp_path / "lake" / "silver" / "users" / "data").rglob("*.parquet")
    data.unlink()
    assert run(arguments) == LAKE_FAILED
    told = capsys.readouterr().err
    assert told.startswith("fedbytweets: ")
    assert data.name in told
    assert len(told.splitlines()) <= 3
    assert not (tmp_path / "report.html").exists()


def test_a_query_that_fails_is_told_with_its_place_and_values_on_one_line(filled: Lake) -> None:
    """The value of a row has no line of its own in DuckDB's sentence; the place in the query has two."""
    with pytest.raises(InputError) as refused:
        answer(filled, "SELECT CAST(name AS INT) FROM silver.users")
    assert str(refused.value).splitlines() == [
        (
            "DuckDB refuses the query. Conversion Error: Could not convert string 'Ana␛[2J forged line' to "
            "INT32 when casting from source column name"
        ),
        "LINE 1: SELECT CAST(name AS INT) FROM silver.users",
        "               ^^^^^^^^^^^^^^^^^",
    ]


def test_a_query_spills_into_a_folder_of_its_own_which_is_gone_afterwards(
    filled: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not into the working directory, where anyone may have put a folder of that name."""
    monkeypatch.chdir(tmp_path)
    with connect(filled) as connection:
        [[named]] = connection.execute("SELECT current_setting('temp_directory')").fetchall()
        connection.execute("SELECT count(*) FROM range(100) a, range(100) b").fetchall()
        assert stat.S_IMODE(Path(named).stat().st_mode) == 0o700
    assert not Path(named).exists()
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]
