"""The report of a run -> the terminal: for people, or as JSON; also where the run fails."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fedbytweets.cli.output import print_grid, print_json, print_lines, say

if TYPE_CHECKING:
    from fedbytweets.report import RunReport, Section

REPORT_LOGGER = "fedbytweets.report"
_MOST_COLUMNS = 8


@contextmanager
def report_at_the_end(*, as_json: bool) -> Iterator[None]:
    """Print the report that a flow in the block leaves, once the block is done or has failed."""
    seen = _Reports()
    logger = logging.getLogger(REPORT_LOGGER)
    level, logger.level, logger.propagate = logger.level, logging.INFO, False
    logger.addHandler(seen)
    try:
        yield
    finally:
        logger.removeHandler(seen)
        logger.level, logger.propagate = level, True
        if seen.last is not None:
            print_report(seen.last, as_json=as_json)


def print_report(report: "RunReport", *, as_json: bool) -> None:
    """Print a report."""
    from fedbytweets.report import report_dict, sections

    if as_json:
        print_json(report_dict(report))
        return
    for section in sections(report):
        _print(section)
    say("Look at the lake: fedbytweets status, fedbytweets quality")


class _Reports(logging.Handler):
    """Keeps the last report that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.last: RunReport | None = None

    def emit(self, record: logging.LogRecord) -> None:
        self.last = getattr(record, "report", self.last)


def _print(section: "Section") -> None:
    if section.key == "expectations":  # their breaches are in the summary
        say(f"{section.title}: {section.lines[0]}.")
        return
    for line in section.lines:
        say(line)
    if section.picture:
        print_lines(f"{section.title}\n{section.picture}")
    if section.rows:
        _grid(section)
    say("")


def _grid(section: "Section") -> None:
    """Print a table; a wide one turned on its side, so that it fits a terminal."""
    header, rows = section.header, section.rows
    if section.key == "tables":
        header, rows = header[:-1], tuple(row[:-1] for row in rows)
    if len(header) > _MOST_COLUMNS:
        names, *columns = zip(header, *rows, strict=True)
        header, rows = tuple(names), tuple(columns)
    print_grid(header, rows, title=section.title)
