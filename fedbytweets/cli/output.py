"""Everything a command prints: messages, tables, JSON, with the text of strangers made safe to show.

Nothing else in this package prints. Rich draws the tables; it reads no markup, emoji codes or numbers in their cells.
"""

import json
import logging
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import TextIOWrapper
from types import TracebackType
from typing import TextIO

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from fedbytweets.safe_text import as_message, escaped_json, visible

_WIDEST = 1_000_000
"""Columns of a pipe or a file: nothing is folded there."""


def say(text: str, *, to_stderr: bool = False) -> None:
    """Print a message; its lines after the first are indented, so that none can pass for a message of its own."""
    _print(as_message(text), sys.stderr if to_stderr else sys.stdout)


def print_lines(text: str) -> None:
    """Print lines that this program composed, such as a picture of a week, without indenting them."""
    _print(visible(text, lines=True), sys.stdout)


def print_json(value: object) -> None:
    """Print a value as JSON; instants in RFC 3339."""
    unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    _print(escaped_json(json.dumps(value, default=_plain, ensure_ascii=not unicode, indent=2)), sys.stdout)


def print_grid(header: Iterable[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """Print rows beneath a header, folded to the width of a terminal; a pipe or a file gets one line a row."""
    grid = Grid(box=None, pad_edge=False)
    for number, name in enumerate(header):
        grid.add_column(Text(visible(name)), no_wrap=number == 0, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(visible(cell)) for cell in row))
    if title is not None:
        say(title)
    console = terminal(sys.stdout)
    with console.capture() as drawn:
        console.print(grid)
    _print(re.sub(r" +$", "", drawn.get().removesuffix("\n"), flags=re.MULTILINE), sys.stdout)


def terminal(file: TextIO) -> Console:
    """Return what Rich draws on: as wide as the terminal that a file is, or without an end."""
    return Console(file=file, width=None if file.isatty() else _WIDEST, markup=False, emoji=False, highlight=False)


def make_safe() -> None:
    """Make safe what this process prints by other ways: tracebacks, warnings, log records that have no handler.

    A character that the encoding of standard output lacks is printed as an escape.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.excepthook = _print_traceback
    threading.excepthook = lambda failed: _print_traceback(failed.exc_type, failed.exc_value, failed.exc_traceback)
    warnings.showwarning = _print_warning
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(_SafeFormatter())


class _SafeFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return as_message(super().format(record))


def _print_traceback(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    say("".join(traceback.format_exception(kind, error, where)).rstrip("\n"), to_stderr=True)


def _print_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    del file
    say(warnings.formatwarning(message, category, filename, lineno, line).rstrip("\n"), to_stderr=True)


def _print(text: str, file: TextIO) -> None:
    print(text, file=file, flush=True)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
