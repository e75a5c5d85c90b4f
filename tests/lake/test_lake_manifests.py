"""Lists of files are fetched once for each loaded table; what cannot be fetched is asked for again."""

from pathlib import Path

import pytest

from fedbytweets.lake.manifests import ManifestsOnce

ENTRIES = b"Obj\1 the mark of blocks entries the mark of blocks"
"""What looks like a whole Avro file: its head says which bytes end it."""


def test_a_manifest_is_read_again_from_memory(tmp_path: Path) -> None:
    """Its file may be gone by then."""
    manifest = tmp_path / "m0.avro"
    manifest.write_bytes(ENTRIES)
    io = ManifestsOnce()
    assert io.new_input(str(manifest)).open().read() == ENTRIES
    manifest.unlink()
    again = io.new_input(str(manifest))
    assert (again.exists(), len(again), again.open().read()) == (True, len(ENTRIES), ENTRIES)


def test_what_could_not_be_read_is_asked_for_again(tmp_path: Path) -> None:
    """A failure is not remembered."""
    manifest, io = tmp_path / "m0.avro", ManifestsOnce()
    assert not io.new_input(str(manifest)).exists()
    with pytest.raises(FileNotFoundError):
        io.new_input(str(manifest)).open()
    manifest.write_bytes(ENTRIES)
    assert io.new_input(str(manifest)).open().read() == ENTRIES


def test_other_files_are_read_from_where_they_lie(tmp_path: Path) -> None:
    """A table's metadata and rows are not held in memory."""
    rows = tmp_path / "rows.parquet"
    rows.write_bytes(b"rows")
    io = ManifestsOnce()
    assert io.new_input(str(rows)).open().read() == b"rows"
    rows.write_bytes(b"others")
    assert io.new_input(str(rows)).open().read() == b"others"
