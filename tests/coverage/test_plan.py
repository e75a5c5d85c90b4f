"""What to ask next."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from page_worlds import QUERY, at, fact_lists, page

from fedbytweets.coverage import REACH, Ask, Bounds, Span, coverage, next_ask, searches

BOUNDS = Bounds(first_lookback=timedelta(hours=2))


def asked_next(facts, minutes, bounds=BOUNDS, rested=(), refused=()):
    now = at(minutes)
    known = coverage("lula", facts, now, bounds.overlap, bounds.reach)
    return next_ask(known, searches(facts), QUERY, (now, now), bounds, rested, refused)


def test_a_new_subject_begins_with_the_lookback():
    """Two hours back, to half a minute before the run."""
    window = Span(at(-0.5 - 120), at(-0.5))
    assert asked_next([], 0) == Ask(QUERY, window, window)


def test_the_next_window_borders_on_the_last():
    """No instant between two windows is left out."""
    ask = asked_next([page(at(0), at(60))], 120)
    assert ask.window == Span(at(60), at(119.5))


def test_after_the_new_window_come_the_holes_newest_first_by_token():
    """The window that ends with this run is there already; the newest hole goes on at its page."""
    old = page(at(0), at(60), oldest=at(30), token="old")
    new = page(at(60), at(120), oldest=at(90), token="new")
    ask = asked_next([old, new], 120.5)
    wanted = Span(at(60), at(90) + timedelta(seconds=1))
    assert ask == Ask(QUERY, Span(at(60), at(120)), wanted, "tweet", 2, "new")
    after = asked_next([old, new], 120.5, rested=[wanted])
    assert (after.token, after.window) == ("old", Span(at(0), at(60)))


def test_a_refused_token_is_not_tried_again_but_its_hole_asked_by_window():
    """The new search is for the hole alone, in the dialect of today."""
    facts = [page(at(0), at(60), oldest=at(30), token="t")]
    hole = Span(at(0), at(30) + timedelta(seconds=1))
    ask = asked_next(facts, 60.5, refused=[(QUERY, Span(at(0), at(60)))])
    assert ask == Ask(QUERY, hole, hole)


def test_a_window_that_brought_nothing_is_asked_again_under_another_name():
    """Word for word it would be the same search, whose first page is stored: it begins a second earlier."""
    facts = [page(at(0), at(60), 1, token="t"), page(at(0), at(60), 2, token="t")]
    ask = asked_next(facts, 60.5)
    assert ask.window == Span(at(0) - timedelta(seconds=1), at(60))


def test_a_hole_that_a_clock_ahead_left_behind_is_asked_as_far_as_this_run_reaches():
    """X refuses a window that ends in the future; what is left of the hole waits until time gets there."""
    ahead = [page(at(60), at(120)), page(at(0), at(120), token="t")]
    assert asked_next(ahead, 30, refused=[(QUERY, Span(at(0), at(120)))]).window == Span(at(0), at(29.5))
    assert asked_next(ahead, 0, refused=[(QUERY, Span(at(0), at(120)))]) is None


def test_nothing_is_asked_when_all_is_covered():
    """A run begun within the lag of the last has nothing to do."""
    assert asked_next([page(at(0), at(60))], 60.4) is None


@given(fact_lists(), st.integers(0, 12 * 24 * 60), st.integers(0, 600))
def test_a_run_comes_to_an_end_and_never_asks_the_same_twice(facts, minutes, overlap):
    """Whatever the facts, resting each span once asked leads to the end in as many steps as there are holes."""
    bounds = Bounds(overlap=timedelta(seconds=overlap))
    now = at(minutes)
    rested, asked = [], []
    while (ask := asked_next(facts, minutes, bounds, rested)) is not None:
        assert (ask.identity, ask.page) not in asked
        assert ask.window.start < ask.window.end <= now - bounds.lag or ask.token or rested
        assert ask.token is not None or ask.window.start >= now - REACH
        asked.append((ask.identity, ask.page))
        rested.append(ask.wanted)
        assert len(asked) < 50
