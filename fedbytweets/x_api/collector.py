"""A subject and the facts of its stored pages -> more stored pages: the new window first, then holes, newest first.

Every step is decided from facts, old and new alike, so that a killed run goes on where its last stored page ended.
Nothing here loops for ever: each span is asked for once a run, and a search rests when its pages bring no progress.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from fedbytweets.coverage import (
    Ask,
    Coverage,
    PageFacts,
    PageShape,
    Span,
    UnreadFacts,
    coverage,
    next_ask,
    searches,
    spent,
)
from fedbytweets.coverage.plan import Identity, new_window
from fedbytweets.coverage.searches import recent
from fedbytweets.coverage.spans import common
from fedbytweets.errors import (
    CredentialsError,
    MoneySpentError,
    PassingError,
    QuestionError,
    RunError,
    SettingsError,
    WindowSpentError,
)
from fedbytweets.subjects import Subject
from fedbytweets.x_api.collected import Collected, Halt, Stop, StopError
from fedbytweets.x_api.dialects import DIALECTS, Dialect, fields_not_arrived, page_shape
from fedbytweets.x_api.pages import Fetcher, StoredPage
from fedbytweets.x_api.purse import Purse
from fedbytweets.x_api.source import PageQuestion
from fedbytweets.x_api.walk import Walk


@dataclass(slots=True)
class Collector:
    """One subject in one run, or in one round of it; `collect()` once."""

    subject: Subject
    earlier: Sequence[PageFacts]
    """Facts of this subject's stored pages."""
    fetcher: Fetcher
    purse: Purse
    begun_at: datetime
    """When the run began, UTC: its windows end `lag` before."""
    halt: Halt = field(default_factory=Halt)
    on_page: Callable[[PageFacts], None] = lambda _: None
    _facts: list[PageFacts] = field(default_factory=list)
    _raw_keys: list[str] = field(default_factory=list)
    _warnings: list[str] = field(default_factory=list)
    _not_stored: list[UnreadFacts] = field(default_factory=list)
    _rested: list[Span] = field(default_factory=list)
    _refused: set[Identity] = field(default_factory=set)
    _resting: str = ""
    _expected: int | None = None

    def collect(self) -> Collected:
        """Collect until all is read or something ends it; every failure comes back as a value."""
        try:
            self._expect()
            while (ask := self._next_ask()) is not None:
                self._read_on(ask)
        except StopError as stop:
            return self._collected(stop.stop, str(stop))
        except WindowSpentError as error:
            return self._collected(Stop.RATE_LIMIT, str(error), error)
        except Exception as error:  # noqa: BLE001 - one subject's failure never stops another's
            if isinstance(error, MoneySpentError | CredentialsError | SettingsError):
                self.halt.raise_for(error)
            return self._collected(Stop.FAILED, str(error), error)
        except BaseException:
            self.halt.raise_for(RunError("The run was interrupted; what was stored is kept."))
            raise
        return self._collected(Stop.RESTING if self._resting else Stop.COMPLETE, self._resting)

    def _collected(self, stop: Stop, detail: str, error: Exception | None = None) -> Collected:
        return Collected(
            subject=self.subject.name,
            stop=stop,
            detail=detail,
            raw_keys=tuple(self._raw_keys),
            facts=tuple(self._facts),
            spent=self.purse.spent,
            coverage=self._known([*self.earlier, *self._facts]),
            warnings=tuple(dict.fromkeys(self._warnings)),
            expected_posts=self._expected,
            unanswered=spent(self._not_stored, self.purse.prices),
            error=error or (self.halt.cause if stop is Stop.HALTED else None),
        )

    def _known(self, facts: Sequence[PageFacts]) -> Coverage:
        bounds = self.fetcher.settings.bounds
        return coverage(self.subject.name, facts, self.fetcher.clock(), bounds.overlap, bounds.reach)

    def _recent(self) -> list[PageFacts]:
        return recent([*self.earlier, *self._facts], self.fetcher.settings.bounds.reach)

    def _next_ask(self) -> Ask | None:
        times = (self.begun_at, self.fetcher.clock())
        query, bounds = self.subject.search_query, self.fetcher.settings.bounds
        facts = self._recent()
        return next_ask(self._known(facts), searches(facts), query, times, bounds, self._rested, self._refused)

    def _read_on(self, ask: Ask) -> None:
        """Read a search as far as it goes; a refused token is asked anew by window, a refused hole is reported."""
        try:
            self._read_pages(ask)
        except QuestionError as error:
            if ask.token is not None:
                self._refused.add(ask.identity)
                self._warnings.append(f"{error} Its next_token is given up and the rest of its window asked anew.")
                return
            if ask.window.end >= self.fetcher.settings.bounds.window_end(self.begun_at):
                raise
            self._warnings.append(f"{error} The hole from {ask.window.start} to {ask.window.end} stays open.")
        self._rested.append(common(ask.window, ask.wanted) or ask.wanted)

    def _read_pages(self, ask: Ask) -> None:
        earlier = (page for page in self.earlier if (page.query, Span(page.start, page.end)) == ask.identity)
        walk = Walk.of(ask, (page.next_token for page in earlier if page.next_token))
        while not walk.over:
            stored = self._page(walk)
            walk.take(stored.facts)
            if walk.circles or walk.idle >= self.fetcher.settings.idle_pages:
                self._rest(walk)
                return

    def _page(self, walk: Walk) -> StoredPage:
        """Return the next page of a search, stored, paid for and counted."""
        if self.halt.cause is not None:
            raise StopError(Stop.HALTED, f"Stopped with the other subjects: {self.halt.cause}")
        dialect = DIALECTS[walk.ask.dialect or self.subject.dialect or self.fetcher.settings.dialect]
        shape = page_shape(dialect, self.subject.extra_fields)

        def unread(raw_key: str, facts: UnreadFacts) -> None:
            if raw_key:
                self._raw_keys.append(raw_key)
            else:
                self._not_stored.append(facts)
            self.purse.pay(facts)

        stored = self.fetcher.fetch(lambda: self._question(walk, dialect, shape), unread)
        self._take(stored)
        if walk.page == 1:
            self._check_fields(dialect, stored.body)
        return stored

    def _question(self, walk: Walk, dialect: Dialect, shape: PageShape) -> PageQuestion:
        """Return the next question of a search, as large as the purse has room for."""
        return PageQuestion(
            subject=self.subject.name,
            query=walk.ask.query,
            dialect=dialect.name,
            window=walk.ask.window,
            page=walk.page,
            size=self.purse.page_size(shape, self.fetcher.settings.page_size, self.fetcher.clock().date()),
            token=walk.token,
            extra_fields=self.subject.extra_fields,
        )

    def _check_fields(self, dialect: Dialect, body: bytes) -> None:
        if absent := fields_not_arrived(dialect, body):
            self._warnings.append(
                f"{', '.join(absent)} of {self.subject.name!r} did not arrive though asked for in the dialect "
                f"{dialect.name!r}: try the other dialect, as these posts are paid for all the same."
            )

    def _take(self, stored: StoredPage) -> None:
        self._raw_keys.append(stored.raw_key)
        self._facts.append(stored.facts)
        self.purse.pay(stored.facts)
        self.on_page(stored.facts)

    def _rest(self, walk: Walk) -> None:
        why = "its next_token repeats" if walk.circles else f"{walk.idle} pages in a row brought no older post"
        self._resting = (
            f"A search of {self.subject.name!r} rests after page {walk.page - 1}, as {why}: the next run asks "
            f"for what is left of {walk.ask.window.start} to {walk.ask.window.end}."
        )
        self._warnings.append(self._resting)

    def _expect(self) -> None:
        """Ask counts/recent how much the new window holds, where the settings want it and the budget has room."""
        settings = self.fetcher.settings
        if not settings.plan_with_counts:
            return
        facts = self._recent()
        window = new_window(self._known(facts), searches(facts), self.begun_at, settings.bounds)
        if window is None:
            return
        subject = self.subject
        try:
            self._expected = self.fetcher.count(subject.name, subject.search_query, window, self._pay_count)
        except (PassingError, WindowSpentError) as error:
            self._warnings.append(f"{error} The run goes on without the count.")

    def _pay_count(self) -> bool:
        return self.purse.pay_count(self.fetcher.clock().date())
