"""After a person's erasure no byte of the lake tells of them, and nothing brings them back."""

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from lakes import NOON, assert_same, contents, lake_in, lay, lines, load_bronze, merge_silver, ordered
from traces import traces
from worlds import HANDLE, KINDS, NAME, PACKINGS, PERSON, SHAPES, SPELLINGS, WORDS, post, worlds

from fedbytweets.compliance import Erasure, requested
from fedbytweets.instants import utc_now
from fedbytweets.lake import compliance, erasing, replay
from fedbytweets.lake import silver as silver_lake
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.parts import lay_out
from fedbytweets.tables import BRONZE, SILVER, bronze

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)
THEIRS = (PERSON, HANDLE + '"', "@" + HANDLE, "/" + HANDLE, NAME, WORDS)
"""What no file may hold; the name of another begins like the person's."""

ALL_KINDS = sorted(KINDS)
World = list[tuple[tuple[str, str, str], list[str]]]


def _fill(lake: Lake, world: World) -> set[str]:
    """Lay the raw objects of a world; return the ids of the posts that stay."""
    number, staying = 1600000000000000000, set[str]()
    for index, ((shape, spelling, packing), kinds) in enumerate(world):
        posts = [post(number := number + 1, kind) for kind in kinds]
        staying |= {each["id"] for each, kind in zip(posts, kinds, strict=True) if KINDS[kind][0]}
        body = PACKINGS[packing](SPELLINGS[spelling](SHAPES[shape](posts)))
        lay(lake, f"lula/object-{index}.json", body, NOON + timedelta(hours=index))
    load_bronze(lake)
    merge_silver(lake)
    return staying


def _erase(lake: Lake) -> erasing.Applied:
    compliance.enter(lake, [requested(str(PERSON), utc_now())], utc_now())
    return erasing.apply_pending(lake)


def _without_the_person(rows: dict[str, pl.DataFrame], staying: set[str]) -> dict[str, pl.DataFrame]:
    """Return the rows of posts that stay, less whom they answer, and of other users."""
    kept = {}
    for name, frame in rows.items():
        ids = frame["id"].cast(pl.String).str.strip_chars_start("0")
        if name.endswith("tweets"):
            answered = pl.col("in_reply_to_user_id")
            is_person = answered.cast(pl.String).str.strip_chars_start("0") == str(PERSON)
            kept[name] = frame.filter(ids.is_in(sorted(staying))).with_columns(
                pl.when(is_person).then(None).otherwise(answered).alias("in_reply_to_user_id")
            )
        else:
            kept[name] = frame.filter(ids != str(PERSON))
    return kept


def _replayed(rows: dict[str, pl.DataFrame], world: World) -> dict[str, pl.DataFrame]:
    """Return the rows that a replay gives again, less their place in the raw object, where others have moved up.

    A flattened repost that went took the profile of who made it along.
    """
    is_flat = any(shape == "flat" for (shape, _, _), _ in world)
    names = [name for name in rows if name.endswith("tweets") or not is_flat]
    return {name: ordered(rows[name].drop("page", "page_row")) for name in names}


def _replay(lake: Lake) -> None:
    objects = replay.selected(lake)
    reload = replay.Reload(lake, objects)
    reload.take(lay_out(lake, objects))
    reload.commit()
    for table in SILVER:
        silver_lake.rebuild(lake, table)


ROWS = tuple(table for table in (*BRONZE, *SILVER) if table.name in ("tweets", "users"))


SPARING = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), phases=WITHOUT_SHRINKING)
"""Each example fills, erases and replays a lake: that takes seconds."""


@pytest.mark.long
@SPARING
@given(worlds)
@example([(("page", "escaped", "bare"), ALL_KINDS)])
@example([(("flat", "number", "utf-16"), ALL_KINDS), (("envelope", "escaped names", "gzip"), ALL_KINDS)])
@example([(("twice", "zeros", "zstd"), ["own", "reply"]), (("page", "plain", "utf-32"), ["repost without the id"])])
def test_no_byte_tells_of_an_erased_person_and_nothing_brings_them_back(tmp_path_factory: object, world: World) -> None:
    """Whatever way they are written in; a replay and a changed copy of each file change nothing, others' rows stay."""
    folder = Path(tmp_path_factory.mktemp("lake"))  # type: ignore[attr-defined]
    lake = lake_in(folder / "lake")
    staying = _fill(lake, world)
    before = contents(lake, ROWS)
    copies = [(each.key, lake.raw.read(each.key)) for each in lake.raw.list()]
    _erase(lake)

    assert traces(folder / "lake", *THEIRS) == []
    after = contents(lake, ROWS)
    assert_same(after, _without_the_person(before, staying))

    _replay(lake)
    assert_same(_replayed(contents(lake, ROWS), world), _replayed(after, world))
    for key, body in copies:
        lay(lake, f"{key}-copy", body, NOON)
    load_bronze(lake)
    merge_silver(lake)

    assert traces(folder / "lake", *THEIRS) == []
    silver = contents(lake, SILVER)
    assert set(silver["silver.tweets"]["id"].cast(pl.String)) == staying
    assert PERSON not in silver["silver.users"]["id"].to_list()


