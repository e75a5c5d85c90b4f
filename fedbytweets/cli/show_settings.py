"""The command `settings`: every environment variable, what it means, and what it is now; secrets are not shown."""

from collections.abc import Iterator

from cyclopts import App

from fedbytweets.cli.environment import JsonFlag, examples
from fedbytweets.cli.output import print_grid, print_json


def register(app: App) -> None:
    """Give the app this command."""
    app.command(settings, help_epilogue=examples("fedbytweets settings"))


def settings(*, as_json: JsonFlag = False) -> None:
    """List the settings: each an environment variable, with its value now and what it means."""
    rows = list(_settings())
    if as_json:
        print_json([dict(zip(("variable", "value", "meaning"), row, strict=True)) for row in rows])
    else:
        print_grid(("variable", "value", "what it means"), rows)


def _settings() -> Iterator[tuple[str, str, str]]:
    from fedbytweets.lake.maintenance.settings import UpkeepSettings
    from fedbytweets.settings import LakeSettings, WorkersSettings, read_settings
    from fedbytweets.x_api.environment import (
        BudgetEnvironment,
        CollectEnvironment,
        PricesEnvironment,
        TokenEnvironment,
    )

    collecting = (TokenEnvironment, CollectEnvironment, BudgetEnvironment, PricesEnvironment)
    for kind in (LakeSettings, *collecting, UpkeepSettings, WorkersSettings):
        now = read_settings(kind)
        for name, field in kind.model_fields.items():
            variable = f"{kind.model_config.get('env_prefix', '')}{name}".upper()
            value = getattr(now, name)
            yield variable, "" if value is None else str(value), field.description or ""
