"""Answers of counts/recent in the lake: kept as they came, and remembered as money."""

from datetime import UTC, datetime, timedelta

import pytest
from lakes import lay, lines, load_bronze, page_of

from fedbytweets.cli.ahead import plan
from fedbytweets.coverage import CountFacts
from fedbytweets.errors import InputError, LakeError
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.pages import stored_facts
from fedbytweets.raw.keys import count_key
from fedbytweets.raw.lineage import Lineage
from fedbytweets.simulator import Account, Corpus, Simulator

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
BODY = b'{"meta": {"total_tweet_count": 7}}'


def count(lake: Lake, subject: str, at: datetime) -> str:
    """Store an answer that came at an instant."""
    window = (NOON - timedelta(hours=8), NOON)
    lineage = Lineage(subject, "x-api", at)
    return lake.counts.put_new(lambda attempt: count_key(subject, "lula", window, at, attempt), BODY, lineage)


def test_every_count_is_kept_and_remembered_with_its_time(lake: Lake) -> None:
    """Two of one subject in the same second are two, and both were billed."""
    keys = [count(lake, "lula", NOON), count(lake, "lula", NOON), count(lake, "pt", NOON + timedelta(days=1))]
    assert [lake.counts.read(key) for key in keys] == [BODY] * 3
    assert sorted(stored_facts(lake), key=str) == [
        CountFacts("lula", NOON),
        CountFacts("lula", NOON),
        CountFacts("pt", NOON + timedelta(days=1)),
    ]


def test_a_count_is_nothing_that_bronze_loads(lake: Lake) -> None:
    """It has no posts: raw objects lie beside it, and are loaded as ever."""
    count(lake, "lula", NOON)
    lay(lake, "lula/1.jsonl", lines(page_of(range(3))))
    assert load_bronze(lake)["raw_objects"] == 1
    assert [each.key for each in lake.raw.list()] == ["lula/1.jsonl"]


def test_a_file_among_the_counts_that_is_none_is_named(lake: Lake) -> None:
    """What it cost cannot be told, so nothing is spent on a guess."""
    lake.counts.put("lula/notes.txt", b"", Lineage("lula", "laid", NOON))
    with pytest.raises(LakeError, match=r"lula/notes\.txt does not say when it was counted"):
        stored_facts(lake)


def test_a_plan_that_counts_is_remembered_also_where_nothing_was_collected_yet(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the command `plan --count` has asked and been billed for lies in the lake, one answer a subject."""
    with Simulator(Corpus(seed=3, posts_per_hour=5), account=Account(token="token")) as simulator:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", simulator.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", "true")
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "token")
        plan(count=True, as_json=True)
        assert simulator.ledger.counts_requests() == 2
    assert sorted(each.subject for each in stored_facts(lake)) == ["bolsonaro", "lula"]


def test_a_plan_that_counts_invented_posts_leaves_a_lake_of_real_ones_alone(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their cost would be taken from its budget; nothing is asked and nothing stored."""
    lake.raw.put("lula/page.json", lines(page_of([1])), Lineage("lula", "x-api", NOON))
    load_bronze(lake)
    with Simulator(Corpus(seed=3, posts_per_hour=5), account=Account(token="token")) as simulator:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", simulator.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", "true")
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "token")
        with pytest.raises(InputError, match="holds real posts: name another"):
            plan(count=True, as_json=True)
        assert simulator.ledger.counts_requests() == 0
    assert lake.counts.list() == []
