"""infra/ as text: formatted, valid, and its policies as they are meant, without an account."""

import json
from pathlib import Path

import pytest
from terraform_cli import REPOSITORY, Terraform

ROOTS = [".", "bootstrap"]


def test_every_file_is_formatted(infra: Path) -> None:
    """`terraform fmt` would change nothing, in infra/ and in the overrides of the tests."""
    for folder in (REPOSITORY / "infra", REPOSITORY / "tests/infra/moto_overrides"):
        assert Terraform(folder).must("fmt", "-check", "-recursive") == ""


@pytest.mark.parametrize("root", ROOTS)
def test_each_root_is_valid_without_a_warning(infra: Path, root: str) -> None:
    """`terraform validate` finds no error and no deprecated argument."""
    verdict = json.loads(Terraform(infra / root).must("validate", "-json"))
    assert (verdict["valid"], verdict["diagnostics"]) == (True, [])


@pytest.mark.long
@pytest.mark.parametrize("root", ROOTS)
def test_the_policies_are_what_they_are_meant_to_be(infra: Path, root: str) -> None:
    """`terraform test` asserts the policies, whole, against a provider that reaches nothing."""
    assert ", 0 failed." in Terraform(infra / root).must("test", "-no-color")


def test_both_roots_use_the_same_provider(infra: Path) -> None:
    """The provider's exact version stands in two files and is one."""
    versions = {
        line.strip()
        for file in ("versions.tf", "bootstrap/main.tf")
        for line in (infra / file).read_text().splitlines()
        if line.strip().startswith("version ")
    }
    assert len({" ".join(line.split()) for line in versions}) == 1, versions
