"""The documentation holds together: links lead somewhere, and the reference is what the code declares."""

import subprocess
import sys
from pathlib import Path

import pytest
from pages import DOCS, ROOT, anchors, blocks, links, markdown

MARKS = {
    "": "run by a test",
    "setup": "makes an environment; CI does",
    "aws": "needs an AWS account",
    "bench": "measures for minutes; tests/benchmarks measures in small",
    "waits": "runs until it is interrupted; the command has tests of its own",
}
BY_E2E = {DOCS / "aws.md"}


def name_of(page: Path) -> str:
    """Return a page's name, for a test's."""
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the reference as the program writes it now, in a folder of its own."""
    folder = tmp_path_factory.mktemp("reference")
    subprocess.run([sys.executable, DOCS / "generate.py", folder], check=True, capture_output=True, timeout=120)
    return folder


@pytest.mark.parametrize("page", markdown(), ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    """A relative link names a file that is there, and a heading that is in it; others are https."""
    astray = []
    for link in links(page):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            astray.append(link)
    assert astray == []


def test_every_page_can_be_reached_from_the_first() -> None:
    """From docs/README.md one comes to every page of docs/."""
    seen, ahead = set(), [DOCS / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in seen or not page.is_file():
            continue
        seen.add(page)
        here = (link.partition("#")[0] for link in links(page) if not link.startswith("https://"))
        ahead += [(page.parent / path).resolve() for path in here if path.endswith(".md")]
    assert {page.resolve() for page in DOCS.rglob("*.md")} <= seen


@pytest.mark.parametrize("name", ["commands.md", "flows.md", "settings.md", "tables.md"])
def test_the_reference_is_what_the_code_declares(name: str, generated: Path) -> None:
    """The committed page is the generated one: `make docs` writes it."""
    committed = (DOCS / "reference" / name).read_text(encoding="utf-8")
    assert committed == (generated / name).read_text(encoding="utf-8"), "run `make docs`"


def test_the_reference_has_every_page_and_no_other(generated: Path) -> None:
    """What would be generated is there, and nothing else."""
    assert {page.name for page in (DOCS / "reference").iterdir()} == {page.name for page in generated.iterdir()}


@pytest.mark.parametrize("page", [page for page in markdown() if page not in BY_E2E], ids=name_of)
def test_every_command_is_run_or_says_why_not(page: Path) -> None:
    """A block of commands bears no mark, or one that says what it needs; there is no other kind of shell block."""
    marked = [block for block in blocks(page) if block.language in {"console", "sh", "bash", "shell"}]
    assert [(block.language, block.mark) for block in marked if block.language != "console"] == []
    assert {block.mark for block in marked} <= MARKS.keys()
    assert all(block.commands or page.parent.name == "reference" for block in marked)
