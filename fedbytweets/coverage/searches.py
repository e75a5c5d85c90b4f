"""Facts of pages -> searches: what was asked as one question, how far its pages reach, and how it goes on."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fedbytweets.coverage.facts import PageFacts
from fedbytweets.coverage.spans import Span

SECOND = timedelta(seconds=1)
"""Windows are asked in whole seconds."""


@dataclass(frozen=True, slots=True)
class Search:
    """One question over a window and its pages 1..n without a gap; pages come newest first."""

    subject: str
    query: str
    window: Span
    pages: tuple[PageFacts, ...]

    @property
    def dialect(self) -> str:
        """The vocabulary it is spoken in."""
        return self.pages[0].dialect

    @property
    def is_exhausted(self) -> bool:
        """Whether its last page says that nothing follows."""
        return self.pages[-1].next_token is None

    @property
    def token(self) -> str | None:
        """What continues it; None when it is exhausted, or its token has come before and so leads in a circle."""
        *earlier, last = (page.next_token for page in self.pages)
        return None if last in earlier else last

    @property
    def cut(self) -> datetime:
        """Everything of the window at or after this whole second was read."""
        if self.is_exhausted:
            return self.window.start
        oldest = next((page.oldest_at for page in reversed(self.pages) if page.oldest_at), None)
        if oldest is None:
            return self.window.end
        return min(max(oldest.replace(microsecond=0) + SECOND, self.window.start), self.window.end)

    def settled_end(self, overlap: timedelta) -> datetime:
        """Return the end of what can be relied on: posts may turn up `overlap` late, so the tail is asked again."""
        asked_at = self.pages[0].retrieved_at.replace(microsecond=0)
        return max(self.window.start, min(self.window.end, asked_at - overlap))

    def covered(self, overlap: timedelta) -> Span:
        """Return the span it covers for good; may be empty."""
        end = self.settled_end(overlap)
        return Span(min(self.cut, end), end)


def searches(facts: Iterable[PageFacts]) -> tuple[Search, ...]:
    """Return every search whose first page is there, by subject and window.

    Of a page that was stored twice (two runs at once) the first stands; pages after a missing one do not count.
    """
    asked: dict[tuple[str, str, Span], dict[int, PageFacts]] = defaultdict(dict)
    for page in sorted(facts, key=lambda page: page.retrieved_at):
        asked[page.subject, page.query, Span(page.start, page.end)].setdefault(page.page, page)
    return tuple(
        Search(subject, query, window, _unbroken(pages))
        for (subject, query, window), pages in sorted(asked.items(), key=lambda item: (item[0][0], item[0][2]))
        if 1 in pages
    )


def recent(facts: Iterable[PageFacts], reach: timedelta) -> list[PageFacts]:
    """Return the facts that can matter to what is asked next: of windows that end near the newest one.

    Years of history need not be looked at before each page; twice the reach leaves room on every side.
    """
    pages = list(facts)
    newest = max((page.end for page in pages), default=None)
    return [page for page in pages if newest is not None and page.end >= newest - 2 * reach]


def _unbroken(pages: dict[int, PageFacts]) -> tuple[PageFacts, ...]:
    row: list[PageFacts] = []
    while (page := pages.get(len(row) + 1)) is not None:
        row.append(page)
    return tuple(row)