def test_what_is_looked_for_is_found_before_the_erasure(lake: Lake) -> None:
    """In raw however it is written, in rows, and in the lists of files that keep the bounds of dropped ones."""
    forms = [("page", spelling, packing) for spelling, packing in zip(sorted(SPELLINGS), sorted(PACKINGS), strict=True)]
    _fill(lake, [(form, ["own"]) for form in forms])

    found = traces(Path(lake.settings.lake), PERSON, HANDLE)

    raw = [name for name in found if name.startswith("bronze/batch/raw/")]
    assert len(raw) == len(forms)
    places = ("bronze/batch/tabular/users/data", "bronze/batch/tabular/users/metadata", "silver/users/metadata")
    assert [place for place in places if not any(name.startswith(place) for name in found)] == []


def test_a_lake_that_was_cleaned_is_not_changed_by_another_erasure(lake: Lake) -> None:
    """Erasing again by force finds nothing: no commit, no file."""
    _fill(lake, [(("page", "plain", "bare"), ALL_KINDS)])
    _erase(lake)
    heads = {table.identifier: lake.table(table).current_snapshot() for table in (*BRONZE, *SILVER)}

    again = erasing.erase(lake, erasing.Erasure(users=frozenset([str(PERSON)])))

    assert again == erasing.Applied()
    assert {table.identifier: lake.table(table).current_snapshot() for table in (*BRONZE, *SILVER)} == heads


def test_a_repost_by_a_reused_user_name_is_told_by_the_id_of_its_mention(lake: Lake) -> None:
    """The name was the person's once; the mention says that it is another's now."""
    _fill(lake, [(("page", "plain", "bare"), ["own"])])
    reused = {
        "id": "1700000000000000001",
        "author_id": "8812345678901234501",
        "text": f"RT @{HANDLE}: what another wrote",
        "entities": {"mentions": [{"username": HANDLE, "id": "9912345678901234567"}]},
    }
    lay(lake, "lula/reused.json", SHAPES["page"]([reused]))
    load_bronze(lake)
    merge_silver(lake)

    _erase(lake)

    assert lake.scan(SILVER[0]).collect()["id"].to_list() == [1700000000000000001]


def test_hidden_leftovers_of_killed_writes_go_where_they_hold_the_person(lake: Lake) -> None:
    """Of any age, below raw and beside; others stay for maintenance, which looks at their age."""
    _fill(lake, [(("page", "plain", "bare"), ["own"])])
    raw = Path(lake.settings.lake) / "bronze/batch/raw/lula"
    held, other = raw / ".object-9.json.4711", raw / ".object-8.json.4711"
    held.write_bytes(SPELLINGS["escaped"](SHAPES["page"]([post(1600000000000000099, "own")]))[:400])
    other.write_bytes(b'{"data":[{"id":"5","text":"other"')

    _erase(lake)

    assert (held.exists(), other.exists()) == (False, True)


def test_raw_keys_that_hold_a_user_name_are_named_and_stay(lake: Lake) -> None:
    """As a word, in any case; part of a longer word is another's."""
    body = SHAPES["page"]([post(1600000000000000001, "own")])
    for name in ("bob_erased_2026.json", f"posts-{PERSON}.json", "bob_eraseds.json", "page.json"):
        lay(lake, f"lula/{name}", body)
    load_bronze(lake)
    merge_silver(lake)

    assert _erase(lake).named_keys == ("lula/bob_erased_2026.json", f"lula/posts-{PERSON}.json")


def test_rows_that_quote_an_id_in_a_message_or_a_value_go(lake: Lake) -> None:
    """Quarantine of a row of theirs, quality rows of their id, API errors that name them."""
    spaced = f" {PERSON} "
    body = SHAPES["page"](
        [{"id": "1600000000000000001", "text": "hi", "author_id": "5", "in_reply_to_user_id": spaced}]
    )
    bad = b'{"data":[{"id":"%d","name":7.5}],"includes":{"users":[{"id":"%d","name":[1]}]}}\n' % (PERSON, PERSON)
    lay(lake, "lula/odd.json", body + bad)
    load_bronze(lake)
    merge_silver(lake)
    assert lake.scan(bronze.QUALITY).collect().height + lake.scan(bronze.QUARANTINE).collect().height > 1

    _erase(lake)

    assert traces(Path(lake.settings.lake), PERSON) == []


def test_an_object_too_large_to_be_searched_is_named(tmp_path: Path) -> None:
    """It stays as it is, and has no rows: with a larger setting the same erasure reaches it."""
    small, large = (lake_in(tmp_path / "lake", object_megabytes=megabytes) for megabytes in (1, 8))
    page = {"data": [{"id": "5", "text": "x" * (2 << 20), "author_id": "77"}], "meta": {"result_count": 1}}
    lay(small, "lula/large.json", lines(page))
    load_bronze(small)
    erasure = Erasure(users=frozenset(["77"]))
    assert erasing.erase(small, erasure).unsearched_keys == ("lula/large.json",)
    assert b'"77"' in small.raw.read("lula/large.json")
    applied = erasing.erase(large, erasure)
    assert (applied.unsearched_keys, applied.raw_objects) == ((), 1)
    assert b'"77"' not in large.raw.read("lula/large.json")
