"""A source in memory: each subject has its posts at even intervals, with so many users and posts that come along."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from fedbytweets.coverage import Span
from fedbytweets.instants import to_snowflake
from fedbytweets.x_api import Answer, PageQuestion

_ZERO = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Volume:
    """Posts an hour of one subject, one at a time; users of the first `authors` of each ten, and included posts."""

    an_hour: int
    authors: int = 10
    included: int = 0

    def numbers(self, window: Span) -> range:
        """Return the numbers of the posts made in a window, oldest first; post n is made n intervals after zero."""
        return range(self._number(window.start), self._number(window.end))

    def made_at(self, number: int) -> datetime:
        """Return when a post was made."""
        return _ZERO + number * timedelta(hours=1) / self.an_hour

    def _number(self, instant: datetime) -> int:
        return -((_ZERO - instant) * self.an_hour // timedelta(hours=1))


@dataclass(frozen=True)
class EvenSource:
    """Implements `Source`: pages newest first, with a token that counts the posts given so far."""

    volumes: Mapping[str, Volume]
    client: str = "fedbytweets-tests"

    def search(self, question: PageQuestion) -> Answer:
        """Return one page."""
        volume = self.volumes[question.subject]
        newest_first = volume.numbers(question.window)[::-1]
        given = int(question.token or 0)
        page = newest_first[given : given + question.size]
        rest = {"next_token": str(given + len(page))} if given + len(page) < len(newest_first) else {}
        document = {
            "data": [{"id": str(to_snowflake(volume.made_at(number)))} for number in page],
            "includes": {
                "users": [{"id": str(number)} for number in page if number % 10 < volume.authors],
                "tweets": [{"id": str(number)} for number in page for _ in range(volume.included)],
            },
            "meta": {"result_count": len(page), **rest},
        }
        return Answer(json.dumps(document).encode(), 200)

    def counts(self, subject: str, query: str, window: Span) -> Answer:
        """Return the number of posts of a window."""
        total = len(self.volumes[subject].numbers(window))
        return Answer(json.dumps({"meta": {"total_tweet_count": total}}).encode(), 200)
