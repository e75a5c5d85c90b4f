"""Content that has to go is gone from raw, bronze, silver and every old file, and does not come back."""

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from unittest.mock import Mock

import polars as pl
import pytest
from lakes import NOON, assert_same, contents, lay, lines, load_bronze, merge_silver, snapshots

from fedbytweets.compliance import Event
from fedbytweets.lake import bronze as bronze_lake
from fedbytweets.lake import compliance, erasing, purging, replay
from fedbytweets.lake import silver as silver_lake
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance import maintain_table
from fedbytweets.lake.maintenance.settings import UpkeepSettings
from fedbytweets.lake.parts import lay_out
from fedbytweets.raw.lineage import Lineage
from fedbytweets.tables import BRONZE, SILVER, ops
from tasks.bronze import load_bronze as load_bronze_task
from tasks.silver import merge_silver as merge_silver_task

HAPPENED = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 2, tzinfo=UTC)


def _post(number: int, author: int, **more: object) -> dict[str, object]:
    return {"id": str(number), "text": f"secret-{number} said", "author_id": str(author), **more}


def _user(number: int) -> dict[str, object]:
    return {"id": str(number), "name": f"Name-{number}", "username": f"handle_{number}"}


GEO = {"place_id": "p1", "coordinates": {"type": "Point", "coordinates": [-46.6, -23.5]}}
QUOTE = [{"type": "quoted", "id": "9001"}]
REPOST = [{"type": "retweeted", "id": "1003"}]
PAGES = (
    {
        "data": [_post(1001, 71), _post(1002, 72, geo=GEO), _post(1003, 73)],
        "includes": {"users": [_user(71), _user(72), _user(73)]},
        "meta": {"result_count": 3},
    },
    {
        "data": [_post(1004, 71, referenced_tweets=REPOST), _post(1005, 74, referenced_tweets=QUOTE)],
        "includes": {"users": [_user(71), _user(74)], "tweets": [_post(9001, 75), _post(1003, 73)]},
        "meta": {"result_count": 2},
    },
    {"data": [_post(1006, 74)], "includes": {"users": [_user(74)]}, "meta": {"result_count": 1}},
)


def _fill(lake: Lake) -> None:
    for number, page in enumerate(PAGES):
        lay(lake, f"lula/page-{number}.json", lines(page), NOON + timedelta(hours=number))
    load_bronze(lake)
    merge_silver(lake)


def _erase(lake: Lake, *events: tuple[str, str, str, str]) -> erasing.Applied:
    compliance.enter(lake, [Event(*event, HAPPENED) for event in events], NOW)  # type: ignore[arg-type]
    return erasing.apply_pending(lake)


def _files_with(folder: Path, *words: str) -> list[str]:
    """Return the files below a folder that hold one of the words, Parquet files read as rows."""
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = file.read_bytes()
        if file.suffix == ".parquet":
            text += json.dumps(pl.read_parquet(file).to_dicts(), default=str).encode()
        if any(word.encode() in text for word in words):
            found.append(file.name)
    return found


def test_a_deleted_post_is_gone_from_raw_bronze_silver_and_every_old_file(lake: Lake) -> None:
    """Nothing in the folder holds its text any more, and its neighbours are as they were."""
    _fill(lake)
    before = contents(lake, (*BRONZE, *SILVER))
    third = lake.raw.read("lula/page-2.json")

    applied = _erase(lake, ("1001", "tweets", "delete", "deleted"))

    assert (applied.ids, applied.silver_rows, applied.bronze_rows, applied.raw_objects) == (1, 1, 1, 1)
    assert _files_with(Path(lake.settings.lake), "secret-1001") == []
    assert lake.raw.read("lula/page-2.json") == third
    kept = {
        name: rows.filter(pl.col("id").cast(pl.String) != "1001") if name.endswith(".tweets") else rows
        for name, rows in before.items()
    }
    assert_same(contents(lake, (*BRONZE, *SILVER)), kept)


