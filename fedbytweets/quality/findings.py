"""Rows and figures -> findings: what was expected, whether it holds, and the facts that say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from statistics import median

import polars as pl

from fedbytweets.quality.checks import Fresh, NeverFewer, Usual
from fedbytweets.quality.expectations import Expectation, Severity

MOST_EXAMPLES = 3


class Verdict(StrEnum):
    """What came of a check."""

    MET = "met"
    WARNED = "warned"
    FAILED = "failed"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One expectation, judged; `fact` says what was looked at and what was seen, `examples` are keys of rows."""

    table: str
    says: str
    reason: str
    verdict: Verdict
    fact: str
    examples: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The breach in one line."""
        such_as = f", such as {', '.join(self.examples)}" if self.examples else ""
        return f"{self.table}: {self.says}; {self.fact}{such_as}"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were looked at and how many break an expectation, with the keys of a few of these."""

    rows: int = 0
    broken: int = 0
    examples: tuple[str, ...] = ()

    def __add__(self, other: "Tally") -> "Tally":
        examples = (self.examples + other.examples)[:MOST_EXAMPLES]
        return Tally(self.rows + other.rows, self.broken + other.broken, examples)


@dataclass(frozen=True, slots=True)
class Standing:
    """Figures of one table around a run; instants are aware UTC."""

    rows_before: int
    rows: int
    new_rows: int
    newest_at: datetime | None
    """The newest instant of what is to be fresh; None without rows."""
    usual_new_rows: Sequence[int]
    """New rows of earlier runs that brought some."""
    now: datetime
    collects: bool
    """Whether the run asked for what is new: an archive may be as old as it likes."""


def tallies(rows: pl.DataFrame, expectations: Sequence[Expectation]) -> list[Tally]:
    """Return for each expectation of rows how these rows keep it."""
    return [_tally(rows, each) for each in expectations]


def row_finding(expectation: Expectation, tally: Tally, looked_at: str) -> Finding:
    """Return the finding of an expectation of rows; `looked_at` says where these were looked for."""
    rows = f"{tally.broken:,} of {tally.rows:,} rows break it" if tally.broken else f"{tally.rows:,} rows"
    fact = f"{rows} {looked_at}" if tally.rows else looked_at
    return _finding(expectation, fact, tally.examples, holds=not tally.broken)


def judged(expectation: Expectation, standing: Standing) -> Finding:
    """Return the finding of an expectation of a table."""
    check = expectation.check
    if isinstance(check, Fresh):
        return _fresh(expectation, check, standing)
    if isinstance(check, NeverFewer):
        fact = f"{standing.rows_before:,} rows before, {standing.rows:,} after"
        return _finding(expectation, fact, holds=standing.rows >= standing.rows_before)
    if isinstance(check, Usual):
        return _usual(expectation, check, standing)
    raise TypeError(f"{expectation.says!r} is expected of rows, not of a table.")


def _tally(rows: pl.DataFrame, expectation: Expectation) -> Tally:
    check = expectation.check
    assert not isinstance(check, Fresh | NeverFewer | Usual)
    broken = rows.filter(check.broken())
    keys = broken.head(MOST_EXAMPLES).select(expectation.table.key).iter_rows()
    return Tally(rows.height, broken.height, tuple(dict.fromkeys(" ".join(map(str, key)) for key in keys)))


def _fresh(expectation: Expectation, check: Fresh, standing: Standing) -> Finding:
    newest = standing.newest_at
    if not standing.collects or newest is None:
        return _finding(expectation, "this run asked for nothing new" if newest else "no rows yet", holds=None)
    hours = (standing.now - newest).total_seconds() / 3600
    return _finding(expectation, f"it is {hours:.1f} hours old", holds=standing.now - newest <= check.within)


def _usual(expectation: Expectation, check: Usual, standing: Standing) -> Finding:
    earlier = [rows for rows in standing.usual_new_rows if rows > 0]
    if not standing.collects or not standing.new_rows:
        return _finding(expectation, "nothing new to compare", holds=None)
    if len(earlier) < check.runs:
        return _finding(expectation, f"{len(earlier)} earlier runs with new rows; it takes {check.runs}", holds=None)
    usual = median(earlier)
    fact = f"{standing.new_rows:,} new, usually {usual:,.0f} (median of {len(earlier)} runs)"
    return _finding(expectation, fact, holds=usual / check.factor <= standing.new_rows <= usual * check.factor)


def _finding(expectation: Expectation, fact: str, examples: tuple[str, ...] = (), *, holds: bool | None) -> Finding:
    verdict = Verdict.NOT_JUDGED if holds is None else Verdict.MET
    if holds is False:
        verdict = Verdict.FAILED if expectation.severity is Severity.FAIL else Verdict.WARNED
    return Finding(expectation.table.identifier, expectation.says, expectation.reason, verdict, fact, examples)
