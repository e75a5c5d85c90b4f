"""The world of these tests: made once, then used by them in order."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from local_ecs import LocalEcs
from page import SERVES, Shell, commands, copy_of_checkout
from prefect_api import PrefectApi, until
from world import SETTINGS, TOKEN, World, answers, environment, free_port, of_a_task, plugins, replaced

from fedbytweets.simulator import Account, Corpus, Simulator


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """AWS, X and Prefect on loopback, and a terminal in a checkout; nothing is set up in them yet."""
    folder = tmp_path_factory.mktemp("world")
    checkout = copy_of_checkout(folder)
    _require_terraform(checkout / "infra")
    patch = pytest.MonkeyPatch()
    aws = LocalEcs(folder / "tasks", patch)
    corpus = Corpus(seed=5, posts_per_hour=8)
    with Simulator(corpus, account=Account(token=TOKEN)) as x:
        (checkout / "deployments/settings/staging.toml").write_text(SETTINGS)
        port = free_port()
        shell = Shell(checkout, environment(folder, checkout, aws.url), answers(), replaced(port))
        aws.world = of_a_task(checkout, aws.url, x.base_url)
        prefect = PrefectApi(f"http://127.0.0.1:{port}/api", lambda: shell.environment.get("PREFECT_API_AUTH_STRING"))
        yield World(aws, x, prefect, shell)
        shell.close()
        aws.close()
    patch.undo()


@pytest.fixture(scope="session")
def followed(world: World) -> World:
    """Return the world after every command of the page, the hybrid way, has succeeded in it."""
    for command in commands("hybrid"):
        if any(word in command for word in SERVES):
            world.shell.serve(command)
            if "server" in command:
                until("Prefect server", 120, world.prefect.is_up)
        else:
            world.shell.run(command)
    return world


def _require_terraform(infra: Path) -> None:
    """Skip where Terraform or its AWS provider is not to be had: nothing could be applied."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed")
    command = ["terraform", f"-chdir={infra}", "init", "-backend=false", *plugins()]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("the AWS provider did not come in 90 s: set TF_PLUGIN_DIR to a mirror of it")
    if done.returncode != 0:
        pytest.skip(f"no AWS provider (set TF_PLUGIN_DIR to a mirror of it): {done.stderr.strip()[-300:]}")
    shutil.rmtree(infra / ".terraform")
