"""What the linters do not know about the workflows: the order, and that one image goes the whole way."""

import re
from typing import Any

import yaml
from terraform_cli import REPOSITORY

GITHUB = REPOSITORY / ".github"


def jobs(workflow: str) -> dict[str, Any]:
    """Read the jobs of one workflow."""
    read: dict[str, Any] = yaml.safe_load((GITHUB / "workflows" / workflow).read_text())
    return dict(read["jobs"])


def steps(job: dict[str, Any]) -> list[str]:
    """Name what a job does, step by step, for humans."""
    return [step.get("run") or step["uses"].split("@")[0] for step in job["steps"]]


def test_every_action_from_outside_is_pinned_to_a_commit_with_its_release_beside_it() -> None:
    """A tag can be moved; forty hex digits cannot."""
    lines = [line for file in GITHUB.rglob("*.yml") for line in file.read_text().splitlines() if "uses:" in line]
    outside = [line.strip() for line in lines if "$/" not in line]
    assert len(outside) > 5
    assert [line for line in outside if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line)] == []


def test_one_action_has_one_commit_everywhere() -> None:
    """Two pins of one action would be two versions of it."""
    pins = {
        match[0]
        for file in GITHUB.rglob("*.yml")
        for match in re.finditer(r"uses: ([\w./-]+)@([0-9a-f]{40})", file.read_text())
    }
    actions = [pin.split("@")[0] for pin in pins]
    assert sorted(actions) == sorted(set(actions))


def test_tests_come_before_staging_and_staging_before_production() -> None:
    """Nothing is deployed that did not pass, and production never before staging."""
    deploy = jobs("deploy.yml")
    assert [deploy[name].get("needs") for name in ("checks", "staging", "production")] == [None, "checks", "staging"]
    assert [deploy[name].get("environment") for name in ("staging", "production")] == ["staging", "production"]


def test_an_environment_is_applied_then_given_its_image_then_deployed() -> None:
    """Plan and apply, image, `make deploy`, in that order; only staging builds."""
    deploy = jobs("deploy.yml")
    assert steps(deploy["staging"]) == [
        "actions/checkout",
        "$/.github/actions/apply",
        "docker/setup-qemu-action",
        "docker/setup-buildx-action",
        ".github/scripts/image.sh build",
        "make deploy ENV=staging",
    ]
    assert steps(deploy["production"]) == [
        "actions/checkout",
        "$/.github/actions/apply",
        "docker/setup-buildx-action",
        ".github/scripts/image.sh promote",
        "make deploy ENV=production",
    ]


def test_production_takes_the_image_staging_built() -> None:
    """What the production job copies is the staging job's output, a repository and a digest."""
    promote = next(step for step in jobs("deploy.yml")["production"]["steps"] if step.get("id") == "image")
    assert promote["env"]["STAGED"] == "${{ needs.staging.outputs.image }}"


def test_no_deploy_is_cancelled_midway_and_none_overlaps_another_of_its_environment() -> None:
    """Half an apply is worse than a late one."""
    deploy = jobs("deploy.yml")
    assert [deploy[name]["concurrency"] for name in ("staging", "production")] == [
        {"group": "deploy-staging", "cancel-in-progress": False},
        {"group": "deploy-production", "cancel-in-progress": False},
    ]


def test_no_workflow_knows_an_aws_key() -> None:
    """AWS is entered by OIDC alone."""
    text = "".join(file.read_text() for file in GITHUB.rglob("*") if file.is_file())
    assert "aws-access-key" not in text.lower()
    assert "AWS_SECRET" not in text
    assert set(re.findall(r"secrets\.(\w+)", text)) == {"PREFECT_API_AUTH_STRING", "PREFECT_API_KEY"}
