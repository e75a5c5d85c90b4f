"""The file by which commands on this machine find the running dashboard: its address and auth string, for us only.

It is in a folder of mode 0700 below PREFECT_HOME and has mode 0600; if others may read or write it, it is not used.
"""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import mkstemp

from fedbytweets.cli.server_access import ServerAccess
from fedbytweets.errors import SettingsError


@contextmanager
def published(access: ServerAccess, home: Path) -> Iterator[Path]:
    """Have the file below Prefect's home while the block runs; a file that a killed dashboard left is replaced.

    Raises:
        SettingsError: others may read or write the folder.

    """
    file = _file(home)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_private(file.parent, file.parent.lstat())
    descriptor, written = mkstemp(dir=file.parent)  # which has mode 0600 from the start, and is in nobody's way
    with os.fdopen(descriptor, "w", encoding="utf-8") as content:
        json.dump(asdict(access), content)
    Path(written).replace(file)
    try:
        yield file
    finally:
        if _read(file) == access:
            file.unlink()


def running_dashboard(home: Path) -> ServerAccess | None:
    """Return the dashboard whose file is below Prefect's home, if it answers there and has that auth string.

    Raises:
        SettingsError: others may read or write the file or its folder, or it was not written by a dashboard.

    """
    access = _read(_file(home))
    return access if access is not None and access.is_answering() else None


def _file(home: Path) -> Path:
    return home / "fedbytweets" / "dashboard.json"


def _read(file: Path) -> ServerAccess | None:
    try:
        _check_private(file.parent, file.parent.lstat())
        with file.open("rb") as content:
            _check_private(file, os.fstat(content.fileno()))
            return ServerAccess(**json.load(content))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{file} was not written by a dashboard: remove it.") from error


def _check_private(path: Path, found: os.stat_result) -> None:
    is_ours = found.st_uid == os.getuid() and (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode))
    if not is_ours or found.st_mode & 0o077:
        raise SettingsError(
            f"{path} ({stat.filemode(found.st_mode)}) is not used: others may read or write it, or it is not yours. "
            "Remove it, and start `fedbytweets dashboard` again."
        )
