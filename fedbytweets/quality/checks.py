"""The kinds of expectations: of rows, each a Polars expression that is true where a row breaks it; and of a table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import polars as pl

from fedbytweets.instants import SNOWFLAKE_EPOCH_MS

_FIRST_SNOWFLAKE = 29_700_859_247
"""Ids given before 4 November 2010 carry no time (X's own border)."""


class RowCheck(Protocol):
    """What is expected of every row: the columns it looks at, in words, and which rows break it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have to be read."""

    @property
    def says(self) -> str:
        """The expectation in words."""

    def broken(self) -> pl.Expr:
        """Return the expression that is true for the rows that break it; null and false for the others."""


@dataclass(frozen=True, slots=True)
class Unique:
    """No two rows have the same values in these columns."""

    columns: tuple[str, ...]

    @property
    def says(self) -> str:
        """The expectation in words."""
        return f"one row for each {' and '.join(self.columns)}"

    def broken(self) -> pl.Expr:
        """Return what is true for each of the rows that share a key."""
        return pl.struct(self.columns).is_duplicated()


@dataclass(frozen=True, slots=True)
class NotNull:
    """None of these columns is null."""

    columns: tuple[str, ...]

    @property
    def says(self) -> str:
        """The expectation in words."""
        return f"never null: {', '.join(self.columns)}"

    def broken(self) -> pl.Expr:
        """Return what is true for rows with a null."""
        return pl.any_horizontal(pl.col(name).is_null() for name in self.columns)


@dataclass(frozen=True, slots=True)
class Within:
    """Each of these columns lies between two bounds, both included; None is no bound, null is no breach."""

    columns: tuple[str, ...]
    least: float | datetime | None = None
    most: float | datetime | None = None

    @property
    def says(self) -> str:
        """The expectation in words."""
        least = None if self.least is None else f"at least {self.least}"
        most = None if self.most is None else f"at most {self.most}"
        return f"{' and '.join(bound for bound in (least, most) if bound)}: {', '.join(self.columns)}"

    def broken(self) -> pl.Expr:
        """Return what is true for rows with a value beyond a bound."""
        beyond = [pl.col(name) < self.least for name in self.columns if self.least is not None]
        beyond += [pl.col(name) > self.most for name in self.columns if self.most is not None]
        return pl.any_horizontal(beyond)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A column holds one of these values, or null."""

    column: str
    values: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The column."""
        return (self.column,)

    @property
    def says(self) -> str:
        """The expectation in words."""
        return f"{self.column} is one of {', '.join(self.values)}"

    def broken(self) -> pl.Expr:
        """Return what is true for rows with another value."""
        return ~pl.col(self.column).is_in(self.values)


@dataclass(frozen=True, slots=True)
class NotAfter:
    """An instant lies no later than another of the same row, but for some slack."""

    column: str
    other: str
    slack: timedelta = timedelta(0)

    @property
    def columns(self) -> tuple[str, ...]:
        """Both columns."""
        return self.column, self.other

    @property
    def says(self) -> str:
        """The expectation in words."""
        return f"{self.column} is not after {self.other}"

    def broken(self) -> pl.Expr:
        """Return what is true for rows in the wrong order."""
        return pl.col(self.column) > pl.col(self.other) + self.slack


@dataclass(frozen=True, slots=True)
class AsItsIdSays:
    """`created_at` is the instant that the id carries, to the second X rounds it to."""

    columns: tuple[str, ...] = ("id", "created_at")
    slack_ms: int = 1_000

    @property
    def says(self) -> str:
        """The expectation in words."""
        return "created_at is the instant in the id"

    def broken(self) -> pl.Expr:
        """Return what is true for rows whose id and instant disagree; ids without an instant agree with all."""
        born_ms = pl.col("id") // (1 << 22) + SNOWFLAKE_EPOCH_MS
        apart = (pl.col("created_at").dt.epoch("ms") - born_ms).abs()
        return (pl.col("id") > _FIRST_SNOWFLAKE) & (apart > self.slack_ms)


@dataclass(frozen=True, slots=True)
class Fresh:
    """The newest instant of a column is no older than this, at the end of a run that collects."""

    column: str
    within: timedelta

    @property
    def says(self) -> str:
        """The expectation in words."""
        return f"the newest {self.column} is at most {self.within.total_seconds() / 3600:g} hours old"


@dataclass(frozen=True, slots=True)
class NeverFewer:
    """A run leaves at least as many rows as it found."""

    @property
    def says(self) -> str:
        """The expectation in words."""
        return "a run leaves no fewer rows than it found"


@dataclass(frozen=True, slots=True)
class Usual:
    """A run's new rows lie within this factor of the median of earlier runs; judged from so many runs on."""

    factor: int
    runs: int

    @property
    def says(self) -> str:
        """The expectation in words."""
        return f"new rows within {self.factor} times of the usual, up or down"


TableCheck = Fresh | NeverFewer | Usual
