"""What strangers write into posts, names, files and answers, as a terminal gets it: signs, and never commands."""

import json
import os
import re
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fedbytweets.lake.lake import open_lake
from fedbytweets.settings import lake_settings
from fedbytweets.tables import silver

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(600)]

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\x1b]8;;https://evil.example\x1b\\click\x1b]52;c;b3duZWQ=\x07\x9b31m\x9d0;x\x9c"
    "\r\x08\x7f\x00\u202eright\u2066\u200f\u2028\x85\nfedbytweets: All is well.\n\tand [red]red[/red] [/b] :smile:"
)
TYPED = HOSTILE.replace("\0", "")
"""An argument cannot hold a NUL."""
SHOWN = "␛[2J␛]0;owned␇␛]8;;https://evil.example␛\\click"
SOURCES = Path(__file__).parents[2] / "fedbytweets"
DONE, FAILED, WRONG_INPUT = 0, 1, 2

_MAIN = "from fedbytweets.cli import main; main()"
_MANY = """
import json, sys
from fedbytweets.cli import main
for arguments in json.loads(sys.stdin.read()):
    sys.argv[1:] = arguments
    try:
        main()
    except SystemExit as end:
        for stream in (sys.stdout, sys.stderr):
            print(f"== {end.code}", file=stream, flush=True)
"""


def command(
    lake: Path, *arguments: str, program: str = _MAIN, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the console command as a user with the usual umask does, its output read as UTF-8."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FEDBYTWEETS_", "PREFECT_"))}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=kept | {"FEDBYTWEETS_LAKE": str(lake), "PYTHONPATH": str(SOURCES.parent)} | environment,
        cwd=lake.parent,
        input=stdin.encode(),
        capture_output=True,
        umask=0o022,
        timeout=300,
        check=False,
    )
    texts = (each.decode("utf-8", "surrogateescape") for each in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, *texts)


def commands(lake: Path, many: Sequence[Sequence[str]]) -> list[subprocess.CompletedProcess[str]]:
    """Run several commands, one after the other, in one process: most of a command's time is its imports."""
    done = command(lake, program=_MANY, stdin=json.dumps(many))
    assert done.returncode == DONE, done.stderr
    printed = [re.split(r"^== (\d+)\n", each, flags=re.MULTILINE) for each in (done.stdout, done.stderr)]
    parts = zip(many, printed[0][1::2], printed[0][:-1:2], printed[1][:-1:2], strict=True)
    return [subprocess.CompletedProcess(each, int(code), out, err) for each, code, out, err in parts]


