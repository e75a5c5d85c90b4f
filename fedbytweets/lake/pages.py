"""Facts of every stored page and count, and of requests without an answer: coverage and budget follow from them.

Bronze holds the facts of what it has loaded; the few raw objects it has not are read.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import polars as pl

from fedbytweets.coverage import BilledFacts, CountFacts, PageFacts, UnreadFacts, charges, page_facts, unread_facts
from fedbytweets.coverage.facts import pages_of
from fedbytweets.errors import InputError
from fedbytweets.lake.bronze import pending
from fedbytweets.lake.faults import is_of_storage, telling
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.load import too_large
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import counted_at, counted_request, subject_of
from fedbytweets.raw.lineage import Most
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
_MOST = {"posts": "most_tweets", "users": "most_users", "included_posts": "most_included_tweets"}
"""Field of `Most` -> column of `bronze.raw_objects`, null where the lineage does not say."""


@telling
def stored_pages(lake: Lake) -> list[PageFacts]:
    """Return the facts of every readable answer of a search that lies in the lake.

    Raises:
        LakeError: the lake cannot be read.

    """
    return pages_of(_answers(lake))


@telling
def stored_facts(lake: Lake) -> list[BilledFacts]:
    """Return the facts of everything that was billed or may have been: stored answers, and requests without one.

    Of counts the keys are read, of requests without an answer their reservations. These are listed first: what is
    answered in between counts twice for a moment, and never not at all.

    Raises:
        LakeError: the lake cannot be read.

    """
    reserved = lake.spending.all()
    answered: list[BilledFacts] = [*_answers(lake), *_counts(lake)]
    return [*answered, *charges(reserved, answered)]


@telling
def clear_reservations(lake: Lake, now: datetime) -> None:
    """Remove old reservations that no longer count as spent; `now` is aware UTC.

    Raises:
        LakeError: the lake cannot be read or written.

    """
    if not lake.spending.old(now):
        return
    loaded = lake.scan(bronze.RAW_OBJECTS).select(pl.col("request_id").drop_nulls()).collect()["request_id"]
    lake.spending.clear(now, {*loaded, *(each.request_id for each in _counts(lake))})


def _counts(lake: Lake) -> list[CountFacts]:
    keys = [counted.key for counted in lake.counts.list()]
    return [CountFacts(subject_of(key), counted_at(key), counted_request(key)) for key in keys]


def origins(lake: Lake) -> set[str]:
    """Return the ways in which the raw objects that bronze holds came: x-api, stand-in, archive, laid."""
    return set(lake.scan(bronze.RAW_OBJECTS).select(pl.col("origin").unique()).collect()["origin"])


def refuse_a_mixture(lake: Lake, *, invented: bool) -> None:
    """Keep invented posts and their cost out of a lake of real ones, and the other way round.

    Raises:
        InputError: the lake holds the other kind.

    """
    other = "x-api" if invented else "stand-in"
    if other in origins(lake) or any(_origin(lake, each) == other for each in pending(lake)):
        kind = "real posts" if invented else "invented posts (from the simulator)"
        raise InputError(f"The lake {lake.settings.lake} holds {kind}: name another with --lake or FEDBYTWEETS_LAKE.")


def _origin(lake: Lake, raw_object: RawObject) -> str:
    """Return how a raw object came that bronze has not loaded; empty where its lineage cannot be read."""
    try:
        return lake.raw.lineage(raw_object, subject_of(raw_object.key)).origin
    except InputError:
        return ""


def _answers(lake: Lake) -> list[PageFacts | UnreadFacts]:
    """Return the facts of every answer of a search: of those that bronze has not loaded, by reading them."""
    return [*_loaded(lake), *(facts for raw_object in pending(lake) if (facts := _read(lake, raw_object)))]


def _loaded(lake: Lake) -> list[PageFacts | UnreadFacts]:
    answers = lake.scan(bronze.RAW_OBJECTS).filter(pl.col("query").is_not_null())
    columns = ("pages", "result_count", "request_id", *_FACTS.values(), *_MOST.values())
    return [_facts(answer) for answer in answers.select(columns).collect().iter_rows(named=True)]


def _facts(answer: dict[str, Any]) -> PageFacts | UnreadFacts:
    request_id = answer["request_id"] or ""
    if answer["pages"] == 1 and answer["result_count"] is not None:
        fields = {field: _aware(answer[column]) for field, column in _FACTS.items()}
        fields["posts"] = max(answer["tweets"], answer["result_count"])  # an erasure takes posts, and not their price
        return PageFacts(**fields, request_id=request_id)
    most = None if answer["most_tweets"] is None else Most(**{field: answer[column] for field, column in _MOST.items()})
    return replace(unread_facts(answer["subject"], _aware(answer["import_date"]), most), request_id=request_id)


def _aware(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def _read(lake: Lake, raw_object: RawObject) -> PageFacts | UnreadFacts | None:
    """Return the facts of a raw object that bronze has not loaded; None where it is no page of a search.

    Whatever cannot be read covers nothing and costs the most it can have cost: bronze will quarantine it.
    """
    subject = subject_of(raw_object.key)
    try:
        lineage = lake.raw.lineage(raw_object, subject)
    except InputError:  # it may be an answer of a search
        return unread_facts(subject, raw_object.modified_at, None)
    if lineage.question is None:
        return None
    try:
        if too_large(lake, raw_object) is None:
            return page_facts(lineage, lake.raw.read(raw_object.key))
    except Exception as error:
        if is_of_storage(error):
            raise
    worst = unread_facts(lineage.subject, lineage.retrieved_at, lineage.question.most)
    return replace(worst, request_id=lineage.request_id)
