"""A copy of infra/ -> Terraform run on it: never a folder of the repository, never an account."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
OVERRIDES = Path(__file__).parent / "moto_overrides"

# Nothing of the caller's account may leak in: these are what moto takes and AWS refuses.
NO_ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": "sa-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "TF_IN_AUTOMATION": "1",
    "TF_INPUT": "0",
    "CHECKPOINT_DISABLE": "1",
}


@dataclass(frozen=True)
class Terraform:
    """Terraform in one folder, with its environment."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, timeout: float = 240, log: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run to the end, whatever the exit code; `log` gets the provider's debug lines."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        logging = {} if log is None else {"TF_LOG_PROVIDER": "DEBUG", "TF_LOG_PATH": str(log)}
        return subprocess.run(
            ["terraform", *words],
            cwd=self.folder,
            env={**outside, **NO_ACCOUNT, **self.environment, **logging},
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def must(self, *words: str, timeout: float = 240, log: Path | None = None) -> str:
        """Return the command's output; a failure shows all Terraform said."""
        done = self.run(*words, timeout=timeout, log=log)
        assert done.returncode == 0, f"terraform {words[0]} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def init(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`terraform init`, from the mirror TF_PLUGIN_DIR names or else over the network."""
        mirror = os.environ.get("TF_PLUGIN_DIR")
        plugins = [f"-plugin-dir={mirror}"] if mirror else []
        return self.run("init", "-no-color", *plugins, *words, timeout=90)


def copy_of_infra(to: Path) -> Path:
    """infra/ without what earlier runs left in it."""
    leftovers = shutil.ignore_patterns(".terraform", ".terraform.lock.hcl", "*.tfstate*")
    return Path(shutil.copytree(REPOSITORY / "infra", to / "infra", ignore=leftovers))
