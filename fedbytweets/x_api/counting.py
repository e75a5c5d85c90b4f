"""Subjects -> how many posts their next windows hold, by counts/recent: planning that costs a request a subject."""

from collections.abc import Iterable
from functools import partial

from fedbytweets.coverage import PageFacts, coverage, searches
from fedbytweets.coverage.plan import new_window
from fedbytweets.coverage.spans import Span
from fedbytweets.subjects import Subject
from fedbytweets.x_api.pages import Fetcher
from fedbytweets.x_api.retries import with_retries


def count_new_windows(subjects: Iterable[Subject], facts: Iterable[PageFacts], fetcher: Fetcher) -> dict[str, int]:
    """Return, by subject, how many posts the window holds that a run beginning now would ask for first.

    A subject with nothing new is left out. No post is read; each count is billed.

    Raises:
        SourceError: as for a search, after the retries.

    """
    pages = list(facts)
    windows = {subject: _window(subject, pages, fetcher) for subject in subjects}
    return {
        subject.name: with_retries(
            partial(fetcher.source.counts, subject.name, subject.search_query, window),
            fetcher.settings,
            fetcher.clock,
            fetcher.sleep,
        )
        for subject, window in windows.items()
        if window is not None
    }


def _window(subject: Subject, facts: list[PageFacts], fetcher: Fetcher) -> Span | None:
    bounds, now = fetcher.settings.bounds, fetcher.clock()
    own = [page for page in facts if page.subject == subject.name]
    known = coverage(subject.name, own, now, bounds.overlap, bounds.reach)
    return new_window(known, searches(own), now, bounds)
