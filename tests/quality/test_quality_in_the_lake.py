"""Expectations on a real lake: what a run wrote is looked at, all of it on demand, and nothing more is read."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from lakes import NOON, lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.lake import quality
from fedbytweets.lake.heads import Head, change_since, heads
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.quality import check_all, check_change
from fedbytweets.quality import Finding, Verdict
from fedbytweets.tables import SILVER, Table, silver

NOW = NOON + timedelta(hours=1)
FIRST = 1_590_000_000_000_000_000


def _collect(lake: Lake, key: str, ids: range) -> None:
    lay(lake, key, lines(page_of(ids)))
    load_bronze(lake)
    merge_silver(lake)


def _breaches(findings: tuple[Finding, ...]) -> dict[str, tuple[str, str]]:
    return {
        each.says: (str(each.verdict), each.fact)
        for each in findings
        if each.verdict in (Verdict.FAILED, Verdict.WARNED)
    }


def _append(lake: Lake, table: Table, rows: pl.DataFrame) -> None:
    lake.table(table).append(rows.to_arrow().cast(table.schema))


def test_only_the_files_a_run_wrote_are_looked_at(lake: Lake) -> None:
    """What an earlier hand spoilt is not this run's to find; the look at everything finds it."""
    _collect(lake, "lula/1.json", range(FIRST, FIRST + 20))
    spoilt = lake.scan(silver.TWEETS).collect().head(2)
    _append(lake, silver.TWEETS, spoilt)
    before = heads(lake, SILVER)
    _collect(lake, "bolsonaro/1.json", range(FIRST + 100, FIRST + 130))

    checked = check_change(lake, before, NOW, (), collects=False)
    tweets = [each for each in checked.findings if each.table == "silver.tweets" and "one row" in each.says]

    assert checked.new_tweets == {"bolsonaro": 30}
    assert [(each.verdict, each.fact) for each in tweets] == [(Verdict.MET, "30 rows in the files this run wrote: 1")]
    assert _breaches(check_all(lake, NOW))["one row for each id and subject"] == (
        "failed",
        "4 of 52 rows break it in all files: 3",
    )


def test_rows_of_one_key_that_a_run_wrote_twice_are_found(lake: Lake) -> None:
    """They stay in the table, and the finding names them."""
    before = heads(lake, SILVER)
    _collect(lake, "lula/1.json", range(FIRST, FIRST + 20))
    _append(lake, silver.USERS, lake.scan(silver.USERS).collect().head(1))

    found = [each for each in check_change(lake, before, NOW, (), collects=False).findings if "one row" in each.says]

    assert [(each.table, each.verdict, each.examples) for each in found] == [
        ("silver.tweets", Verdict.MET, ()),
        ("silver.users", Verdict.FAILED, ("1",)),
        ("silver.places", Verdict.MET, ()),
    ]
    assert lake.scan(silver.USERS).collect().height == 20  # the author with id 0 is no key


def test_a_shared_key_is_found_however_many_parts_the_keys_are_looked_at_in(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of one key are always in one part, and no row is counted twice."""
    monkeypatch.setattr(quality, "_KEYS_AT_ONCE", 3)
    _collect(lake, "lula/1.json", range(FIRST, FIRST + 20))
    _append(lake, silver.TWEETS, lake.scan(silver.TWEETS).collect().tail(4))

    assert _breaches(check_all(lake, NOW))["one row for each id and subject"] == (
        "failed",
        "8 of 24 rows break it in all files: 2",
    )


def test_a_run_that_brought_nothing_reads_no_file_and_breaks_nothing(lake: Lake) -> None:
    """Its findings say so."""
    _collect(lake, "lula/1.json", range(FIRST, FIRST + 20))
    before = heads(lake, SILVER)

    checked = check_change(lake, before, NOW, (), collects=False)

    assert checked.new_tweets == {}
    assert _breaches(checked.findings) == {}
    assert {each.fact for each in checked.findings if each.verdict is Verdict.MET and "rows" not in each.fact} == {
        "this run wrote no file"
    }


def test_rows_that_replaced_others_are_no_gain(lake: Lake) -> None:
    """Twenty tweets seen again with more likes, and ten new: ten are gained."""
    _collect(lake, "lula/1.json", range(FIRST, FIRST + 20))
    before = heads(lake, SILVER)
    lay(lake, "lula/2.json", lines(page_of(range(FIRST, FIRST + 30), likes=5)), NOON + timedelta(minutes=1))
    load_bronze(lake)
    merge_silver(lake)

    assert check_change(lake, before, NOW, (), collects=False).new_tweets == {"lula": 10}


def test_where_the_earlier_snapshot_is_gone_every_file_counts_as_new(lake: Lake) -> None:
    """Slower, and nothing is missed."""
    _collect(lake, "lula/1.json", range(FIRST, FIRST + 20))
    gone = Head(snapshot_id=12345, rows=0)

    assert len(change_since(lake.table(silver.TWEETS), gone).added) == 1
    assert change_since(lake.table(silver.TWEETS), heads(lake, SILVER)["silver.tweets"]).added == ()


def test_an_empty_lake_has_nothing_to_check(lake: Lake) -> None:
    """No table, no finding."""
    assert check_all(lake, datetime.now(UTC)) == ()
    assert check_change(lake, heads(lake, SILVER), NOW, (), collects=True).findings == ()


def _command(lake: Lake, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _QUALITY, *arguments],
        env=os.environ | {"FEDBYTWEETS_LAKE": lake.settings.lake},
        cwd=Path(lake.settings.lake).parent,
        capture_output=True,
        text=True,
        check=False,
    )


_QUALITY = """
import sys
from cyclopts import App
from fedbytweets.cli import quality
app = App(name="fedbytweets")
quality.register(app)
sys.exit(app(["quality", *sys.argv[1:]], result_action="return_value"))
"""


def test_the_command_says_what_holds_and_fails_where_a_promise_is_broken(lake: Lake) -> None:
    """Exit code 0 with warnings alone, 1 with rows that share a key; JSON has the same findings."""
    _collect(lake, "lula/1.json", range(FIRST, FIRST + 20))
    whole = _command(lake, "--json")
    _append(lake, silver.PLACES, lake.scan(silver.PLACES).collect().head(1))
    spoilt = _command(lake)

    assert (whole.returncode, spoilt.returncode) == (0, 1)
    verdicts = {each["says"]: each["verdict"] for each in json.loads(whole.stdout) if each["table"] == "silver.places"}
    assert verdicts["one row for each id"] == "met"
    assert "failed   silver.places" in spoilt.stdout
