"""What the lake asks of its file system, counted: every look, open, write, move and removal."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pyarrow import fs
from pyiceberg.io.pyarrow import PyArrowFileIO, PyArrowLocalFileSystem

from fedbytweets.lake.lake import Lake
from fedbytweets.lake.location import Location
from fedbytweets.lake.raw_store import RawStore

_OPERATIONS = {
    "copy_file": "copy_file",
    "delete_dir": "delete_dir",
    "delete_dir_contents": "delete_dir_contents",
    "delete_file": "delete_file",
    "delete_root_dir_contents": "delete_dir_contents",
    "get_file_info": "get_file_info",
    "get_file_info_selector": "get_file_info",
    "move": "move",
    "normalize_path": "normalize_path",
    "open_append_stream": "open_append_stream",
    "open_input_file": "open_input_file",
    "open_input_stream": "open_input_stream",
}
_FREE = {"normalize_path"}
"""Operations that S3 has no request for; making a folder is another."""


def _forwarded(name: str, to: str) -> Callable[..., Any]:
    def call(self: Any, *arguments: Any) -> Any:
        if name not in _FREE:
            self.calls[name] += 1
        return getattr(self.inner, to)(*arguments)

    return call


class _Handler(fs.FileSystemHandler):
    """A local file system behind a counter."""

    def __init__(self, calls: Counter[str]) -> None:
        self.inner = PyArrowLocalFileSystem()
        self.calls = calls

    locals().update({name: _forwarded(name, to) for name, to in _OPERATIONS.items()})

    def create_dir(self, path: str, recursive: bool) -> None:
        self.inner.create_dir(path, recursive=recursive)

    def get_type_name(self) -> str:
        return "counting"

    def open_output_stream(self, path: str, metadata: Any) -> Any:
        self.calls["open_output_stream"] += 1
        return self.inner.open_output_stream(path, metadata=metadata)


def counted(lake: Lake, monkeypatch: pytest.MonkeyPatch, calls: Counter[str]) -> Lake:
    """Return the lake with everything it asks of its file system counted in `calls`, Iceberg's part too."""
    files = fs.PyFileSystem(_Handler(calls))
    monkeypatch.setattr(PyArrowFileIO, "_initialize_local_fs", lambda _: files)
    location = Location(files, lake.location.root, lake.location.uri)
    return replace(lake, location=location, raw=RawStore(location))
