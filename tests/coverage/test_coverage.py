"""Coverage: from facts of pages to spans covered, to be had, and lost."""

from datetime import timedelta
from itertools import pairwise
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_worlds import NOON, QUERY, at, fact_lists, page

from fedbytweets.coverage import REACH, Span, coverage
from fedbytweets.coverage.searches import recent, searches

NONE = timedelta(0)
OVERLAPS = st.integers(0, 600).map(lambda seconds: timedelta(seconds=seconds))


def spans_of(known):
    return sorted([*known.covered, *(hole.span for hole in known.holes), *(lost.span for lost in known.lost)])


@given(fact_lists(), st.integers(0, 20 * 24 * 60), OVERLAPS)
def test_covered_holes_and_lost_tile_the_time_asked_for(facts, minutes, overlap):
    """No instant between the first window and the frontier is left out or counted twice."""
    known = coverage("lula", facts, at(minutes), overlap)
    if known.asked is None:
        assert spans_of(known) == []
        return
    tiles = spans_of(known)
    assert (tiles[0].start, tiles[-1].end) == known.asked
    assert all(one.end == other.start for one, other in pairwise(tiles))
    assert all(tile.start < tile.end for tile in tiles)
    assert known.frontier == known.asked.end


@given(fact_lists(), st.integers(0, 20 * 24 * 60), OVERLAPS)
def test_holes_can_still_be_had_and_what_is_lost_no_longer(facts, minutes, overlap):
    """The border between hole and lost is how far back the API reaches; holes come newest first."""
    now = at(minutes)
    known = coverage("lula", facts, now, overlap)
    assert all(hole.span.start >= now - REACH for hole in known.holes)
    assert all(lost.span.start < now - REACH for lost in known.lost)
    starts = [hole.span.start for hole in known.holes]
    assert starts == sorted(starts, reverse=True)


@given(fact_lists(), fact_lists(query="another"), st.integers(0, 5 * 24 * 60))
def test_more_pages_never_uncover_what_was_covered(facts, more, minutes):
    """Coverage only grows with further searches; two answers to the very same question are another matter."""
    before = coverage("lula", facts, at(minutes))
    after = coverage("lula", facts + more, at(minutes))
    for span in before.covered:
        assert any(wider.start <= span.start and span.end <= wider.end for wider in after.covered)


@given(fact_lists(), fact_lists("bolsonaro"))
def test_another_subject_changes_nothing(facts, others):
    """Each subject has its own coverage."""
    assert coverage("lula", facts + others, NOON) == coverage("lula", facts, NOON)


def test_a_subject_never_asked_for_has_no_coverage():
    """No facts, no time asked for."""
    known = coverage("lula", [], NOON)
    assert (known.asked, known.frontier, known.covered, known.holes, known.lost) == (None, None, (), (), ())


def test_an_exhausted_search_covers_its_window_also_when_it_is_empty():
    """A window without posts is covered by its empty page."""
    known = coverage("lula", [page(at(0), at(60))], at(61))
    assert (known.covered, known.holes) == ((Span(at(0), at(60)),), ())


def test_a_search_cut_short_leaves_a_hole_that_its_token_fills():
    """The hole ends with the whole second of the oldest post, which may hold more posts."""
    oldest = at(30) + timedelta(milliseconds=250)
    facts = [page(at(0), at(60), oldest=oldest, token="t1")]
    (hole,) = coverage("lula", facts, at(61)).holes
    assert hole.span == Span(at(0), at(30) + timedelta(seconds=1))
    assert (hole.query, hole.dialect, hole.resumes.token, len(hole.resumes.pages)) == (QUERY, "tweet", "t1", 1)
    assert hole.estimated_posts == 100


def test_an_empty_page_with_a_token_covers_nothing_yet():
    """The search goes on: nothing is known of the window before its end."""
    known = coverage("lula", [page(at(0), at(60), token="t1")], at(61))
    (hole,) = known.holes
    assert (known.covered, hole.span, hole.resumes.token) == ((), Span(at(0), at(60)), "t1")


def test_a_token_that_repeats_is_not_followed():
    """What is left is asked anew, by window."""
    facts = [page(at(0), at(60), 1, oldest=at(40), token="t1"), page(at(0), at(60), 2, oldest=at(30), token="t1")]
    (hole,) = coverage("lula", facts, at(61)).holes
    assert (hole.span, hole.resumes) == (Span(at(0), at(30) + timedelta(seconds=1)), None)


