"""Environment -> how the X API is asked, what may be spent, and the token. Read when asked for, never at import."""

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from fedbytweets.errors import SettingsError
from fedbytweets.settings import read_settings
from fedbytweets.subjects import Budget, Prices
from fedbytweets.x_api.settings import CollectSettings


class CollectEnvironment(CollectSettings, BaseSettings):
    """`FEDBYTWEETS_X_*`: bounds and habits of collecting."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_X_", frozen=True, extra="ignore")


class BudgetEnvironment(Budget, BaseSettings):
    """`FEDBYTWEETS_BUDGET_*`: limits over all subjects; `none` lifts one."""

    model_config = SettingsConfigDict(
        env_prefix="FEDBYTWEETS_BUDGET_", frozen=True, extra="ignore", env_parse_none_str="none"
    )


CAUTIOUS = Budget(money_per_run=5, money_per_month=150)
"""Limits that hold where the settings say nothing: nobody spends a month's money by trying the program out."""


class PricesEnvironment(Prices, BaseSettings):
    """`FEDBYTWEETS_PRICE_*`: what X charges."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_PRICE_", frozen=True, extra="ignore")


class TokenEnvironment(BaseSettings):
    """`FEDBYTWEETS_X_BEARER_TOKEN`: the one secret."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_", frozen=True, extra="ignore", hide_input_in_errors=True)

    x_bearer_token: SecretStr | None = Field(None, description="Bearer token of the X API; never shown or stored.")


def collect_settings() -> CollectSettings:
    """Read how the X API is asked.

    Raises:
        SettingsError: a setting cannot be used; the message names its variable.

    """
    return read_settings(CollectEnvironment)


def budget(settings: CollectSettings) -> Budget:
    """Read the limits over all subjects; SettingsError as above.

    Limits that the environment does not name are `CAUTIOUS`; simulated posts cost nothing, and have none.
    """
    named = read_settings(BudgetEnvironment)
    unnamed = {} if settings.simulated else CAUTIOUS.model_dump(exclude=named.model_fields_set)
    return Budget(**{**unnamed, **named.model_dump(include=named.model_fields_set)})


def prices() -> Prices:
    """Read what X charges; SettingsError as above."""
    return read_settings(PricesEnvironment)


def bearer_token() -> SecretStr:
    """Read the token of the X API.

    Raises:
        SettingsError: there is none.

    """
    token = read_settings(TokenEnvironment).x_bearer_token
    if token is None or not token.get_secret_value().strip():
        raise SettingsError(
            "No token for the X API: set FEDBYTWEETS_X_BEARER_TOKEN to your app's bearer token, "
            "or try `fedbytweets run --simulate`, which invents posts."
        )
    return token
