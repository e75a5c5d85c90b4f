"""Environment -> how the X API is asked, what may be spent, and the token. Read when asked for, never at import."""

import os
import stat
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from fedbytweets.errors import SettingsError
from fedbytweets.settings import expanded, read_settings
from fedbytweets.subjects import Budget, Prices
from fedbytweets.x_api.settings import CollectSettings


class CollectEnvironment(CollectSettings, BaseSettings):
    """`FEDBYTWEETS_X_*`: bounds and habits of collecting."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_X_", frozen=True, extra="ignore")


class BudgetEnvironment(Budget, BaseSettings):
    """`FEDBYTWEETS_BUDGET_*`: limits over all subjects; `none` lifts one."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_BUDGET_", frozen=True, extra="ignore")


CAUTIOUS = Budget(money_per_run=5, money_per_month=150, posts_per_month=3_000_000)
"""Limits that hold where the settings say nothing: nobody spends a month's money by trying the program out.

More than 3 million posts a month X does not give to an account that pays per use (X API documentation, August 2026).
"""
_LONGEST_TOKEN = 10_000
"""Characters that are read of the file of a token; a real one has some 120."""


class PricesEnvironment(Prices, BaseSettings):
    """`FEDBYTWEETS_PRICE_*`: what X charges."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_PRICE_", frozen=True, extra="ignore")


class TokenEnvironment(BaseSettings):
    """`FEDBYTWEETS_X_BEARER_TOKEN`: the one secret, or the file that holds it."""

    model_config = SettingsConfigDict(env_prefix="FEDBYTWEETS_", frozen=True, extra="ignore", hide_input_in_errors=True)

    x_bearer_token: SecretStr | None = Field(None, description="Bearer token of the X API; never shown or stored.")
    x_bearer_token_file: str = Field(
        "", description="File that holds the token instead; only its owner may read it (chmod 600)."
    )


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
    """Read the token of the X API, from the environment or from the file that it names.

    Raises:
        SettingsError: there is none, or two; or others may read the file.

    """
    settings = read_settings(TokenEnvironment)
    token = settings.x_bearer_token or SecretStr("")
    if settings.x_bearer_token_file:
        if token.get_secret_value().strip():
            raise SettingsError(
                "FEDBYTWEETS_X_BEARER_TOKEN and FEDBYTWEETS_X_BEARER_TOKEN_FILE are both set: leave one of them out."
            )
        token = _token_in(expanded(settings.x_bearer_token_file, "FEDBYTWEETS_X_BEARER_TOKEN_FILE"))
    if not token.get_secret_value().strip():
        raise SettingsError(
            "No token for the X API: set FEDBYTWEETS_X_BEARER_TOKEN to your app's bearer token, or "
            "FEDBYTWEETS_X_BEARER_TOKEN_FILE to a file that holds it; or try `fedbytweets run --simulate`, which "
            "invents posts."
        )
    return token


def _token_in(file: Path) -> SecretStr:
    name = f"FEDBYTWEETS_X_BEARER_TOKEN_FILE is {str(file)!r}"
    try:
        with file.open(encoding="utf-8") as opened:
            if os.fstat(opened.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise SettingsError(f"{name}, which others than its owner may read: run `chmod 600 {file}`.")
            return SecretStr(opened.read(_LONGEST_TOKEN).strip())
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SettingsError(f"{name}, which cannot be read ({reason}): name the file that holds the token.") from None
