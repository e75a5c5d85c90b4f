"""Names that become paths: none leads out of the lake, and no odd name of a raw object stops another."""

import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import NOON, contents, lake_in, lay, lines, load_bronze, merge_silver, page_of

from fedbytweets.errors import InputError
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.raw_store import RawObject
from fedbytweets.raw.keys import import_key
from fedbytweets.raw.lineage import Lineage
from tasks.bronze import list_pending, reload_bronze
from tasks.raw import import_files

OUTSIDE = [
    "", ".", "..", "../victim", "lula/../../victim", "/etc/passwd", "lula//a.json", "lula/", "lula/./a.json",
    "lula/..", "lula\0.json", "..\\victim", "lula\\..\\..\\victim", "//host/share",
]  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_that_leads_out_of_the_lake_is_refused_wherever_it_becomes_a_path(lake: Lake, name: str) -> None:
    """Objects, lineage, counts and listings ask the one place where paths are made; the message has the name."""
    some = RawObject(name, 1, NOON)
    asks = [
        lambda: lake.location.path("bronze", name),
        lambda: lake.raw.read(name),
        lambda: lake.raw.exists(name),
        lambda: lake.counts.read(name),
        lambda: lake.raw.replace(some, b""),
        *([lambda: lake.raw.list(name), lambda: list_pending.fn(name)] if name else []),
    ]
    for ask in asks:
        with pytest.raises(InputError) as refused:
            ask()
        assert repr(name) in str(refused.value)


@given(st.lists(st.sampled_from(["..", ".", "", "lula", "a b", "...", "\\", "..\\", "é"]), max_size=5).map("/".join))
def test_no_name_at_all_has_a_path_outside_of_its_folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """Whatever is accepted stays below the root when the system resolves it, and is no other name for another one."""
    location = lake_in(tmp_path_factory.getbasetemp() / "lake").location
    try:
        path = location.path("raw", name)
    except InputError:
        return
    assert Path(path).resolve() == Path(location.root, "raw", name)
    assert path == f"{location.root}/raw/{name}"