def test_a_user_goes_with_all_they_posted_and_with_reposts_of_it(lake: Lake) -> None:
    """Users 73 and 75 leave nothing, not where others repeat or quote them; what others said stays."""
    _fill(lake)

    _erase(lake, ("73", "users", "delete", "suspended"), ("75", "users", "delete", "deactivated"))

    words = ("secret-1003", "Name-73", "handle_73", "secret-9001", "secret-1004")
    assert _files_with(Path(lake.settings.lake), *words) == []
    left = contents(lake, SILVER)
    assert left["silver.tweets"]["id"].to_list() == [1001, 1002, 1005, 1006]
    assert sorted(left["silver.users"]["id"].to_list()) == [71, 72, 74]


def test_a_post_loses_its_whereabouts_and_nothing_else(lake: Lake) -> None:
    """scrub_geo empties place and point in all layers."""
    _fill(lake)
    before = lake.scan(SILVER[0]).collect().sort("id")

    _erase(lake, ("1002", "tweets", "scrub_geo", "scrub_geo"))

    after = lake.scan(SILVER[0]).collect().sort("id")
    bare = {"place_id": None, "longitude": None, "latitude": None}
    expected = before.with_columns(
        pl.when(pl.col("id") == 1002).then(pl.lit(value)).otherwise(pl.col(name)).alias(name)
        for name, value in bare.items()
    ).cast(dict(before.schema))
    assert after.equals(expected)
    assert _files_with(Path(lake.settings.lake), "-46.6", "p1") == []
    assert b"secret-1002" in lake.raw.read("lula/page-0.json")


def test_the_record_says_what_was_erased_without_its_content(lake: Lake) -> None:
    """One row an id, with counts; entered before, applied after."""
    _fill(lake)

    _erase(lake, ("1001", "tweets", "delete", "deleted"), ("72", "users", "delete", "protected"))

    rows = lake.scan(ops.COMPLIANCE).collect().sort("id")
    assert rows.select("id", "kind", "action", "reason", "silver_rows", "bronze_rows", "raw_objects").rows() == [
        ("1001", "tweets", "delete", "deleted", 1, 1, 1),
        ("1002", "tweets", "delete", "author", 1, 1, 1),
        ("72", "users", "delete", "protected", 1, 1, 1),
    ]
    assert rows["applied_at"].null_count() == 0
    assert rows["happened_at"].unique().to_list() == [HAPPENED.replace(tzinfo=None)]


def test_erasing_twice_changes_nothing(lake: Lake) -> None:
    """An event that is entered and applied is not applied again."""
    _fill(lake)
    _erase(lake, ("1001", "tweets", "delete", "deleted"))
    heads = snapshots(lake)

    again = _erase(lake, ("1001", "tweets", "delete", "deleted"))

    assert again == erasing.Applied()
    assert snapshots(lake) == heads


def test_raw_that_was_edited_is_not_loaded_again(lake: Lake) -> None:
    """Its key is the same, so bronze holds it still."""
    _fill(lake)

    _erase(lake, ("1001", "tweets", "delete", "deleted"))

    assert bronze_lake.pending(lake) == []


def test_erased_content_does_not_come_back_by_an_import_nor_by_a_replay(lake: Lake) -> None:
    """The old page under another name is scrubbed as it is loaded; the replay reads what raw holds now."""
    _fill(lake)
    _erase(lake, ("1001", "tweets", "delete", "deleted"), ("73", "users", "delete", "suspended"))
    erased = contents(lake, SILVER)

    lay(lake, "lula/again.json", lines(PAGES[0]), NOON)
    load_bronze(lake)
    merge_silver(lake)
    assert _files_with(Path(lake.settings.lake), "secret-1001", "secret-1003", "Name-73") == []

    objects = replay.selected(lake)
    reload = replay.Reload(lake, objects)
    reload.take(lay_out(lake, objects))
    reload.commit()
    for table in SILVER:
        silver_lake.rebuild(lake, table)
    replayed = contents(lake, SILVER)
    for name, key in (("silver.tweets", "id"), ("silver.users", "id")):
        assert replayed[name][key].to_list() == erased[name][key].to_list()


@pytest.mark.parametrize(
    ("reason", "returns"), [("protected", True), ("suspended", True), ("deleted", False), ("on-request", False)]
)
def test_what_x_takes_back_may_return_with_a_later_answer_of_the_api(lake: Lake, reason: str, returns: bool) -> None:
    """A user no longer protected is collected again; one that asked to be erased is not."""
    _fill(lake)
    _erase(lake, ("74", "users", "delete", reason))
    page = {"data": [_post(1007, 74)], "includes": {"users": [_user(74)]}, "meta": {"result_count": 1}}
    answer = Lineage(subject="lula", origin="x-api", retrieved_at=HAPPENED + timedelta(days=9))

    lake.raw.put("lula/later.json", lines(page), answer)
    load_bronze(lake)
    merge_silver(lake)

    assert (1007 in lake.scan(SILVER[0]).collect()["id"].to_list()) is returns


