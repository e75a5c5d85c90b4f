"""The pages of the documentation, and what a reader would copy from them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_BLOCK = re.compile(r"^( *)```(\w+) ?(.*)\n((?:.*\n)*?)\1```$", re.MULTILINE)
_FENCED = re.compile(r"^( *)```.*\n(?:.*\n)*?\1```$|`[^`\n]*`", re.MULTILINE)
_LINK = re.compile(r"(?<!\!)\[[^\]]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the mark behind it (who can run it, or its file's name), its text."""

    language: str
    mark: str
    text: str

    @property
    def commands(self) -> list[str]:
        """What is typed: the lines behind a prompt."""
        return [line.strip().removeprefix("$ ") for line in self.text.splitlines() if line.strip().startswith("$ ")]


def markdown() -> list[Path]:
    """Return every page: those of docs/ and those beside the code."""
    return sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), ROOT / "infra/README.md"])


def blocks(page: Path) -> Iterator[Block]:
    """Return a page's fenced blocks, in order."""
    for _, language, mark, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        yield Block(language, mark.strip(), text)


def links(page: Path) -> list[str]:
    """Return where a page's links lead; code is no link."""
    return _LINK.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """Return the names of a page's headings, as GitHub makes them."""
    headings = _HEADING.findall(_FENCED.sub(lambda code: code[0] if "\n" not in code[0] else "", page.read_text()))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