def test_a_subject_that_leads_out_of_the_lake_reads_and_writes_nothing_there(lake: Lake, tmp_path: Path) -> None:
    """A replay of it ends before anything is looked at."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "a.json").write_bytes(lines(page_of([77])))
    with pytest.raises(InputError, match="victim"):
        reload_bronze.fn("../../../../victim", None, None)
    assert [file.name for file in victim.iterdir()] == ["a.json"]
    assert contents(lake)["bronze.tweets"].is_empty()


def test_what_a_link_leads_to_is_not_read_as_raw(lake: Lake, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A linked file, folder or subject is passed by with a word in the log; links in a circle do not matter."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.json").write_bytes(lines(page_of([77])))
    lay(lake, "lula/one.json", lines(page_of([1])))
    raw = Path(lake.location.path("bronze/batch/raw"))
    (raw / "victim").symlink_to(outside)
    (raw / "lula/linked.json").symlink_to(outside / "a.json")
    (raw / "lula/folder").symlink_to(outside)
    (raw / "lula/circle").symlink_to(raw)

    assert [each.key for each in lake.raw.list()] == ["lula/one.json"]
    assert lake.raw.list("victim") == []
    for key in ("victim/a.json", "lula/linked.json", "lula/folder/a.json"):
        with pytest.raises(InputError, match="is a link"):
            lake.raw.read(key)
    assert {Path(record.args[0]).name for record in caplog.records} >= {"victim", "linked.json", "folder", "circle"}
    assert [file.name for file in outside.iterdir()] == ["a.json"]


def test_objects_put_into_raw_by_hand_load_under_odd_names(lake: Lake) -> None:
    """Spaces, quotes, signs of addresses, backslashes, line ends, other scripts, folders and 255 bytes of name."""
    names = [
        "a b.json",
        "o'x\".json",
        "#?%41&.json",
        "back\\slash.json",
        "line\nend.json",
        "a\u00e7\u00e3o\u202e.json",
        "in/a folder/x",
    ]
    names += ["..json", "n" * 255, "\x1b[2J.json"]
    raw = Path(lake.location.path("bronze/batch/raw"))
    for number, name in enumerate(names, start=1):
        (raw / "lula" / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / "lula" / name).write_bytes(lines(page_of([number])))
    (raw / "no subject.json").write_bytes(lines(page_of([100])))
    (raw / "lula" / "bad\udcff.json").write_bytes(lines(page_of([101])))  # bytes that are no UTF-8

    load_bronze(lake)
    merge_silver(lake)
    shown = [name for name in names if not name.startswith(".")]
    rows = contents(lake)
    assert set(rows["bronze.raw_objects"]["file_name"]) == {"no subject.json", *(f"lula/{name}" for name in shown)}
    assert set(rows["silver.tweets"]["id"]) == {100, *(names.index(name) + 1 for name in shown)}
    assert list_pending.fn("") == []


def test_an_object_whose_lineage_has_no_place_stops_no_other(lake: Lake, tmp_path: Path) -> None:
    """Names put in by hand can take its place, or a link lead out of the lake: it is put aside, and nothing written."""
    outside = tmp_path / "outside"
    outside.mkdir()
    raw, lineage = (Path(lake.location.path(f"bronze/batch/{name}")) for name in ("raw", "lineage"))
    for number, name in enumerate(["lula/c1", "lula/c1.json/inner.json", "zz/linked.json", "lula/good.json"], start=1):
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_bytes(lines(page_of([number])))
    lineage.mkdir(parents=True)
    (lineage / "zz").symlink_to(outside)
    load_bronze(lake)
    merge_silver(lake)
    rows = contents(lake)
    assert set(rows["bronze.quarantine"]["file_name"]) == {"lula/c1.json/inner.json", "zz/linked.json"}
    assert set(rows["silver.tweets"]["id"]) == {1, 4}
    assert list(outside.iterdir()) == []


def test_a_file_whose_name_is_no_text_is_imported_with_the_others(lake: Lake, tmp_path: Path) -> None:
    """A folder may come from a machine with another encoding."""
    folder = tmp_path / "from elsewhere"
    folder.mkdir()
    for number, name in enumerate([b"a.json", b"bad\xff\xfename.json", b"c.json"], start=1):
        (folder / os.fsdecode(name)).write_bytes(lines(page_of([number])))
    assert import_files.fn([str(folder)], "lula") == (3, 0)
    load_bronze(lake)
    merge_silver(lake)
    assert contents(lake)["silver.tweets"]["id"].to_list() == [1, 2, 3]


def test_a_file_of_any_length_of_name_can_be_imported(lake: Lake, tmp_path: Path) -> None:
    """The key keeps the end of the name, with what tells its format."""
    assert import_key("lula", "a" * 250 + ".json", "0123456789ab" + "0" * 52) == f"lula/{'a' * 199}_0123456789ab.json"
    file = tmp_path / ("n" * 250 + ".json")
    file.write_bytes(b"{}")
    assert [import_files.fn([str(file)], "lula") for _ in range(2)] == [(1, 0), (0, 1)]


def test_an_imported_file_is_stored_byte_for_byte_without_being_held_in_memory(lake: Lake, tmp_path: Path) -> None:
    """64 MiB are copied in steps of one; the key is that of the bytes, as ever; nothing but the object is left."""
    body = bytes(range(256)) * (64 << 12)
    (tmp_path / "large.json").write_bytes(body)
    tracemalloc.start()
    assert import_files.fn([str(tmp_path / "large.json")], "lula") == (1, 0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 16 << 20
    (stored,) = lake.raw.list()
    assert stored.key == f"lula/large_{hashlib.sha256(body).hexdigest()[:12]}.json"
    assert lake.raw.read(stored.key) == body
    assert len(list(Path(lake.location.path("bronze/batch/raw/lula")).iterdir())) == 1


def test_a_file_that_changes_while_it_is_imported_is_not_stored(lake: Lake, tmp_path: Path) -> None:
    """Its key would name other bytes."""
    (tmp_path / "a.json").write_bytes(b"{}")
    lineage = Lineage("lula", "archive", NOON)
    with pytest.raises(InputError, match="changed while it was read"):
        lake.raw.put_file_once("lula/a.json", tmp_path / "a.json", "0" * 64, lineage)
    assert lake.raw.list() == []
    assert list(Path(lake.location.path("bronze/batch/raw/lula")).iterdir()) == []