@pytest.mark.parametrize("commits", ["fedbytweets.lake.parts.append_parts", "fedbytweets.lake.silver.replace_files"])
def test_what_was_read_before_an_erasure_and_committed_after_it_goes_too(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, commits: str
) -> None:
    """A person is erased while their rows are on the way into bronze, or into silver: no row of theirs stays.

    The file of a commit that was refused is in no snapshot; maintenance removes it with the other orphans.
    """
    for number, page in enumerate(PAGES):
        lay(lake, f"lula/page-{number}.json", lines(page), NOON)
    module, _, name = commits.rpartition(".")
    commit, met = getattr(import_module(module), name), Mock()

    def committed_late(*arguments: object) -> object:
        if not met.called:
            met()
            _erase(lake, ("73", "users", "delete", "on-request"))
        return commit(*arguments)

    monkeypatch.setattr(commits, committed_late)
    load_bronze_task.fn(bronze_lake.pending(lake))
    for table in SILVER:
        merge_silver_task.fn(table.name, rebuild=False)

    met.assert_called_once()
    for table in (*BRONZE, *SILVER):
        maintain_table(lake, table, UpkeepSettings(snapshot_hours=72, orphan_hours=0))
    assert _files_with(Path(lake.settings.lake), "secret-1003", "Name-73", "secret-1004") == []
    assert lake.scan(SILVER[0]).collect()["id"].sort().to_list() == [1001, 1002, 1005, 1006]


STEPS = ("_with_companions", "_scrub_raw", "_remove_leftovers", "_erase", "forget_dropped", "_erase_rows", "purge")


class _Killed(BaseException):
    """What stands for a kill: nothing catches it."""


@pytest.mark.parametrize("step", STEPS)
def test_a_kill_after_any_step_is_made_good_by_the_next_run(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The next run finds what was entered, and leaves nothing, not even a file of an old snapshot."""
    _fill(lake)
    whole = getattr(erasing, step)

    def killed(*arguments: object) -> None:
        whole(*arguments)
        raise _Killed

    monkeypatch.setattr(erasing, step, killed)
    with pytest.raises(_Killed):
        _erase(lake, ("73", "users", "delete", "suspended"))
    monkeypatch.setattr(erasing, step, whole)
    erasing.apply_pending(lake)

    assert _files_with(Path(lake.settings.lake), "secret-1003", "Name-73", "secret-1004") == []
    assert compliance.pending(lake).is_empty()
    assert lake.scan(SILVER[0]).collect()["id"].sort().to_list() == [1001, 1002, 1005, 1006]


def test_a_kill_between_forgetting_snapshots_and_removing_their_files_leaves_none_for_good(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names of the files were noted before."""
    _fill(lake)
    whole = purging._remove_noted

    def killed(*_: object) -> int:
        raise _Killed

    monkeypatch.setattr(purging, "_remove_noted", killed)
    with pytest.raises(_Killed):
        _erase(lake, ("1001", "tweets", "delete", "deleted"))
    monkeypatch.setattr(purging, "_remove_noted", whole)
    assert _files_with(Path(lake.settings.lake), "secret-1001") != []
    erasing.apply_pending(lake)

    assert _files_with(Path(lake.settings.lake), "secret-1001") == []


def test_a_persons_data_is_exported_whole_and_alone(lake: Lake) -> None:
    """Rows of both layers and the objects in raw, of this person and nobody else."""
    _fill(lake)

    found = list(erasing.export(lake, "73"))

    assert [(each.get("table") or each["raw"]) for each in found] == [
        "silver.tweets",
        "silver.users",
        "bronze.tweets",
        "bronze.users",
        "lula/page-0.json",
        "lula/page-0.json",
        "lula/page-1.json",
    ]
    text = json.dumps(found, default=str)
    assert "secret-1003" in text
    assert not any(word in text for word in ("secret-1001", "secret-1004", "Name-71", "Name-72"))
