"""A run -> its report: in the dashboard as artifacts, in the lake as a row of `ops.runs`, in the log for a terminal."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from importlib.metadata import version
from time import monotonic

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact

from fedbytweets.errors import FedByTweetsError
from fedbytweets.instants import utc_now
from fedbytweets.lake import runs
from fedbytweets.lake.brought import Loaded, loaded_since, problems_since, table_figures
from fedbytweets.lake.heads import Head, heads
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.quality import check_change
from fedbytweets.lake.silver import Merged
from fedbytweets.lake.status import newest_tweet_at
from fedbytweets.report import (
    RunReport,
    StepFigures,
    SubjectFigures,
    escaped,
    markdown,
    run_row,
    sections,
    table_cells,
)
from fedbytweets.settings import lake_settings
from fedbytweets.tables import ALL
from fedbytweets.x_api import Collected
from tasks.collect import Gathering
from tasks.policy import unit

REPORT_LOGGER = "fedbytweets.report"
_NO_TABLES = ("summary", "picture")


class Step:
    """A step while it runs; whoever sees it fail without an exception says so here."""

    def __init__(self) -> None:
        self.failed = False


class Run:
    """What a run notes on its way, for the report at its end. Not a dataclass: Prefect looks into those."""

    def __init__(self, run_id: str, attempt: int, flow: str, name: str, *, collects: bool) -> None:
        self.run_id = run_id
        self.attempt = attempt
        self.flow = flow
        self.name = name
        self.collects = collects
        self.started_at = utc_now()
        self.before: Mapping[str, Head] = {}
        self.gathering = Gathering()
        self.merged: dict[str, Merged] = {}
        self.steps: list[StepFigures] = []
        self.failures: list[Exception] = []
        self.error: BaseException | None = None

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """Time a step, whatever becomes of it."""
        began, step = monotonic(), Step()
        try:
            yield step
        except BaseException:
            step.failed = True
            raise
        finally:
            self.steps.append(StepFigures(name, round(monotonic() - began, 3), step.failed))

    @contextmanager
    def failing_later(self) -> Iterator[None]:
        """Note a failure of the block that must not stop the run: it fails at its end."""
        try:
            yield
        except FedByTweetsError as error:
            self.failures.append(error)


@unit("look-at-lake")
def look_at_lake() -> Mapping[str, Head]:
    """Return where every table stands, so that the end of a run can tell what is new."""
    return heads(open_lake(lake_settings()), ALL)


@unit("write-report")
def write_report(run: Run) -> RunReport:
    """Check what the run brought against the expectations, and leave its report; a repeat changes no record."""
    lake, now = open_lake(lake_settings()), utc_now()
    report = report_of(lake, run, now)
    runs.enter(lake, run_row(report))
    _show(report)
    for finding in report.warned_findings:
        get_run_logger().warning("expectation: %s", finding.sentence)
    logging.getLogger(REPORT_LOGGER).info("%s", report.run_name, extra={"report": report})
    return report


def report_of(lake: Lake, run: Run, now: datetime) -> RunReport:
    """Return the report of a run that ends now: what it brought, checked against the expectations."""
    usual = runs.recent(lake, run.flow, now)["new_tweets"].to_list() if run.collects else []
    checked = check_change(lake, run.before, now, usual, collects=run.collects)
    loaded = loaded_since(lake, run.before)
    updated = {merged.table: merged.updated for merged in run.merged.values()}
    report = RunReport(
        run_id=run.run_id,
        attempt=run.attempt,
        flow=run.flow,
        run_name=run.name,
        started_at=run.started_at,
        ended_at=now,
        error=None if run.error is None else str(run.error),
        subjects=_subjects(run.gathering.collected, loaded, checked.new_tweets),
        budget=run.gathering.budget,
        raw_objects=loaded.raw_objects,
        raw_bytes=loaded.bytes,
        tables=table_figures(lake, run.before, heads(lake, ALL), updated),
        newest_tweet_at=newest_tweet_at(lake),
        problems=problems_since(lake, run.before),
        steps=tuple(run.steps),
        findings=checked.findings,
        version=version("fedbytweets"),
    )
    return replace(report, error=report.error or broken_promises(report))


def broken_promises(report: RunReport) -> str | None:
    """Return why a run fails whose steps did not: expectations that are declared to fail it; None where they hold."""
    failed = report.failed_findings
    if not failed:
        return None
    named = "; ".join(each.sentence for each in failed)
    return f"Silver breaks what is expected of it. {named}. The rows are kept: `fedbytweets quality` looks at all."


def _subjects(
    collected: tuple[Collected, ...], loaded: Loaded, new_tweets: Mapping[str, int]
) -> tuple[SubjectFigures, ...]:
    asked = {each.subject: each for each in collected}
    names = [*asked, *sorted((loaded.tweets.keys() | new_tweets.keys()) - asked.keys())]
    return tuple(
        replace(
            _collected(asked[name]) if name in asked else SubjectFigures(subject=name),
            loaded_tweets=loaded.tweets.get(name, 0),
            new_tweets=new_tweets.get(name, 0),
        )
        for name in names
    )


def _collected(each: Collected) -> SubjectFigures:
    return SubjectFigures(
        subject=each.subject,
        stop=str(each.stop),
        detail=each.explanation,
        expected_posts=each.expected_posts,
        pages=each.pages,
        posts=each.posts,
        usd=each.spent.money,
        coverage=each.coverage,
    )


def _show(report: RunReport) -> None:
    """Leave the report in the dashboard: as one page, and its tables one by one."""
    name = escaped(report.run_name)  # a description is Markdown, and a run is named for its parameters
    create_markdown_artifact(markdown(report), key=f"{report.flow}-report", description=name)
    for section in sections(report):
        if section.rows and section.key not in _NO_TABLES:
            key = f"{report.flow}-{section.key}"
            create_table_artifact(table_cells(section), key=key, description=f"{section.title}, {name}")
