"""Pages -> what was found in them, kind by kind, and a line about each raw object."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from fedbytweets.bronze import columns
from fedbytweets.bronze.things import PageOrigin, Source, Things
from fedbytweets.bronze.tweets import Originals, tweet_columns
from fedbytweets.instants import FIRST_TWEET, oldest_at
from fedbytweets.raw import wire
from fedbytweets.raw.lineage import Question
from fedbytweets.raw.reader import Page, Refusal
from fedbytweets.tables import bronze

_AT_ONCE = 1_000
"""So many tweets and users become rows together: few enough for the processor to have them all at hand still."""
_CLOCKS_DIFFER = timedelta(days=1)
_COUNTED = ("tweets", "users", "places", "pages", "included_tweets", "api_errors", "quarantined", "unknown_fields")


@dataclass(slots=True)
class Found:
    """What was found in a run of raw objects."""

    tweets: Things[wire.Tweet] = field(default_factory=lambda: Things(bronze.TWEETS))
    users: Things[wire.User] = field(default_factory=lambda: Things(bronze.USERS))
    places: Things[wire.Place] = field(default_factory=lambda: Things(bronze.PLACES))
    problems: Things[wire.Problem] = field(default_factory=lambda: Things(bronze.API_ERRORS))
    refusals: Things[Refusal] = field(default_factory=lambda: Things(bronze.QUARANTINE))
    notes: Things[tuple[str, str, str]] = field(default_factory=lambda: Things(bronze.QUALITY))
    objects: list[dict[str, object]] = field(default_factory=list)
    _originals: list[Originals] = field(default_factory=list)

    def add(self, source: Source, results: Iterable[Page | Refusal]) -> None:
        """Add what a raw object holds, and one line about the object itself."""
        counts = dict.fromkeys(_COUNTED, 0)
        last: Page | None = None
        for result in results:
            if isinstance(result, Refusal):
                origin = PageOrigin(source, 0, _naive(source.lineage.retrieved_at))
                counts["quarantined"] += self.refusals.add([result], origin)
                continue
            last = result
            for name, added in self._add_page(source, result).items():
                counts[name] += added
        self.objects.append(_object(source, counts, last))

    def rows(self) -> dict[str, pa.Table]:
        """Return the rows of all that was found, by the name of their table."""
        self._lay_out()
        kinds = (self.tweets, self.users, self.places, self.problems, self.refusals, self.notes)
        about_objects = bronze.RAW_OBJECTS.arrow(columns.of_objects(self.objects), len(self.objects))
        return {kind.table.name: kind.rows() for kind in kinds} | {bronze.RAW_OBJECTS.name: about_objects}

    def _add_page(self, source: Source, page: Page) -> dict[str, int]:
        retrieved_at = _retrieved_at(page, source.lineage.retrieved_at)
        origin = PageOrigin(source, page.ordinal, _naive(retrieved_at or source.lineage.retrieved_at))
        self._originals.extend([{tweet.id: tweet for tweet in page.originals}] * len(page.tweets))
        self.notes.add(list(_notes(page, is_stamp_bad=page.stamp is not None and retrieved_at is None)), origin)
        counts = {
            "pages": 1,
            "tweets": self.tweets.add(page.tweets, origin),
            "included_tweets": len(page.originals),
            "users": self.users.add(page.users, origin),
            "places": self.places.add(page.places, origin),
            "api_errors": self.problems.add(page.problems, origin),
            "unknown_fields": sum(page.unknown.values()),
        }
        if len(self.tweets.values) + len(self.users.values) >= _AT_ONCE:
            self._lay_out()
        return counts

    def _lay_out(self) -> None:
        self.tweets.lay_out(lambda tweets: tweet_columns(tweets, self._originals))
        self._originals.clear()
        self.users.lay_out(columns.of_users)
        self.places.lay_out(columns.of_places)
        self.problems.lay_out(columns.of_problems)
        self.refusals.lay_out(columns.of_refusals)
        self.notes.lay_out(columns.of_notes)


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
        **_most(question),
        "result_count": last.meta.result_count if last else None,
        "next_token": last.meta.next_token if last else None,
        "oldest_at": _oldest_at(last) if last else None,
        "request_id": lineage.request_id or None,
    }


def _most(question: Question | None) -> dict[str, object]:
    most = question.most if question else None
    return {
        "most_tweets": most.posts if most else None,
        "most_users": most.users if most else None,
        "most_included_tweets": most.included_posts if most else None,
    }


def _notes(page: Page, *, is_stamp_bad: bool) -> Iterator[tuple[str, str, str]]:
    """Yield kind, path and value of what is odd about a page."""
    if is_stamp_bad and page.stamp is not None:
        yield "bad-instant", "__twarc.retrieved_at", page.stamp
    yield from ((note.kind, note.path, str(note.times)) for note in page.notes)
    yield from (("unknown-field", path, str(count)) for path, count in page.unknown.items())


def _retrieved_at(page: Page, known_at: datetime) -> datetime | None:
    """Return when twarc retrieved a page; None where it does not say so, or what cannot be: see `known_at`.

    `known_at` is when the object came to be here. A day is allowed for clocks that differ.
    """
    at = page.retrieved_at
    return at if at is not None and FIRST_TWEET <= at <= known_at + _CLOCKS_DIFFER else None


def _oldest_at(page: Page) -> datetime | None:
    """Return when a page's oldest tweet was posted, to the millisecond (naive UTC), from the ids alone."""
    oldest = oldest_at([tweet.id for tweet in page.tweets])
    return None if oldest is None else _naive(oldest)


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
