"""A whole report, small enough to be read."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from fedbytweets.coverage import PageFacts, coverage
from fedbytweets.quality import EXPECTATIONS, Tally, row_finding
from fedbytweets.report import BudgetLine, ProblemFigures, RunReport, StepFigures, SubjectFigures, TableFigures

NOW = datetime(2026, 1, 2, 12, 0, 30, tzinfo=UTC)
NOON = NOW.replace(second=0)


def page(hours: float, posts: int, *, to: datetime = NOON, token: str | None = None) -> PageFacts:
    """Return the facts of the only page of a search over the hours before an instant."""
    return PageFacts(
        subject="lula",
        query="lula",
        dialect="tweet",
        start=to - timedelta(hours=hours),
        end=to,
        page=1,
        retrieved_at=to + timedelta(minutes=5),
        next_token=token,
        posts=posts,
        users=posts,
        included_posts=0,
        oldest_at=to - timedelta(hours=hours / 2),
    )


def sample(error: str | None = None) -> RunReport:
    """Return the report of a run that read half of a day of one subject, and loaded an older object of another."""
    known = coverage("lula", [page(24, 100, token="more")], NOW)
    return RunReport(
        run_id="00000000-0000-0000-0000-000000000001",
        flow="batch-ingestion",
        run_name="batch-ingestion 2026-01-02 12:00",
        started_at=NOW - timedelta(seconds=90),
        ended_at=NOW,
        error=error,
        subjects=(
            SubjectFigures(
                subject="lula",
                stop="budget",
                detail="The budget is used up | *for today*.",
                pages=1,
                posts=100,
                usd=Decimal("1.5"),
                loaded_tweets=100,
                new_tweets=90,
                coverage=known,
            ),
            SubjectFigures(subject="bolsonaro", loaded_tweets=5, new_tweets=5),
        ),
        budget=(BudgetLine("all subjects", "run", 100, 400, Decimal("1.5"), Decimal(2)),),
        raw_objects=2,
        raw_bytes=12_345,
        tables=(
            TableFigures("bronze.tweets", 105, 105, 0, 1, 2_000),
            TableFigures("silver.tweets", 95, 95, 10, 1, 1_500_000, "https://console.example/silver.tweets"),
            TableFigures("silver.users", 40, 40, 0, 1, 999),
        ),
        newest_tweet_at=NOW - timedelta(hours=3, minutes=2),
        problems=(
            ProblemFigures("bronze.quarantine", "not-json", 1, ("lula/1.json line 2",)),
            ProblemFigures("bronze.quality", "unknown-field data.new", 7, ("lula/1.json page 1",)),
        ),
        steps=(StepFigures("get-tweets", 1.25, failed=True), StepFigures("process-raw", 0.5)),
        findings=(
            row_finding(EXPECTATIONS[0], Tally(95), "in the files this run wrote: 1"),
            row_finding(EXPECTATIONS[4], Tally(95, 2, ("1 lula", "2 lula")), "in the files this run wrote: 1"),
        ),
        version="0.1.0",
    )
