"""Requests to the X API, reserved before they are sent and stored before they are read: pages, and counts of posts."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from fedbytweets.coverage import (
    BilledFacts,
    CountFacts,
    PageFacts,
    PageShape,
    Reservation,
    Span,
    UnreadFacts,
    counted_posts,
    page_facts,
    unread_facts,
)
from fedbytweets.errors import AnswerTooLargeError, PassingError, SettingsError, SourceError, UnansweredError
from fedbytweets.instants import utc_now
from fedbytweets.raw.keys import count_key, page_key
from fedbytweets.raw.lineage import Lineage, Question
from fedbytweets.x_api.dialects import DIALECTS, page_shape
from fedbytweets.x_api.ledger import Ledger
from fedbytweets.x_api.retries import with_retries
from fedbytweets.x_api.settings import CollectSettings
from fedbytweets.x_api.source import Answer, PageQuestion, Source

Store = Callable[[Callable[[int], str], bytes, Lineage], str]
"""(attempt -> key, bytes, lineage) -> the first free key, under which the bytes now lie: `RawStore.put_new`."""


@dataclass(frozen=True, slots=True)
class StoredPage:
    """A page in the lake: where its bytes lie, what they say; the bytes themselves for a look at their fields."""

    raw_key: str
    facts: PageFacts
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Asks for pages and counts and stores what comes, with bounded retries."""

    source: Source
    store: Store
    settings: CollectSettings
    store_count: Store = field(kw_only=True)
    """The same for answers of counts/recent."""
    ledger: Ledger | None = field(default=None, kw_only=True)
    """Where requests are reserved; None where no limit is set."""
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    def fetch(self, ask: Callable[[], PageQuestion], unread: Callable[[str, UnreadFacts], None]) -> StoredPage:
        """Return a page once its bytes are stored.

        `ask` is asked for the question before each attempt, as what may be spent changes. `unread` is told the most
        that each answer can have cost which made no sense, with its raw key, or which was not stored, with an empty
        one: it was cut, or timed out, or the lake failed.

        Raises:
            SourceError: as `fedbytweets.x_api.answers` says, after the retries.
            StopError: the budget has no room beside what other runs reserve.
            LakeError: the bytes or a reservation could not be stored.

        """

        def once() -> StoredPage:
            question, reservation = self._reserved(ask())
            most, request_id = _shape(question).most(question.size), reservation.request_id if reservation else ""
            worst = replace(unread_facts(question.subject, self.clock(), most), request_id=request_id)
            with self._charging(reservation, lambda: unread("", worst)):
                answer = self.source.search(question)
                window = (question.window.start, question.window.end)
                asked = Question(question.query, question.dialect, *window, question.page, most)
                lineage = self._lineage(question.subject, answer, request_id, asked)
                raw_key = self.store(
                    lambda attempt: page_key(question.subject, question.query, window, question.page, attempt),
                    answer.body,
                    lineage,
                )
            try:
                stored = StoredPage(raw_key, page_facts(lineage, answer.body), answer.body)
            except PassingError:
                self._answered(reservation, worst)
                unread(raw_key, worst)
                raise
            self._answered(reservation, stored.facts)
            return stored

        return with_retries(once, self.settings, self.clock, self.sleep)

    def count(self, subject: str, query: str, window: Span, may_pay: Callable[[], bool] = lambda: True) -> int | None:
        """Return how many posts a window holds, by counts/recent, once its answer is stored.

        `may_pay` is asked before each attempt; None where it or the ledger says no.

        Raises:
            SourceError: as for `fetch`.
            LakeError: the answer or a reservation could not be stored.

        """

        def once() -> int | None:
            reservation = self.ledger.reserve_count(subject, self.clock()) if self.ledger else None
            if self.ledger and reservation is None:
                return None
            if not may_pay():
                self._release(reservation)
                return None
            request_id = reservation.request_id if reservation else ""
            with self._charging(reservation, lambda: None):
                answer = self.source.counts(subject, query, window)
                lineage = self._lineage(subject, answer, request_id)
                at = lineage.retrieved_at
                self.store_count(
                    lambda attempt: count_key(subject, query, window, at, attempt, request_id), answer.body, lineage
                )
            self._answered(reservation, CountFacts(subject, at, request_id))
            return counted_posts(subject, answer.body)

        return with_retries(once, self.settings, self.clock, self.sleep)

    def _reserved(self, question: PageQuestion) -> tuple[PageQuestion, Reservation | None]:
        """Return a question, smaller where other runs have reserved what is left, and its reservation."""
        if self.ledger is None:
            return question, None
        size, reservation = self.ledger.reserve_page(
            question.subject, _shape(question), question.size, self.clock, self.sleep
        )
        return replace(question, size=size), reservation

    @contextmanager
    def _charging(self, reservation: Reservation | None, charge: Callable[[], None]) -> Iterator[None]:
        """Release the reservation if the block fails as X surely did not bill the request, else keep it and charge."""
        try:
            yield
        except BaseException as error:
            refused = isinstance(error, SourceError | SettingsError)
            if refused and not isinstance(error, UnansweredError | AnswerTooLargeError):
                self._release(reservation)
            else:
                charge()
            raise

    def _release(self, reservation: Reservation | None) -> None:
        if self.ledger and reservation:
            self.ledger.release(reservation)

    def _answered(self, reservation: Reservation | None, facts: BilledFacts) -> None:
        if self.ledger and reservation:
            self.ledger.answered(reservation, facts)

    def _lineage(self, subject: str, answer: Answer, request_id: str, question: Question | None = None) -> Lineage:
        """Return what is kept beside an answer that has just come: what was asked, without secrets, and how it came."""
        return Lineage(
            subject=subject,
            origin="stand-in" if self.settings.simulated else "x-api",
            retrieved_at=self.clock(),
            question=question,
            request_id=request_id,
            request=answer.request,
            status=answer.status,
            headers=answer.headers,
            client=self.source.client,
        )


def _shape(question: PageQuestion) -> PageShape:
    return page_shape(DIALECTS[question.dialect], question.extra_fields)
