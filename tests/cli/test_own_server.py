"""The Prefect server of one command: what flows ask of a server, it does, on tables that no migration made."""

import json
import os
import subprocess
import sys

import pytest

PATIENCE_SECONDS = 120

_PROGRAM = """
import json
from fedbytweets.cli.local_prefect import local_prefect

with local_prefect(verbose=False):
    from prefect import flow, task
    from prefect.artifacts import create_markdown_artifact
    from prefect.client.orchestration import get_client

    tries = {"flow": 0, "task": 0}

    def fail_once(what):
        tries[what] += 1
        if tries[what] == 1:
            raise ValueError(what)

    @task(retries=1)
    def shaky():
        fail_once("task")
        create_markdown_artifact("# done", key="what-is-left")

    @flow(name="child", retries=1)
    def child():
        shaky()
        fail_once("flow")

    @flow(name="parent")
    def parent():
        child()

    parent()
    with get_client(sync_client=True) as client:
        runs = {client.read_flow(run.flow_id).name: run for run in client.read_flow_runs()}
        seen = {
            "states": {name: run.state_name for name, run in runs.items()},
            "runs of the child": runs["child"].run_count,
            "is linked": runs["child"].parent_task_run_id is not None,
            "artifacts": [each.key for each in client.read_artifacts() if each.key],
        }
print(json.dumps(seen | tries))
"""


@pytest.mark.flow
def test_flows_are_retried_linked_and_leave_artifacts_on_the_server_of_a_command() -> None:
    """A child's retry is the server's decision, the link to its parent and the artifacts are rows of its tables."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    ended = subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=kept,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {
        "states": {"parent": "Completed", "child": "Completed"},
        "runs of the child": 2,
        "is linked": True,
        "artifacts": ["what-is-left", "what-is-left"],
        "flow": 2,
        "task": 3,
    }
