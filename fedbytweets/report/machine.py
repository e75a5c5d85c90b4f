"""A run's report -> a dictionary for JSON, and the row of `ops.runs`; money in US dollars, instants UTC."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from fedbytweets.coverage.rendering import coverage_dict
from fedbytweets.report.budget import BudgetLine
from fedbytweets.report.figures import RunReport, SubjectFigures


def report_dict(report: RunReport) -> dict[str, Any]:
    """Return a report as JSON can hold it."""
    return {
        "run_id": report.run_id,
        "attempt": report.attempt,
        "flow": report.flow,
        "run_name": report.run_name,
        "state": _state(report),
        "error": report.error,
        "started_at": report.started_at.isoformat(),
        "ended_at": report.ended_at.isoformat(),
        "seconds": round(report.took.total_seconds(), 3),
        "version": report.version,
        "newest_tweet_at": report.newest_tweet_at.isoformat() if report.newest_tweet_at else None,
        "raw_objects": report.raw_objects,
        "raw_bytes": report.raw_bytes,
        "subjects": [_subject(each) for each in report.subjects],
        "budget": [_budget(each) for each in report.budget],
        "tables": [asdict(each) for each in report.tables],
        "problems": [asdict(each) for each in report.problems],
        "steps": [asdict(each) for each in report.steps],
        "expectations": [asdict(each) for each in report.findings],
    }


def run_row(report: RunReport) -> dict[str, Any]:
    """Return a report as the row of `ops.runs`; instants are naive UTC there."""
    known = [each.coverage for each in report.subjects if each.coverage is not None]
    tweets = report.table("silver.tweets")
    return {
        "run_id": report.run_id,
        "attempt": report.attempt,
        "flow": report.flow,
        "run_name": report.run_name,
        "state": _state(report),
        "started_at": _naive(report.started_at),
        "ended_at": _naive(report.ended_at),
        "seconds": round(report.took.total_seconds(), 3),
        "subjects": [each.subject for each in report.subjects],
        "pages": sum(each.pages for each in report.subjects),
        "posts": sum(each.posts for each in report.subjects),
        "usd": float(sum(each.usd for each in report.subjects)),
        "raw_objects": report.raw_objects,
        "raw_bytes": report.raw_bytes,
        "bronze_tweets": report.table("bronze.tweets").new_rows,
        "new_tweets": tweets.new_rows,
        "updated_tweets": tweets.updated_rows,
        "new_users": report.table("silver.users").new_rows,
        "new_places": report.table("silver.places").new_rows,
        "quarantined": report.problem_count("bronze.quarantine"),
        "api_errors": report.problem_count("bronze.api_errors"),
        "unknown_fields": sum(each.kind.startswith("unknown-field") for each in report.problems),
        "holes": sum(len(each.holes) for each in known),
        "missing_posts": sum(each.missing_posts for each in known),
        "lost_posts": sum(each.lost_posts for each in known),
        "failed_expectations": len(report.failed_findings),
        "warned_expectations": len(report.warned_findings),
        "error": report.error,
        "version": report.version,
        "report": json.dumps(report_dict(report), ensure_ascii=False),
    }


def _subject(each: SubjectFigures) -> dict[str, Any]:
    return {
        "subject": each.subject,
        "stop": each.stop,
        "detail": each.detail,
        "expected_posts": each.expected_posts,
        "asked_posts": each.asked_posts,
        "posts": each.posts,
        "pages": each.pages,
        "usd": float(each.usd),
        "loaded_tweets": each.loaded_tweets,
        "new_tweets": each.new_tweets,
        "known_tweets": each.known_tweets,
        "coverage": coverage_dict(each.coverage) if each.coverage else None,
    }


def _budget(line: BudgetLine) -> dict[str, Any]:
    usd_limit = None if line.usd_limit is None else float(line.usd_limit)
    return asdict(line) | {"usd": float(line.usd), "usd_limit": usd_limit, "share": line.share}


def _state(report: RunReport) -> str:
    return "failed" if report.error else "completed"


def _naive(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(tzinfo=None)
