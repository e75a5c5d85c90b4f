"""The pages of one search, one after the other: where it stands, and when it is over or leads nowhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fedbytweets.coverage import Ask, PageFacts


@dataclass(slots=True)
class Walk:
    """Where reading a search stands. `idle` counts pages in a row that reached no older post."""

    ask: Ask
    page: int
    token: str | None
    seen: set[str]
    idle: int = 0
    circles: bool = False
    """Its token has come before: to follow it would read the same pages again, for ever."""
    over: bool = False
    _reached: datetime | None = None

    @classmethod
    def of(cls, ask: Ask, seen: Iterable[str]) -> "Walk":
        """Begin, or go on with, a search; `seen` are the tokens its earlier pages gave."""
        return cls(ask, ask.page, ask.token, {*seen} if ask.token is None else {*seen, ask.token})

    def take(self, facts: PageFacts) -> None:
        """Go on by one page."""
        self.page += 1
        self.token = facts.next_token
        oldest = facts.oldest_at
        if oldest is None or (self._reached is not None and oldest >= self._reached):
            self.idle += 1
        else:
            self.idle, self._reached = 0, oldest
        self.over = self.token is None or (self._reached is not None and self._reached < self.ask.wanted.start)
        self.circles = not self.over and self.token in self.seen
        if self.token is not None:
            self.seen.add(self.token)
