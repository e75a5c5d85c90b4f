"""Rounds and turns: who gets which part of what may be spent."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from page_worlds import NOON

from fedbytweets.coverage import Left, PageShape, Spending
from fedbytweets.coverage.allocation import Claim, Turn, allocate, shares
from fedbytweets.coverage.spending import SMALLEST_PAGE, worst_page
from fedbytweets.subjects import Prices

PRICES = Prices()
SMALLEST = worst_page(SMALLEST_PAGE, PageShape(), PRICES)
LEFTS = st.builds(
    Left,
    st.none() | st.integers(0, 2000),
    st.none() | st.integers(0, 20_000).map(lambda amount: Decimal(amount) / 1000),
)


def cost_of(posts: int) -> Spending:
    return Spending(posts, posts, posts * (PRICES.post + PRICES.user), 1)


def claim(name: str, had: int = 0, *, days_ago: int = 1, shape: PageShape | None = None, own: Left | None = None):
    smallest = worst_page(SMALLEST_PAGE, shape or PageShape(), PRICES)
    mine = own or Left()
    return Claim(name, smallest, cost_of(had), NOON - timedelta(days=days_ago), lambda spent, _: mine.after(spent))


def parts_of(allowed: Left, *claims: Claim) -> dict[str, Left]:
    return shares(allowed, claims, {each.name: Spending() for each in claims})


@given(LEFTS, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 900), min_size=1))
def test_shares_never_come_to_more_than_there_is(allowed, had):
    """All parts together fit into what is left, and as many buy a page as pages can be bought."""
    parts = parts_of(allowed, *(claim(name, posts) for name, posts in had.items()))
    assert parts
    assert set(parts) <= set(had)
    if allowed.posts is not None:
        assert sum(part.posts for part in parts.values()) <= allowed.posts
    if allowed.money is not None:
        assert sum(part.money for part in parts.values()) <= allowed.money
    buying = sum(part.buys(SMALLEST) for part in parts.values())
    pages = min(
        [len(had)]
        + ([] if allowed.posts is None else [allowed.posts // SMALLEST.posts])
        + ([] if allowed.money is None else [int(allowed.money / SMALLEST.money)])
    )
    assert buying == pages


def test_those_that_have_had_least_lately_come_first():
    """15 posts are one page, 25 two, and 40 enough for all three."""
    claims = claim("a", 200), claim("b", 100), claim("c", 300)
    assert parts_of(Left(15), *claims) == {"b": Left(15)}
    assert parts_of(Left(25), *claims) == dict.fromkeys("ba", Left(12))
    assert parts_of(Left(40), *claims) == dict.fromkeys("bac", Left(13))


def test_of_equals_the_one_that_waits_longest_comes_first_and_then_the_name():
    """So that what is older than seven days, and counts no more, still has its order."""
    assert set(parts_of(Left(15), claim("a", days_ago=8), claim("b", days_ago=9))) == {"b"}
    assert set(parts_of(Left(15), claim("b"), claim("a"))) == {"a"}


def test_a_page_too_dear_for_what_is_left_does_not_keep_others_from_theirs():
    """The dear one is first, and waits; the cheap one is served."""
    dear = claim("a", shape=PageShape(1, 6))
    assert parts_of(Left(None, Decimal("0.20")), dear, claim("b", 500)) == {"b": Left(None, Decimal("0.200000"))}


def test_where_nobody_can_buy_a_page_all_are_told():
    """Each gets a part that buys nothing, and so says why it stopped."""
    parts = parts_of(Left(9), claim("a"), claim("b"))
    assert parts == dict.fromkeys("ab", Left(4))


@given(
    st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 3000), min_size=1),
    st.integers(0, 60_000),
    st.integers(0, 10_000),
)
def test_rounds_end_serve_everybody_and_leave_no_page_unbought(wanted, milli_dollars, own):
    """Whoever wants more gets what others leave over: in the end either nobody wants more or no page fits."""
    left_now = Left(None, Decimal(milli_dollars) / 1000)
    mine = Left(None, Decimal(own) / 1000)
    had, served = dict.fromkeys(wanted, 0), set()

    def read(parts, _):
        turns = {}
        for name, part in parts.items():
            posts = min(wanted[name] - had[name], int(part.money / cost_of(1).money))
            posts = posts if posts >= SMALLEST_PAGE or posts == wanted[name] - had[name] else 0
            had[name] += posts
            served.add(name)
            turns[name] = Turn(cost_of(posts) if posts else Spending(), had[name] < wanted[name])
        return turns

    allocate([claim(name, own=mine) for name in wanted], lambda spent, _: left_now.after(spent), lambda: NOON, read)
    assert served == set(wanted)
    rest = left_now.after(cost_of(sum(had.values())))
    for name, posts in wanted.items():
        assert cost_of(had[name]).money <= mine.money
        if had[name] < posts and mine.after(cost_of(had[name])).buys(SMALLEST):
            assert not rest.buys(SMALLEST)
