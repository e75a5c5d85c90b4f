"""Commands that do the work: run, import, replay. Each runs the flow of that name, here, on the lake."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.types import ExistingPath

from fedbytweets.cli.bars import progress_bars
from fedbytweets.cli.environment import JsonFlag, LakeFlag, SubjectFlag, SubjectsFlag, VerboseFlag, examples, use_lake
from fedbytweets.cli.local_prefect import local_prefect
from fedbytweets.cli.run_report import report_at_the_end

SimulateFlag = Annotated[
    bool, Parameter(name="--simulate", negative="", help="Collect invented posts from a simulator of the API.")
]
OneSubjectFlag = Annotated[str, Parameter(name="--subject", help="Only this subject.")]
ImportSubjectFlag = Annotated[str, Parameter(name="--subject", help="Subject the files belong to.")]
SinceFlag = Annotated[date | None, Parameter(name="--since", help="First day of retrieval, UTC.")]
UntilFlag = Annotated[date | None, Parameter(name="--until", help="Last day of retrieval, UTC.")]
Paths = Annotated[list[ExistingPath], Parameter(help="Folders or files of raw answers.", negative="")]


def register(app: App) -> None:
    """Give the app these commands."""
    app.command(
        run,
        help_epilogue=examples(
            "fedbytweets run --simulate", "FEDBYTWEETS_X_BEARER_TOKEN_FILE=~/.x-token fedbytweets run --subject lula"
        ),
    )
    app.command(
        import_files,
        name="import",
        help_epilogue=examples(
            "fedbytweets import archive/2022 --subject lula",
            "fedbytweets import one.json two.jsonl.gz --subject bolsonaro",
        ),
    )
    app.command(
        replay,
        help_epilogue=examples(
            "fedbytweets replay", "fedbytweets replay --subject lula --since 2026-11-01 --until 2026-11-07"
        ),
    )


def run(
    *,
    subject: SubjectFlag = None,
    subjects: SubjectsFlag = None,
    simulate: SimulateFlag = False,
    lake: LakeFlag = None,
    as_json: JsonFlag = False,
    verbose: VerboseFlag = False,
) -> None:
    """Collect what is new, and bring everything in raw to silver.

    Safe to run again at any time: it resumes where the last run stopped, and no row is doubled.
    """
    from fedbytweets.cli.subjects import chosen_subjects, refuse_useless_limits

    chosen = chosen_subjects(subject or [], subjects)
    with _flows(lake, verbose=verbose, as_json=as_json, beside=_source(simulate=simulate)):
        from flows.batch_ingestion import batch_ingestion

        refuse_useless_limits(chosen)
        batch_ingestion(chosen)


def import_files(
    paths: Paths,
    /,
    *,
    subject: ImportSubjectFlag,
    lake: LakeFlag = None,
    as_json: JsonFlag = False,
    verbose: VerboseFlag = False,
) -> None:
    """Take files of raw answers into the lake, and on to silver.

    Reads pages one a line, single pages, the envelopes of the old system, twarc's files; plain, gzip or zstd. Files
    are known by their bytes: importing one again changes nothing.
    """
    from fedbytweets.raw.keys import checked_subject

    checked_subject(subject)
    with _flows(lake, verbose=verbose, as_json=as_json):
        from flows.import_archive import import_archive

        import_archive([str(path) for path in paths], subject)


def replay(
    *,
    subject: OneSubjectFlag = "",
    since: SinceFlag = None,
    until: UntilFlag = None,
    lake: LakeFlag = None,
    as_json: JsonFlag = False,
    verbose: VerboseFlag = False,
) -> None:
    """Make bronze and silver anew from raw, without asking the API anything.

    Readers see the old tables until each new one is whole.
    """
    from fedbytweets.raw.keys import checked_subject

    checked_subject(subject or "all")
    with _flows(lake, verbose=verbose, as_json=as_json):
        from flows.replay import replay as replay_flow

        replay_flow(subject, since, until)


@contextmanager
def _flows(
    lake: str | None, *, verbose: bool, as_json: bool, beside: AbstractContextManager[None] | None = None
) -> Iterator[None]:
    """Set up what a flow needs to run here, show the progress of long steps, and print the run's report."""
    use_lake(lake)
    with report_at_the_end(as_json=as_json), local_prefect(verbose=verbose, beside=beside), progress_bars():
        yield


@contextmanager
def _source(*, simulate: bool) -> Iterator[None]:
    """Start the simulator if it is wanted, and set this process to collect from it."""
    if not simulate:
        yield
        return
    from fedbytweets.simulator import Simulator

    before = dict(os.environ)
    with Simulator() as simulator:
        os.environ["FEDBYTWEETS_X_BASE_URL"] = simulator.base_url
        os.environ["FEDBYTWEETS_X_SIMULATED"] = "true"
        os.environ["FEDBYTWEETS_X_BEARER_TOKEN"] = "the-simulator-takes-any"  # noqa: S105 (it opens nothing)
        os.environ.pop("FEDBYTWEETS_X_BEARER_TOKEN_FILE", None)  # the real token is not needed
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)
