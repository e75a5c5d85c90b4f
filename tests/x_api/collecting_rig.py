"""A lake of bytes in memory, a clock that is moved by hand, and the stand-in of the API: what collecting needs."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from pydantic import SecretStr

from fedbytweets.coverage import (
    BilledFacts,
    CountFacts,
    Coverage,
    PageFacts,
    UnreadFacts,
    coverage,
    page_facts,
    unread_facts,
)
from fedbytweets.errors import PassingError
from fedbytweets.raw.keys import counted_at, subject_of
from fedbytweets.raw.lineage import Lineage
from fedbytweets.simulator import ManualClock, Simulator
from fedbytweets.subjects import Budget, Prices, Subject, default_subjects
from fedbytweets.x_api import Collected, CollectSettings, Fetcher, XApi, collect_all

TOKEN = "AAAA-secret-of-the-tests-BBBB"
BEGIN = datetime(2026, 9, 7, 10, tzinfo=UTC)
SCHEDULES = int(os.environ.get("FEDBYTWEETS_FAULT_SCHEDULES", "12"))
"""How many random fault schedules are tried; the soak asks for more."""


class MemoryLake:
    """Raw objects as a dictionary; like the real one it never overwrites."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, Lineage]] = {}
        self.counts: dict[str, tuple[bytes, Lineage]] = {}

    def put_new(self, key_of, body: bytes, lineage: Lineage) -> str:
        """Store bytes under the first free key."""
        return _put(self.objects, key_of, body, lineage)

    def put_count(self, key_of, body: bytes, lineage: Lineage) -> str:
        """Store an answer of counts/recent under the first free key."""
        return _put(self.counts, key_of, body, lineage)

    def billed(self) -> list[BilledFacts]:
        """Return the facts of every answer, read or not, and of every count."""
        return [*self.facts(), *self.unread(), *(CountFacts(subject_of(key), counted_at(key)) for key in self.counts)]

    def facts(self) -> list[PageFacts]:
        """Return the facts of every readable page."""
        found = []
        for body, lineage in self.objects.values():
            try:
                found.append(page_facts(lineage, body))
            except PassingError:
                continue
        return found

    def unread(self) -> list[UnreadFacts]:
        """Return the facts of every answer that cannot be read."""
        found = []
        for body, lineage in self.objects.values():
            try:
                page_facts(lineage, body)
            except PassingError:
                found.append(unread_facts(lineage.subject, lineage.retrieved_at, lineage.question.most))
        return found

    def posts(self, subject: str) -> Counter[int]:
        """Return the ids of a subject's posts, each as often as it was stored."""
        ids: Counter[int] = Counter()
        for body, lineage in self.objects.values():
            if lineage.subject != subject:
                continue
            try:
                page_facts(lineage, body)
            except PassingError:
                continue
            ids.update(int(post["id"]) for post in json.loads(body).get("data", []))
        return ids


def _put(objects: dict[str, tuple[bytes, Lineage]], key_of, body: bytes, lineage: Lineage) -> str:
    key = next(key for key in map(key_of, count(1)) if key not in objects)
    objects[key] = (body, lineage)
    return key


@dataclass
class Rig:
    """One stand-in, one lake, and runs against them."""

    simulator: Simulator
    subjects: Sequence[Subject] = field(default_factory=default_subjects)
    lake: MemoryLake = field(default_factory=MemoryLake)
    budget: Budget = field(default_factory=Budget)
    options: dict = field(default_factory=dict)
    token: str = TOKEN
    wrong_by: timedelta = timedelta()
    """How far the run's own clock is off that of the API."""

    @property
    def clock(self) -> ManualClock:
        """The clock of the stand-in, which is the run's, too, where that is right."""
        return self.simulator.clock

    def now(self) -> datetime:
        """Return what the run takes for the time."""
        return self.clock.now() + self.wrong_by

    @property
    def settings(self) -> CollectSettings:
        """The settings, at the stand-in's address."""
        return CollectSettings(base_url=self.simulator.base_url, simulated=True, **self.options)

    def fetcher(self) -> Fetcher:
        """Return a fetcher with a client of its own, as a new process has."""
        settings = self.settings
        source = XApi(SecretStr(self.token), settings, self.now)
        put, put_count = self.lake.put_new, self.lake.put_count
        return Fetcher(source, put, settings, self.now, self.sleep, store_count=put_count)

    def sleep(self, seconds: float) -> None:
        """Move the clock instead of waiting."""
        self.clock.advance(timedelta(seconds=seconds))

    def run(self, **options) -> tuple[Collected, ...]:
        """Collect once."""
        return collect_all(self.subjects, self.lake.billed(), self.fetcher(), budget=self.budget, **options)

    def coverage(self, subject: Subject) -> Coverage:
        """Return what is covered now."""
        bounds = self.settings.bounds
        return coverage(subject.name, self.lake.facts(), self.clock.now(), bounds.overlap, bounds.reach)

    def truth(self, subject: Subject, start: datetime, end: datetime) -> set[int]:
        """Return the ids of all posts there are."""
        return set(self.simulator.truth(subject.search_query, start, end))

    def asked_twice(self) -> list[tuple]:
        """Return searches that were answered well more than once for the very same page."""
        answered = Counter(
            tuple(sorted(request.params.items()))
            for request in self.simulator.ledger.requests
            if request.status == 200 and request.fault is None and "search" in request.path
        )
        return [asked for asked, times in answered.items() if times > 1]


PRICES = Prices()
