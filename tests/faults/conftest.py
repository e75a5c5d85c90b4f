"""A stand-in of AWS that can be hurt, shared by the tests of a module; each test has a lake of its own in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from cloud import Cloud, cloud, store
from gateway import nothing
from lakes import contents, lake_in, load_bronze, merge_silver

from fedbytweets.simulator.raw_files import write_raw_files


@pytest.fixture(scope="session")
def served() -> Iterator[Cloud]:
    """Return S3 and Glue on loopback."""
    with cloud() as one:
        yield one


@pytest.fixture
def aws(served: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """Return S3 and Glue, unhurt; this process speaks to them."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "FEDBYTWEETS_"))]:
        monkeypatch.delenv(name)
    served.gateway.dealt.clear()
    yield served
    served.gateway.plan = nothing


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return raw files: the tweets of the first come again in the second, which is cut short."""
    paths = write_raw_files(tmp_path_factory.mktemp("files"), tweets=80, per_file=40, seed=7)
    paths[1].write_bytes(paths[1].read_bytes() + Path(paths[0]).read_bytes() + b'{"data": [{"id": "1850')
    return [str(path) for path in paths]


@pytest.fixture(scope="session")
def truth(files: list[str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Return all rows of every table of a lake that took in the files and met no fault."""
    lake = lake_in(tmp_path_factory.mktemp("truth"))
    store(lake, files)
    load_bronze(lake)
    merge_silver(lake)
    rows = contents(lake)
    assert rows["bronze.tweets"].height == 120
    assert rows["silver.tweets"].height == 80
    return rows
