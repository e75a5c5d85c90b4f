"""A page's question -> its facts, the bytes stored before anything reads them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fedbytweets.coverage import PageFacts, page_facts
from fedbytweets.errors import PassingError
from fedbytweets.instants import utc_now
from fedbytweets.raw.keys import page_key
from fedbytweets.raw.lineage import Lineage, Question
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
    """Asks for pages and stores what comes, with bounded retries."""

    source: Source
    store: Store
    settings: CollectSettings
    clock: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep

    def fetch(self, ask: Callable[[], PageQuestion], unreadable: Callable[[str, int], None]) -> StoredPage:
        """Return a page once its bytes are stored.

        `ask` is asked for the question before each attempt, as what may be spent changes; `unreadable` hears the raw
        key of each answer that made no sense, and how many posts it was asked for.

        Raises:
            SourceError: as `fedbytweets.x_api.answers` says, after the retries.
            LakeError: the bytes could not be stored.

        """

        def once() -> StoredPage:
            question = ask()
            answer = self.source.search(question)
            lineage = lineage_of(question, answer, self.source.client)
            window = (question.window.start, question.window.end)
            raw_key = self.store(
                lambda attempt: page_key(question.subject, question.query, window, question.page, attempt),
                answer.body,
                lineage,
            )
            try:
                return StoredPage(raw_key, page_facts(lineage, answer.body), answer.body)
            except PassingError:
                unreadable(raw_key, question.size)
                raise

        return with_retries(once, self.settings, self.clock, self.sleep)


def lineage_of(question: PageQuestion, answer: Answer, client: str) -> Lineage:
    """Return what is kept beside a page: the question, the request without secrets, and how the answer came."""
    asked = Question(question.query, question.dialect, question.window.start, question.window.end, question.page)
    return Lineage(
        subject=question.subject,
        origin="x-api",
        retrieved_at=answer.retrieved_at,
        question=asked,
        request=answer.request,
        status=answer.status,
        headers=answer.headers,
        client=client,
    )
