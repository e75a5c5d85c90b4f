"""Quality: what silver promises, as data, and whether rows and figures keep it. Pure."""

from fedbytweets.quality.checks import Fresh, NeverFewer, OneOf, RowCheck, TableCheck, Unique, Usual
from fedbytweets.quality.expectations import EXPECTATIONS, Expectation, Severity, of_table
from fedbytweets.quality.findings import Finding, Standing, Tally, Verdict, judged, row_finding, tallies

__all__ = [
    "EXPECTATIONS",
    "Expectation",
    "Finding",
    "Fresh",
    "NeverFewer",
    "OneOf",
    "RowCheck",
    "Severity",
    "Standing",
    "TableCheck",
    "Tally",
    "Unique",
    "Usual",
    "Verdict",
    "judged",
    "of_table",
    "row_finding",
    "tallies",
]
