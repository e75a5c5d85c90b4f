"""Lineage: how a raw object came to be, kept beside it under `bronze/batch/lineage/<raw key>.json`.

It is written before the object itself, so that no object is without it; lineage without an object is the trace of
a kill between the two, and harmless. Objects laid into the lake by hand have none: their time of retrieval is then
the object's own time of modification.
"""

from datetime import datetime
from typing import Literal

import msgspec


class Most(msgspec.Struct, frozen=True, omit_defaults=True):
    """The most that an answer can hold, as it was asked for: what one that cannot be read may have cost."""

    posts: int
    users: int
    included_posts: int = 0


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was asked of the API: one page of one search over [start, end), UTC, whole seconds."""

    query: str
    dialect: str
    start: datetime
    end: datetime
    page: int
    most: Most | None = None


class Lineage(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a raw object came from, when (UTC), and by which request; never a secret."""

    subject: str
    origin: Literal["x-api", "stand-in", "archive", "laid"]
    retrieved_at: datetime
    question: Question | None = None
    request_id: str = ""
    """Id of the reservation of what the request may cost; empty where none was made."""
    request: dict[str, str] = {}
    status: int | None = None
    headers: dict[str, str] = {}
    client: str = ""
    source: str = ""


def encode(lineage: Lineage) -> bytes:
    """Return lineage as one JSON document."""
    return msgspec.json.encode(lineage)


def decode(body: bytes) -> Lineage:
    """Read lineage back.

    Raises:
        msgspec.DecodeError: the bytes are not lineage as `encode` writes it.

    """
    return msgspec.json.decode(body, type=Lineage)