def assert_inert(done: subprocess.CompletedProcess[str]) -> None:
    """Nothing printed is a control character, and no line is one that a stranger wrote to pass for ours."""
    for printed in (done.stdout, done.stderr):
        bidi = [each for each in printed if unicodedata.bidirectional(each) in {"LRE", "RLE", "LRO", "RLO", "PDF"}]
        isolates = re.findall("[\u200e\u200f\u061c\u2066-\u2069]", printed)
        controls = [each for each in printed if unicodedata.category(each) in {"Cc", "Zl", "Zp", "Cs"} and each != "\n"]
        assert (bidi, isolates, controls) == ([], [], [])
        assert not [line for line in printed.splitlines() if line.startswith("fedbytweets: All is well")]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a lake that took a file with a hostile name, in whose every text strangers wrote what they could."""
    folder = tmp_path_factory.mktemp("hostile")
    files = folder / "files"
    files.mkdir()
    page = {
        "data": [
            {"id": "1", "text": HOSTILE, "author_id": "7", "created_at": HOSTILE, "lang": HOSTILE,
             "geo": {"place_id": HOSTILE}, HOSTILE: 1},
            {"id": HOSTILE, "text": "t"},
        ],
        "includes": {
            "users": [{"id": "7", "username": HOSTILE, "name": HOSTILE, "location": HOSTILE, "description": HOSTILE}],
            "places": [{"id": HOSTILE, "full_name": HOSTILE, "country": HOSTILE}],
        },
        "errors": [{"title": HOSTILE, "detail": HOSTILE, "type": HOSTILE, "resource_id": HOSTILE}],
    }  # fmt: skip
    (files / f"{TYPED}.json".replace("/", "")).write_text(json.dumps(page), encoding="utf-8")
    (files / "not.json").write_bytes(HOSTILE.encode())
    for verbose in ([], ["--verbose"]):
        done = command(folder / "lake", "import", str(files), "--subject", "lula", *verbose)
        assert done.returncode == DONE, done.stderr
        assert_inert(done)
    return folder / "lake"


LOOKS = (
    ["status"], ["quality"], ["coverage"], ["plan"], ["settings"], ["tables"], ["query", "SELECT * FROM silver.users"],
    ["query", "SELECT * FROM bronze.api_errors"], ["query", "SELECT * FROM bronze.quarantine"],
    ["query", "SELECT * FROM bronze.quality"], ["query", "SELECT report FROM ops.runs"],
    ["query", "SELECT CAST(name AS INT) FROM silver.users"],
    ["query", 'SELECT name AS "' + TYPED + '" FROM silver.users'], ["query", f"SELECT '{TYPED}' FROM nowhere"],
)  # fmt: skip


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_no_command_prints_what_a_terminal_obeys(lake: Path, form: list[str]) -> None:
    """Whatever lies in the lake, as text or as JSON; the JSON holds the same values all the same."""
    for done in commands(lake, [[*arguments, *form] for arguments in LOOKS]):
        assert_inert(done)
        assert "Traceback" not in done.stderr
        if form and done.returncode == DONE:
            json.loads(done.stdout)
        if "SELECT * FROM silver.users" in done.args:
            assert json.loads(done.stdout)[0]["location"] == HOSTILE if form else SHOWN in done.stdout


def test_a_pipe_gets_one_line_a_row(lake: Path) -> None:
    """Without folding, whatever width the environment names: an id stays one word."""
    done = command(lake, "query", f"SELECT '{'9' * 90}' AS id, '{'x' * 200}' AS text", COLUMNS="40")
    assert done.stdout.split() == ["id", "text", "9" * 90, "x" * 200]
    assert len(done.stdout.splitlines()) == 2


def test_what_is_not_in_the_encoding_is_printed_as_an_escape(lake: Path) -> None:
    """A terminal in Latin-1 is no reason for a traceback."""
    done = command(lake, "query", "SELECT 'ação ☀' AS sun", PYTHONIOENCODING="latin-1")
    assert (done.returncode, "\\u2600" in done.stdout) == (DONE, True)


def test_an_output_is_named_as_it_is(lake: Path) -> None:
    """Its name is no markup, and what a terminal would obey in it is a sign."""
    (lake.parent / "a[").mkdir()
    names = ["a[/b].csv", "[red]x.csv", ":smile:.csv", "\x1b]0;owned\x07\u202e\nfedbytweets: .csv"]
    done = commands(lake, [["query", "SELECT 1 AS one", "--output", name] for name in names])
    assert [each.stderr for each in done] == [
        "1 rows are in a[/b].csv.\n",
        "1 rows are in [red]x.csv.\n",
        "1 rows are in :smile:.csv.\n",
        "1 rows are in ␛]0;owned␇\\u202e\n  fedbytweets: .csv.\n",
    ]
    assert [(lake.parent / name).read_text() for name in names] == ["one\n1\n"] * len(names)


MISTAKES = (
    ["import", TYPED, "--subject", "lula"], ["import", ".", "--subject", TYPED], ["tables", TYPED], ["query", TYPED],
    ["run", "--subject", TYPED], ["run", "--subjects", TYPED], ["plan", "--subject", TYPED], [TYPED],
    ["status", f"--{TYPED}"], ["status", "--lake", TYPED], ["replay", "--since", TYPED],
    ["person", "export", TYPED, "--output", "x"], ["query", "SELECT 1", "--output", f"{TYPED}/x.csv"],
)  # fmt: skip


def test_no_error_prints_what_a_terminal_obeys(lake: Path) -> None:
    """An error repeats what was typed or pasted; only its first line begins as ours do."""
    for done in commands(lake, MISTAKES):
        assert done.returncode not in {DONE, FAILED}
        assert_inert(done)
        first, *rest = done.stderr.splitlines()
        assert first.startswith("fedbytweets: ")
        assert all(line.startswith("  ") for line in rest if line)


@pytest.fixture
def refusing() -> Iterator[str]:
    """Return the address of an API that refuses every question with a hostile sentence."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            problem = {"title": HOSTILE, "detail": HOSTILE, "errors": [{"message": HOSTILE}], "status": 400}
            body = json.dumps(problem).encode()
            self.send_response(400)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.flow
