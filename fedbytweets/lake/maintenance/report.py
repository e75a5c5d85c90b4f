"""What maintenance did, or would do: counts and bytes, a table or the raw layer at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableUpkeep:
    """One table: data files before and after, what was rewritten, snapshots expired, files removed."""

    table: str
    files_before: int = 0
    files_after: int = 0
    rewritten_files: int = 0
    rewritten_bytes: int = 0
    snapshots_expired: int = 0
    removed_files: int = 0
    removed_bytes: int = 0


@dataclass(frozen=True, slots=True)
class RawUpkeep:
    """The raw layer: objects compressed, their bytes before and after, leftovers of killed writes removed.

    A dry run cannot tell the bytes after: it gives the bytes before.
    """

    compressed: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    removed_files: int = 0
    removed_bytes: int = 0
