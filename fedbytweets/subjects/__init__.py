"""Subjects: what is collected, and what it may cost."""

from fedbytweets.subjects.budget import PERIODS, Budget, Period, Prices
from fedbytweets.subjects.query_lint import Finding, lint, shown
from fedbytweets.subjects.subject import Subject, default_subjects, unique_subjects

__all__ = [
    "PERIODS",
    "Budget",
    "Finding",
    "Period",
    "Prices",
    "Subject",
    "default_subjects",
    "lint",
    "shown",
    "unique_subjects",
]
