"""The X API -> raw, as a unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass

from prefect import get_run_logger

from fedbytweets.coverage import BilledFacts, Spending
from fedbytweets.coverage.forecast import expected_pages
from fedbytweets.instants import utc_now
from fedbytweets.lake.lake import open_lake
from fedbytweets.lake.pages import clear_reservations, refuse_a_mixture, stored_facts
from fedbytweets.report import BudgetLine, budget_lines
from fedbytweets.settings import lake_settings
from fedbytweets.subjects import Budget, Prices, Subject
from fedbytweets.x_api import Collected, Fetcher, Ledger, XApi, asking, collect_all
from fedbytweets.x_api import environment as x_environment
from tasks.policy import unit
from tasks.progress import Progress


@dataclass(frozen=True, slots=True)
class Gathering:
    """What a run collected of each subject, and what is spent against each limit."""

    collected: tuple[Collected, ...] = ()
    budget: tuple[BudgetLine, ...] = ()


@unit("collect-subjects")
def collect_subjects(subjects: Sequence[Subject], budget: Budget | None) -> Gathering:
    """Collect what is new of each subject, then its holes, within the budget; failures are values of the result."""
    settings = x_environment.collect_settings()
    source = XApi(x_environment.bearer_token(), settings)
    lake = open_lake(lake_settings())
    refuse_a_mixture(lake, invented=settings.simulated)
    for warning in (warning for subject in subjects for warning in subject.warnings()):
        get_run_logger().warning(warning)
    of_settings, prices = x_environment.budget(settings), x_environment.prices()
    clear_reservations(lake, utc_now())
    limits, facts = of_settings.tightened(budget), stored_facts(lake)
    ledger = Ledger.of(lake.spending, facts, limits, prices, subjects, utc_now(), simulated=settings.simulated)
    pages = expected_pages(subjects, facts, utc_now(), asking(subjects, settings), limits, prices)
    progress = Progress("X API to raw", pages or 0, "pages")
    collected = collect_all(
        subjects,
        facts,
        Fetcher(source, lake.raw.put_new, settings, store_count=lake.counts.put_new, ledger=ledger),
        budget=of_settings,
        of_this_run=budget,
        prices=prices,
        on_page=lambda _: progress.advance(1),
    )
    return Gathering(collected, _budget(subjects, limits, facts, collected, prices))


def _budget(
    subjects: Sequence[Subject],
    limits: Budget,
    facts: Sequence[BilledFacts],
    collected: Sequence[Collected],
    prices: Prices,
) -> tuple[BudgetLine, ...]:
    now, spent = utc_now(), {each.subject: each.spent for each in collected}
    lines = list(budget_lines("all subjects", limits, facts, sum(spent.values(), Spending()), prices, now))
    for subject in (each for each in subjects if each.budget is not None):
        own = [each for each in facts if each.subject == subject.name]
        mine = spent.get(subject.name, Spending())
        lines += budget_lines(subject.name, subject.budget or Budget(), own, mine, prices, now)
    return tuple(lines)
