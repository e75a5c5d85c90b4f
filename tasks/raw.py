"""Files -> raw, as units of work."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from fedbytweets.errors import InputError
from fedbytweets.instants import utc_now
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.raw.keys import checked_subject, import_key
from fedbytweets.raw.lineage import Lineage
from fedbytweets.safe_text import visible
from fedbytweets.settings import lake_settings
from tasks.policy import unit
from tasks.progress import Progress


@unit("import-files")
def import_files(paths: Sequence[str], subject: str) -> tuple[int, int]:
    """Copy files of raw answers into raw, byte for byte; return how many are new and how many were there already."""
    checked_subject(subject)
    lake = open_lake(lake_settings())
    files = archive_files(paths)
    progress = Progress("archive to raw", len(files), "files")
    new = 0
    for file in files:
        new += _import_file(lake, file, subject)
        progress.advance(1)
    return new, len(files) - new


def archive_files(paths: Sequence[str]) -> list[Path]:
    """Return the files that the paths name: files, and all below folders but hidden ones; by path.

    Raises:
        InputError: a path names nothing, or all of them hold no file.

    """
    found: set[Path] = set()
    for path in map(Path, paths):
        if not path.exists():
            raise InputError(f"{path} is not there: name a folder or a file of raw answers.")
        found.update([path] if path.is_file() else (file for file in path.rglob("*") if _is_answer(file, path)))
    if not found:
        raise InputError(f"No file in {', '.join(paths)}: name a folder or files of raw answers.")
    return sorted(found)


def _is_answer(file: Path, below: Path) -> bool:
    return file.is_file() and not any(part.startswith(".") for part in file.relative_to(below).parts)


def _import_file(lake: Lake, file: Path, subject: str) -> bool:
    try:
        with file.open("rb") as body:
            sha256 = hashlib.file_digest(body, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}): nothing of it was imported.") from error
    key = import_key(subject, file.name, sha256)
    if lake.raw.exists(key):
        return False
    lineage = Lineage(subject=subject, origin="archive", retrieved_at=utc_now(), source=visible(file.name))
    lake.raw.put_file_once(key, file, sha256, lineage)
    return True
