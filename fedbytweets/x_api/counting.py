"""Subjects -> how many posts their next windows hold, by counts/recent: planning that costs a request a subject."""

from collections.abc import Iterable

from fedbytweets.coverage import BilledFacts, PageFacts, coverage, searches
from fedbytweets.coverage.facts import pages_of
from fedbytweets.coverage.plan import new_window
from fedbytweets.coverage.spans import Span
from fedbytweets.subjects import Subject
from fedbytweets.x_api.pages import Fetcher


def count_new_windows(
    subjects: Iterable[Subject], facts: Iterable[BilledFacts], fetcher: Fetcher
) -> dict[str, int | None]:
    """Return, by subject, how many posts the window holds that a run beginning now would ask for first.

    None where the budget has no room for the request; a subject with nothing new is left out. No post is read; each
    count is billed, and stored.

    Raises:
        SourceError: as for a search, after the retries.
        LakeError: an answer could not be stored.

    """
    pages = pages_of(facts)
    windows = {subject: _window(subject, pages, fetcher) for subject in subjects}
    return {
        subject.name: fetcher.count(subject.name, subject.search_query, window)
        for subject, window in windows.items()
        if window is not None
    }


def _window(subject: Subject, facts: list[PageFacts], fetcher: Fetcher) -> Span | None:
    bounds, now = fetcher.settings.bounds, fetcher.clock()
    own = [page for page in facts if page.subject == subject.name]
    known = coverage(subject.name, own, now, bounds.overlap, bounds.reach)
    return new_window(known, searches(own), now, bounds)
