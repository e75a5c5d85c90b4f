"""How far a long step is: a log record a change, which a terminal may draw as a bar, and a bar in the dashboard."""

import logging
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from time import monotonic
from typing import cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.context import TaskRunContext

PROGRESS_LOGGER = "fedbytweets.progress"
_BETWEEN_SECONDS = 5.0
"""A step shows in the dashboard once it takes longer than this, and then changes no more often."""


@dataclass(slots=True)
class Progress:
    """A step that is `done` of about `total` units through; total 0 means that nobody knows, or nothing is to be done.

    May be advanced from any thread: the dashboard's bar belongs to the run that made this.
    """

    step: str
    total: int
    unit: str
    done: int = 0
    clock: Callable[[], float] = monotonic
    _shown_at: float = field(init=False)
    _context: Context = field(init=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)
    _artifact: UUID | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._shown_at = self.clock()
        self._context = copy_context()

    def advance(self, units: int) -> None:
        """Say that more units are done."""
        with self._lock:
            self.done += units
            logging.getLogger(PROGRESS_LOGGER).info("%s", self.sentence, extra={"progress": self})
            if self._is_due():
                self._shown_at = self.clock()
                self._context.run(self._show)

    @property
    def sentence(self) -> str:
        """How far it is, in words."""
        of_total = f" of {self.total:,}" if self.total else ""
        return f"{self.step}: {self.done:,}{of_total} {self.unit}"

    @property
    def percent(self) -> float:
        """How far it is, 0 to 100."""
        return min(100.0, 100 * self.done / self.total) if self.total else 0.0

    def _is_due(self) -> bool:
        last_of_a_shown = self._artifact is not None and 0 < self.total <= self.done
        return last_of_a_shown or self.clock() - self._shown_at >= _BETWEEN_SECONDS

    def _show(self) -> None:
        if TaskRunContext.get() is None:
            return
        if self._artifact is None:
            key = self.step.lower().replace(" ", "-")
            # Where there is no event loop, and so in every task of ours, it is the id itself that comes back.
            self._artifact = cast("UUID", create_progress_artifact(self.percent, key=key, description=self.sentence))
        else:
            update_progress_artifact(self._artifact, self.percent, description=self.sentence)