@pytest.mark.parametrize("form", [[], ["--json"], ["--verbose"]], ids=["text", "json", "log"])
def test_no_answer_of_the_api_reaches_a_terminal(tmp_path: Path, refusing: str, form: list[str]) -> None:
    """Neither by the report, nor by the error, nor by the log with its tracebacks; nor later, from the lake."""
    api = {"FEDBYTWEETS_X_BASE_URL": refusing, "FEDBYTWEETS_X_BEARER_TOKEN": "AAAA"}
    done = command(tmp_path / "lake", "run", "--subject", "lula", *form, **api)
    assert done.returncode != DONE
    assert "owned" in done.stderr
    assert_inert(done)
    assert_inert(command(tmp_path / "lake", "query", "SELECT error, report FROM ops.runs"))


def test_what_fails_unforeseen_is_printed_as_signs_too(tmp_path: Path) -> None:
    """A traceback, also of a thread, a warning, and a record of a log that nobody set up."""
    program = (
        "import sys, threading, warnings, logging; from fedbytweets.cli.output import make_safe\n"
        "make_safe(); said = sys.stdin.read(); warnings.warn(said); logging.getLogger('a').warning(said)\n"
        "def fail(): raise ValueError(said)\n"
        "thread = threading.Thread(target=fail); thread.start(); thread.join(); fail()"
    )
    done = command(tmp_path / "lake", program=program, stdin=HOSTILE)
    assert_inert(done)
    assert (done.returncode, done.stderr.count("␛]0;owned␇")) == (FAILED, 4)


def test_only_one_module_prints() -> None:
    """All else goes through it, so that nothing is printed as it came."""
    printing = re.compile(r"(?<![\w.])print\(|\bConsole\(|sys\.std(?:out|err)\.write|\.print\(")
    found = [path.name for path in (SOURCES / "cli").glob("*.py") if printing.search(path.read_text())]
    assert found == ["output.py"]


def mode_of_others(path: Path) -> int:
    """Return what others may do with a file or folder."""
    return path.lstat().st_mode & 0o007


@pytest.mark.flow
def test_no_other_user_reads_what_a_command_makes(tmp_path: Path) -> None:
    """Under the usual umask: nothing in the lake, and no output, also where an older one could be read."""
    lake = tmp_path / "lake"
    assert command(lake, "run", "--simulate", "--subject", "lula").returncode == DONE
    outputs = {
        "users.csv": ["query", "SELECT * FROM silver.users"],
        "users.parquet": ["query", "SELECT * FROM silver.users"],
        "page.html": ["report"],
        "person.jsonl": ["person", "export", "1"],
    }
    for name, arguments in outputs.items():
        (tmp_path / name).write_text("older")
        (tmp_path / name).chmod(0o644)
        done = command(lake, *arguments, "--output", str(tmp_path / name))
        assert done.returncode == DONE, done.stderr
    files = [lake, *lake.rglob("*"), *(tmp_path / name for name in outputs)]
    assert {str(path): mode_of_others(path) for path in files if mode_of_others(path)} == {}
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["lake", *outputs])


def test_a_lake_that_a_worker_makes_is_closed_to_others(tmp_path: Path) -> None:
    """It has no command's umask: the folder itself keeps others out."""
    before = os.umask(0o022)
    try:
        lake = open_lake(lake_settings(lake=str(tmp_path / "new" / "lake")))
        lake.table(silver.USERS)
    finally:
        os.umask(before)
    assert (tmp_path / "new" / "lake").stat().st_mode & 0o777 == 0o750


def test_an_output_that_fails_leaves_the_older_one(lake: Path, tmp_path: Path) -> None:
    """A file appears whole or not at all, and nothing is left beside it."""
    older = tmp_path / "older.csv"
    older.write_text("older")
    done = command(lake, "query", "SELECT [1] AS list", "--output", str(older))
    assert (done.returncode, older.read_text()) == (WRONG_INPUT, "older")
    assert list(tmp_path.iterdir()) == [older]


def test_an_output_that_is_no_file_is_written_to(lake: Path) -> None:
    """Standard output, or another device or pipe, does not become a file; what goes there is safe to look at too."""
    done = command(lake, "person", "export", "7", "--output", "/dev/stdout")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, done.stderr) == (DONE, f"{len(rows)} rows and objects are in /dev/stdout.\n")
    assert_inert(done)
