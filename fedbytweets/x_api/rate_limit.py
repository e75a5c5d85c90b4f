"""Headers of answers -> whether another request fits into the rate-limit window, shared by all subjects."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime

from fedbytweets.errors import WindowSpentError


class RateLimit:
    """What the last answers said about one endpoint's window; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._remaining: int | None = None
        self._reset_at: datetime | None = None

    def take(self, subject: str, now: datetime) -> None:
        """Take one request out of what remains.

        Raises:
            WindowSpentError: none remains and the window has not opened again.

        """
        with self._lock:
            if self._reset_at is None or self._remaining is None or now >= self._reset_at:
                return
            if self._remaining <= 0:
                raise WindowSpentError(
                    f"X API window spent for {subject!r}; it opens again at {self._reset_at:%Y-%m-%d %H:%M:%S} UTC: "
                    "run again then, nothing is lost.",
                    self._reset_at,
                )
            self._remaining -= 1

    def learn(self, headers: Mapping[str, str]) -> None:
        """Take over what an answer says; one that says nothing readable changes nothing. Header names lower case."""
        try:
            remaining = int(headers["x-rate-limit-remaining"])
            reset_at = datetime.fromtimestamp(int(headers["x-rate-limit-reset"]), UTC)
        except (KeyError, ValueError, OverflowError, OSError):
            return
        with self._lock:
            same_window = reset_at == self._reset_at and self._remaining is not None
            self._remaining = min(remaining, self._remaining or 0) if same_window else remaining
            self._reset_at = reset_at
