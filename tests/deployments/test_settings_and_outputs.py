"""Terraform's output and the pipeline's settings: read whole, or refused with what is wrong."""

import json
from pathlib import Path

import pytest
from deployments_rig import IMAGE, OUTPUT, target

from deployments.pipeline_settings import findings, pipeline_settings
from deployments.target import image_of
from deployments.terraform import read_work_pool
from fedbytweets.errors import InputError


@pytest.mark.parametrize("document", [OUTPUT, {"work_pool": {"value": OUTPUT, "sensitive": False}}])
def test_both_forms_of_terraforms_output_are_read(tmp_path: Path, document: object) -> None:
    """`terraform output -json` and `terraform output -json work_pool` give the same."""
    (tmp_path / "outputs.json").write_text(json.dumps(document))
    assert read_work_pool("staging", tmp_path / "outputs.json") == target().aws


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({**OUTPUT, "environment": "production"}, "state is that of 'production'"),
        ({name: value for name, value in OUTPUT.items() if name != "cluster"}, "lacks or misstates: cluster"),
        ({}, "holds no output"),
        ({"work_pool": {"value": {**OUTPUT, "subnets": []}}}, "subnets"),
    ],
)
def test_another_environments_or_half_an_output_is_refused(tmp_path: Path, document: object, said: str) -> None:
    """The message says what is wrong and what to do."""
    (tmp_path / "outputs.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=said):
        read_work_pool("staging", tmp_path / "outputs.json")


@pytest.mark.parametrize("environment", ["staging", "production"])
def test_the_settings_of_the_repository_are_known_and_valid(environment: str) -> None:
    """Both environments' files would be deployed."""
    settings = pipeline_settings(environment)
    assert list(findings(settings, OUTPUT["container_environment"])) == []
    assert settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("FEDBYTWEETS_BUDGET_MONEY_PER_DAI", "1", "is no setting of the pipeline"),
        ("FEDBYTWEETS_X_PAGE_SIZE", "1000", "FEDBYTWEETS_X_PAGE_SIZE is '1000'"),
        ("FEDBYTWEETS_LAKE", "s3://other", "comes from Terraform"),
        ("FEDBYTWEETS_X_BEARER_TOKEN", "secret", "is no setting of the pipeline"),
    ],
)
def test_a_setting_that_the_pipeline_would_not_take_is_refused(name: str, value: str, said: str) -> None:
    """Unknown, out of bounds, Terraform's already, or a secret: each is one finding that names it."""
    (found,) = findings({name: value}, OUTPUT["container_environment"])
    assert name in found
    assert said in found
    assert "secret" not in found


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("", IMAGE),
        ("v1", IMAGE),
        ("sha256:ab", f"{OUTPUT['image_repository']}@sha256:ab"),
        ("registry.example/other:v2", "registry.example/other:v2"),
    ],
)
def test_an_image_is_named_by_tag_digest_or_whole(given: str, wanted: str) -> None:
    """The repository is Terraform's unless a whole name is given; without a name it is the version's."""
    assert image_of(target().aws, given, "v1") == wanted
