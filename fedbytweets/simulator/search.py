"""Corpus + window -> posts found: newest first, in pages; and the truth of a window for tests.

`Late` posts come into sight only some minutes after they were made, as on X; the truth has them at once.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice

from fedbytweets.instants import to_snowflake
from fedbytweets.simulator.corpus import Corpus, minute_of
from fedbytweets.simulator.draws import share
from fedbytweets.simulator.posts import Post
from fedbytweets.simulator.query import Question, parse_query
from fedbytweets.simulator.sightings import Sighting


@dataclass(frozen=True)
class Late:
    """A part (0 to 1) of the posts comes into sight only this long after it was made."""

    part: float = 0.0
    by: timedelta = timedelta(minutes=5)


class Index:
    """Answers searches over a corpus; remembers, bounded, which posts of a minute matched a query."""

    def __init__(self, corpus: Corpus, late: Late) -> None:
        self._corpus = corpus
        self._late_bound = share(late.part)
        self._late_by = late.by
        self._matching = lru_cache(maxsize=65_536)(self._match_minute)
        self._sighting = lru_cache(maxsize=16_384)(self._see)
        self.question = lru_cache(maxsize=256)(parse_query)

    def page(self, query: str, window: tuple[int, int], size: int, now: datetime) -> tuple[list[Post], bool]:
        """Return up to `size` posts of [lowest id, before id), newest first, and whether there are more."""
        in_sight = self._in_sight(now)
        seen = filter(in_sight, self._newest_first(query, window))
        found = list(islice(seen, size + 1))
        return [self._sighting(post_id).post for post_id in found[:size]], len(found) > size

    def in_sight(self, query: str, window: tuple[int, int], now: datetime) -> list[int]:
        """Return the ids of the window that a search at this instant would find, ascending."""
        return list(filter(self._in_sight(now), self._ascending(query, window)))

    def truth(self, query: str, start: datetime, end: datetime) -> tuple[int, ...]:
        """Return the ids of all posts made in [start, end) that match, late ones too, ascending."""
        return tuple(self._ascending(query, (to_snowflake(start), to_snowflake(end))))

    def _newest_first(self, query: str, window: tuple[int, int]) -> Iterator[int]:
        low, high = window
        for minute in range(minute_of(high), minute_of(low) - 1, -1):
            yield from reversed(_within(self._matching(query, minute), low, high))

    def _ascending(self, query: str, window: tuple[int, int]) -> Iterator[int]:
        low, high = window
        for minute in range(minute_of(low), minute_of(high) + 1):
            yield from _within(self._matching(query, minute), low, high)

    def _match_minute(self, query: str, minute: int) -> tuple[int, ...]:
        question: Question = self.question(query)
        ids = self._corpus.minute_ids(minute)
        return tuple(post_id for post_id in ids if question.matches(self._sighting(post_id)))

    def _see(self, post_id: int) -> Sighting:
        return Sighting(self._corpus.post(post_id))

    def _in_sight(self, now: datetime) -> Callable[[int], bool]:
        made_before, late_made_before = to_snowflake(now) + 1, to_snowflake(now - self._late_by) + 1
        if not self._late_bound:
            return lambda post_id: post_id < made_before
        return lambda post_id: post_id < late_made_before or (post_id < made_before and not self._is_late(post_id))

    def _is_late(self, post_id: int) -> bool:
        return self._sighting(post_id).post.draws[15] < self._late_bound


def _within(ids: tuple[int, ...], low: int, high: int) -> tuple[int, ...]:
    return ids[bisect_left(ids, low) : bisect_left(ids, high)]
