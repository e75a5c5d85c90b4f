"""Environment -> settings. Read when asked for, never at import; the one place that knows the variables' names."""

import reprlib
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from fedbytweets.errors import SettingsError
from fedbytweets.number_fields import NumberFields


class LakeSettings(NumberFields, BaseSettings):
    """Where the lake lies and how it is spoken to."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_", frozen=True, extra="ignore")

    lake: str = Field("lake", min_length=1, description="A folder, or s3://<bucket>[/<prefix>].")
    catalog: Literal["auto", "sqlite", "glue"] = Field(
        "auto", description="Catalog of the tables: auto takes sqlite for a folder, glue for a bucket."
    )
    database_prefix: str = Field(
        "", pattern=r"^[a-z0-9_]*$", description="Put before the names of the databases: staging_ gives staging_silver."
    )
    region: str = Field("", description="AWS region; empty takes AWS_REGION.")
    connect_timeout_seconds: float = Field(10, gt=0, le=86_400, description="Longest wait for a connection to S3.")
    request_timeout_seconds: float = Field(60, gt=0, le=86_400, description="Longest wait for an answer of S3.")
    s3_attempts: int = Field(8, ge=1, le=100, description="How often one request to S3 is tried.")
    chunk_megabytes: int = Field(
        64, ge=1, le=1_000_000, description="Raw bytes that are laid out and committed at once, in MiB."
    )
    object_megabytes: int = Field(
        512,
        ge=1,
        le=1_000_000,
        description="Largest raw object that is read, in MiB once decompressed; a larger one is quarantined.",
    )
    file_rows: int = Field(250_000, ge=1, le=1_000_000_000, description="Most rows in one file of a silver table.")
    metric_namespace: str = Field(
        "", description="CloudWatch namespace a run tells how old the newest tweet is; empty tells nobody."
    )
    commit_attempts: int = Field(
        20, ge=1, le=10_000, description="How often a step is done again after another writer's commit."
    )

    @property
    def object_bytes(self) -> int:
        """Most bytes of the text of one raw object."""
        return self.object_megabytes << 20


class WorkersSettings(BaseSettings):
    """Who does the parts of large steps."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_", frozen=True, extra="ignore")

    workers: str = Field(
        "threads:1",
        pattern=r"^((threads|processes|dask)(:[1-9][0-9]*)?|(tcp|tls)://.+)$",
        description="Who does the parts of large steps: threads, processes or dask with `:<how many>`, or the address "
        "of a Dask cluster's scheduler. Each holds one part in memory.",
    )


S = TypeVar("S", bound=BaseSettings)


def read_settings(kind: type[S], **overrides: object) -> S:
    """Read settings of one kind from the environment; arguments win over it.

    Raises:
        SettingsError: a setting cannot be used; the message names its variable.

    """
    try:
        return kind.model_validate({**kind().model_dump(), **overrides}) if overrides else kind()
    except ValidationError as error:
        raise SettingsError(_explained(kind, error)) from None  # the cause would show the value


def expanded(path: str, variable: str) -> Path:
    """Return a path with `~` replaced by the home folder.

    Raises:
        SettingsError: there is no such user; the message names the variable.

    """
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise SettingsError(f"{variable} is {path!r}: there is no such home folder. Name the whole path.") from error


def lake_settings(**overrides: object) -> LakeSettings:
    """Read the lake's settings from the environment; arguments win over it.

    Raises:
        SettingsError: a setting cannot be used; the message names its variable.

    """
    return read_settings(LakeSettings, **overrides)


def _explained(kind: type[BaseSettings], error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    field = "_".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    if not field:  # what settings say together; it names the one that is wrong
        return f"{kind.model_config.get('env_prefix', '')}*: {message}."
    name = f"{kind.model_config.get('env_prefix', '')}{field}".upper()
    given = "" if "token" in field else f" is {reprlib.repr(first.get('input'))}"
    return f"{name}{given}: {message[:1].lower()}{message[1:]}. Set it right, or leave it out for its default."
