"""Terraform with its provider, or the reason why these tests cannot run here."""

import shutil
import subprocess
from pathlib import Path

import pytest
from terraform_cli import Terraform, copy_of_infra


@pytest.fixture(scope="session")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy infra/ and initialise its two roots without a backend."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    copy = copy_of_infra(tmp_path_factory.mktemp("terraform"))
    for root in (copy, copy / "bootstrap"):
        try:
            done = Terraform(root).init("-backend=false")
        except subprocess.TimeoutExpired:
            pytest.skip("the AWS provider did not come in 90 s: set TF_PLUGIN_DIR to a mirror of it")
        if done.returncode != 0:
            pytest.skip(f"no AWS provider (set TF_PLUGIN_DIR to a mirror of it): {done.stderr.strip()[-300:]}")
    return copy
