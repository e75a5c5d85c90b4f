"""Environment -> how long things are kept: `FEDBYTWEETS_UPKEEP_*`. Read when asked for, never at import."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from fedbytweets.number_fields import NumberFields
from fedbytweets.settings import read_settings


class UpkeepSettings(NumberFields, BaseSettings):
    """How long maintenance keeps what nobody reads any more; names carry their units."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_UPKEEP_", frozen=True, extra="ignore")

    snapshot_hours: float = Field(
        72, ge=0, le=1_000_000, description="A snapshot is kept so long after a newer one took its place."
    )
    snapshots_kept: int = Field(
        10, ge=1, le=1_000_000, description="So many snapshots of a table are kept however old they are."
    )
    orphan_hours: float = Field(
        72,
        ge=0,
        le=1_000_000,
        description="A file in no snapshot is removed at this age; less than 24 endangers a run that writes.",
    )
    raw_days: float = Field(
        30, ge=0, le=100_000, description="Raw objects are compressed at this age; their text stays the same."
    )


def upkeep_settings(**overrides: object) -> UpkeepSettings:
    """Read how long things are kept; arguments win over the environment.

    Raises:
        SettingsError: a setting cannot be used; the message names its variable.

    """
    return read_settings(UpkeepSettings, **overrides)
