"""The command line as a shell meets it: what a look imports, what wrong input is told, and how a command ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lakes import lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.cli.app import run
from fedbytweets.lake.lake import Lake

DONE, WRONG_INPUT, LAKE_FAILED, INTERRUPTED, UNREAD = 0, 2, 5, 130, 141
MOST_COLLECTIONS = 50
HEAVY = {"boto3", "duckdb", "prefect", "starlette", "tweepy", "uvicorn"}
PATIENCE_SECONDS = 120

_MAIN = "from fedbytweets.cli import main; main()"
_IMPORTED = """
import sys
from fedbytweets.cli.app import run
run(sys.argv[1:])
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""
_COLLECTED = """
import atexit, gc, sys
from fedbytweets.cli import main

before = sum(generation["collections"] for generation in gc.get_stats())

def say():
    after = sum(generation["collections"] for generation in gc.get_stats())
    print(after - before, len(gc.get_objects()), gc.get_freeze_count(), file=sys.stderr)

atexit.register(say)
main()
"""


def _started(program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=kept | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--help"], set()),
        (["tables"], set()),
        (["status"], set()),
        (["quality"], set()),
        (["query", "SELECT 1"], {"duckdb"}),
        (["coverage"], {"tweepy"}),
        (["settings"], {"tweepy"}),
    ],
    ids=lambda value: " ".join(sorted(value)) or "nothing heavy",
)
def test_a_look_imports_nothing_heavy_that_it_does_not_need(lake: Lake, arguments: list[str], wanted: set[str]) -> None:
    """Prefect, the X API and AWS are for those who collect: each would add to the time of every look."""
    _fill(lake)
    _, imported = _started(_IMPORTED, *arguments).communicate(timeout=PATIENCE_SECONDS)
    assert HEAVY & set(imported.splitlines()[-1].split()) == wanted


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], 'Unknown command "nosuch"'),
        (["status", "--nosuch"], "Unknown option: --nosuch"),
        (["status", "--lake", "ftp://there"], "a lake is a folder or s3://"),
        (["query"], "parameter SQL requires an argument"),
        (["query", "selec 1"], "DuckDB refuses the query"),
        (["query", "SELECT 1", "--rows", "-3"], "Must be >= 0"),
        (["query", "SELECT 1", "--output", "one.txt"], "end its name with .csv or .parquet"),
        (["query", "SELECT 1", "--output", "absent/one.csv"], "absent/one.csv cannot be written"),
        (["query", "SELECT [1] AS list", "--output", "one.csv"], "one.csv cannot hold the answer"),
        (["report", "--output", "absent/page.html"], "absent/page.html cannot be written"),
        (["tables", "silver.nosuch"], "There is no table 'silver.nosuch'"),
        (["import", "absent", "--subject", "lula"], '"absent" does not exist'),
        (["replay", "--since", "2026-13-01"], 'unable to convert "2026-13-01" into date'),
        (["run", "--subject", "nosuch"], "There is no subject 'nosuch'"),
        (["run", "--subjects", "absent.toml"], "absent.toml cannot be read"),
        (["plan", "--subject", "nosuch"], "There is no subject 'nosuch'"),
        (["person", "export", "@lula", "--output", "lula.jsonl"], "'@lula' is no user id"),
        (["simulate", "--port", "99999"], "Must be <= 65535"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_input_is_told_in_three_lines_at_the_most(
    lake: Lake, arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Standard error says what is wrong, standard output nothing; exit code 2."""
    _fill(lake)
    monkeypatch.chdir(tmp_path)
    code = run(arguments)
    printed = capsys.readouterr()
    assert (code, printed.out) == (WRONG_INPUT, "")
    assert printed.err.startswith("fedbytweets: ")
    assert said in printed.err
    assert len(printed.err.splitlines()) <= 3


def test_settings_that_are_wrong_together_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not as a value of no variable."""
    monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", "http://example.org")
    assert run(["plan"]) == WRONG_INPUT
    assert capsys.readouterr().err == (
        "fedbytweets: FEDBYTWEETS_X_*: base_url 'http://example.org' would send the token in clear: use https://.\n"
    )


def test_a_lake_that_is_not_there_is_not_made_by_a_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The lake's exit code, and what makes one."""
    assert run(["status", "--lake", str(tmp_path / "absent")]) == LAKE_FAILED
    assert "`fedbytweets run` makes one" in capsys.readouterr().err
    assert not (tmp_path / "absent").exists()


def test_a_command_seldom_looks_for_garbage_and_at_its_end_not_at_all(lake: Lake) -> None:
    """It would find next to none: 400 times while it imports, and once more through everything as it exits."""
    _fill(lake)
    _, told = _started(_COLLECTED, "status").communicate(timeout=PATIENCE_SECONDS)
    collections, looked_through, passed_over = map(int, told.split())
    assert collections < MOST_COLLECTIONS
    assert looked_through < passed_over


def test_a_query_ends_without_a_word_of_its_engine(lake: Lake) -> None:
    """DuckDB's binding counts what the collector leaves behind at the exit, and lists it."""
    _fill(lake)
    _, told = _started(_MAIN, "query", "SELECT 1").communicate(timeout=PATIENCE_SECONDS)
    assert told == "1 rows.\n"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PREFECT_API_URL": "http://127.0.0.1:1/api"}, "PREFECT_API_URL is 'http://127.0.0.1:1/api'. Failed to reach"),
        ({"PREFECT_API_REQUEST_TIMEOUT": "long"}, "A setting of Prefect cannot be used, APISettings.request_timeout"),
    ],
    ids=["nothing answers", "no number"],
)
def test_a_setting_of_prefect_that_cannot_be_used_is_told_in_a_line(
    lake: Lake, environment: dict[str, str], said: str
) -> None:
    """The last line is ours, whatever Prefect says before it; nothing of the run was done."""
    command = _started(_MAIN, "run", "--simulate", **environment)
    printed, told = command.communicate(timeout=PATIENCE_SECONDS)
    assert (command.returncode, printed) == (WRONG_INPUT, "")
    assert told.splitlines()[-1].startswith(f"fedbytweets: {said}")
    assert lake.raw.list() == []


def test_a_command_whose_reader_has_gone_ends_without_a_word() -> None:
    """As in `fedbytweets tables --json | head -1`."""
    command = _started(_MAIN, "tables", "--json")
    assert command.stdout
    assert command.stderr
    command.stdout.close()
    assert (command.stderr.read(), command.wait(PATIENCE_SECONDS)) == ("", UNREAD)


@pytest.mark.flow
def test_a_run_that_is_interrupted_says_what_is_kept_and_leaves_no_process(lake: Lake) -> None:
    """Ctrl-C reaches the whole group, as of a terminal. The server holds the pipes, too: they close when it is gone."""
    command = _started(_MAIN, "run", "--simulate")
    end = time.monotonic() + PATIENCE_SECONDS
    while not lake.raw.list() and time.monotonic() < end:
        time.sleep(0.05)
    os.killpg(command.pid, signal.SIGINT)
    printed, told = command.communicate(timeout=PATIENCE_SECONDS)
    assert (command.returncode, printed) == (INTERRUPTED, "")
    assert told == "fedbytweets: Interrupted. What was stored is kept; the next run goes on from there.\n"
    assert lake.raw.list() != []


def _fill(lake: Lake) -> None:
    lay(lake, "lula/1.json", lines(page_of(range(1, 6))))
    load_bronze(lake)
    merge_silver(lake)
