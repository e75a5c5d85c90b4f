"""Progress records -> a bar on a terminal; nothing where nobody looks."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

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
            self._bars[step.step] = self._progress.add_task(step.step, unit=step.unit)
        self._progress.update(self._bars[step.step], completed=step.done, total=step.total)


@contextmanager
def progress_bars() -> Iterator[None]:
    """Show the progress of long steps while the block runs, if standard error is a terminal."""
    if not sys.stderr.isatty():
        yield
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[unit]}"))
    logger = logging.getLogger(PROGRESS_LOGGER)
    level, logger.level, logger.propagate = logger.level, logging.INFO, False
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as progress:
        handler = _Bars(progress)
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)
            logger.level, logger.propagate = level, True
