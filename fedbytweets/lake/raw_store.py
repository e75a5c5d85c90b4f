"""Raw objects in the lake: written once, never edited (compression and erasure apart), listed and read back."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import msgspec
from pyarrow import fs

from fedbytweets.errors import LakeError
from fedbytweets.lake.faults import explained, told
from fedbytweets.lake.location import LINEAGE, RAW, Location
from fedbytweets.raw import lineage as lineages
from fedbytweets.raw.keys import subject_of
from fedbytweets.raw.lineage import Lineage


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
        """Return every raw object (of one subject), by key."""
        root = self._location.path(self._objects)
        folder = f"{root}/{subject}" if subject else root
        with told():
            found = self._files.get_file_info(fs.FileSelector(folder, allow_not_found=True, recursive=True))
        return sorted(
            RawObject(info.path.removeprefix(root + "/"), info.size, info.mtime.astimezone(UTC))
            for info in found
            if info.type == fs.FileType.File and not info.base_name.startswith(".") and not _is_folder_mark(info)
        )

    def read(self, key: str) -> bytes:
        """Return a raw object's bytes, as stored.

        Raises:
            LakeError: there is no such object, or it cannot be read.

        """
        return self._read(self._location.path(self._objects, key))

    def exists(self, key: str) -> bool:
        """Say whether there is a raw object of this key."""
        return bool(self._files.get_file_info(self._location.path(self._objects, key)).type == fs.FileType.File)

    def put(self, key: str, body: bytes, lineage: Lineage) -> None:
        """Store a raw object, its lineage first.

        Raises:
            LakeError: it could not be stored.

        """
        self.put_lineage(key, lineage)
        self._write(self._location.path(self._objects, key), body)

    def put_once(self, key: str, body: bytes, lineage: Lineage) -> None:
        """Store a raw object whose key its bytes name; of several that store it at once the first one's lineage stays.

        Bronze may have rows with that lineage's time already: another time would make them be taken for absent.

        Raises:
            LakeError: it could not be stored.

        """
        self._claim(key, lineage)
        self._write(self._location.path(self._objects, key), body)

    def put_new(self, key_of: Callable[[int], str], body: bytes, lineage: Lineage) -> str:
        """Store a raw object under the first key of `key_of(1)`, `key_of(2)`, ... that is free, and return that.

        Of several that store at once under the same keys each gets one of its own: its lineage claims it. Two runs
        that ask the same question in the same second would overwrite each other's pages, and lose posts between them.

        Raises:
            LakeError: it could not be stored.

        """
        key = next(key for key in map(key_of, count(1)) if not self.exists(key) and self._claim(key, lineage))
        self._write(self._location.path(self._objects, key), body)
        return key

    def replace(self, raw_object: RawObject, body: bytes) -> None:
        """Put other bytes in the place of a raw object's, in one atomic write: its key and lineage stay.

        For compression, which keeps the text, and for erasure, the one exception to "never edited".

        Raises:
            LakeError: they could not be stored; the object is as it was.

        """
        self.lineage(raw_object, subject_of(raw_object.key))  # an object laid by hand gets it now: its time goes
        self._write(self._location.path(self._objects, raw_object.key), body)

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
        """
        path = self._lineage_path(raw_object.key)
        if self._files.get_file_info(path).type == fs.FileType.File:
            return self._decoded(path)
        laid = Lineage(subject=subject, origin="laid", retrieved_at=raw_object.modified_at)
        self.put_lineage(raw_object.key, laid)
        return laid

    def _decoded(self, path: str) -> Lineage:
        try:
            return lineages.decode(self._read(path))
        except msgspec.DecodeError as error:
            raise LakeError(f"Lineage {path} is not what was written ({error}): restore it or delete it.") from error

    def _lineage_path(self, key: str) -> str:
        return self._location.path(self._lineage, f"{key}.json")

    def _read(self, path: str) -> bytes:
        try:
            with self._files.open_input_file(path) as file:
                return bytes(file.read())
        except OSError as error:
            raise explained(error) from error

    def _write(self, path: str, body: bytes) -> None:
        try:
            if self._location.is_local:
                self._write_file(path, body)
                return
            with self._files.open_output_stream(path) as file:
                file.write(body)
        except OSError as error:
            raise explained(error) from error

    def _write_file(self, path: str, body: bytes) -> None:
        """Write a local file whole or not at all, as S3 does of itself; a kill leaves only a hidden file."""
        folder, _, name = path.rpartition("/")
        self._files.create_dir(folder, recursive=True)
        hidden = f"{folder}/.{name}.{os.getpid()}"
        with self._files.open_output_stream(hidden) as file:
            file.write(body)
        self._files.move(hidden, path)


def _is_folder_mark(info: fs.FileInfo) -> bool:
    return bool(info.size == 0 and info.path.endswith("/"))
