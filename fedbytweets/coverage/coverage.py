"""Facts of pages -> per subject what is covered, what is still to be had, and what is lost.

From the first window ever asked to the frontier, `covered`, `holes` and `lost` tile time exactly, without overlap.
The frontier is where the next new window starts: all before it has been asked for or can no longer be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fedbytweets.coverage.density import Density
from fedbytweets.coverage.facts import PageFacts
from fedbytweets.coverage.searches import Search, searches
from fedbytweets.coverage.spans import Span, clipped, minus, union

REACH = timedelta(days=7) - timedelta(minutes=1)
"""How far back recent search goes (7 days, X API), less a margin for the run itself."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A span not read yet that the API still has, and how to ask for it.

    `resumes` is the search whose next token reads on from the hole's newest end; None when it must be asked anew,
    by window, with `query` and `dialect` (None: the subject's own of today).
    """

    span: Span
    estimated_posts: int
    query: str | None = None
    dialect: str | None = None
    resumes: Search | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A span never read that the API no longer has."""

    span: Span
    estimated_posts: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of one subject's time; spans are oldest first, holes newest first."""

    subject: str
    asked: Span | None
    """From the first window ever asked to the frontier; None before anything was settled."""
    frontier: datetime | None
    """Where the next new window starts; None for a subject that was never asked for."""
    covered: tuple[Span, ...]
    holes: tuple[Hole, ...]
    lost: tuple[Lost, ...]
    density: Density = field(default_factory=Density)
    """What was read, for estimates."""

    @property
    def missing_posts(self) -> int:
        """About how many posts lie in holes."""
        return sum(hole.estimated_posts for hole in self.holes)

    @property
    def lost_posts(self) -> int:
        """About how many posts are lost."""
        return sum(lost.estimated_posts for lost in self.lost)


def coverage(
    subject: str,
    facts: Iterable[PageFacts],
    now: datetime,
    overlap: timedelta = timedelta(0),
    reach: timedelta = REACH,
) -> Coverage:
    """Return the coverage of one subject at an instant; facts of other subjects are left aside.

    `overlap` is how late a post may become visible: the last `overlap` before the time of asking is not relied on
    and so is asked again by the next window. What is older than `reach` and never read is lost; what is that old
    and was read once is covered.
    """
    own = searches(page for page in facts if page.subject == subject)
    if not own:
        return Coverage(subject, None, None, (), (), ())
    horizon = whole_second_up(now - reach)
    first = min(search.window.start for search in own)
    frontier = max(first, horizon, *(search.settled_end(overlap) for search in own))
    if first == frontier:
        return Coverage(subject, None, frontier, (), (), (), Density.of(own))
    asked = Span(first, frontier)
    density = Density.of(own)
    settled = [search.covered(overlap) for search in own]
    once = clipped((Span(search.cut, search.window.end) for search in own), Span(first, max(first, horizon)))
    covered = clipped(union([*settled, *once]), asked)
    gaps = minus(asked, covered)
    return Coverage(
        subject,
        asked,
        frontier,
        covered,
        tuple(_hole(gap, own, density, overlap, horizon) for gap in reversed(_after(gaps, horizon))),
        tuple(Lost(gap, density.posts(gap)) for gap in _before(gaps, horizon)),
        density,
    )


def whole_second_up(instant: datetime) -> datetime:
    """Return the first whole second at or after an instant: windows are asked in whole seconds."""
    floor = instant.replace(microsecond=0)
    return floor if floor == instant else floor + timedelta(seconds=1)


def _after(gaps: Iterable[Span], horizon: datetime) -> tuple[Span, ...]:
    return tuple(Span(max(gap.start, horizon), gap.end) for gap in gaps if gap.end > horizon)


def _before(gaps: Iterable[Span], horizon: datetime) -> tuple[Span, ...]:
    return tuple(Span(gap.start, min(gap.end, horizon)) for gap in gaps if gap.start < horizon)


def _hole(span: Span, own: Sequence[Search], density: Density, overlap: timedelta, horizon: datetime) -> Hole:
    """Return a hole with the cheapest way to read it: the search that stopped nearest above its newest end."""
    left_open = [search for search in own if not search.is_exhausted and _reaches(search, span)]
    nearest = min(left_open, key=lambda search: (search.cut, -search.pages[-1].retrieved_at.timestamp()), default=None)
    posts = density.posts(span)
    if nearest is None:
        return Hole(span, posts)
    goes_on = nearest.token is not None and nearest.window.start >= horizon and nearest.cut - span.end <= overlap
    return Hole(span, posts, nearest.query, nearest.dialect, nearest if goes_on else None)


def _reaches(search: Search, span: Span) -> bool:
    """Say whether a search, read on, would come through the newest second of a span."""
    return search.window.start < span.end <= search.cut
