"""What a raw object comes apart into: pages, and refusals for what is none."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from fedbytweets.raw import wire

Kind = Literal[
    "empty",
    "not-json",
    "truncated",
    "too-deep",
    "not-a-page",
    "bad-row",
    "bad-encoding",
    "bad-compression",
    "too-large",
    "unsupported-format",
    "failed",
]
"""Why something was refused: nothing there; not JSON; JSON that ends too early; JSON nested beyond reading; JSON of
another shape; one row of a page; bytes that are no UTF-8; a compressed stream that breaks off; more text than the
bound; tweets or users in a format that is not read yet; an object that made a step raise."""

Oddity = Literal["bad-text", "bad-value", "byte-order-mark", "duplicate-key", "not-a-number", "number-for-text"]
"""What was read in spite of itself: bytes or escapes that JSON does not allow in text, read as U+FFFD or as they are; a
value that its field cannot hold, read as null; a mark before a later document, skipped; a key that an object has more
than once (rows of all are kept, of other values the last); NaN or Infinity, read as null; a number for text, kept as it
was written."""


class Note(NamedTuple):
    """Something odd that cost nothing: where it stood (a path or a key), and how often."""

    kind: Oddity
    path: str
    times: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Bytes of a raw object that could not be read; what stands around them was.

    `line` (from 1) and `offset` (bytes, as in `Page`) say where in the decompressed text; a refused row has its page's.
    """

    line: int
    offset: int
    kind: Kind
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the API.

    `ordinal` counts the pages of the object from 1. `offset` says where the page starts, in bytes of the decompressed
    text, a byte-order mark included, or of the text re-encoded as UTF-8 without a mark where it is UTF-16 or UTF-32.
    `stamp` is when twarc says that it retrieved the page, as it wrote it, and `retrieved_at` the same in UTC where it
    is an instant. `unknown` counts fields without a place in `wire`, by path.
    """

    ordinal: int
    offset: int
    retrieved_at: datetime | None = None
    tweets: Sequence[wire.Tweet] = ()
    users: Sequence[wire.User] = ()
    places: Sequence[wire.Place] = ()
    originals: Sequence[wire.Tweet] = ()
    problems: Sequence[wire.Problem] = ()
    meta: wire.Meta = field(default_factory=wire.Meta)
    unknown: Mapping[str, int] = field(default_factory=Counter)
    notes: Sequence[Note] = ()
    stamp: str | None = None
