"""A run's figures, as one value: what the dashboard, the terminal and `ops.runs` show are views of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from fedbytweets.coverage import Coverage
from fedbytweets.quality import Finding, Verdict
from fedbytweets.report.budget import BudgetLine


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFigures:
    """One subject in one run; `coverage` is None where nothing was asked of the API."""

    subject: str
    stop: str = ""
    """Why its collecting ended, in a word or two."""
    detail: str = ""
    """One sentence for the operator; empty when complete."""
    expected_posts: int | None = None
    """What counts/recent said the new window holds; None when it was not asked."""
    pages: int = 0
    posts: int = 0
    """Collected in this run."""
    usd: Decimal = Decimal(0)
    loaded_tweets: int = 0
    """Laid out as bronze in this run, collected now or earlier."""
    new_tweets: int = 0
    """Rows that silver gained."""
    coverage: Coverage | None = None

    @property
    def asked_posts(self) -> int:
        """How many posts there were to be had: as counted, else about those collected and those left in holes."""
        if self.expected_posts is not None:
            return self.expected_posts
        return self.posts + (self.coverage.missing_posts if self.coverage else 0)

    @property
    def known_tweets(self) -> int:
        """Loaded tweets that silver had already, or that came twice."""
        return max(0, self.loaded_tweets - self.new_tweets)


@dataclass(frozen=True, slots=True)
class TableFigures:
    """One table after the run: rows, how many more than before, data files, their bytes, and a link to look at it."""

    table: str
    rows: int
    new_rows: int
    updated_rows: int
    files: int
    bytes: int
    link: str = ""


@dataclass(frozen=True, slots=True)
class ProblemFigures:
    """What could not be read, held or known in this run, by kind; examples are places in raw."""

    table: str
    kind: str
    count: int
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StepFigures:
    """One step: its flow's name, how long it took, whether it failed."""

    step: str
    seconds: float
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One attempt of a run that came to its end; instants are aware UTC."""

    run_id: str
    attempt: int = 1
    flow: str
    run_name: str
    started_at: datetime
    ended_at: datetime
    error: str | None = None
    """Why it failed; None where it completed."""
    subjects: tuple[SubjectFigures, ...] = ()
    budget: tuple[BudgetLine, ...] = ()
    raw_objects: int = 0
    raw_bytes: int = 0
    tables: tuple[TableFigures, ...] = ()
    newest_tweet_at: datetime | None = None
    problems: tuple[ProblemFigures, ...] = ()
    steps: tuple[StepFigures, ...] = ()
    findings: tuple[Finding, ...] = ()
    version: str = ""

    @property
    def took(self) -> timedelta:
        """How long it took."""
        return self.ended_at - self.started_at

    @property
    def freshness(self) -> timedelta | None:
        """How old the newest tweet in silver was at the end."""
        return None if self.newest_tweet_at is None else self.ended_at - self.newest_tweet_at

    @property
    def failed_findings(self) -> tuple[Finding, ...]:
        """Expectations that fail the run."""
        return tuple(each for each in self.findings if each.verdict is Verdict.FAILED)

    @property
    def warned_findings(self) -> tuple[Finding, ...]:
        """Expectations that are warned of."""
        return tuple(each for each in self.findings if each.verdict is Verdict.WARNED)

    def table(self, identifier: str) -> TableFigures:
        """Return the figures of a table; zeros where the lake has none of it."""
        return next((each for each in self.tables if each.table == identifier), TableFigures(identifier, 0, 0, 0, 0, 0))

    def problem_count(self, table: str) -> int:
        """Return how many rows a table of problems gained."""
        return sum(each.count for each in self.problems if each.table == table)
