"""Answers of counts/recent in the lake: kept as they came, and remembered as money."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from lakes import lay, lines, load_bronze, page_of

from fedbytweets.cli.ahead import plan
from fedbytweets.coverage import CountFacts
from fedbytweets.errors import InputError, LakeError
from fedbytweets.instants import utc_now
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.pages import stored_facts
from fedbytweets.raw.keys import count_key
from fedbytweets.raw.lineage import Lineage
from fedbytweets.simulator import Account, Corpus, Fault, FaultKind, Script, Simulator

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
    lay(lake, "lula/1.jsonl", lines(page_of(range(1, 4))))
    assert load_bronze(lake)["raw_objects"] == 1
    assert [each.key for each in lake.raw.list()] == ["lula/1.jsonl"]


def test_a_file_among_the_counts_that_is_none_is_named(lake: Lake) -> None:
    """What it cost cannot be told, so nothing is spent on a guess."""
    lake.counts.put("lula/notes.txt", b"", Lineage("lula", "laid", NOON))
    with pytest.raises(LakeError, match=r"lula/notes\.txt does not say when it was counted"):
        stored_facts(lake)


def test_a_plan_that_counts_says_what_that_cost_and_forecasts_the_month_from_it(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing was read yet, so the count is all that tells how many posts come in a day."""
    with Simulator(Corpus(seed=3, posts_per_hour=5), account=Account(token="token")) as simulator:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", simulator.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "token")
        plan(count=True, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["month"]["usd_so_far"] == 0.01
    assert said["month"]["posts"] >= said["run"]["posts"] > 0
    assert said["month"]["usd"] >= said["run"]["usd"]


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


@pytest.mark.parametrize("loaded", [True, False])
def test_a_plan_that_counts_invented_posts_leaves_a_lake_of_real_ones_alone(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, *, loaded: bool
) -> None:
    """Their cost would be taken from its budget; nothing is asked and nothing stored, were raw not loaded yet."""
    lake.raw.put("lula/page.json", lines(page_of([1])), Lineage("lula", "x-api", NOON))
    if loaded:
        load_bronze(lake)
    with Simulator(Corpus(seed=3, posts_per_hour=5), account=Account(token="token")) as simulator:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", simulator.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", "true")
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "token")
        with pytest.raises(InputError, match="holds real posts: name another"):
            plan(count=True, as_json=True)
        assert simulator.ledger.counts_requests() == 0
    assert lake.counts.list() == []


EARLIER = 30
"""Counts that are stored before a plan, $0.15 in all: as much as the smallest limit that can buy a page."""


@pytest.mark.parametrize(
    ("limit", "dollars", "asked"),
    [
        ("MONEY_PER_RUN", "0.15", 2),
        ("MONEY_PER_DAY", "0.15", 0),
        ("MONEY_PER_DAY", "0.159", 1),
        ("MONEY_PER_MONTH", "0.16", 2),
        ("MONEY_PER_DAY", "none", 2),
    ],
)
def test_a_plan_counts_only_what_the_budget_has_room_for(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], limit: str, dollars: str,
    asked: int,
) -> None:  # fmt: skip
    """Two subjects, half a cent each; it names those that were not asked. A day's limit holds for later plans too."""
    _count_earlier(lake)
    with Simulator(Corpus(seed=3, posts_per_hour=5), account=Account(token="token")) as simulator:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", simulator.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "token")
        monkeypatch.setenv(f"FEDBYTWEETS_BUDGET_{limit}", dollars)
        plan(count=True, as_json=True)
        assert simulator.ledger.counts_requests() == asked
        said = capsys.readouterr().err
        assert said.startswith("Not counted: ") == (asked < 2)
        assert ("lula" in said, "bolsonaro" in said) == ((asked < 1, asked < 2) if asked != 1 else (False, True))
        if limit != "MONEY_PER_RUN" and dollars != "none":
            plan(count=True, as_json=True)
            assert simulator.ledger.counts_requests() == asked
    assert _counts(lake) == EARLIER + asked


def test_a_count_that_comes_cut_is_paid_for_by_the_plans_after_it(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """X may have billed it: with room for two, two are sent, whatever becomes of their answers."""
    _count_earlier(lake)
    with Simulator(Corpus(seed=3, posts_per_hour=5), account=Account(token="token")) as simulator:
        simulator.faults = Script([Fault(FaultKind.TRUNCATED)] * 100)
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", simulator.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "token")
        monkeypatch.setenv("FEDBYTWEETS_X_RETRY_WAIT_SECONDS", "0")
        monkeypatch.setenv("FEDBYTWEETS_BUDGET_MONEY_PER_DAY", "0.162")
        for _ in range(3):
            plan(count=True, as_json=True, subject=["lula"])
        assert simulator.ledger.counts_requests() == 2
    assert _counts(lake) == EARLIER + 2


def _count_earlier(lake: Lake) -> None:
    for _ in range(EARLIER):
        count(lake, "other", utc_now())


def _counts(lake: Lake) -> int:
    return len([each for each in stored_facts(lake) if isinstance(each, CountFacts)])
