"""What commands share: their flags, and the lake they work on."""

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

LakeFlag = Annotated[
    str | None,
    Parameter(name="--lake", help="Lake to work on: a folder or s3://BUCKET. [default: $FEDBYTWEETS_LAKE, or lake]"),
]
JsonFlag = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON.")]
VerboseFlag = Annotated[bool, Parameter(name="--verbose", negative="", help="Print the flows' own log.")]

SubjectFlag = Annotated[
    list[str] | None, Parameter(name="--subject", negative="", help="Only this subject; may be given again.")
]
SubjectsFlag = Annotated[
    Path | None, Parameter(name="--subjects", help="TOML file of subjects: [[subject]] with name and query.")
]


def examples(*commands: str) -> str:
    """Return what stands below a command's help: commands to copy."""
    return "Examples:\n\n" + "\n".join(f"    {command}" for command in commands)


def use_lake(lake: str | None) -> None:
    """Make the lake that a command names the one that every part of this process works on."""
    if lake is not None:
        os.environ["FEDBYTWEETS_LAKE"] = lake
