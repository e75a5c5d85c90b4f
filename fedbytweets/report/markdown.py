"""A run's report -> Markdown, as the dashboard shows it. What came from outside is shown as text, never as markup.

Prefect's two dashboards read descriptions and pages as Markdown; its older one also reads each cell of a table so.
"""

import re
from dataclasses import replace

from fedbytweets.quality import Verdict
from fedbytweets.report.figures import RunReport
from fedbytweets.report.sections import Section, sections
from fedbytweets.safe_text import visible

_LINKS = "where"
"""The column whose addresses are links: they are ours, the pages of the tables."""
_LINK = re.compile(r"https://[^\s()<>\[\]\\`|]+")
_ADDRESS = re.compile(r"([^\s`|\\]*(?:[a-z]://|www\.|mailto:|xmpp:|[\w.+-]@[\w-])[^\s`|\\]*)", re.IGNORECASE)
"""What dashboards make a link of by themselves, even where it has backslashes; never where it is code."""
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#!|~&]|^[-+](?=[\s-])|(?<=\d)\.(?=\s))")
_READS_OTHERWISE = re.compile(
    rf"[\\`*\[\]<~&]|(?<!\w)_|_(?!\w)|^[#>]|^[-+][\s-]|^\d+[.)]\s|{_ADDRESS.pattern}", re.IGNORECASE
)
"""What makes a text another one where it is read as Markdown."""


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
    parts += [f"```\n{visible(section.picture, lines=True).replace('```', '')}\n```"] if section.picture else []
    parts += [_table(section)] if section.rows else []
    return "\n\n".join(parts)


def _table(section: Section) -> str:
    lines = [_row(section.header, section.header), "|" + " --- |" * len(section.header)]
    return "\n".join([*lines, *(_row(section.header, row) for row in section.rows)])


def _row(header: tuple[str, ...], cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(_cell(*each) for each in zip(header, cells, strict=True))} |"


def _cell(column: str, text: str) -> str:
    return f"[open]({text})" if column == _LINKS and _LINK.fullmatch(text) else escaped(text)


def table_cells(section: Section) -> list[dict[str, str]]:
    """Return the rows of a section as Prefect's table artifact: plain text, escaped only where that is needed.

    One dashboard shows a cell as it is, the other reads it as Markdown.
    """
    return [
        {
            column: text if column == _LINKS or not _READS_OTHERWISE.search(text) else escaped(text)
            for column, text in zip(section.header, map(_on_one_line, row), strict=True)
        }
        for row in section.rows
    ]


def escaped(text: str) -> str:
    """Return a text such that Markdown shows it as it is, on one line, without links; controls become visible."""
    parts = _ADDRESS.split(_on_one_line(text))
    return "".join(f"`{part}`" if number % 2 else _MARKUP.sub(r"\\\1", part) for number, part in enumerate(parts))


def _on_one_line(text: str) -> str:
    return visible(" ".join(text.split()))
