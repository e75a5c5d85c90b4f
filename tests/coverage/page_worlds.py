"""Facts of made-up searches, for the laws of coverage: searches over random windows, cut at random places."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from fedbytweets.coverage import PageFacts

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
QUERY = "(lula OR pt) -is:retweet"


def at(minutes: float) -> datetime:
    """Return the instant that many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def page(
    start: datetime,
    end: datetime,
    number: int = 1,
    *,
    oldest: datetime | None = None,
    token: str | None = None,
    posts: int = 100,
    retrieved: datetime | None = None,
    subject: str = "lula",
    query: str = QUERY,
) -> PageFacts:
    """One page; retrieved half a minute after its window's end unless told otherwise."""
    return PageFacts(
        subject=subject,
        query=query,
        dialect="tweet",
        start=start,
        end=end,
        page=number,
        retrieved_at=retrieved or end + timedelta(seconds=30),
        next_token=token,
        posts=posts if oldest else 0,
        users=posts if oldest else 0,
        included_posts=0,
        oldest_at=oldest,
    )


@st.composite
def searches_of(draw, subject="lula", query=QUERY):
    """Draw the pages of one search: its window, 0 to 4 cuts going down in it, exhausted or not, tokens new or old."""
    begin = draw(st.integers(-9 * 24 * 60, 0))
    start, end = at(begin), at(begin + draw(st.integers(1, 2000)))
    retrieved = end + timedelta(seconds=draw(st.integers(10, 40_000)))
    milliseconds = int((end - start) / timedelta(milliseconds=1))
    cuts = sorted(draw(st.lists(st.none() | st.integers(0, milliseconds - 1), max_size=4)), key=_newest_first)
    pages = []
    for number, cut in enumerate(cuts, 1):
        oldest = None if cut is None else start + timedelta(milliseconds=cut)
        token = draw(st.sampled_from([f"t{number}", f"t{number}", "again"]))
        token = None if number == len(cuts) and draw(st.booleans()) else token
        pages.append(
            page(start, end, number, oldest=oldest, token=token, retrieved=retrieved, subject=subject, query=query)
        )
    return pages


def _newest_first(cut):
    return 0 if cut is None else -cut


def fact_lists(subject="lula", query=QUERY):
    """Facts of several searches, in any order, some pages stored twice or missing."""
    return st.lists(searches_of(subject, query), max_size=6).flatmap(
        lambda groups: st.permutations([facts for group in groups for facts in group])
    )
