"""(seed, index) -> Author: a made-up account that is the same for ever.

A small index is an old account that posts often; ids of old accounts have ten digits, ids of newer ones are
snowflakes beyond 2^53, as on X.
"""

from functools import lru_cache
from unicodedata import normalize

import msgspec

from fedbytweets.instants import SNOWFLAKE_EPOCH_MS
from fedbytweets.simulator.draws import Draws, draws
from fedbytweets.simulator.vocabulary import DESCRIPTIONS, FIRST_NAMES, LAST_NAMES, LOCATIONS

POPULATION = 4_000_000
_OLD_ACCOUNTS = 1_000_000
_FIRST_SNOWFLAKE_ACCOUNT_MS = 1_451_606_400_000  # 2016-01-01; accounts older than that have short ids
_FIRST_ACCOUNT_MS = 1_230_768_000_000  # 2009-01-01
_MS_BETWEEN_ACCOUNTS = 80_000  # four million accounts over about ten years


class Author(msgspec.Struct, frozen=True, gc=False):
    """An account; `created_ms` counts milliseconds from 1970, UTC."""

    index: int
    id: str
    username: str
    name: str
    location: str | None
    description: str
    verified: bool
    verified_type: str
    protected: bool
    created_ms: int
    draws: Draws

    def counts(self, day: int) -> tuple[int, int, int, int]:
        """Return followers, following, posts and lists on a day (days from 1970): they grow with time."""
        size, pace, friends, lists = self.draws[4:8]
        followers = size * size // 90_000 + size % 100 + day * (pace % 7) // 10
        return followers, friends // 20, pace * 3 + day * (1 + pace % 9), lists >> 12


def author(seed: int, index: int) -> Author:
    """Return one account of the population."""
    some = draws(seed, "author", index)
    first = FIRST_NAMES[some[0] % len(FIRST_NAMES)]
    created_ms, author_id = _birth(index)
    verified_type = ("blue", "business", "government")[some[3] % 3] if some[3] < 3_000 else "none"
    return Author(
        index=index,
        id=str(author_id),
        username=f"{_plain(first)}_{index:x}",
        name=f"{first} {LAST_NAMES[some[1] % len(LAST_NAMES)]}",
        location=None if some[2] < 0.46 * 65_536 else LOCATIONS[some[2] % len(LOCATIONS)],
        description=DESCRIPTIONS[some[8] % len(DESCRIPTIONS)],
        verified=verified_type != "none",
        verified_type=verified_type,
        protected=False,
        created_ms=created_ms,
        draws=some,
    )


def _birth(index: int) -> tuple[int, int]:
    if index < _OLD_ACCOUNTS:
        return _FIRST_ACCOUNT_MS + index * 220_000, 1_000_000_007 + index * 1_949
    created_ms = _FIRST_SNOWFLAKE_ACCOUNT_MS + (index - _OLD_ACCOUNTS) * _MS_BETWEEN_ACCOUNTS
    return created_ms, (created_ms - SNOWFLAKE_EPOCH_MS) << 22 | (index * 2_654_435_761 & 0x3FFFFF)


@lru_cache(maxsize=len(FIRST_NAMES))
def _plain(name: str) -> str:
    return normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
