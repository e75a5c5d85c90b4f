"""Raw objects in the lake: written once, never edited (compression and erasure apart), listed and read back."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

import msgspec
from pyarrow import fs

from fedbytweets.errors import InputError
from fedbytweets.lake.faults import explained, told
from fedbytweets.lake.location import LINEAGE, RAW, Location, is_path
from fedbytweets.raw import lineage as lineages
from fedbytweets.raw.keys import subject_of
from fedbytweets.raw.lineage import Lineage
from fedbytweets.safe_text import visible

_STEP_BYTES = 1 << 20
_LONGEST_NAME = 250
"""Bytes of an object's name beyond which `.json` does not fit behind it in a file system's 255."""
_1970 = datetime.fromtimestamp(0, UTC)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class RawObject:
    """One raw object as a listing shows it: key `<subject>/<object>`, size in bytes, time of modification (UTC)."""

    key: str
    bytes: int
    modified_at: datetime


class RawStore:
    """The raw layer of one lake: objects below one prefix, their lineage below another."""

    def __init__(self, location: Location, objects: str = RAW, lineage: str = LINEAGE) -> None:
        self._location = location
        self._files = location.files
        self._objects = objects
        self._lineage = lineage

    def list(self, subject: str = "") -> list[RawObject]:
        """Return every raw object (of one subject), by key.

        Hidden files are none. A link is not followed, as it may lead out of the lake; it is named in the log, and so
        is a name that cannot be a key (no UTF-8, `//` or `..` in it).

        Raises:
            InputError: the subject is no name of a folder in the lake.
            LakeError: the objects cannot be listed.

        """
        root = self._location.path(self._objects)
        folder = self._location.path(self._objects, subject) if subject else root
        with told():
            found = files_below(folder) if self._location.is_local else self._objects_below(folder)
            return sorted(each for each in (_object(root, *one) for one in found) if each)

    def _objects_below(self, folder: str) -> Iterator[tuple[str, int, datetime]]:
        for info in self._files.get_file_info(fs.FileSelector(folder, allow_not_found=True, recursive=True)):
            if info.type == fs.FileType.File and not (info.size == 0 and info.path.endswith("/")):  # a folder's mark
                yield info.path, info.size, info.mtime.astimezone(UTC)

    def read(self, key: str) -> bytes:
        """Return a raw object's bytes, as stored.

        Raises:
            LakeError: there is no such object, or it cannot be read.

        """
        return self._read(self._path(key))

    def exists(self, key: str) -> bool:
        """Say whether there is a raw object of this key."""
        return bool(self._files.get_file_info(self._path(key)).type == fs.FileType.File)

    def put(self, key: str, body: bytes, lineage: Lineage) -> None:
        """Store a raw object, its lineage first.

        Raises:
            LakeError: it could not be stored.

        """
        path = self._path(key)
        self.put_lineage(key, lineage)
        self._write(path, body)

    def put_once(self, key: str, body: bytes, lineage: Lineage) -> None:
        """Store a raw object whose key its bytes name; of several that store it at once the first one's lineage stays.

        Bronze may have rows with that lineage's time already: another time would make them be taken for absent.

        Raises:
            LakeError: it could not be stored.

        """
        path = self._path(key)
        self._claim(key, lineage)
        self._write(path, body)

    def put_file_once(self, key: str, file: Path, sha256: str, lineage: Lineage) -> None:
        """Store a file under a key that its bytes name, as `put_once` does; memory holds a small part of it.

        Raises:
            InputError: its bytes are not those of this SHA-256 (hex digits): it changed. Nothing is stored.
            LakeError: it could not be stored.

        """
        path = self._path(key)
        self._claim(key, lineage)
        with told():
            written = self._written_as(path)
            try:
                self._stream(file, written, sha256)
            except (OSError, InputError):
                with suppress(OSError):
                    self._files.delete_file(written)  # S3 makes an object of what came when the stream is closed
                raise
            if written != path:
                self._files.move(written, path)

    def _stream(self, file: Path, path: str, sha256: str) -> None:
        digest = hashlib.sha256()
        with file.open("rb") as source, self._files.open_output_stream(path) as target:
            while step := source.read(_STEP_BYTES):
                digest.update(step)
                target.write(step)
        if digest.hexdigest() != sha256:
            raise InputError(f"{file} changed while it was read: import it again when nothing writes to it.")

    def put_new(self, key_of: Callable[[int], str], body: bytes, lineage: Lineage) -> str:
        """Store a raw object under the first key of `key_of(1)`, `key_of(2)`, ... that is free, and return that.

        Of several that store at once under the same keys each gets one of its own: its lineage claims it. Two runs
        that ask the same question in the same second would overwrite each other's pages, and lose posts between them.

        Raises:
            LakeError: it could not be stored.

        """
        key = next(key for key in map(key_of, count(1)) if not self.exists(key) and self._claim(key, lineage))
        self._write(self._path(key), body)
        return key

    def replace(self, raw_object: RawObject, body: bytes) -> None:
        """Put other bytes in the place of a raw object's, in one atomic write: its key and lineage stay.

        For compression, which keeps the text, and for erasure, the one exception to "never edited".

        Raises:
            LakeError: they could not be stored; the object is as it was.

        """
        path = self._path(raw_object.key)
        self._ensure_lineage(
            raw_object, subject_of(raw_object.key)
        )  # an object laid by hand gets it now: its time goes
        self._write(path, body)

    def _claim(self, key: str, lineage: Lineage) -> bool:
        """Store the lineage of a key that has none; say whether this call did."""
        with told():
            return self._location.create(self._lineage_path(key), lineages.encode(lineage))

    def put_lineage(self, key: str, lineage: Lineage) -> None:
        """Store what is known about a raw object beside it."""
        self._write(self._lineage_path(key), lineages.encode(lineage))

    def lineage(self, raw_object: RawObject, subject: str) -> Lineage:
        """Return what is known about a raw object.

        An object laid into the lake by hand gets lineage here, once and for all: the time it was last modified
        stands for its retrieval, so that what is made from it never depends on when it is read.

        Raises:
            InputError: what is there is no lineage.
            LakeError: it cannot be read or written.

        """
        self._ensure_lineage(raw_object, subject)
        path = self._lineage_path(raw_object.key)
        try:
            return lineages.decode(self._read(path))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(f"Lineage {path} is not what was written ({error}): restore it or delete it.") from error

    def _ensure_lineage(self, raw_object: RawObject, subject: str) -> None:
        path = self._lineage_path(raw_object.key)
        if self._files.get_file_info(path).type != fs.FileType.File:
            self._check_free(path)
            laid = Lineage(subject=subject, origin="laid", retrieved_at=raw_object.modified_at)
            self.put_lineage(raw_object.key, laid)

    def _path(self, key: str) -> str:
        """Return the path of a raw object.

        Raises:
            InputError: the key leads out of the lake, by its name or through a link.

        """
        path = self._location.path(self._objects, key)
        if self._location.is_local:
            folders = [self._location.path(self._objects, key[:end]) for end, sign in enumerate(key) if sign == "/"]
            if link := next(filter(os.path.islink, [*folders, path]), None):
                raise InputError(f"{link} is a link, which may lead out of the lake: put the files themselves there.")
        return path

    def _lineage_path(self, key: str) -> str:
        folder, slash, name = key.rpartition("/")
        if len(name.encode()) > _LONGEST_NAME:
            name = hashlib.sha256(name.encode()).hexdigest()
        return self._location.path(self._lineage, f"{folder}{slash}{name}.json")

    def _read(self, path: str) -> bytes:
        try:
            with self._files.open_input_file(path) as file:
                return bytes(file.read())
        except OSError as error:
            raise explained(error) from error

    def _check_free(self, path: str) -> None:
        """Refuse a place for lineage that the names of other objects have taken, or a link leads elsewhere.

        Raises:
            InputError: it is taken; nothing was written.

        """
        if not self._location.is_local:
            return
        root = Path(self._location.path(self._lineage))
        above = [each for each in Path(path).parents if each.is_relative_to(root)]
        if Path(path).is_dir() or any(each.is_symlink() or (each.exists() and not each.is_dir()) for each in above):
            raise InputError(
                f"There is no place for lineage at {path}, as another object's name or a link has taken it: rename the "
                "object in raw."
            )

    def _write(self, path: str, body: bytes) -> None:
        """Write an object whole or not at all; a kill leaves a hidden local file at the most."""
        with told():
            written = self._written_as(path)
            with self._files.open_output_stream(written) as file:
                file.write(body)
            if written != path:
                self._files.move(written, path)

    def _written_as(self, path: str) -> str:
        """Return the path under which an object is written before it gets its own, in the same folder, made if absent.

        On S3 that is its own: an object is there when it is whole.
        """
        if not self._location.is_local:
            return path
        folder = path.rpartition("/")[0]
        self._files.create_dir(folder, recursive=True)
        return f"{folder}/.{uuid4().hex}"


def files_below(folder: str) -> Iterator[tuple[str, int, datetime]]:
    """Yield path, size in bytes and time of modification (UTC) of every file below a local folder, without links.

    Raises:
        OSError: a folder cannot be read; an absent one holds nothing.

    """
    if Path(folder).is_symlink():
        _log.warning("not read, as it is a link: %s", visible(folder))
        return
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_symlink():
            _log.warning("not read, as it is a link: %s", visible(entry.path))
        elif entry.is_dir():
            yield from files_below(entry.path)
        elif entry.is_file():
            with suppress(FileNotFoundError):  # a write's hidden file has got its name meanwhile
                status = entry.stat()
                yield entry.path, status.st_size, _instant(status.st_mtime_ns)


def _instant(nanoseconds: int) -> datetime:
    """Return a time of modification (UTC), and 1970 for one that Python cannot hold."""
    try:
        return _1970 + timedelta(microseconds=nanoseconds // 1_000)
    except OverflowError:
        return _1970


def _object(root: str, path: str, size: int, modified_at: datetime) -> RawObject | None:
    """Return a listed file as a raw object; None for a hidden one, and for one whose name cannot be a key."""
    key = path.removeprefix(root + "/")
    if key.rpartition("/")[2].startswith("."):
        return None
    if not is_path(key) or not _is_text(key):
        _log.warning("not read, as its name cannot be a raw key: %s. Rename it.", visible(key))
        return None
    return RawObject(key, size, modified_at)


def _is_text(name: str) -> bool:
    """Say whether a name is UTF-8: Python has halves of UTF-16 pairs for bytes that are not."""
    return name.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in name)
