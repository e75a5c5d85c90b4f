"""What the parser made of a raw object is looked through again before it becomes rows."""

from datetime import UTC, datetime

import polars as pl

from fedbytweets.compliance import Erasure, without
from fedbytweets.lake.compliance import kept_pages
from fedbytweets.raw import wire
from fedbytweets.raw.lineage import Lineage
from fedbytweets.raw.pages import Page, Refusal
from fedbytweets.raw.wire_rows import Reference
from fedbytweets.tables import ops

PAGE = Page(
    1,
    0,
    tweets=(
        wire.Tweet("1", "own", author_id="077"),
        wire.Tweet("2", "repost", author_id="8", referenced_tweets=[Reference("retweeted", "9")]),
        wire.Tweet("3", "reply", author_id="8", in_reply_to_user_id="77"),
        wire.Tweet("4", "other", author_id="8"),
    ),
    originals=(wire.Tweet("9", "own", author_id="77"),),
    users=(wire.User("77"), wire.User("8")),
    problems=(wire.Problem(resource_id="77"), wire.Problem(value="8")),
)
KEPT = {
    "tweets": [wire.Tweet("3", "reply", author_id="8"), wire.Tweet("4", "other", author_id="8")],
    "originals": [],
    "users": [wire.User("8")],
    "problems": [wire.Problem(value="8")],
}
AT = datetime(2026, 3, 1, tzinfo=UTC)


def _record(reason: str) -> pl.DataFrame:
    rows = [
        {"id": each, "kind": kind, "action": "delete", "reason": reason, "happened_at": AT.replace(tzinfo=None)}
        for each, kind in (("77", "users"), ("9", "tweets"))
    ]
    return pl.concat([ops.COMPLIANCE.frame(), pl.DataFrame(rows)], how="diagonal_relaxed")


def _parts(page: Page | Refusal) -> dict[str, list[object]]:
    return {name: list(getattr(page, name)) for name in KEPT}


def test_a_page_loses_what_goes_and_keeps_the_rest() -> None:
    """Ids are compared as silver would have them."""
    assert _parts(without(PAGE, Erasure(frozenset(["9"]), frozenset(["77"])))) == KEPT


def test_a_page_of_an_import_is_held_against_the_record_and_a_refusal_passes() -> None:
    """Nothing but what the record names is touched."""
    refusal = Refusal(1, 0, "not-json", "no")
    lineage = Lineage(subject="lula", origin="archive", retrieved_at=AT)

    page, passed = kept_pages([PAGE, refusal], lineage, _record("on-request"))
    (same,) = kept_pages([PAGE], lineage, _record("on-request").clear())

    assert (_parts(page), passed, same) == (KEPT, refusal, PAGE)


def test_a_later_answer_of_the_api_brings_back_what_x_shows_again() -> None:
    """As for the raw object itself: a user no longer protected is collected."""
    lineage = Lineage(subject="lula", origin="x-api", retrieved_at=AT.replace(month=4))

    (page,) = kept_pages([PAGE], lineage, _record("protected"))

    assert _parts(page) == _parts(PAGE)
