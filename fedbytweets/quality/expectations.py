"""What is expected of each silver table, and why: data that anyone can read, add to, and argue about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fedbytweets.quality.checks import (
    AsItsIdSays,
    Fresh,
    NeverFewer,
    NotAfter,
    NotNull,
    OneOf,
    RowCheck,
    TableCheck,
    Unique,
    Usual,
    Within,
)
from fedbytweets.tables import Table, silver


class Severity(StrEnum):
    """What a run does about a breach. The rows stay where they are in either case."""

    FAIL = "fail"
    """The run fails and names it."""
    WARN = "warn"
    """The run's report shows it."""


@dataclass(frozen=True, slots=True)
class Expectation:
    """One promise of one table, with the reason for it and for its numbers."""

    table: Table
    check: RowCheck | TableCheck
    severity: Severity
    reason: str

    @property
    def says(self) -> str:
        """The expectation in words."""
        return self.check.says


_FIRST_TWEET = datetime(2006, 3, 21, 20, 50, 14)  # noqa: DTZ001 (silver's instants are naive UTC)
_COUNTS_OF_TWEETS = (
    "retweet_count",
    "reply_count",
    "like_count",
    "quote_count",
    "bookmark_count",
    "impression_count",
)
_COUNTS_OF_USERS = ("followers_count", "following_count", "listed_count", "tweet_count")
_LONGITUDES = ("west_longitude", "east_longitude")
_LATITUDES = ("south_latitude", "north_latitude")


def _of_every_table(table: Table) -> Iterator[Expectation]:
    lineage = "Lineage: without it a row can be neither traced to its raw object nor replayed."
    yield Expectation(
        table, Unique(table.key), Severity.FAIL, "The merge promises it; every count and every join rests on it."
    )
    yield Expectation(
        table, NotNull(table.key), Severity.FAIL, "A row without its key can be neither found nor mended."
    )
    yield Expectation(table, NotNull(("import_date", "file_name")), Severity.FAIL, lineage)
    yield Expectation(
        table, NeverFewer(), Severity.WARN, "Runs only add: fewer rows mean that an erasure, or another hand, was here."
    )


EXPECTATIONS: tuple[Expectation, ...] = (
    *_of_every_table(silver.TWEETS),
    Expectation(
        silver.TWEETS,
        NotNull(("created_at", "author_id", "text")),
        Severity.WARN,
        "X gives them with every post; a null is a value that could not be read (bronze.quality has it).",
    ),
    Expectation(
        silver.TWEETS, Within(("created_at",), least=_FIRST_TWEET), Severity.WARN, "The first tweet is of that second."
    ),
    Expectation(
        silver.TWEETS,
        NotAfter("created_at", "import_date", timedelta(minutes=5)),
        Severity.WARN,
        "Nothing is retrieved before it was posted; 5 minutes are left to clocks that disagree.",
    ),
    Expectation(
        silver.TWEETS, AsItsIdSays(), Severity.WARN, "Coverage is reckoned from ids: both have to say the same."
    ),
    Expectation(silver.TWEETS, Within(_COUNTS_OF_TWEETS, least=0), Severity.WARN, "Nothing is counted below zero."),
    Expectation(silver.TWEETS, Within(("longitude",), -180, 180), Severity.WARN, "Degrees east (WGS 84)."),
    Expectation(silver.TWEETS, Within(("latitude",), -90, 90), Severity.WARN, "Degrees north (WGS 84)."),
    Expectation(
        silver.TWEETS,
        OneOf("referenced_type", ("retweeted", "quoted", "replied_to")),
        Severity.WARN,
        "The kinds X documents; another one is a change of the API that queries have to know.",
    ),
    Expectation(
        silver.TWEETS,
        Fresh("created_at", timedelta(hours=12)),
        Severity.WARN,
        "Three runs a day lie at most 10 hours apart; older means that runs are missing, or that X gives nothing.",
    ),
    Expectation(
        silver.TWEETS,
        Usual(factor=20, runs=5),
        Severity.WARN,
        "A query that catches hardly anything any more, or everything, shows here first; news stays well within.",
    ),
    *_of_every_table(silver.USERS),
    Expectation(silver.USERS, NotNull(("username", "name")), Severity.WARN, "X gives them with every user."),
    Expectation(silver.USERS, Within(_COUNTS_OF_USERS, least=0), Severity.WARN, "Nothing is counted below zero."),
    Expectation(
        silver.USERS, NotAfter("created_at", "import_date"), Severity.WARN, "Nobody is seen before the account is made."
    ),
    Expectation(
        silver.USERS,
        OneOf("verified_type", ("blue", "business", "government", "none")),
        Severity.WARN,
        "The kinds X documents; another one is a change of the API that queries have to know.",
    ),
    *_of_every_table(silver.PLACES),
    Expectation(silver.PLACES, NotNull(("full_name",)), Severity.WARN, "X gives it with every place."),
    Expectation(silver.PLACES, Within(_LONGITUDES, -180, 180), Severity.WARN, "Degrees east (WGS 84)."),
    Expectation(silver.PLACES, Within(_LATITUDES, -90, 90), Severity.WARN, "Degrees north (WGS 84)."),
    Expectation(
        silver.PLACES,
        OneOf("place_type", ("poi", "neighborhood", "city", "admin", "country", "unknown")),
        Severity.WARN,
        "The kinds X documents; another one is a change of the API that queries have to know.",
    ),
)


def of_table(table: Table) -> tuple[Expectation, ...]:
    """Return what is expected of one table."""
    return tuple(each for each in EXPECTATIONS if each.table is table)
