"""How far a long step is: one log record a change, which a terminal may draw as a bar."""

import logging
from dataclasses import dataclass

PROGRESS_LOGGER = "fedbytweets.progress"


@dataclass(slots=True)
class Progress:
    """A step that is `done` of `total` units through; total 0 means nothing is to be done."""

    step: str
    total: int
    unit: str
    done: int = 0

    def advance(self, units: int) -> None:
        """Say that more units are done."""
        self.done += units
        logging.getLogger(PROGRESS_LOGGER).info(
            "%s: %d of %d %s", self.step, self.done, self.total, self.unit, extra={"progress": self}
        )
