"""Rate-limit windows: how many requests an endpoint has left, and the headers that say so."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil

from fedbytweets.simulator.account import RATE_WINDOW

LIMIT, REMAINING, RESET = "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"


class RateLimits:
    """Windows of 15 minutes of the simulated clock, one an endpoint, each opened by its first request."""

    def __init__(self, requests_a_window: Mapping[str, int]) -> None:
        self._limits = requests_a_window
        self._windows: dict[str, tuple[datetime, int]] = {}

    def clear(self) -> None:
        """Open every window anew."""
        self._windows.clear()

    def take(self, endpoint: str, now: datetime) -> tuple[bool, dict[str, str]]:
        """Count a request; return whether the window had room for it, and the headers of its answer."""
        limit = self._limits.get(endpoint, 450)
        opened, used = self._windows.get(endpoint, (now, 0))
        if not opened <= now < opened + RATE_WINDOW:
            opened, used = now, 0
        allowed = used < limit
        self._windows[endpoint] = (opened, used + allowed)
        reset = ceil((opened + RATE_WINDOW).timestamp())
        return allowed, {LIMIT: str(limit), REMAINING: str(limit - used - allowed), RESET: str(reset)}
