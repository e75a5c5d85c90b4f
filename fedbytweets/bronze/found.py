"""Pages -> what was found in them: each thing with where it stood, before it becomes a row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Generic, TypeVar

from fedbytweets.instants import from_snowflake
from fedbytweets.raw import wire
from fedbytweets.raw.lineage import Lineage
from fedbytweets.raw.reader import Page, Refusal

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Source:
    """A raw object: its key `<subject>/<object>`, its lineage, its size as stored in bytes."""

    key: str
    subject: str
    lineage: Lineage
    bytes: int


@dataclass(frozen=True, slots=True)
class PageOrigin:
    """Where a page stands: its raw object, its number there (from 1), when it was retrieved (naive UTC)."""

    source: Source
    page: int
    import_date: datetime


@dataclass(slots=True)
class Things(Generic[T]):
    """Things of one kind, in order: the things, and list by list where they stood and how many each list held."""

    values: list[T] = field(default_factory=list)
    origins: list[PageOrigin] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def add(self, values: Sequence[T], origin: PageOrigin) -> int:
        """Add the things of one list; return how many."""
        self.values.extend(values)
        self.origins.append(origin)
        self.counts.append(len(values))
        return len(values)


@dataclass(slots=True)
class Found:
    """What was found in a run of raw objects."""

    tweets: Things[wire.Tweet] = field(default_factory=Things)
    originals: list[Mapping[str, wire.Tweet]] = field(default_factory=list)
    users: Things[wire.User] = field(default_factory=Things)
    places: Things[wire.Place] = field(default_factory=Things)
    problems: Things[wire.Problem] = field(default_factory=Things)
    refusals: Things[Refusal] = field(default_factory=Things)
    unknown: Things[tuple[str, int]] = field(default_factory=Things)
    objects: list[dict[str, object]] = field(default_factory=list)

    def add(self, source: Source, results: Iterable[Page | Refusal]) -> None:
        """Add what a raw object holds, and one line about the object itself."""
        counts = {"pages": 0, "included_tweets": 0, "quarantined": 0, "unknown_fields": 0}
        counts |= {"tweets": 0, "users": 0, "places": 0, "api_errors": 0}
        last: Page | None = None
        for result in results:
            if isinstance(result, Refusal):
                counts["quarantined"] += self.refusals.add(
                    [result], PageOrigin(source, 0, _naive(source.lineage.retrieved_at))
                )
                continue
            last = result
            for name, added in self._add_page(source, result).items():
                counts[name] += added
        self.objects.append(_object(source, counts, last))

    def _add_page(self, source: Source, page: Page) -> dict[str, int]:
        origin = PageOrigin(source, page.ordinal, _naive(page.retrieved_at or source.lineage.retrieved_at))
        originals = {tweet.id: tweet for tweet in page.originals}
        tweets = self.tweets.add(page.tweets, origin)
        self.originals.extend([originals] * tweets)
        self.unknown.add(list(page.unknown.items()), origin)
        return {
            "pages": 1,
            "tweets": tweets,
            "included_tweets": len(page.originals),
            "users": self.users.add(page.users, origin),
            "places": self.places.add(page.places, origin),
            "api_errors": self.problems.add(page.problems, origin),
            "unknown_fields": sum(page.unknown.values()),
        }


def _object(source: Source, counts: dict[str, int], last: Page | None) -> dict[str, object]:
    """Return the row of `bronze.raw_objects`: what was asked, and what came."""
    lineage, question = source.lineage, source.lineage.question
    return counts | {
        "import_date": _naive(lineage.retrieved_at),
        "file_name": source.key,
        "subject": source.subject,
        "origin": lineage.origin,
        "bytes": source.bytes,
        "query": question.query if question else None,
        "dialect": question.dialect if question else None,
        "window_start": _naive(question.start) if question else None,
        "window_end": _naive(question.end) if question else None,
        "search_page": question.page if question else None,
        "result_count": last.meta.result_count if last else None,
        "next_token": last.meta.next_token if last else None,
        "oldest_at": _oldest_at(last) if last else None,
    }


def _oldest_at(page: Page) -> datetime | None:
    """Return when a page's oldest tweet was posted, to the millisecond (naive UTC), from the ids alone."""
    ids = [int(tweet.id) for tweet in page.tweets if tweet.id.isdecimal()]
    return _naive(from_snowflake(min(ids))) if ids else None


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
