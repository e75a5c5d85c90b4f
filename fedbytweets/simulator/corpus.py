"""(seed, minute) -> the posts of that minute: the same for ever, in any order, in any process.

Nothing is stored: which ids exist is a function of (seed, minute), and what a post says a function of
(seed, id). The volume follows a day in Brazil; the mix is that of the recorded sample (per 600 posts about 506
authors, 3.5 % with a place and 1 in 20 of those with coordinates only, 46 % of users without location, 18 %
replies, 4 % long texts).
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from math import exp, sqrt
from random import Random
from zoneinfo import ZoneInfo

from fedbytweets.instants import SNOWFLAKE_EPOCH_MS, to_snowflake
from fedbytweets.simulator.draws import Draws, draws, share, unit
from fedbytweets.simulator.people import POPULATION, Author, author
from fedbytweets.simulator.posts import Kind, Post
from fedbytweets.simulator.vocabulary import PLACES, TOPICS, Place, Topic
from fedbytweets.simulator.wording import Writer

_SAO_PAULO = ZoneInfo("America/Sao_Paulo")
_HOURS = (0.75, 0.45, 0.25, 0.15, 0.12, 0.2, 0.45, 0.8, 1.0, 1.05, 1.1, 1.2,
          1.35, 1.2, 1.05, 1.0, 1.05, 1.15, 1.3, 1.6, 1.85, 1.95, 1.7, 1.28)  # fmt: skip
"""Posts by local hour, relative to the mean of a day: asleep at four, loudest after the evening news."""

_REPLY, _QUOTE = share(0.18), share(0.07)
_GEO, _POINT_ONLY = share(0.035), share(0.035 / 20)
_LOOK_BACK_MINUTES = 180
_REMEMBERED_IDS = 500_000  # about 20 MB
_LARGE_MEAN = 30.0  # beyond it the bell curve stands for Poisson's
_FROM_THE_BUSY, _BUSY = share(0.36), 150  # those talking all at once: set so that 600 posts have about 506 authors
_BUSY_MS = 6 * 3_600_000  # others take their turn after six hours


class Corpus:
    """All posts that were ever made, oldest first.

    `posts_per_hour` is the mean over a day and over all topics; `retweet_share` of them are retweets (none by
    default, as keyword search has given none since 2026-05-04; the recorded sample has 0.7).
    """

    def __init__(
        self,
        seed: int = 0,
        topics: tuple[Topic, ...] = TOPICS,
        posts_per_hour: float = 300.0,
        retweet_share: float = 0.0,
    ) -> None:
        self.seed = seed
        self.topics = topics
        self.posts_per_hour = posts_per_hour
        self._retweet = share(retweet_share)
        self._writer = Writer(topics)
        self._author = lru_cache(maxsize=65_536)(self._new_author)
        remembered = round(_REMEMBERED_IDS / (posts_per_hour / 60 + 1))
        self.minute_ids = lru_cache(maxsize=min(max(remembered, 2 * _LOOK_BACK_MINUTES), 16_384))(self._new_minute_ids)

    def posts(self, start: datetime, end: datetime) -> Iterator[Post]:
        """Yield the posts made in [start, end), oldest first."""
        return (self.post(post_id) for post_id in self.ids(start, end))

    def ids(self, start: datetime, end: datetime) -> Iterator[int]:
        """Yield the ids of the posts made in [start, end), ascending."""
        low, high = to_snowflake(start), to_snowflake(end)
        for minute in range(minute_of(low), minute_of(high) + 1):
            ids = self.minute_ids(minute)
            yield from ids[bisect_left(ids, low) : bisect_left(ids, high)]

    def post(self, post_id: int) -> Post:
        """Return the post that has this id, whether or not it lies in a window one may search."""
        some = draws(self.seed, "post", post_id)
        kind, reference_id = self._reference(post_id, some)
        if kind == "retweeted" and reference_id is not None:
            return self._retweet_of(post_id, reference_id, some)
        answered = self._author_of(reference_id) if kind == "replied_to" and reference_id else None
        words = self._writer.write(some, answered.username if answered else None)
        place, point = _where(some)
        return Post(
            post_id, self._author_of(post_id, some), words.topic, words.lang, words.text, words.long_text,
            kind, reference_id, answered, place, point, some,
        )  # fmt: skip

    def _retweet_of(self, post_id: int, original_id: int, some: Draws) -> Post:
        original = self.post(original_id)
        text = f"RT @{original.author.username}: {original.text}"
        cut = text if len(text) <= 140 else text[:139] + "…"
        return Post(
            post_id, self._author_of(post_id, some), original.topic, original.lang, cut, None,
            "retweeted", original_id, None, None, None, some,
        )  # fmt: skip

    def _reference(self, post_id: int, some: Draws) -> tuple[Kind, int | None]:
        kind = self._kind(some)
        if kind == "plain":
            return kind, None
        ids = self.minute_ids(minute_of(post_id) - 1 - some[12] % _LOOK_BACK_MINUTES)
        if not ids:
            return "plain", None
        reference_id = ids[some[13] % len(ids)]
        if kind == "retweeted" and self._kind(draws(self.seed, "post", reference_id)) == "retweeted":
            return "plain", None
        return kind, reference_id

    def _kind(self, some: Draws) -> Kind:
        draw = some[3]
        if draw < self._retweet:
            return "retweeted"
        rest = (draw - self._retweet) * 65_536 // (65_536 - self._retweet)
        if rest < _REPLY:
            return "replied_to"
        return "quoted" if rest < _REPLY + _QUOTE else "plain"

    def _author_of(self, post_id: int, some: Draws | None = None) -> Author:
        some = some or draws(self.seed, "post", post_id)
        if some[4] < _FROM_THE_BUSY:
            turn = (post_id >> 22) // _BUSY_MS
            return self._author((turn * 1_003 + some[5] % _BUSY) % POPULATION)
        return self._author(int(POPULATION * unit(some[5], some[14]) ** 2))

    def _new_author(self, index: int) -> Author:
        return author(self.seed, index)

    def _new_minute_ids(self, minute: int) -> tuple[int, ...]:
        chance = Random(self.seed * 1_000_000_007 + minute)
        first_ms = minute * 60_000 - SNOWFLAKE_EPOCH_MS
        count = _how_many(chance, self.posts_per_hour / 60 * _mood(minute))
        ids = {first_ms + int(chance.random() * 60_000) << 22 | chance.getrandbits(22) for _ in range(count)}
        return tuple(sorted(ids))


def minute_of(post_id: int) -> int:
    """Return the minute (counted from 1970, UTC) in which a post was made."""
    return ((post_id >> 22) + SNOWFLAKE_EPOCH_MS) // 60_000


def _mood(minute: int) -> float:
    local = datetime.fromtimestamp(minute * 60, UTC).astimezone(_SAO_PAULO)
    this, following = _HOURS[local.hour], _HOURS[(local.hour + 1) % 24]
    return this + (following - this) * local.minute / 60


def _how_many(chance: Random, mean: float) -> int:
    """Draw a count around a mean from uniform numbers alone: only those are the same in every Python."""
    if mean > _LARGE_MEAN:
        bell = sum(chance.random() for _ in range(12)) - 6
        return max(0, round(mean + bell * sqrt(mean)))
    limit, product, count = exp(-mean), chance.random(), 0
    while product > limit:
        product, count = product * chance.random(), count + 1
    return count


def _where(some: Draws) -> tuple[Place | None, tuple[float, float] | None]:
    if some[6] >= _GEO:
        return None, None
    place = PLACES[some[10] % len(PLACES)]
    west, south, east, north = place.bbox
    across, up = unit(some[11], some[12]), unit(some[12], some[11])
    point = (round(west + (east - west) * across, 6), round(south + (north - south) * up, 6))
    if some[6] < _POINT_ONLY:
        return None, point
    return place, point if some[6] % 3 == 0 else None
