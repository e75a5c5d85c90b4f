"""What an operator reads: seven days of coverage, and what the next run would cost."""

import json
from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from page_worlds import NOON, at, fact_lists, page

from fedbytweets.coverage import PageShape, coverage
from fedbytweets.coverage.forecast import forecast
from fedbytweets.coverage.limits import Asking
from fedbytweets.coverage.rendering import CELLS, bar, coverage_dict, coverage_text, forecast_dict, forecast_text
from fedbytweets.subjects import Budget, Prices, Subject, default_subjects

LULA = default_subjects()[0]
ASKING = Asking(dict.fromkeys(["lula", "a", "b", "c"], PageShape()))


def test_seven_days_are_a_bar_with_each_hole_beneath():
    """Noon to six, cut at two: covered above, a hole below, nothing asked after."""
    facts = [page(at(0), at(360), oldest=at(120), token="t1")]
    text = coverage_text([coverage("lula", facts, at(361))], at(361))
    assert text.splitlines() == [
        "       Tue 01  Wed 02  Thu 03  Fri 04  Sat 05  Sun 06  Mon 07",
        "lula  " + "·" * 53 + "░█·",
        "",
        "█ covered   ░ hole, still to be had   x lost   · not asked",
        "",
        "lula: asked from 2026-09-07 12:00 to 2026-09-07 18:00 UTC, 66.7% covered",
        "  hole 2026-09-07 12:00:00 to 2026-09-07 14:00:01, about 50 posts; goes on at page 2",
    ]


def test_a_subject_never_asked_for_is_said_so():
    """No bar of nothing without a word."""
    assert coverage_text([coverage("lula", [], NOON)], NOON).endswith("lula: nothing was asked for yet.")


@given(fact_lists(), st.integers(0, 12 * 24 * 60))
def test_any_coverage_is_a_bar_of_56_cells_and_json(facts, minutes):
    """Whatever lies in the lake can be shown."""
    known = coverage("lula", facts, at(minutes))
    assert len(bar(known, at(minutes) - timedelta(days=7))) == CELLS
    shown = json.loads(json.dumps(coverage_dict(known)))
    assert len(shown["holes"]) == len(known.holes)
    assert shown["lost_posts"] == known.lost_posts


def test_a_forecast_tells_the_run_and_the_month_from_the_subjects_own_rate():
    """100 posts an hour for nine hours and a hole of one, each post with one author."""
    facts = [
        page(at(60 * hour), at(60 * hour + 60), oldest=at(60 * hour), posts=100, retrieved=at(60 * hour + 60.5))
        for hour in range(-24, 0)
    ]
    plan = forecast([LULA], facts, at(60 * 9), ASKING, Budget(money_per_month=100), Prices())
    (one,) = plan.subjects
    assert (one.new_posts, one.hole_posts, one.posts, one.pages) == (899, 0, 899, 9)
    assert one.money == 899 * Decimal("0.015")
    assert plan.spent_this_month.money == 24 * Decimal("1.5")
    assert (plan.month_posts, plan.month_money) == (2400 + 4266, Decimal("99.99"))
    assert forecast_text(plan).splitlines() == [
        "If a run began at 2026-09-07 21:00 UTC it would read",
        "  lula: 2026-09-07 12:00 to 2026-09-07 20:59, about 899 posts; of these 899 on 9 pages for $13.48",
        "In all about 899 posts for $13.48; the budgets leave $64.00.",
        "This month (UTC): 2,400 posts for $36.00 so far; by its end about 6,666 posts for $99.99.",
        "The month assumes as many runs as needed, posts at the rate so far, and the limits of days and months.",
    ]


def test_a_subject_without_a_history_has_no_invented_volume():
    """Unless counts/recent was asked."""
    plan = forecast([LULA], [], NOON, ASKING, Budget(), Prices())
    assert (plan.run_posts, plan.run_money, plan.month_money) == (None, None, None)
    assert "its volume is unknown before its first run" in forecast_text(plan)
    counted = forecast([LULA], [], NOON, ASKING, Budget(), Prices(), {"lula": 1234})
    assert (counted.run_posts, counted.run_money) == (1234, 1234 * Decimal("0.015"))


def test_a_forecast_heeds_the_limits_of_a_subject():
    """Its pages, its posts and its own budget each hold."""
    capped = [
        Subject(name="a", query="a", max_pages=2),
        Subject(name="b", query="b", max_posts=150),
        Subject(name="c", query="c", budget=Budget(money_per_run=0.3)),
    ]
    counted = dict.fromkeys("abc", 5000)
    plan = forecast(capped, [], NOON, ASKING, Budget(), Prices(), counted)
    assert [one.posts for one in plan.subjects] == [200, 150, 20]
    assert json.loads(json.dumps(forecast_dict(plan)))["run"] == {"posts": 370, "usd": 5.55}
