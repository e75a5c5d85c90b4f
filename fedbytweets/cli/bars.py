"""Progress records -> a bar on a terminal; nothing where nobody looks."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from fedbytweets.cli.output import terminal
from fedbytweets.safe_text import visible

PROGRESS_LOGGER = "fedbytweets.progress"


class _Bars(logging.Handler):
    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress
        self._bars: dict[str, TaskID] = {}

    def emit(self, record: logging.LogRecord) -> None:
        step = getattr(record, "progress", None)
        if step is None:
            return
        if step.step not in self._bars:
            self._bars[step.step] = self._progress.add_task(visible(step.step), unit=visible(step.unit))
        self._progress.update(self._bars[step.step], completed=step.done, total=step.total or None)


@contextmanager
def progress_bars() -> Iterator[None]:
    """Show the progress of long steps while the block runs, if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    step, unit = (TextColumn(f"{{task.{each}}}", markup=False) for each in ("description", "fields[unit]"))
    columns = (step, BarColumn(), MofNCompleteColumn(), unit)
    logger = logging.getLogger(PROGRESS_LOGGER)
    level, logger.level, logger.propagate = logger.level, logging.INFO, False
    with Progress(*columns, TimeElapsedColumn(), console=terminal(sys.stderr), transient=True) as progress:
        handler = _Bars(progress)
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.level, logger.propagate = level, True
