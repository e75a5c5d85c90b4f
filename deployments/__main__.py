"""The command `python -m deployments`. `make deploy`, `make secret` and `make key` call it."""

import asyncio
import getpass
import shlex
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from deployments import aws, pipeline_settings
from deployments.filled import FOLDER
from deployments.image import build_and_push
from deployments.target import PoolKind, Target, image_of, version_of_checkout
from deployments.terraform import read_work_pool
from fedbytweets.errors import FedByTweetsError

Outputs = Annotated[Path | None, Parameter(name="--outputs", help="File of `terraform output -json`.")]
Kind = Annotated[PoolKind, Parameter(name="--pool", help="push (Prefect Cloud starts tasks) or hybrid (your worker).")]
Image = Annotated[str, Parameter(name="--image", help="Image: a tag or digest of the repository, or a full name.")]
Version = Annotated[str, Parameter(name="--version", help="Version of the deployments. [default: git describe]")]
Alert = Annotated[str, Parameter(name="--alert", help="Notification block for alerts, <type>/<name>.")]
Settings = Annotated[Path, Parameter(name="--settings", help="Folder of <environment>.toml.")]

app = App(name="python -m deployments", help="What runs where and when, brought to Prefect.", version_flags=[])


@app.command
def deploy(
    environment: str,
    *,
    outputs: Outputs = None,
    pool: Kind = "push",
    image: Image = "",
    version: Version = "",
    alert: Alert = "",
    settings: Settings = FOLDER / "settings",
) -> None:
    """Check everything, then make or renew the work pool, the deployments and the automations of an environment."""
    made = read_work_pool(environment, outputs)
    name = version or version_of_checkout(FOLDER)
    own = pipeline_settings.pipeline_settings(environment, settings)
    target = Target(made, pool, image_of(made, image, name), name, own, alert)
    from deployments.rollout import roll_out  # noqa: PLC0415 (it brings Prefect with it, which takes seconds)

    _report(target, asyncio.run(roll_out(target)))


@app.command
def image(environment: str, *, outputs: Outputs = None, version: Version = "") -> None:
    """Build the image of this checkout with Docker and push it to the environment's repository."""
    name = version or version_of_checkout(FOLDER)
    _say(f"Pushed {build_and_push(read_work_pool(environment, outputs), name, FOLDER.parent)}")


@app.command
def environment(environment: str, *, outputs: Outputs = None) -> None:
    """Print the settings with which a shell looks at an environment's lake: eval "$(...)"."""
    for name, value in sorted(read_work_pool(environment, outputs).container_environment.items()):
        _say(f"export {name}={shlex.quote(value)}")


@app.command
def secret(environment: str, name: str, *, outputs: Outputs = None) -> None:
    """Put a secret's value, read from standard input or asked for, into Secrets Manager; it is shown nowhere."""
    made = read_work_pool(environment, outputs)
    value = getpass.getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.read()
    aws.put_secret(made, name, value)
    _say(f"{name} is in Secrets Manager; the next run uses it.")


@app.command
def key(environment: str, *, outputs: Outputs = None) -> None:
    """Make an AWS key of the pool's user and store it in Prefect, where a push pool starts tasks with it."""
    made = read_work_pool(environment, outputs)
    from deployments.rollout import hand_over_key  # noqa: PLC0415 (as above)

    _say(f"The key of {made.pool_user} is in Prefect's block {asyncio.run(hand_over_key(made))}.")


def _report(target: Target, deployments: tuple[str, ...]) -> None:
    clock = "active" if target.aws.runs_by_the_clock else "inactive"
    _say(f"Deployed {target.version} to {target.environment}: {target.image}")
    _say(f"Work pool {target.name} ({target.kind}), schedule {clock}:")
    for each in deployments:
        _say(f"  {each}")
    if not target.alert_block:
        _say("Alerts tell nobody yet: name a notification block with ALERT=<type>/<name>.")
    if target.kind == "hybrid":
        _say(f"Runs wait for a worker: prefect worker start --pool {target.name}")


def _say(line: str) -> None:
    print(line)  # noqa: T201 (a command line prints)


def main() -> None:
    """Run the command; failures are a message and an exit code, without a traceback."""
    try:
        app()
    except FedByTweetsError as error:
        print(f"deploy: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
