"""The linters of what is not Python, with no finding left; each runs offline."""

import json
import os
import shutil
import subprocess

import pytest
from terraform_cli import REPOSITORY


def lint(tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a linter of requirements/infra.lock on the repository, or skip where it is not on the PATH."""
    program = shutil.which(tool)
    if program is None:
        pytest.skip(f"{tool} is not on the PATH: install requirements/infra.lock into an environment of its own")
    home = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return subprocess.run(
        [program, *words], cwd=REPOSITORY, env=home, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.long
@pytest.mark.parametrize(
    ("framework", "where", "enough"),
    [
        ("terraform", ["--directory", "infra"], 80),
        ("dockerfile", ["--file", "Dockerfile"], 5),
        ("github_actions", ["--directory", ".github"], 20),
    ],
)
def test_checkov_has_no_failed_check_and_every_waiver_a_reason(framework: str, where: list[str], enough: int) -> None:
    """No check fails; what is skipped is skipped in place, with a sentence."""
    done = lint("checkov", *where, "--framework", framework, "--skip-download", "--output", "json")
    report = json.loads(done.stdout)
    failed = [f"{check['check_id']} {check['resource']}" for check in report["results"]["failed_checks"]]
    assert failed == []
    assert report["summary"]["passed"] >= enough
    reasons = [check["check_result"]["suppress_comment"] for check in report["results"]["skipped_checks"]]
    assert [reason for reason in reasons if len(reason.split()) < 4] == []


def test_zizmor_finds_nothing_in_the_workflows() -> None:
    """Not even at its most pedantic."""
    done = lint("zizmor", "--offline", "--pedantic", "--no-progress", "--format", "json", ".github")
    assert (done.returncode, json.loads(done.stdout)) == (0, []), done.stdout


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    """What is ignored is ignored in place."""
    done = lint("hadolint", "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.github-actions", ".github/actions/*/action.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
    ],
)
def test_workflows_are_what_github_takes(schema: str, files: str) -> None:
    """Each file fits the schema GitHub's own editors use."""
    found = [str(path) for path in REPOSITORY.glob(files)]
    assert found
    done = lint("check-jsonschema", "--builtin-schema", schema, *found)
    assert done.returncode == 0, done.stdout


def test_bandit_finds_nothing_in_the_code_that_runs() -> None:
    """No finding of medium or high severity; SQL and opened addresses are ruff's (S608, S310: a reason in place)."""
    done = lint("bandit", "--quiet", "--recursive", "-ll", "--skip", "B310,B608", "fedbytweets", "flows", "tasks")
    assert done.returncode == 0, done.stdout
