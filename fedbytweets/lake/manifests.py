"""Iceberg's files as pyarrow reads them, but lists of files once: they never change, and a commit asks thrice.

pyiceberg reads every manifest of a table to plan a scan, and twice more to replace files of it. What a small commit on
a long history costs, in bytes and in requests, is mostly that.
"""

from io import BytesIO
from typing import Any

from pyiceberg.io import InputFile, InputStream
from pyiceberg.io.pyarrow import PyArrowFileIO

from fedbytweets.errors import LakeError

_LIST_OF_FILES = ".avro"
_AVRO = b"Obj\1"
_MARK_BYTES = 16
"""An Avro file says in its head which random bytes end each of its blocks: a cut one does not end so."""


class ManifestsOnce(PyArrowFileIO):
    """Reads and writes the files of one loaded table; a manifest, or a list of them, is fetched once."""

    def __init__(self, properties: dict[str, str] | None = None) -> None:
        super().__init__(properties or {})
        self._fetched: dict[str, bytes] = {}

    def new_input(self, location: str) -> Any:
        """Return a file to read from; nothing is read yet."""
        there = super().new_input(location)
        return _Fetched(location, there, self._fetched) if location.endswith(_LIST_OF_FILES) else there


FILE_IO = {"py-io-impl": f"{ManifestsOnce.__module__}.{ManifestsOnce.__name__}"}
"""Property of a catalog whose tables read so."""


class _Fetched(InputFile):
    """A file that is fetched when it is first opened, and kept; one that cannot be is asked for again."""

    def __init__(self, location: str, there: InputFile, fetched: dict[str, bytes]) -> None:
        super().__init__(location)
        self._there = there
        self._all = fetched

    def __len__(self) -> int:
        return len(self._bytes())

    def exists(self) -> bool:
        return self.location in self._all or self._there.exists()

    def open(self, seekable: bool = True) -> InputStream:  # noqa: ARG002 (pyiceberg's signature)
        return BytesIO(self._bytes())

    def _bytes(self) -> bytes:
        if self.location not in self._all:
            with self._there.open(seekable=False) as stream:
                content = stream.read()
            if not content.startswith(_AVRO) or content.find(content[-_MARK_BYTES:]) == len(content) - _MARK_BYTES:
                raise LakeError(f"{self.location} is damaged: docs/how-to/restore-the-lake.md says what to do.")
            self._all[self.location] = content
        return self._all[self.location]
