"""Limits as a shell meets them: what can never buy a page, and what is no number, ends a plan and a run at once."""

import json
from pathlib import Path

import pytest

from fedbytweets.cli.app import run
from fedbytweets.errors import InputError
from fedbytweets.lake.lake import Lake
from fedbytweets.simulator import Simulator
from fedbytweets.subjects import Budget, default_subjects
from tasks.collect import collect_subjects

DONE, WRONG_INPUT = 0, 2
SUBJECTS = """
[[subject]]
name = "a"
query = "lula"
{field}
extra_fields = ["expand:referenced_tweets.id"]
"""


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("FEDBYTWEETS_BUDGET_MONEY_PER_RUN", "0.10", "which can never buy a page"),
        ("FEDBYTWEETS_BUDGET_MONEY_PER_MONTH", "0", "Set at least 0.15, or none"),
        ("FEDBYTWEETS_BUDGET_POSTS_PER_DAY", "5", "Set at least 10, or none"),
        ("FEDBYTWEETS_BUDGET_POSTS_PER_RUN", "inf", "give a whole number from 0 to 1,000,000,000, or none"),
        ("FEDBYTWEETS_PRICE_USER", "nan", "give a number from 0 to 1,000"),
        ("FEDBYTWEETS_X_LAG_SECONDS", "1e25", "give a whole number from 10 to 86,400"),
    ],
)
def test_a_setting_that_collects_nothing_for_ever_is_refused_by_a_plan(
    lake: Lake,
    variable: str,
    value: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line on standard error; exit code 2."""
    monkeypatch.setenv(variable, value)
    assert run(["plan"]) == WRONG_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"fedbytweets: {variable} is ")
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("max_posts = 20", "max_posts of subject 'a' is 20 posts"),
        ("max_posts = 5", "max_posts: give a whole number from 10 to 1,000,000, or none"),
        ("max_pages = nan", "max_pages: give a whole number from 1 to 10,000, or none"),
        ("budget = { money_per_day = 0.2 }", "budget.money_per_day of subject 'a' is $0.20"),
        ("budget = { money_per_run = inf }", "budget.money_per_run: give a number from 0 to 1,000,000,000, or none"),
        ("budget = { posts_per_month = 1e25 }", "budget.posts_per_month: give a whole number from 0"),
    ],
)
def test_a_subject_that_collects_nothing_for_ever_is_refused_by_a_plan(
    lake: Lake, field: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its own expansions make its smallest page dearer; exit code 2."""
    (tmp_path / "subjects.toml").write_text(SUBJECTS.format(field=field))
    assert run(["plan", "--subjects", str(tmp_path / "subjects.toml")]) == WRONG_INPUT
    printed = capsys.readouterr()
    assert said in printed.err
    assert len(printed.err.splitlines()) == 1


def test_none_is_no_limit_of_a_subjects_own(
    lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It lifts nothing of the settings."""
    (tmp_path / "subjects.toml").write_text(SUBJECTS.format(field='budget = { money_per_run = "none" }'))
    assert run(["plan", "--subjects", str(tmp_path / "subjects.toml"), "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["left"] == {"posts": 3_000_000, "usd": 5.0}
    for each in ("MONEY_PER_RUN", "MONEY_PER_MONTH", "POSTS_PER_MONTH"):
        monkeypatch.setenv(f"FEDBYTWEETS_BUDGET_{each}", "none")
    assert run(["plan", "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["left"] == {"posts": None, "usd": None}


@pytest.mark.flow
@pytest.mark.timeout(600)
def test_a_run_is_refused_before_it_starts(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No report of a run that did nothing: one line, as a plan has it."""
    monkeypatch.setenv("FEDBYTWEETS_BUDGET_MONEY_PER_RUN", "0.10")
    for each in ("BASE_URL", "BEARER_TOKEN"):
        monkeypatch.setenv(f"FEDBYTWEETS_X_{each}", "")
    assert run(["run", "--simulate"]) == WRONG_INPUT
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "FEDBYTWEETS_BUDGET_MONEY_PER_RUN is $0.10, which can never buy a page" in printed.err


def test_a_budget_that_comes_with_a_run_can_only_tighten(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    """One number in the form lifts nothing; a smaller one holds, and is named."""
    with Simulator() as simulator:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", simulator.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "any")
        monkeypatch.setenv("FEDBYTWEETS_BUDGET_MONEY_PER_RUN", "1")
        wider = collect_subjects.fn(default_subjects(), Budget(posts_per_run=5000, money_per_run=1000))
        tighter = collect_subjects.fn(default_subjects(), Budget(posts_per_run=20))
        asked = len(simulator.ledger.requests)
        with pytest.raises(
            InputError, match=r"the run's parameter budget.posts_per_day is 5 posts, which can never buy"
        ):
            collect_subjects.fn(default_subjects(), Budget(posts_per_day=5))
        assert len(simulator.ledger.requests) == asked
    assert sum(each.spent.money for each in wider.collected) <= 1
    assert "$1.00 a run (FEDBYTWEETS_BUDGET_MONEY_PER_RUN)" in wider.collected[0].detail
    assert 10 < sum(each.posts for each in tighter.collected) <= 20
    assert "20 posts a run (the run's parameter budget.posts_per_run)" in tighter.collected[1].detail
