"""What an operator reads when the lake fails: one to three lines (thing, fact, way out), an exit code, no traceback."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cloud import Cloud
from lakes import lake_in

from fedbytweets.tables import bronze, silver

ROOT = os.geteuid() == 0
LAKE_FAILED, WRONG_SETTING = 5, 2


def fedbytweets(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the console command, as an operator does."""
    command = [str(Path(sys.executable).with_name("fedbytweets")), *arguments]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FEDBYTWEETS_"))}
    return subprocess.run(command, capture_output=True, text=True, timeout=240, env=kept | environment, check=False)


def told(done: subprocess.CompletedProcess[str], code: int) -> str:
    """Return what a command said of its failure, which is short and has no traceback."""
    assert done.returncode == code, done.stderr
    lines = done.stderr.strip().splitlines()
    assert 1 <= len(lines) <= 3, done.stderr
    assert lines[0].startswith("fedbytweets: ")
    assert "Traceback" not in done.stdout + done.stderr
    return done.stderr


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Let nobody write to a folder: by a mount for root, whom modes do not stop, and by its mode for others."""
    if not ROOT:
        folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
        for each in folders:
            each.chmod(0o555)
        yield
        for each in folders:
            each.chmod(0o755)
        return
    with mounted(["--bind", str(folder)], folder):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
        yield


@contextmanager
def mounted(what: list[str], folder: Path) -> Iterator[None]:
    """Mount something on a folder while the block runs; skip where this machine lets nobody mount."""
    if subprocess.run(["mount", *what, str(folder)], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def everything_below(folder: Path) -> dict[str, int]:
    """Return every file below a folder and its size."""
    return {str(path): path.stat().st_size for path in folder.rglob("*") if path.is_file()}


@pytest.mark.long
def test_a_read_only_lake_is_named_looked_at_and_left_as_it_was(files: list[str], tmp_path: Path) -> None:
    """Importing ends at once with the lake's exit code; looking at it works."""
    lake = tmp_path / "lake"
    assert fedbytweets("import", files[0], "--subject", "lula", "--lake", str(lake)).returncode == 0
    before = everything_below(lake)
    with read_only(lake):
        said = told(fedbytweets("import", *files, "--subject", "lula", "--lake", str(lake)), LAKE_FAILED)
        looked = fedbytweets("query", "SELECT count(*) AS n FROM silver.tweets", "--json", "--lake", str(lake))
    assert "may not be written" in said
    assert "give this user the right to write" in said
    assert looked.returncode == 0, looked.stderr
    assert "40" in looked.stdout
    assert everything_below(lake) == before


@pytest.mark.long
@pytest.mark.skipif(
    not ROOT, reason="only root can make a disk this small; the limit of file sizes stands for it below"
)
def test_a_full_disk_is_named_and_the_next_run_with_room_is_whole(files: list[str], tmp_path: Path) -> None:
    """A file system of 160 KiB fills up in the midst of the work; nothing of a commit shows, and room heals it."""
    lake = tmp_path / "lake"
    lake.mkdir()
    with mounted(["-t", "tmpfs", "-o", "size=160k", "tmpfs"], lake):
        told_of = told(fedbytweets("import", *files, "--subject", "lula", "--lake", str(lake)), LAKE_FAILED)
        assert "has no room left" in told_of
        assert "make room" in told_of
        assert lake_in(lake).scan(silver.TWEETS).collect().is_empty()
        subprocess.run(["mount", "-o", "remount,size=64m", str(lake)], check=True)
        assert fedbytweets("import", *files, "--subject", "lula", "--lake", str(lake)).returncode == 0
        assert lake_in(lake).scan(silver.TWEETS).collect().height == 80
        assert lake_in(lake).scan(bronze.TWEETS).collect().height == 120


def test_an_s3_that_is_down_is_told_with_what_to_check() -> None:
    """Nothing listens there: the lake's exit code, and the settings that may be wrong."""
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
    place = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_REGION": "sa-east-1", "FEDBYTWEETS_LAKE": "s3://anywhere"}
    said = told(fedbytweets("status", **keys, **place), LAKE_FAILED)
    assert "S3 does not answer" in said
    assert "AWS_ENDPOINT_URL" in said


def test_a_bucket_that_is_not_there_is_a_wrong_setting(aws: Cloud) -> None:
    """It is named with the setting that names it, as is a bucket in an import, before anything is read."""
    environment = aws.lake(FEDBYTWEETS_LAKE="s3://no-such-bucket-here")
    said = told(fedbytweets("status", **environment), WRONG_SETTING)
    assert "FEDBYTWEETS_LAKE is 's3://no-such-bucket-here'" in said
