"""get-tweets: the X API -> raw."""

from collections.abc import Sequence
from typing import Annotated

from prefect import flow, get_run_logger
from pydantic import Field

from fedbytweets.errors import FedByTweetsError, RunError
from fedbytweets.subjects import Budget, Subject, default_subjects
from fedbytweets.x_api import Collected
from tasks.collect import collect_subjects

Subjects = Annotated[
    tuple[Subject, ...],
    Field(min_length=1, title="Subjects", description="What is collected; each has a name of its own."),
]
BudgetOfRun = Annotated[
    Budget | None, Field(title="Budget", description="Limits over all subjects; empty takes those of the settings.")
]

DEFAULT_SUBJECTS = default_subjects()


@flow(name="get-tweets")
def get_tweets(subjects: Subjects = DEFAULT_SUBJECTS, budget: BudgetOfRun = None) -> tuple[Collected, ...]:
    """Collect from the X API what is new of each subject, then what earlier runs left out, within the budget.

    Every page is stored before it is read. A subject that fails stops no other; the run then fails and names it.
    """
    collected = collect_subjects(subjects, budget)
    for each in collected:
        _log(each)
    raise_for_failures(collected)
    return collected


def raise_for_failures(collected: Sequence[Collected]) -> None:
    """Raise for the subjects that failed, if any.

    Raises:
        RunError: it names each, with its reason; its exit code is theirs where all failed alike.

    """
    failed = [each for each in collected if each.failed]
    if not failed:
        return
    reasons = list(dict.fromkeys(each.detail or str(each.error) for each in failed))
    codes = {each.error.exit_code for each in failed if isinstance(each.error, FedByTweetsError)}
    named = ", ".join(each.subject for each in failed)
    raise RunError(f"Not collected: {named}. {' '.join(reasons)}", codes.pop() if len(codes) == 1 else 1)


def _log(each: Collected) -> None:
    log = get_run_logger()
    log.info("%s: %d pages, %d posts, $%.2f; %s", each.subject, each.pages, each.posts, each.spent.money, each.stop)
    for warning in each.warnings:
        log.warning(warning)
