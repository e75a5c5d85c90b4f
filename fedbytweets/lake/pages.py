"""The lake -> facts of every stored page and count: coverage and budget are computed from them alone.

Bronze holds the facts of what it has loaded; the few raw objects it has not are read.
"""

from datetime import UTC, datetime
from typing import Any

import polars as pl

from fedbytweets.coverage import BilledFacts, CountFacts, PageFacts, page_facts
from fedbytweets.errors import InputError, PassingError
from fedbytweets.lake.bronze import pending
from fedbytweets.lake.faults import telling
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import counted_at, subject_of
from fedbytweets.tables import bronze

_FACTS = {
    "subject": "subject",
    "query": "query",
    "dialect": "dialect",
    "start": "window_start",
    "end": "window_end",
    "page": "search_page",
    "retrieved_at": "import_date",
    "next_token": "next_token",
    "posts": "tweets",
    "users": "users",
    "included_posts": "included_tweets",
    "oldest_at": "oldest_at",
}
"""Field of `PageFacts` -> column of `bronze.raw_objects`."""


@telling
def stored_pages(lake: Lake) -> list[PageFacts]:
    """Return the facts of every readable answer of a search that lies in the lake.

    Raises:
        LakeError: the lake cannot be read.

    """
    return [*_loaded(lake), *(facts for raw_object in pending(lake) if (facts := _read(lake, raw_object)))]


@telling
def stored_facts(lake: Lake) -> list[BilledFacts]:
    """Return the facts of everything in the lake that was billed: pages as above, and counts by their keys alone.

    Raises:
        LakeError: the lake cannot be read.

    """
    keys = [counted.key for counted in lake.counts.list()]
    return [*stored_pages(lake), *(CountFacts(subject_of(key), counted_at(key)) for key in keys)]


def origins(lake: Lake) -> set[str]:
    """Return the ways in which the raw objects that bronze holds came: x-api, stand-in, archive, laid."""
    return set(lake.scan(bronze.RAW_OBJECTS).select(pl.col("origin").unique()).collect()["origin"])


def refuse_a_mixture(lake: Lake, *, invented: bool) -> None:
    """Keep invented posts and their cost out of a lake of real ones, and the other way round.

    Raises:
        InputError: the lake holds the other kind.

    """
    other = "x-api" if invented else "stand-in"
    if other in origins(lake):
        kind = "real posts" if invented else "posts that the stand-in invented"
        raise InputError(f"The lake {lake.settings.lake} holds {kind}: name another with --lake or FEDBYTWEETS_LAKE.")


def _loaded(lake: Lake) -> list[PageFacts]:
    of_a_search = pl.col("query").is_not_null() & (pl.col("pages") == 1) & pl.col("result_count").is_not_null()
    rows = lake.scan(bronze.RAW_OBJECTS).filter(of_a_search).select(**{to: pl.col(name) for to, name in _FACTS.items()})
    return [
        PageFacts(**{name: _aware(value) for name, value in row.items()})
        for row in rows.collect().iter_rows(named=True)
    ]


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _read(lake: Lake, raw_object: RawObject) -> PageFacts | None:
    """Return the facts of a raw object that bronze has not loaded; None where it is no page of a search."""
    lineage = lake.raw.lineage(raw_object, subject_of(raw_object.key))
    if lineage.question is None:
        return None
    try:
        return page_facts(lineage, lake.raw.read(raw_object.key))
    except PassingError:
        return None  # it covers nothing, and bronze will quarantine it
