"""A run's report -> Markdown, as the dashboard shows it. What came from outside is shown as text, never as markup."""

import re
from dataclasses import replace

from fedbytweets.quality import Verdict
from fedbytweets.report.figures import RunReport
from fedbytweets.report.sections import Section, sections

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#!|~])")
_LINK = re.compile(r"https://[^\s)]+")


def markdown(report: RunReport) -> str:
    """Return the report; of the expectations that are met, only the number."""
    return "\n\n".join(_section(_notable(section)) for section in sections(report)) + "\n"


def _notable(section: Section) -> Section:
    """Leave out the rows that would bury the others: dozens of expectations are met on any good day."""
    if section.key != "expectations":
        return section
    return replace(section, rows=tuple(row for row in section.rows if row[0] != Verdict.MET))


def _section(section: Section) -> str:
    parts = [f"## {section.title}"]
    parts += ["\n".join(f"* {escaped(line)}" for line in section.lines)] if section.lines else []
    parts += [f"```\n{section.picture.replace('```', '')}\n```"] if section.picture else []
    parts += [_table(section)] if section.rows else []
    return "\n\n".join(parts)


def _table(section: Section) -> str:
    lines = [_row(section.header), "|" + " --- |" * len(section.header)]
    return "\n".join([*lines, *(_row(row) for row in section.rows)])


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return f"[open]({text})" if _LINK.fullmatch(text) else escaped(text)


def escaped(text: str) -> str:
    """Return a text such that Markdown shows it as it is, on one line."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
