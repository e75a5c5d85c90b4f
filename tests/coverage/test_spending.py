"""Budgets: what was spent, what is left, how large the next page may be."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_worlds import NOON, at, fact_lists, page

from fedbytweets.coverage import CountFacts, Left, PageShape, Spending, left, spent, unread_facts
from fedbytweets.coverage.spending import SMALLEST_PAGE, fitting_page, worst_page
from fedbytweets.subjects import Budget, Prices

PRICES = Prices()
SHAPES = st.builds(PageShape, st.integers(0, 4), st.integers(0, 4))
LEFTS = st.builds(
    Left,
    st.none() | st.integers(0, 2000),
    st.none() | st.integers(0, 20_000).map(lambda cents: Decimal(cents) / 1000),
    st.none() | st.integers(0, 3),
)


def full_page(day: int, *, number: int = 1):
    begin = NOON + timedelta(days=day)
    return page(begin, begin + timedelta(hours=1), number, oldest=begin, retrieved=begin)


def test_a_page_costs_its_posts_and_their_authors():
    """100 posts at half a cent and 100 users at a cent."""
    assert spent([full_page(0)], PRICES) == Spending(100, 100, Decimal("1.500"), 1)


def test_what_is_taken_to_be_billed_is_a_setting():
    """Authors that come along need not be billed."""
    free = Prices(bill_expanded_users=False)
    assert spent([full_page(0), full_page(0, number=2)], free) == Spending(200, 0, Decimal("1.000"), 2)


def test_a_count_costs_money_and_reads_nothing():
    """It is no page, and leaves less of the day and the month it was asked in."""
    count = CountFacts("lula", NOON)
    assert spent([count, full_page(0), count], PRICES) == Spending(100, 100, Decimal("1.510"), 1)
    assert left(Budget(money_per_day=1), [count], Spending(), PRICES, NOON).money == Decimal("0.995")
    assert left(Budget(money_per_day=1), [count], Spending(), PRICES, at(24 * 60)).money == 1


@given(SHAPES, st.integers(10, 100), st.booleans(), st.booleans())
def test_an_answer_that_cannot_be_read_costs_the_most_its_page_could(shape, size, users, included):
    """What a page is held against before it is asked for is what it counts as, if it makes no sense."""
    prices = Prices(bill_expanded_users=users, bill_included_posts=included)
    assert spent([unread_facts("lula", NOON, shape.most(size))], prices) == worst_page(size, shape, prices)


def test_a_budget_leaves_the_tightest_of_run_day_and_month():
    """What this run spent counts towards each of them; yesterday's page towards the month alone."""
    budget = Budget(money_per_run=10, money_per_day=4, money_per_month=5, posts_per_month=1000)
    earlier = [full_page(-1), full_page(0), full_page(-40)]
    assert left(budget, earlier, Spending(), PRICES, NOON) == Left(800, Decimal("2.000"), None)
    this_run = Spending(100, 100, Decimal("1.5"), 1)
    assert left(budget, earlier, this_run, PRICES, NOON) == Left(700, Decimal("0.500"), None)
    assert left(Budget(), earlier, this_run, PRICES, NOON) == Left()


@given(LEFTS, SHAPES, st.integers(10, 100))
def test_the_next_page_always_fits_at_its_worst_and_one_post_more_would_not(allowed, shape, wanted):
    """Never beyond a limit, and never smaller than need be."""
    size = fitting_page(allowed, shape, PRICES, wanted)
    if size is not None:
        assert SMALLEST_PAGE <= size <= wanted
        assert fits(allowed, worst_page(size, shape, PRICES))
    bigger = SMALLEST_PAGE if size is None else size + 1
    if bigger <= wanted:
        assert not fits(allowed, worst_page(bigger, shape, PRICES))


def fits(allowed, cost):
    return (
        (allowed.posts is None or cost.posts <= allowed.posts)
        and (allowed.money is None or cost.money <= allowed.money)
        and (allowed.pages is None or cost.pages <= allowed.pages)
    )


@given(fact_lists(), st.integers(0, 9 * 24 * 60))
def test_what_is_left_is_never_below_zero(facts, minutes):
    """Also when prices or budgets were changed after spending."""
    budget = Budget(posts_per_day=50, money_per_month=1)
    remaining = left(budget, facts, Spending(), PRICES, at(-minutes))
    assert remaining.posts >= 0
    assert remaining.money >= 0


@pytest.mark.parametrize(
    "value", [-1, "-0", "inf", "nan", float("inf"), float("nan"), 1e25, "1e999999", "9" * 5000, "x", True]
)
@pytest.mark.parametrize("field", list(Budget.model_fields))
def test_what_is_no_amount_is_refused_in_one_sentence(field, value):
    """The sentence says what is allowed."""
    with pytest.raises(ValueError, match=r"give a (whole )?number from 0 to 1,000,000,000, or none") as refused:
        Budget(**{field: value})
    assert "Input should" not in str(refused.value)


@pytest.mark.parametrize("field", list(Budget.model_fields))
def test_none_is_no_limit(field):
    """As text in a form, in a file of subjects or in the environment."""
    assert Budget(**{field: "None "}) == Budget()


def test_another_budget_can_only_tighten():
    """Of each limit the smaller one holds; one that is not set lifts none."""
    one = Budget(money_per_run=5, money_per_month=150, posts_per_run=10)
    other = Budget(money_per_run=1000, money_per_month=100, posts_per_day=500)
    both = Budget(money_per_run=5, money_per_month=100, posts_per_run=10, posts_per_day=500)
    assert one.tightened(other) == other.tightened(one) == both
    assert one.tightened(None) == one.tightened(Budget(money_per_run="none")) == one
