"""The checkout -> an image in the environment's repository, by the Docker on this machine."""

import base64
import subprocess
from pathlib import Path

from deployments.aws import registry_login
from deployments.terraform import WorkPool
from fedbytweets.errors import InputError

_PLATFORMS = {"X86_64": "linux/amd64", "ARM64": "linux/arm64"}


def build_and_push(pool: WorkPool, version: str, folder: Path) -> str:
    """Build the image of a checkout for the tasks' processor, push it, and return its full name.

    Raises:
        InputError: Docker is not there, or refused.
        SettingsError: AWS gives no login to the repository.

    """
    name = f"{pool.image_repository}:{version}"
    user, _, password = base64.b64decode(registry_login(pool)).decode().partition(":")
    registry = pool.image_repository.partition("/")[0]
    _docker(folder, "login", "--username", user, "--password-stdin", registry, given=password)
    _docker(
        folder, "buildx", "build", "--platform", _PLATFORMS[pool.architecture], "--build-arg", f"VERSION={version}",
        "--tag", name, "--push", ".",
    )  # fmt: skip
    return name


def _docker(folder: Path, *words: str, given: str | None = None) -> None:
    try:
        subprocess.run(["docker", *words], cwd=folder, input=given, text=True, check=True)  # noqa: S603, S607
    except FileNotFoundError as error:
        raise InputError("Docker is not installed: install it, or let the repository's workflow build.") from error
    except subprocess.CalledProcessError as error:
        raise InputError(f"docker {words[0]} ended with {error.returncode}: its lines above say why.") from error
