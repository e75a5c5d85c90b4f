"""A table's past -> gone at once: all snapshots but the head, and every file that only they reach.

The names of these files are noted before the snapshots are forgotten, under `ops/going/`, so that a kill in between
leaves nothing that holds erased content and that nobody knows of.
"""

import json
from collections.abc import Iterator
from uuid import uuid4

from pyarrow import fs

from fedbytweets.lake.commit import names_a_file, replace_files
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.maintenance.orphans import path_of, remove
from fedbytweets.lake.maintenance.snapshots import expire, reachable
from fedbytweets.lake.silver import KEEPS_ROWS
from fedbytweets.tables import Table

_GOING = "ops/going"


def purge(lake: Lake, declared: Table) -> int:
    """Forget all of a table's past and remove its files, whatever their age; return how many were removed.

    A reader in the midst of an old snapshot fails, and reads the new one when it tries again.

    Raises:
        ConflictError: other writers were first at every attempt.
        LakeError: the lake cannot be read or written.

    """
    table = lake.catalog.find(declared)
    head = table.current_snapshot() if table else None
    if table is None or head is None:
        return 0
    past = [snapshot for snapshot in table.snapshots() if snapshot.snapshot_id != head.snapshot_id]
    if past:
        _note(lake, declared, reachable(table, past) - reachable(table, [head]))
        expire(lake, declared, {snapshot.snapshot_id for snapshot in past})
    return sum(_remove_noted(lake, declared, note) for note in _notes(lake, declared))


def forget_dropped(lake: Lake, declared: Table) -> None:
    """Commit a table as it is, once more, where its head still lists files that were dropped.

    Such a list keeps the least and greatest id of each file, which may be those of rows that were erased. A table that
    lists none is left alone.

    Raises:
        ConflictError: another commit came first.

    """
    table = lake.table(declared)
    head = table.current_snapshot()
    if head and not all(names_a_file(manifest) for manifest in head.manifests(table.io)):
        replace_files(table, [], [], {KEEPS_ROWS: "erasure"})


def _note(lake: Lake, declared: Table, addresses: set[str]) -> None:
    folder = lake.location.path(_GOING)
    if lake.location.is_local:
        lake.location.files.create_dir(folder, recursive=True)
    with lake.location.files.open_output_stream(f"{folder}/{declared.identifier}-{uuid4()}.json") as file:
        file.write(json.dumps(sorted(addresses)).encode())


def _notes(lake: Lake, declared: Table) -> Iterator[str]:
    selector = fs.FileSelector(lake.location.path(_GOING), allow_not_found=True)
    for info in lake.location.files.get_file_info(selector):
        if info.base_name.startswith(f"{declared.identifier}-"):
            yield info.path


def _remove_noted(lake: Lake, declared: Table, note: str) -> int:
    """Remove the noted files that nothing reaches, then the note."""
    with lake.location.files.open_input_file(note) as file:
        addresses = _decoded(file.read())
    table = lake.table(declared)
    going = addresses - reachable(table, table.snapshots())
    remove(lake.location, [path_of(address) for address in sorted(going)])
    remove(lake.location, [note])
    return len(going)


def _decoded(note: bytes) -> set[str]:
    """Read a note; half a note was written by a kill before anything was forgotten, and says nothing."""
    try:
        return set(json.loads(note))
    except ValueError:
        return set()
