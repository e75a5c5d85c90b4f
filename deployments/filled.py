"""YAML with `{{ $NAME }}` -> documents: our own values filled in, every other `{{ ... }}` left to Prefect."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from fedbytweets.errors import InputError

FOLDER = Path(__file__).parent
_OURS = re.compile(r"\{\{\s*\$(\w+)\s*\}\}")


def filled(name: str, variables: Mapping[str, str], folder: Path = FOLDER) -> Any:
    """Return a YAML file of this folder with the variables filled in.

    Raises:
        InputError: it asks for a variable that is not set, or is no YAML.

    """
    text = (folder / name).read_text(encoding="utf-8")
    unset = sorted({each for each in _OURS.findall(_without_comments(text)) if not variables.get(each)})
    if unset:
        known = ", ".join(sorted(variables))
        raise InputError(f"{name} asks for {', '.join(unset)}, which is not set. It may ask for: {known}.")
    try:
        return yaml.safe_load(_OURS.sub(lambda match: variables.get(match[1], ""), text))
    except yaml.YAMLError as error:
        raise InputError(f"{name} is no YAML: {error}.") from error


def _without_comments(text: str) -> str:
    return re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)
