"""Every command of the documentation, run as a reader would: in order, in a folder of the reader's own.

The X API is the stand-in, so that what needs a token can be run. The lake is a small one, made beforehand.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lakes import lake_in, lay, lines, load_bronze, merge_silver, page_of
from pages import DOCS, ROOT, blocks

from fedbytweets.instants import rfc3339, to_snowflake, utc_now
from fedbytweets.raw.keys import page_key
from fedbytweets.raw.lineage import Lineage, Question
from fedbytweets.simulator import Corpus, Simulator

PAGES = sorted(
    page
    for page in [ROOT / "README.md", *DOCS.glob("*.md"), *(DOCS / "how-to").glob("*.md")]
    if page.name != "aws.md" and any(block.language == "console" and not block.mark for block in blocks(page))
)

IN_CI = {"README.md"}
"""Pages whose commands run at every change; those of all run in the soak, as each command is a process of its own."""


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    """Return the address of a stand-in of the X API with few posts."""
    with Simulator(Corpus(posts_per_hour=10)) as simulator:
        yield simulator.base_url


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the reader's folder: a lake with some of everything, and files of the old system."""
    lake = lake_in(tmp_path / "lake")
    lay(lake, "lula/old.json", lines(page_of(range(1, 30))) + b"<html>\n")
    now = utc_now().replace(microsecond=0)
    window, query = (now - timedelta(hours=6), now - timedelta(minutes=10)), "(lula) -is:retweet"
    post = {"id": str(to_snowflake(now - timedelta(hours=1))), "text": "oi", "author_id": "2", "lang": "pt"}
    body = lines({"data": [{**post, "created_at": rfc3339(now - timedelta(hours=1))}], "meta": {"result_count": 1}})
    asked = Question(query=query, dialect="tweet", start=window[0], end=window[1], page=1)
    lineage = Lineage(subject="lula", origin="stand-in", retrieved_at=now, question=asked)
    lake.raw.put(page_key("lula", query, window, 1), body, lineage)
    load_bronze(lake)
    merge_silver(lake)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "2022-06-19-22_30.json").write_bytes(lines({"data": [page_of(range(50, 60))]}))
    return tmp_path


@pytest.mark.flow
@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=str(page.relative_to(ROOT)), marks=() if page.name in IN_CI else pytest.mark.soak)
        for page in PAGES
    ],
)
def test_the_commands_of_a_page_run(page: Path, folder: Path, api: str) -> None:
    """Copied one after another, in order, each command of a page ends well; files the page shows are there."""
    script = ["set -euo pipefail"]
    for block in blocks(page):
        if block.language == "toml" and block.mark:
            (folder / block.mark).write_text(block.text, encoding="utf-8")
        if block.language == "console" and not block.mark:
            script += block.commands
    ended = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=_environment(folder, api),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ended.returncode == 0, f"{ended.stdout[-2000:]}\n{ended.stderr[-2000:]}"


def _environment(folder: Path, api: str) -> dict[str, str]:
    """Return a reader's environment: nothing of this project's or Prefect's but the token, and where X answers."""
    foreign = ("FEDBYTWEETS_", "PREFECT_", "AWS_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    own = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(folder),
        "FEDBYTWEETS_X_BASE_URL": api,
        "FEDBYTWEETS_X_SIMULATED": "true",
        "FEDBYTWEETS_X_BEARER_TOKEN": "any",
    }
    return kept | own
