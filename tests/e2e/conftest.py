"""The world of these tests: made once, then used by them in order."""

import os
import shutil
from collections.abc import Iterator

import pytest
from local_ecs import LocalEcs
from page import Shell, copy_of_checkout
from prefect_api import PrefectApi
from world import SETTINGS, TOKEN, World, answers, environment, free_port, of_a_task, replaced

from fedbytweets.simulator import Account, Corpus, Simulator


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """AWS, X and Prefect on loopback, and a terminal in a checkout; nothing is set up in them yet."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    if not os.environ.get("TF_PLUGIN_DIR"):
        pytest.skip("TF_PLUGIN_DIR names no mirror of the AWS provider, without which nothing can be applied")
    folder = tmp_path_factory.mktemp("world")
    patch = pytest.MonkeyPatch()
    aws = LocalEcs(folder / "tasks", patch)
    corpus = Corpus(seed=5, posts_per_hour=8)
    with Simulator(corpus, account=Account(token=TOKEN)) as x:
        checkout = copy_of_checkout(folder)
        (checkout / "deployments/settings/staging.toml").write_text(SETTINGS)
        port = free_port()
        shell = Shell(checkout, environment(folder, aws.url), answers(), replaced(port))
        aws.world = of_a_task(aws.url, x.base_url, shell.environment["PATH"])
        yield World(aws, x, PrefectApi(f"http://127.0.0.1:{port}/api"), shell)
        shell.close()
        aws.close()
    patch.undo()
