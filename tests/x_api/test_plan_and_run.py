"""What a plan says is what the run then reads and spends: both divide the money by the same rounds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from collecting_rig import BEGIN, PRICES, MemoryLake, Rig
from even_source import EvenSource, Volume
from hypothesis import given, settings
from hypothesis import strategies as st

from fedbytweets.coverage import coverage, searches
from fedbytweets.coverage.forecast import Forecast, forecast
from fedbytweets.coverage.plan import new_window
from fedbytweets.coverage.spending import LARGEST_PAGE, SMALLEST_PAGE, worst_page
from fedbytweets.simulator import Corpus, ManualClock, Simulator
from fedbytweets.subjects import Budget, Subject
from fedbytweets.x_api import Collected, CollectSettings, Fetcher, asking, collect_all, count_new_windows

EXPANSIONS = [(), ("expand:referenced_tweets.id",), ("expand:in_reply_to_user_id",)]


@dataclass
class World:
    """Subjects with even volumes, one lake, one clock."""

    subjects: tuple[Subject, ...]
    source: EvenSource
    budget: Budget
    options: dict = field(default_factory=dict)
    now: datetime = BEGIN
    lake: MemoryLake = field(default_factory=MemoryLake)

    @property
    def settings(self) -> CollectSettings:
        """Return how the API is asked."""
        return CollectSettings(**self.options)

    def plan(self) -> Forecast:
        """Return the forecast, with the true volumes of new windows as counts/recent would tell them."""
        how, facts, counted = asking(self.subjects, self.settings), self.lake.facts(), {}
        for each in self.subjects:
            own = [page for page in facts if page.subject == each.name]
            known = coverage(each.name, own, self.now, how.bounds.overlap, how.bounds.reach)
            if window := new_window(known, searches(own), self.now, how.bounds):
                counted[each.name] = len(self.source.volumes[each.name].numbers(window))
        return forecast(self.subjects, self.lake.billed(), self.now, how, self.budget, PRICES, counted)

    def run(self) -> tuple[Collected, ...]:
        """Collect once."""
        put, put_count = self.lake.put_new, self.lake.put_count
        fetcher = Fetcher(self.source, put, self.settings, lambda: self.now, store_count=put_count)
        return collect_all(self.subjects, self.lake.billed(), fetcher, budget=self.budget)


def amounts(least: Decimal | int, most: int):
    """Draw a limit of dollars that can buy a page, or none."""
    return st.none() | st.integers(int(least * 100) + 1, most * 100).map(lambda cents: cents / 100)


@st.composite
def worlds(draw):
    """Draw subjects with volumes, expansions, limits and budgets that can each buy a page."""
    names = "abcdef"[: draw(st.integers(1, 6))]
    subjects, volumes = [], {}
    for name in names:
        extra = draw(st.sampled_from(EXPANSIONS))
        included = draw(st.integers(0, 2)) if "referenced" in "".join(extra) else 0
        volumes[name] = Volume(draw(st.integers(1, 90)), draw(st.integers(3, 10)), included)
        own = Budget(money_per_run=draw(amounts(Decimal("0.45"), 6)), money_per_day=draw(amounts(Decimal("0.45"), 6)))
        subjects.append(
            Subject(
                name=name,
                query=name,
                extra_fields=extra,
                max_pages=draw(st.none() | st.integers(1, 20)),
                max_posts=draw(st.none() | st.integers(30, 900)),
                budget=draw(st.none() | st.just(own)),
            )
        )
    budget = Budget(
        money_per_run=draw(amounts(Decimal("0.45"), 20)),
        money_per_day=draw(amounts(Decimal("0.45"), 30)),
        money_per_month=draw(amounts(Decimal("0.45"), 60)),
        posts_per_run=draw(st.none() | st.integers(30, 3000)),
        posts_per_day=draw(st.none() | st.integers(30, 3000)),
    )
    options = {"page_size": draw(st.sampled_from([10, 50, 100])), "plan_with_counts": draw(st.booleans())}
    return World(tuple(subjects), EvenSource(volumes), budget, options)


@given(world=worlds(), hours=st.lists(st.integers(1, 40), min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_a_run_reads_and_spends_what_its_plan_said_within_a_page_a_subject(world, hours):
    """Whatever the volumes, expansions and limits; a first run teaches what a post costs."""
    world.run()
    for gap in hours:
        world.now += timedelta(hours=gap)
        plan, results = world.plan(), world.run()
        for said, done, subject in zip(plan.subjects, results, world.subjects, strict=True):
            page = worst_page(LARGEST_PAGE, asking([subject], world.settings).shapes[subject.name], PRICES)
            assert abs(said.posts - done.posts) <= LARGEST_PAGE // 2, (said, done.posts, done.detail)
            assert abs(said.money - done.spent.money) <= page.money, (said, done.spent, done.detail)


def even_world(count: int, budget: Budget, an_hour: int = 30) -> World:
    """Return so many subjects of the same volume."""
    names = "abcdefghijkl"[:count]
    subjects = tuple(Subject(name=name, query=name) for name in names)
    return World(subjects, EvenSource({name: Volume(an_hour) for name in names}), budget)


def posts_had(world: World) -> list[int]:
    """Return how many posts the lake has of each subject."""
    return [sum(page.posts for page in world.lake.facts() if page.subject == each.name) for each in world.subjects]


def test_eight_subjects_share_a_dollar_a_run_in_turns():
    """Six smallest pages can be bought in a run; who had none is next, and nobody gets ahead by more than a page."""
    world = even_world(8, Budget(money_per_run=1))
    assert [each.posts for each in world.run()] == [11, 11, 11, 11, 11, 11, 0, 0]
    for _ in range(7):
        world.now += timedelta(hours=8)
        said = [each.posts for each in world.plan().subjects]
        assert [each.posts for each in world.run()] == said
        assert max(posts_had(world)) - min(posts_had(world)) <= 11
    assert min(posts_had(world)) > 60


@given(st.integers(2, 12), st.integers(15, 300), st.sampled_from([1, 8, 30]))
@settings(max_examples=25, deadline=None)
def test_no_subject_starves_however_little_a_run_may_cost(count, cents, hours):
    """After as many runs as there are subjects each has had a page, and none two pages more than another."""
    world = even_world(count, Budget(money_per_run=cents / 100))
    for _ in range(count):
        world.run()
        world.now += timedelta(hours=hours)
    assert min(posts_had(world)) >= SMALLEST_PAGE
    assert max(posts_had(world)) - min(posts_had(world)) <= 2 * SMALLEST_PAGE + cents // 15


def test_a_plan_divides_again_what_silent_subjects_leave_over():
    """Three of four subjects have nothing: the fourth reads, and is said to read, with the whole budget."""
    silent = [Subject(name=name, query=f"xyzzyplugh{name}") for name in "bcd"]
    with Simulator(Corpus(21, posts_per_hour=300), clock=ManualClock(BEGIN)) as simulator:
        rig = Rig(simulator, [Subject(name="a", query="lula"), *silent], budget=Budget(money_per_run=10))
        counted = count_new_windows(rig.subjects, [], rig.fetcher())
        how = asking(rig.subjects, rig.settings)
        plan = forecast(rig.subjects, [], rig.clock.now(), how, rig.budget, PRICES, counted)
        results = rig.run()
    assert Decimal("9.8") < plan.run_money <= 10
    assert abs(plan.run_money - sum(each.spent.money for each in results)) < Decimal("0.5")
    assert abs(plan.run_posts - sum(each.posts for each in results)) <= 50


def test_a_month_is_forecast_within_the_limits_of_its_days():
    """$5 a day from 7 September to its end is at most $120, whatever the posts would cost; each day to a page."""
    world = even_world(1, Budget(money_per_day=5), an_hour=100)
    world.run()
    assert world.plan().month_money > 118
    assert world.plan().month_money <= 120
    world.budget = Budget()
    assert world.plan().month_money > 800


def test_a_month_is_forecast_within_each_subjects_own_days_and_months():
    """A dollar a day for one and nine a month for the other; limits of a run do not count: there can be more."""
    world = even_world(2, Budget(), an_hour=20)
    own = (Budget(money_per_day=1, posts_per_run=50), Budget(money_per_month=9))
    world.subjects = tuple(
        each.model_copy(update={"budget": budget}) for each, budget in zip(world.subjects, own, strict=True)
    )
    world.run()
    world.now += timedelta(hours=1)
    assert Decimal("22.5") + Decimal("8.85") < world.plan().month_money <= 24 + 9


def test_what_a_subject_of_unknown_volume_may_take_is_not_given_to_others():
    """Nobody knows what it will read: the plan of the others leaves it its part."""
    world = even_world(2, Budget(money_per_run=3), an_hour=90)
    world.subjects = world.subjects[:1]
    world.run()
    world.now = datetime(2026, 9, 8, 9, tzinfo=UTC)
    both = (world.subjects[0], Subject(name="b", query="b"))
    plan = forecast(both, world.lake.billed(), world.now, asking(both, world.settings), world.budget, PRICES)
    assert [each.posts for each in plan.subjects] == [100, None]
