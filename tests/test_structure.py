"""The house keeps its own rules: imports go one way, every table has its rows, files stay small and say no secrets."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from importlinter.cli import lint_imports

from fedbytweets.bronze import bronze_rows
from fedbytweets.silver import silver_rows
from fedbytweets.tables import BRONZE, SILVER

ROOT = Path(__file__).parents[1]
SOURCES = ("fedbytweets", "flows", "tasks")
MOST_LINES, MOST_FUNCTION_LINES = 400, 50
# Put together here, so that this file does not hold what it looks for.
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org", "proxy.golang" + ".org"]
MACHINE_PATHS = ["/" + "work/", "/" + "root/"]


def _tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("no git here to say which files are the project's")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def _sources() -> list[Path]:
    return sorted(path for folder in SOURCES for path in (ROOT / folder).rglob("*.py"))


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_imports_go_one_way() -> None:
    """Every contract of pyproject.toml holds."""
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("table", BRONZE, ids=lambda table: table.identifier)
def test_every_bronze_table_has_its_rows(table: object) -> None:
    """The parser gives a frame for it, also out of nothing, with the declared columns."""
    rows = bronze_rows([])
    assert sorted(rows) == sorted(one.name for one in BRONZE)
    found = next(one for one in BRONZE if one is table)
    assert rows[found.name].schema == found.schema


@pytest.mark.parametrize("table", SILVER, ids=lambda table: table.identifier)
def test_every_silver_table_has_its_rows(table: object) -> None:
    """Each of its columns has a way from bronze, also out of nothing."""
    found = next(one for one in SILVER if one is table)
    below = next(one for one in BRONZE if one.name == found.name)
    assert dict(silver_rows(below.frame(), found).schema) == found.frame_schema
    assert silver_rows(pl.DataFrame(schema=below.frame_schema), found).is_empty()


@pytest.mark.parametrize("words", [UNFINISHED, REGISTRIES, MACHINE_PATHS], ids=["unfinished", "registries", "paths"])
def test_no_tracked_file_holds_what_none_should(words: list[str]) -> None:
    """No mark of unfinished work, no host of a package registry, no path of a machine it was made on."""
    found = []
    for path in _tracked():
        text = path.read_bytes().decode(errors="replace")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in text]
    assert found == []


def test_no_source_file_is_long() -> None:
    """A guard against giants, no target: one subject, read from top to bottom, is one file."""
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in _sources()}
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_function_is_long() -> None:
    """So that each can be read at a glance."""
    long = [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}"
        for path in _sources()
        for function in _functions(path)
        if function.end_lineno and function.end_lineno - function.lineno >= MOST_FUNCTION_LINES
    ]
    assert long == []


def test_every_public_thing_says_what_it_is() -> None:
    """Modules, classes and functions whose names have no underscore in front have a docstring."""
    silent = []
    for path in _sources():
        tree = ast.parse(path.read_text())
        named = [
            node
            for node in tree.body
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
        ]
        silent += [f"{path.relative_to(ROOT)} {node.name}" for node in named if not ast.get_docstring(node)]
        if tree.body and not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []
