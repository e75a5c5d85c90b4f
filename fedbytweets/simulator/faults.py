"""Faults as data: what goes wrong with which request.

A plan is asked once per API request; what it names happens instead of, or to, the answer. Faults that let a page
out (slow, truncated, reset, partial) bill it, as X would.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from fedbytweets.simulator.draws import draws, share


class FaultKind(StrEnum):
    """What can go wrong; the last three concern searches alone, and the very last needs authors expanded."""

    UNAUTHORIZED = "401"
    CREDITS_DEPLETED = "402"
    NOT_ENROLLED = "403"
    WINDOW_SPENT = "429 window spent"
    WINDOW_SPENT_RESET_PAST = "429 window spent, reset in the past"
    WINDOW_SPENT_NO_RESET = "429 window spent, no reset header"
    USAGE_CAPPED = "429 usage capped"
    INTERNAL_ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    HTML = "200 with a web page"
    EMPTY_BODY = "200 with nothing"
    RESET = "connection reset"
    TRUNCATED = "body cut short"
    SLOW = "slow answer"
    EMPTY_PAGE = "empty page with a token"
    REPEATED_TOKEN = "token that repeats"  # noqa: S105 - no password, a fault's name
    PARTIAL_ERRORS = "suspended author missing"


PASSING = (
    FaultKind.INTERNAL_ERROR,
    FaultKind.BAD_GATEWAY,
    FaultKind.UNAVAILABLE,
    FaultKind.GATEWAY_TIMEOUT,
    FaultKind.HTML,
    FaultKind.EMPTY_BODY,
    FaultKind.RESET,
    FaultKind.TRUNCATED,
)
"""Faults that a bounded number of retries overcomes."""


@dataclass(frozen=True)
class Fault:
    """One thing going wrong; `seconds` is how late a slow answer comes (real time)."""

    kind: FaultKind
    seconds: float = 0.2


class FaultPlan(Protocol):
    """Says what goes wrong with the next request."""

    def next(self, at: datetime, path: str) -> Fault | None:
        """Return the fault of a request made at this instant (UTC) to this path, or None."""
        ...


class Script:
    """Faults one after the other, one a request; None lets one pass, and after the last all pass."""

    def __init__(self, faults: Iterable[Fault | None] = ()) -> None:
        self._faults: Iterator[Fault | None] = iter(faults)

    def next(self, at: datetime, path: str) -> Fault | None:  # noqa: ARG002 - a plan is told more than a script needs
        """Return the next fault of the script."""
        return next(self._faults, None)


class Sprinkled:
    """Faults of the given kinds on a share of the requests, drawn by a seed: the same order every time."""

    def __init__(self, seed: int, part: float, kinds: Sequence[FaultKind]) -> None:
        self._seed = seed
        self._bound = share(part)
        self._kinds = tuple(kinds)
        self._asked = 0

    def next(self, at: datetime, path: str) -> Fault | None:  # noqa: ARG002 - as above
        """Return the fault drawn for the next request."""
        self._asked += 1
        chance, which, *_ = draws(self._seed, "fault", self._asked)
        return Fault(self._kinds[which % len(self._kinds)]) if chance < self._bound else None


class Outage:
    """The API is down in the given spans [start, end) of simulated time, UTC."""

    def __init__(self, spans: Iterable[tuple[datetime, datetime]], kind: FaultKind = FaultKind.UNAVAILABLE) -> None:
        self._spans = tuple(spans)
        self._fault = Fault(kind)

    def next(self, at: datetime, path: str) -> Fault | None:  # noqa: ARG002 - as above
        """Return the outage's fault while it lasts."""
        return self._fault if any(start <= at < end for start, end in self._spans) else None


class Together:
    """Several plans at once; the first that names a fault has it."""

    def __init__(self, *plans: FaultPlan) -> None:
        self._plans = plans

    def next(self, at: datetime, path: str) -> Fault | None:
        """Return the first fault; every plan is asked, so that scripts keep their step."""
        faults = [plan.next(at, path) for plan in self._plans]
        return next((fault for fault in faults if fault), None)
