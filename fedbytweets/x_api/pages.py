"""A question -> what its answer says, the bytes stored before anything reads them: pages, and counts of posts."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from fedbytweets.coverage import PageFacts, Span, UnreadFacts, counted_posts, page_facts, unread_facts
from fedbytweets.errors import PassingError
from fedbytweets.instants import utc_now
from fedbytweets.raw.keys import count_key, page_key
from fedbytweets.raw.lineage import Lineage, Most, Question
from fedbytweets.x_api.dialects import DIALECTS, page_shape
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
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    def fetch(self, ask: Callable[[], PageQuestion], unreadable: Callable[[str, UnreadFacts], None]) -> StoredPage:
        """Return a page once its bytes are stored.

        `ask` is asked for the question before each attempt, as what may be spent changes; `unreadable` hears the raw
        key of each answer that made no sense, and the most it can have cost.

        Raises:
            SourceError: as `fedbytweets.x_api.answers` says, after the retries.
            LakeError: the bytes could not be stored.

        """

        def once() -> StoredPage:
            question = ask()
            answer = self.source.search(question)
            window = (question.window.start, question.window.end)
            most = _most(question)
            asked = Question(question.query, question.dialect, *window, question.page, most)
            lineage = self._lineage(question.subject, answer, asked)
            raw_key = self.store(
                lambda attempt: page_key(question.subject, question.query, window, question.page, attempt),
                answer.body,
                lineage,
            )
            try:
                return StoredPage(raw_key, page_facts(lineage, answer.body), answer.body)
            except PassingError:
                unreadable(raw_key, unread_facts(lineage.subject, lineage.retrieved_at, most))
                raise

        return with_retries(once, self.settings, self.clock, self.sleep)

    def count(self, subject: str, query: str, window: Span, may_pay: Callable[[], bool] = lambda: True) -> int | None:
        """Return how many posts a window holds, by counts/recent, once its answer is stored.

        `may_pay` is asked before each attempt; None where it says no.

        Raises:
            SourceError: as for `fetch`.
            LakeError: the answer could not be stored.

        """

        def once() -> int | None:
            if not may_pay():
                return None
            answer = self.source.counts(subject, query, window)
            lineage = self._lineage(subject, answer)
            at = lineage.retrieved_at
            self.store_count(lambda attempt: count_key(subject, query, window, at, attempt), answer.body, lineage)
            return counted_posts(subject, answer.body)

        return with_retries(once, self.settings, self.clock, self.sleep)

    def _lineage(self, subject: str, answer: Answer, question: Question | None = None) -> Lineage:
        """Return what is kept beside an answer that has just come: what was asked, without secrets, and how it came."""
        return Lineage(
            subject=subject,
            origin="stand-in" if self.settings.simulated else "x-api",
            retrieved_at=self.clock(),
            question=question,
            request=answer.request,
            status=answer.status,
            headers=answer.headers,
            client=self.source.client,
        )


def _most(question: PageQuestion) -> Most:
    return page_shape(DIALECTS[question.dialect], question.extra_fields).most(question.size)
