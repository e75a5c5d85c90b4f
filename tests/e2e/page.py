"""docs/aws.md -> its commands, run word by word in a copy of the checkout."""

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PAGE = REPOSITORY / "docs/aws.md"
OVERRIDES = REPOSITORY / "tests/infra/moto_overrides"
SERVES = ("prefect server start", "prefect worker start")
"""Commands that stay."""

NO_WAIT = """# The provider waits 55 s for a lifecycle to settle; tests/infra waits for it once.
resource "aws_s3_bucket_lifecycle_configuration" "lake" {
  count = 0
}
"""

_BLOCK = re.compile(r"^```sh *(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(way: str) -> list[str]:
    """Return the page's commands in order, one each: those for everybody, and those of one way (push, hybrid)."""
    blocks = [text for kind, text in _BLOCK.findall(PAGE.read_text(encoding="utf-8")) if kind in ("", way)]
    return [line for text in blocks for line in text.replace("\\\n", "").splitlines()]


def copy_of_checkout(to: Path) -> Path:
    """Make a checkout of its own, with the bridges over moto's gaps and an environment that is set up already."""
    leave = shutil.ignore_patterns(
        ".venv", ".terraform*", "*.tfstate*", "__pycache__", "lake", ".*_cache", ".hypothesis"
    )
    copy = Path(shutil.copytree(REPOSITORY, to / "checkout", ignore=leave))
    shutil.copy(OVERRIDES / "root_override.tf", copy / "infra")
    shutil.copy(OVERRIDES / "bootstrap_override.tf", copy / "infra/bootstrap")
    (copy / "infra/quick_override.tf").write_text(NO_WAIT)
    _hasten(copy / "deployments/automations.yaml")
    venv = copy / ".venv"
    venv.mkdir()
    for part in ("bin", "lib", "include", "pyvenv.cfg"):
        (venv / part).symlink_to(Path(sys.prefix) / part)
    for stamp in (".setup", ".runtime", ".dev"):
        (venv / stamp).touch()
    return copy


def _hasten(automations: Path) -> None:
    """Let a vanished run be seen after 45 s instead of 90: a heartbeat comes every 30."""
    text = automations.read_text()
    assert "{{ $DEPLOY_VANISHED_SECONDS }}" in text
    automations.write_text(text.replace("{{ $DEPLOY_VANISHED_SECONDS }}", "45"))


@dataclass
class Shell:
    """A terminal in a checkout: what one command exports, the next one sees."""

    folder: Path
    environment: dict[str, str]
    answers: Mapping[str, str]
    """Word in a command -> what is typed when it asks."""
    replaced: Mapping[str, str]
    """The page's placeholders -> what stands for them here."""
    said: list[str] = field(default_factory=list)
    serving: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, command: str, ends: int = 0) -> str:
        """Return what the command printed; it must end with this exit code."""
        for placeholder, value in self.replaced.items():
            command = command.replace(placeholder, value)
        typed = next((answer for word, answer in self.answers.items() if word in command), "")
        begun = time.monotonic()
        exported = self.folder.parent / "exported"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{command}\nenv -0 > {exported}"],
            cwd=self.folder, env=self.environment, input=typed, timeout=300,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        self.said.append(f"$ {command}\n{done.stdout}")
        print(f"{time.monotonic() - begun:6.1f} s  {command}")  # noqa: T201 (pytest shows it when a test fails)
        assert done.returncode == ends, f"{command} ended with {done.returncode}\n{done.stdout[-4000:]}"
        if ends == 0:
            self._remember(exported)
        return done.stdout

    def _remember(self, exported: Path) -> None:
        """Let the next command see what this one has exported."""
        self.environment = dict(
            line.split("=", 1) for line in exported.read_text().split("\0") if "=" in line and not line.startswith("_=")
        )

    def serve(self, command: str) -> Path:
        """Start a command that stays; where its lines go."""
        for placeholder, value in self.replaced.items():
            command = command.replace(placeholder, value)
        log = self.folder.parent / f"served-{len(self.serving)}.log"
        self.serving.append(
            subprocess.Popen(
                [
                    "bash",
                    "-c",
                    command.replace("prefect ", "exec prefect ", 1),
                ],
                cwd=self.folder,
                env=self.environment,
                start_new_session=True,
                stdout=log.open("wb"),
                stderr=subprocess.STDOUT,
            )
        )
        return log

    def close(self) -> None:
        """End what stays, the last first."""
        for process in reversed(self.serving):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
