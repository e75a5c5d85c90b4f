"""Limits by name: those that could never buy a page, and the one that ended a run."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_worlds import NOON, page

from fedbytweets.coverage import PageShape, Spending
from fedbytweets.coverage.limits import Asking, limits_of, limits_of_all, reached, refuse_useless_limits
from fedbytweets.coverage.spending import spent_by_period
from fedbytweets.errors import InputError, SettingsError
from fedbytweets.subjects import Budget, Prices, Subject

PRICES = Prices()
PLAIN, DEAR = PageShape(), PageShape(1, 2)
LULA = Subject(name="lula", query="lula")


def refuse(budget=None, parameter=None, subject=LULA, shape=PLAIN, prices=PRICES, *, with_counts=False):
    other = Subject(name="other", query="other")
    how = Asking({subject.name: shape, "other": PLAIN}, with_counts=with_counts)
    refuse_useless_limits([subject, other], how, budget or Budget(), parameter, prices)


@pytest.mark.parametrize("period", ["run", "day", "month"])
def test_a_limit_that_can_never_buy_a_page_is_refused_with_the_smallest_that_does(period):
    """Of the settings, of the run, of a subject; in dollars and in posts; the sentence says what a page holds."""
    money, posts = f"money_per_{period}", f"posts_per_{period}"
    why = "the smallest page of 'lula' may cost $0.25 (10 posts and 20 included posts at $0.005, 10 users at $0.010)"
    with pytest.raises(SettingsError) as refused:
        refuse(Budget(**{money: 0.2}), shape=DEAR)
    assert str(refused.value) == (
        f"FEDBYTWEETS_BUDGET_{money.upper()} is $0.20, which can never buy a page: {why}. Set at least 0.25, or none."
    )
    with pytest.raises(InputError, match=rf"the run's parameter budget.{posts} is 29 posts.* Set at least 30, or none"):
        refuse(Budget(**{posts: 30}), Budget(**{posts: 29}), shape=DEAR)
    with pytest.raises(InputError, match=rf"budget.{money} of subject 'lula' is \$0.00.* Set at least 0.15, or none"):
        refuse(subject=LULA.model_copy(update={"budget": Budget(**{money: 0})}))


def test_the_pages_and_posts_of_a_subject_are_limits_too():
    """Posts that come with a post count as posts."""
    with pytest.raises(InputError, match=r"max_posts of subject 'lula' is 20 posts, .* Set at least 30, or none"):
        refuse(subject=LULA.model_copy(update={"max_posts": 20}), shape=DEAR)
    refuse(subject=LULA.model_copy(update={"max_posts": 20}), shape=DEAR, prices=Prices(bill_included_posts=False))
    refuse(subject=LULA.model_copy(update={"max_posts": 10, "max_pages": 1}))


def test_a_count_before_the_page_must_fit_too():
    """Otherwise a run would pay for the count, and never for a page."""
    refuse(Budget(money_per_run=0.15))
    with pytest.raises(SettingsError, match=r"a request for counts at \$0.005\). Set at least 0.155"):
        refuse(Budget(money_per_run=0.15), with_counts=True)


@given(st.sampled_from(list(Budget.model_fields)), st.integers(0, 6), st.integers(0, 6), st.booleans())
def test_the_smallest_that_is_named_works(field, users, included, billed):
    """Whatever a post brings along: the limit in the sentence is taken, a little less is not."""
    shape, prices = PageShape(users, included), Prices(bill_expanded_users=billed)
    with pytest.raises(SettingsError, match="Set at least") as refused:
        refuse(Budget(**{field: 0}), shape=shape, prices=prices)
    least = float(str(refused.value).rpartition("Set at least ")[2].removesuffix(", or none."))
    refuse(Budget(**{field: least}), shape=shape, prices=prices)
    with pytest.raises(SettingsError, match="Set at least"):
        refuse(Budget(**{field: least - 1 if "posts" in field else least - 0.001}), shape=shape, prices=prices)


def test_the_limit_that_was_reached_is_the_one_named():
    """The month's, with a page of yesterday; and by the name of the tighter of setting and parameter."""
    settings = Budget(money_per_run=5, money_per_month=2, posts_per_day=500)
    limits = limits_of_all(settings, Budget(money_per_run=3))
    yesterday = page(NOON - timedelta(days=1), NOON - timedelta(hours=23), oldest=NOON - timedelta(days=1))
    smallest, this_run = Spending(10, 10, Decimal("0.15"), 1), Spending(30, 30, Decimal("0.45"), 1)
    found = reached(limits, smallest, spent_by_period([yesterday], this_run, PRICES, NOON))
    assert (str(found), found.setting) == ("$2.00 a UTC month", "FEDBYTWEETS_BUDGET_MONEY_PER_MONTH")
    assert reached(limits, smallest, spent_by_period([], this_run, PRICES, NOON)) is None
    spent_all = Spending(200, 200, Decimal("2.90"), 2)
    assert [str(limit) for limit in limits_of(LULA.model_copy(update={"max_pages": 2}))] == ["2 pages a run"]
    dear = reached(limits[:1], smallest, spent_by_period([], spent_all, PRICES, NOON))
    assert (str(dear), dear.setting) == ("$3.00 a run", "the run's parameter budget.money_per_run")
