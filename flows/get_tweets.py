"""get-tweets: the X API -> raw."""

from typing import Annotated

from prefect import flow, get_run_logger
from pydantic import Field

from fedbytweets.errors import FedByTweetsError, RunError
from fedbytweets.subjects import Budget, Subject, default_subjects
from fedbytweets.x_api import Collected
from flows.naming import named
from tasks.assets import materializing, raw_assets
from tasks.collect import Gathering, collect_subjects

Subjects = Annotated[
    tuple[Subject, ...],
    Field(min_length=1, title="Subjects", description="What is collected; each has a name of its own."),
]
BudgetOfRun = Annotated[
    Budget | None,
    Field(
        title="Budget",
        description="Limits over all subjects for this run. They can only tighten those of the settings: of each, the "
        "smaller one holds. An empty field or none lifts nothing; a limit is lifted in the settings, as in "
        "FEDBYTWEETS_BUDGET_MONEY_PER_RUN=none.",
    ),
]

DEFAULT_SUBJECTS = default_subjects()


class NotCollectedError(RunError):
    """Subjects failed; `gathering` is what was collected all the same."""

    def __init__(self, message: str, exit_code: int, gathering: Gathering) -> None:
        super().__init__(message, exit_code)
        self.gathering = gathering

    def __reduce__(self) -> tuple[type["NotCollectedError"], tuple[str, int, Gathering]]:  # type: ignore[override]
        return type(self), (str(self), self.exit_code, self.gathering)


@flow(name="get-tweets", flow_run_name=named("get-tweets"))
def get_tweets(subjects: Subjects = DEFAULT_SUBJECTS, budget: BudgetOfRun = None) -> Gathering:
    """Collect from the X API what is new of each subject, then what earlier runs left out, within the budget.

    `budget` can only tighten the limits of the settings: of each limit, the smaller one holds.

    Every page is stored before it is read. A subject that fails stops no other; the run then fails and names it.
    """
    collect = materializing(collect_subjects, raw_assets(subject.name for subject in subjects))
    gathering = collect(subjects, budget)
    for each in gathering.collected:
        _log(each)
    raise_for_failures(gathering)
    return gathering


def raise_for_failures(gathering: Gathering) -> None:
    """Raise for the subjects that failed, if any.

    Raises:
        NotCollectedError: it names each, with its reason; its exit code is theirs where all failed alike.

    """
    failed = [each for each in gathering.collected if each.failed]
    if not failed:
        return
    reasons = list(dict.fromkeys(each.explanation or str(each.error) for each in failed))
    codes = {each.error.exit_code for each in failed if isinstance(each.error, FedByTweetsError)}
    named_subjects = ", ".join(each.subject for each in failed)
    message = f"Not collected: {named_subjects}. {' '.join(reasons)}"
    raise NotCollectedError(message, codes.pop() if len(codes) == 1 else 1, gathering)


def _log(each: Collected) -> None:
    log = get_run_logger()
    log.info("%s: %d pages, %d posts, $%.2f; %s", each.subject, each.pages, each.posts, each.spent.money, each.stop)
    for warning in each.warnings:
        log.warning(warning)
