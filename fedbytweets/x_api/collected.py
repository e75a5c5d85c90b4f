"""What collecting one subject came to: a value, also when it failed."""

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from fedbytweets.coverage import Coverage, PageFacts, Spending
from fedbytweets.errors import FedByTweetsError, WindowSpentError


class Stop(StrEnum):
    """Why a subject's collecting ended."""

    COMPLETE = "complete"
    """Everything the API still has is read."""
    RESTING = "resting"
    """A search made no progress (empty pages, a token that repeats); the next run goes on."""
    LIMIT = "limit"
    """The subject's own pages or posts per run are used up."""
    BUDGET = "budget"
    """A budget is used up."""
    RATE_LIMIT = "rate limit"
    """The API's window is spent for longer than is waited."""
    HALTED = "halted"
    """Another subject met what stops all: no money, a refused token."""
    FAILED = "failed"
    """The API, the question or the store failed."""


class StopError(FedByTweetsError):
    """Ends a subject's collecting cleanly: it is no failure, and never leaves the collector."""

    def __init__(self, stop: Stop, detail: str) -> None:
        super().__init__(detail)
        self.stop = stop

    def __reduce__(self) -> tuple[type["StopError"], tuple[Stop, str]]:
        return type(self), (self.stop, str(self))


@dataclass(frozen=True, slots=True)
class Collected:
    """What one run collected of one subject. Its resume points are the stored pages: see `coverage.holes`."""

    subject: str
    stop: Stop
    detail: str
    """One sentence for the operator; empty when complete."""
    raw_keys: tuple[str, ...]
    facts: tuple[PageFacts, ...]
    spent: Spending
    """As the prices assume, with answers that could not be read counted at their worst."""
    coverage: Coverage
    """After the run."""
    warnings: tuple[str, ...] = ()
    expected_posts: int | None = None
    """What counts/recent said the new window holds; None when it was not asked."""
    unanswered: Spending = field(default_factory=Spending)
    """The part of `spent` that is for requests whose answer did not come whole, or could not be stored."""
    error: BaseException | None = None

    @property
    def explanation(self) -> str:
        """The detail, and a sentence about requests that count as spent and brought nothing, if there were any."""
        if not self.unanswered.pages:
            return self.detail
        return (
            f"{self.detail} Requests without a whole answer: {self.unanswered.pages}. X may have billed them: they "
            f"count against the budget with the most they can cost, ${self.unanswered.money:.2f}."
        ).strip()

    @property
    def pages(self) -> int:
        """Readable pages stored."""
        return len(self.facts)

    @property
    def posts(self) -> int:
        """Posts on those pages."""
        return sum(page.posts for page in self.facts)

    @property
    def users(self) -> int:
        """Users that came with them."""
        return sum(page.users for page in self.facts)

    @property
    def resets_at(self) -> datetime | None:
        """When the API's window opens again (UTC), if that is what stopped it."""
        return self.error.reset_at if isinstance(self.error, WindowSpentError) else None

    @property
    def failed(self) -> bool:
        """Whether the run must be reported as failed for this subject; a limit or a spent window is no failure."""
        return self.stop in {Stop.FAILED, Stop.HALTED}

    def followed_by(self, later: "Collected") -> "Collected":
        """Return this and a later part of the same run as one."""
        return replace(
            later,
            raw_keys=self.raw_keys + later.raw_keys,
            facts=self.facts + later.facts,
            spent=self.spent + later.spent,
            unanswered=self.unanswered + later.unanswered,
            warnings=tuple(dict.fromkeys(self.warnings + later.warnings)),
            expected_posts=later.expected_posts if self.expected_posts is None else self.expected_posts,
        )

    def as_dict(self) -> dict[str, Any]:
        """Return what a report needs, as JSON can hold it; money in US dollars."""
        return {
            "subject": self.subject,
            "stop": str(self.stop),
            "detail": self.detail,
            "pages": self.pages,
            "posts": self.posts,
            "users": self.users,
            "spent_usd": float(self.spent.money),
            "unanswered_usd": float(self.unanswered.money),
            "expected_posts": self.expected_posts,
            "holes": len(self.coverage.holes),
            "missing_posts": self.coverage.missing_posts,
            "lost_posts": self.coverage.lost_posts,
            "resets_at": self.resets_at.isoformat() if self.resets_at else None,
            "warnings": list(self.warnings),
            "raw_keys": list(self.raw_keys),
        }


class Halt:
    """A flag that the subjects of a run share: once raised, none asks for another page."""

    def __init__(self) -> None:
        self._raised = threading.Event()
        self._cause: FedByTweetsError | None = None

    def raise_for(self, cause: FedByTweetsError) -> None:
        """Stop all subjects, for this cause; the first one stands."""
        self._cause = self._cause or cause
        self._raised.set()

    @property
    def cause(self) -> FedByTweetsError | None:
        """Why all stop; None while they go on."""
        return self._cause if self._raised.is_set() else None
