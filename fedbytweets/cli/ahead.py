"""Commands about what is known and what comes: coverage, plan."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from fedbytweets.cli.environment import JsonFlag, LakeFlag, SubjectFlag, SubjectsFlag, examples, use_lake

if TYPE_CHECKING:
    from fedbytweets.coverage import BilledFacts
    from fedbytweets.subjects import Subject

CountFlag = Annotated[
    bool,
    Parameter(name="--count", negative="", help="Ask counts/recent how many posts are new; a request a subject."),
]


def register(app: App) -> None:
    """Give the app these commands."""
    app.command(coverage, help_epilogue=examples("fedbytweets coverage", "fedbytweets coverage --json"))
    app.command(plan, help_epilogue=examples("fedbytweets plan", "fedbytweets plan --subject lula --count"))


def coverage(*, lake: LakeFlag = None, as_json: JsonFlag = False) -> None:
    """Show what is collected of each subject and what is missing: the last seven days, each hole, what is lost."""
    from fedbytweets.cli.output import print_json, print_lines
    from fedbytweets.coverage import coverage as coverage_of
    from fedbytweets.coverage.facts import pages_of
    from fedbytweets.coverage.rendering import coverage_dict, coverage_text
    from fedbytweets.errors import InputError
    from fedbytweets.instants import utc_now
    from fedbytweets.x_api.environment import collect_settings

    use_lake(lake)
    facts, now, bounds = pages_of(_facts()), utc_now(), collect_settings().bounds
    names = sorted({page.subject for page in facts})
    if not names:
        raise InputError("Nothing was collected into this lake yet: `fedbytweets run` does.")
    known = [coverage_of(name, facts, now, bounds.overlap, bounds.reach) for name in names]
    if as_json:
        print_json([coverage_dict(each) for each in known])
    else:
        print_lines(coverage_text(known, now))


def plan(
    *,
    subject: SubjectFlag = None,
    subjects: SubjectsFlag = None,
    count: CountFlag = False,
    lake: LakeFlag = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what the next run and the month would read and cost, without reading a post."""
    from fedbytweets.cli.output import print_json, print_lines
    from fedbytweets.cli.subjects import chosen_subjects, refuse_useless_limits
    from fedbytweets.coverage.forecast import forecast
    from fedbytweets.coverage.rendering import forecast_dict, forecast_text
    from fedbytweets.instants import utc_now
    from fedbytweets.x_api import asking, environment

    use_lake(lake)
    chosen, facts = chosen_subjects(subject or [], subjects), _facts()
    refuse_useless_limits(chosen)
    counted = _counted(chosen, facts) if count else None
    facts = _facts() if count else facts  # counts are billed, too
    settings = environment.collect_settings()
    budget, prices = environment.budget(settings), environment.prices()
    found = forecast(chosen, facts, utc_now(), asking(chosen, settings), budget, prices, counted)
    if as_json:
        print_json(forecast_dict(found))
    else:
        print_lines(forecast_text(found))


def _facts() -> "list[BilledFacts]":
    """Return the facts of every stored page and count; none where there is no lake yet."""
    from fedbytweets.lake.lake import lake_exists, open_lake
    from fedbytweets.lake.pages import stored_facts
    from fedbytweets.settings import lake_settings

    settings = lake_settings()
    return stored_facts(open_lake(settings)) if lake_exists(settings) else []


def _counted(subjects: "Sequence[Subject]", facts: "list[BilledFacts]") -> dict[str, int]:
    from fedbytweets.cli.output import say
    from fedbytweets.instants import utc_now
    from fedbytweets.lake.lake import open_lake
    from fedbytweets.lake.pages import refuse_a_mixture
    from fedbytweets.settings import lake_settings
    from fedbytweets.x_api import Fetcher, Ledger, XApi, environment
    from fedbytweets.x_api.counting import count_new_windows

    settings, lake = environment.collect_settings(), open_lake(lake_settings())
    refuse_a_mixture(lake, invented=settings.simulated)
    source = XApi(environment.bearer_token(), settings)
    budget, prices = environment.budget(settings), environment.prices()
    ledger = Ledger.of(lake.spending, facts, budget, prices, subjects, utc_now(), simulated=settings.simulated)
    fetcher = Fetcher(source, lake.raw.put_new, settings, store_count=lake.counts.put_new, ledger=ledger)
    counted = count_new_windows(subjects, facts, fetcher)
    if unasked := [name for name, posts in counted.items() if posts is None]:
        say(
            f"Not counted: {', '.join(unasked)}. A request for counts costs ${prices.counts_request}, and less is left "
            "of a limit: raise it (FEDBYTWEETS_BUDGET_*), or wait for the next period.",
            to_stderr=True,
        )
    return {name: posts for name, posts in counted.items() if posts is not None}
