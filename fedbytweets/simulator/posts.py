"""Post: one made-up post with all that can be asked of it, before it is put into X's words."""

from datetime import date
from functools import lru_cache
from typing import Literal, TypeAlias

import msgspec

from fedbytweets.instants import SNOWFLAKE_EPOCH_MS
from fedbytweets.simulator.draws import Draws
from fedbytweets.simulator.people import Author
from fedbytweets.simulator.vocabulary import Place

_DAY_ONE = date(1970, 1, 1).toordinal()

Kind: TypeAlias = Literal["plain", "replied_to", "quoted", "retweeted"]


class Post(msgspec.Struct, frozen=True, gc=False):
    """A post; `text` is as the API gives it, `long_text` the whole of a long one."""

    id: int
    author: Author
    topic: str
    lang: str
    text: str
    long_text: str | None
    kind: Kind
    reference_id: int | None
    answered: Author | None
    place: Place | None
    coordinates: tuple[float, float] | None
    draws: Draws

    @property
    def created_ms(self) -> int:
        """Milliseconds from 1970, UTC, as the id has them."""
        return (self.id >> 22) + SNOWFLAKE_EPOCH_MS

    @property
    def whole_text(self) -> str:
        """The long text of a long post, the text of any other: what a search looks at."""
        return self.long_text or self.text

    @property
    def has_geo(self) -> bool:
        """Whether it names a place or a point."""
        return self.place is not None or self.coordinates is not None


def iso_ms(milliseconds: int) -> str:
    """Write milliseconds from 1970 as X does: `2026-01-02T03:04:05.000Z`, the second rounded down."""
    day, second = divmod(milliseconds // 1000, 86_400)
    return f"{_day_text(day)}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.000Z"


@lru_cache(maxsize=16_384)
def _day_text(day: int) -> str:
    return date.fromordinal(_DAY_ONE + day).isoformat()
