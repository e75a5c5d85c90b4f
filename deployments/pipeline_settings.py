"""`settings/<environment>.toml` -> the pipeline's own settings as environment variables, each known and valid."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings

from deployments.filled import FOLDER
from fedbytweets.errors import InputError
from fedbytweets.settings import LakeSettings
from fedbytweets.x_api.environment import BudgetEnvironment, CollectEnvironment, PricesEnvironment

KINDS: tuple[type[BaseSettings], ...] = (LakeSettings, CollectEnvironment, BudgetEnvironment, PricesEnvironment)
"""Everything that may be set; the token is not among them, since its place is Secrets Manager."""


def pipeline_settings(environment: str, folder: Path = FOLDER / "settings") -> dict[str, str]:
    """Return the settings of an environment; none where it has no file.

    Raises:
        InputError: the file is no TOML.

    """
    file = folder / f"{environment}.toml"
    if not file.exists():
        return {}
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{file.name} is no TOML: {error}.") from error
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()}


def findings(settings: Mapping[str, str], taken: Mapping[str, str]) -> Iterator[str]:
    """Say which settings the pipeline would not know, would refuse, or gets from Terraform already (`taken`)."""
    kinds = {_name(kind, field): kind for kind in KINDS for field in kind.model_fields}
    for name, value in settings.items():
        if name in taken:
            yield f"Setting {name} comes from Terraform: leave it out of the environment's settings."
        elif name not in kinds:
            yield f"{name} is no setting of the pipeline; there are: {', '.join(sorted(set(kinds) - set(taken)))}."
        else:
            yield from _refused(kinds[name], name, value)


def _name(kind: type[BaseSettings], field: str) -> str:
    return f"{kind.model_config.get('env_prefix', '')}{field}".upper()


def _refused(kind: type[BaseSettings], name: str, value: str) -> Iterator[str]:
    field = name.lower().removeprefix(str(kind.model_config.get("env_prefix", "")).lower())
    try:
        kind.model_validate({field: value})
    except ValidationError as error:
        yield f"Setting {name} is {value!r}: {error.errors(include_url=False)[0]['msg'].lower()}."
