"""A run's report -> sections: a title, lines of prose, a table, a picture; every view for people shows these."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from fedbytweets.amounts import duration, size
from fedbytweets.coverage.rendering import covered_share
from fedbytweets.quality import Finding, Verdict
from fedbytweets.report.budget import BudgetLine, with_limits
from fedbytweets.report.figures import RunReport, SubjectFigures
from fedbytweets.report.picture import coverage_picture, volume_picture


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report. `key` names it for machines; `picture` is text in columns, to be shown as it is."""

    key: str
    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    picture: str = ""


def sections(report: RunReport) -> tuple[Section, ...]:
    """Return a report's sections, the most pressing first; empty ones are left out."""
    each = (
        Section("summary", "Summary", tuple(_summary(report))),
        _subjects(report.subjects),
        Section("picture", "Last seven days (UTC)", picture=_picture(report)),
        _budget(report.budget),
        _problems(report),
        _tables(report),
        _steps(report),
        _expectations(report.findings),
    )
    return tuple(section for section in each if section.lines or section.rows or section.picture)


def _summary(report: RunReport) -> Iterator[str]:
    state = "failed" if report.error else "completed"
    yield f"{report.run_name} {state} after {duration(report.took)}, at {_at(report.ended_at)} UTC."
    if report.error:
        yield f"Why: {report.error}"
    tweets, users = report.table("silver.tweets"), report.table("silver.users")
    yield (
        f"New in silver: {tweets.new_rows:,} tweets, {users.new_rows:,} users, "
        f"{report.table('silver.places').new_rows:,} places; {report.raw_objects:,} raw objects "
        f"({size(report.raw_bytes)}) were loaded."
    )
    if report.freshness is not None and report.newest_tweet_at is not None:
        yield f"Newest tweet in silver: {_at(report.newest_tweet_at)} UTC, {duration(report.freshness)} old."
    yield from (f"{each.subject}: {each.detail}" for each in report.subjects if each.detail)
    yield from (f"Failed: {each.sentence}." for each in report.failed_findings)
    yield from (f"Warning: {each.sentence}." for each in report.warned_findings)


def _subjects(subjects: Sequence[SubjectFigures]) -> Section:
    header = ("subject", "ended", "posts to be had", "collected", "pages", "USD", "new in silver", "known already",
              "covered", "holes", "missing", "lost")  # fmt: skip
    return Section("subjects", "Subjects", (), header, tuple(_subject(each) for each in subjects))


def _subject(each: SubjectFigures) -> tuple[str, ...]:
    known = each.coverage
    share = covered_share(known) if known else None
    about = "" if each.expected_posts is not None or not (known and known.holes) else "about "
    collected = (
        each.stop, f"{about}{each.asked_posts:,}", f"{each.posts:,}", f"{each.pages:,}", f"{each.usd:,.2f}"
    ) if known else ("loaded", "-", "-", "-", "-")  # fmt: skip
    covered = (
        ("-" if share is None else f"{share:.1%}"),
        f"{len(known.holes):,}",
        f"about {known.missing_posts:,}" if known.holes else "0",
        f"about {known.lost_posts:,}" if known.lost else "0",
    ) if known else ("-", "-", "-", "-")  # fmt: skip
    return (each.subject, *collected, f"{each.new_tweets:,}", f"{each.known_tweets:,}", *covered)


def _picture(report: RunReport) -> str:
    known = [each.coverage for each in report.subjects if each.coverage is not None]
    if not known:
        return ""
    return f"{coverage_picture(known, report.ended_at)}\n\n{volume_picture(known, report.ended_at)}"


def _budget(lines: Sequence[BudgetLine]) -> Section:
    header = ("whose", "in this", "posts", "posts limit", "USD", "USD limit", "spent")
    rows = tuple(
        (
            line.whose,
            line.period,
            f"{line.posts:,}",
            "no limit" if line.posts_limit is None else f"{line.posts_limit:,}",
            f"{line.usd:,.2f}",
            "no limit" if line.usd_limit is None else f"{line.usd_limit:,.2f}",
            "-" if line.share is None else f"{line.share:.0%}",
        )
        for line in lines
        if line.whose == "all subjects" or line in set(with_limits(lines))
    )
    return Section("budget", "Budget (UTC days and months)", (), header, rows)


def _problems(report: RunReport) -> Section:
    rows = tuple((each.table, each.kind, f"{each.count:,}", ", ".join(each.examples)) for each in report.problems)
    return Section("problems", "Could not be read, held or known", (), ("table", "kind", "rows", "such as"), rows)


def _expectations(findings: Sequence[Finding]) -> Section:
    order = (Verdict.FAILED, Verdict.WARNED, Verdict.MET, Verdict.NOT_JUDGED)
    ranked = sorted(findings, key=lambda each: order.index(each.verdict))
    counts = Counter(str(each.verdict) for each in ranked)
    lines = (", ".join(f"{count} {verdict}" for verdict, count in counts.items()),) if counts else ()
    rows = tuple((str(each.verdict), each.table, each.says, _fact(each), each.reason) for each in ranked)
    return Section("expectations", "Expectations", lines, ("verdict", "table", "expected", "seen", "why"), rows)


def _fact(finding: Finding) -> str:
    return f"{finding.fact}: {', '.join(finding.examples)}" if finding.examples else finding.fact


def _tables(report: RunReport) -> Section:
    rows = tuple(
        (each.table, f"{each.rows:,}", f"{each.new_rows:+,}", f"{each.updated_rows:,}", f"{each.files:,}",
         size(each.bytes), each.link)
        for each in report.tables
    )  # fmt: skip
    return Section("tables", "Tables", (), ("table", "rows", "change", "updated", "files", "size", "where"), rows)


def _steps(report: RunReport) -> Section:
    rows = tuple((each.step, f"{each.seconds:,.1f}", "failed" if each.failed else "done") for each in report.steps)
    return Section("steps", "Steps", (), ("step", "seconds", "state"), rows)


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S}"
