"""The interface `get-tweets` collects through: a question -> the answer, byte for byte, with how it came."""

from dataclasses import dataclass, field
from typing import Protocol

from fedbytweets.coverage import Span


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """One page of one search, as a source is asked for it; the window is in UTC, whole seconds."""

    subject: str
    query: str
    dialect: str
    window: Span
    page: int
    size: int
    token: str | None = None
    extra_fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body unchanged, and what is worth keeping of how it came; never a secret."""

    body: bytes
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    request: dict[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Where answers come from: the X API, its stand-in, or a folder of recorded ones."""

    @property
    def client(self) -> str:
        """What asks, with versions: it is kept in every page's lineage."""

    def search(self, question: PageQuestion) -> Answer:
        """Return one page of recent search, newest posts first.

        Raises:
            SourceError: as the table in `fedbytweets.x_api.answers` says.

        """

    def counts(self, subject: str, query: str, window: Span) -> Answer:
        """Return what counts/recent says of the posts that a window holds; it is billed.

        Raises:
            SourceError: as for `search`.

        """
