"""Answers that could not be read, in the lake: remembered as money, before bronze has seen them and after."""

from datetime import UTC, datetime, timedelta

import pytest
from lakes import lines, load_bronze, page_of

from fedbytweets.compliance import Erasure
from fedbytweets.coverage import PageFacts, UnreadFacts
from fedbytweets.lake import erasing, replay
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.pages import stored_facts, stored_pages
from fedbytweets.lake.parts import lay_out
from fedbytweets.raw.lineage import Lineage, Most, Question

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)


@pytest.mark.parametrize("loaded", [False, True])
@pytest.mark.parametrize(
    ("most", "billed"),
    [
        (Most(50, 100, 150), UnreadFacts("lula", NOON, 50, 100, 150)),
        (None, UnreadFacts("lula", NOON, 100, 100, 0)),
    ],
    ids=["as it was asked for", "a whole page where its lineage is too old to say"],
)
def test_an_answer_that_is_no_page_is_billed_at_the_most_it_can_hold(
    lake: Lake, loaded: bool, most: Most | None, billed: UnreadFacts
) -> None:
    """And covers nothing."""
    question = Question("lula", "tweet", NOON - timedelta(hours=8), NOON, 1, most)
    lake.raw.put("lula/page.json", b"<html>", Lineage("lula", "x-api", NOON, question))
    if loaded:
        assert load_bronze(lake)["quarantine"] == 1
    assert (stored_facts(lake), stored_pages(lake)) == ([billed], [])


def test_a_page_costs_what_it_held_before_an_erasure_took_posts_from_it(lake: Lake) -> None:
    """X was paid for ten, whatever became of them: a replay gives nothing of the budget back."""
    question = Question("lula", "tweet", NOON - timedelta(hours=8), NOON, 1, Most(10, 10, 0))
    page = page_of(range(1, 11))
    lake.raw.put("lula/page.json", lines(page), Lineage("lula", "x-api", NOON, question))
    load_bronze(lake)
    (before,) = stored_facts(lake)
    erasing.erase(lake, Erasure(users=frozenset(["3"])))
    reload = replay.Reload(lake, lake.raw.list())
    reload.take(lay_out(lake, lake.raw.list()))
    reload.commit()
    (after,) = stored_facts(lake)
    assert isinstance(before, PageFacts)
    assert isinstance(after, PageFacts)
    assert (before.posts, after.posts) == (10, 10)


def test_an_archive_that_is_no_page_costs_nothing(lake: Lake) -> None:
    """Nobody asked X for it."""
    lake.raw.put("lula/page.json", b"<html>", Lineage("lula", "archive", NOON))
    assert stored_facts(lake) == []
    load_bronze(lake)
    assert stored_facts(lake) == []