def test_pages_after_a_missing_one_do_not_count():
    """Page 3 without page 2 says nothing of what lies between."""
    facts = [page(at(0), at(60), 1, oldest=at(40), token="t1"), page(at(0), at(60), 3, oldest=at(10), token="t3")]
    (hole,) = coverage("lula", facts, at(61)).holes
    assert hole.span.end == at(40) + timedelta(seconds=1)


def test_the_tail_of_a_window_is_asked_again_for_posts_that_turn_up_late():
    """With an overlap the frontier lies that long before the time of asking."""
    facts = [page(at(0), at(60), retrieved=at(60.5))]
    known = coverage("lula", facts, at(61), overlap=timedelta(minutes=2))
    assert (known.frontier, known.covered) == (at(58.5), (Span(at(0), at(58.5)),))


def test_an_overlap_that_a_cut_search_did_not_reach_stays_a_hole():
    """The second window re-asks the first one's tail; cut above it, the tail is still missing."""
    first = page(at(0), at(60), oldest=at(1), retrieved=at(60))
    second = page(at(50), at(120), oldest=at(80), token="t1", retrieved=at(120))
    known = coverage("lula", [first, second], at(121), overlap=timedelta(minutes=10))
    (hole,) = known.holes
    assert (hole.span, hole.resumes.token) == (Span(at(50), at(80) + timedelta(seconds=1)), "t1")


def test_a_week_later_a_hole_is_lost_with_an_estimate_from_its_neighbours():
    """100 posts in half an hour make about 100 in the half hour below."""
    facts = [page(at(0), at(60), oldest=at(30), token="t1")]
    now = at(60) + timedelta(days=7)
    known = coverage("lula", facts, now)
    (lost, outage) = known.lost
    assert lost.span == Span(at(0), at(30) + timedelta(seconds=1))
    assert lost.estimated_posts == 100
    assert outage.span == Span(at(60), now - REACH)
    assert known.holes == ()


def test_what_was_read_once_is_not_called_lost_when_the_overlap_is_set_later():
    """A larger overlap asks recent tails again, but old ones were read."""
    facts = [page(at(0), at(60), retrieved=at(60)), page(at(60), at(120), retrieved=at(120))]
    known = coverage("lula", facts, at(120) + timedelta(days=7), overlap=timedelta(minutes=5))
    assert Span(at(0), at(120)) in known.covered
    assert all(lost.span.start >= at(120) for lost in known.lost)


def test_a_hole_whose_window_has_begun_to_age_out_is_asked_anew():
    """Its start would be refused by the API; so the part still to be had gets a window of its own."""
    facts = [page(at(0), at(600), oldest=at(500), token="t1", retrieved=at(601))]
    now = at(100) + REACH
    known = coverage("lula", facts, now)
    (hole,) = known.holes
    assert (hole.span, hole.resumes) == (Span(at(100), at(500) + timedelta(seconds=1)), None)
    assert hole.query == QUERY


@given(fact_lists())
def test_a_page_stored_twice_changes_nothing(facts):
    """Two runs at once may store a page each; coverage counts it once."""
    assert searches(facts + facts) == searches(facts)


def test_a_query_of_today_does_not_uncover_the_windows_of_another():
    """Coverage belongs to the subject; each search keeps its own query."""
    facts = [page(at(0), at(60), query="old", oldest=at(30), token="t"), page(at(60), at(120), query="new")]
    (hole,) = coverage("lula", facts, at(121)).holes
    assert (hole.query, hole.resumes.query) == ("old", "old")


@pytest.mark.parametrize("minutes", [0, 1])
def test_a_window_without_length_is_no_coverage(minutes):
    """Asked for so soon that nothing is settled: the frontier is the window's start."""
    facts = [page(at(0), at(1), retrieved=at(1))]
    known = coverage("lula", facts, at(1 + minutes), overlap=timedelta(minutes=5))
    assert (known.asked, known.frontier) == (None, at(0))


def test_years_of_history_are_looked_at_in_moments():
    """Two years of three runs a day; what matters to the next question is the last two weeks."""
    ends = [NOON + timedelta(hours=8 * run) for run in range(2190)]
    facts = [
        page(end - timedelta(hours=8), end, number, oldest=end - timedelta(hours=number), token=f"{end}{number}")
        for end in ends
        for number in range(1, 7)
    ]
    now = ends[-1] + timedelta(hours=8)
    begun = perf_counter()
    known = coverage("lula", facts, now)
    few = recent(facts, REACH)
    assert perf_counter() - begun < 10
    assert len(few) == 6 * 42
    assert coverage("lula", few, now).holes[0].span == known.holes[0].span
    assert coverage("lula", few, now).frontier == known.frontier
    assert len(known.lost) + len(known.holes) == 2190 + 1  # one hole is half lost
