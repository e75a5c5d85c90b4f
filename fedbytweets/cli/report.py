"""The command `report`: the lake as one HTML page."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from fedbytweets.cli.environment import LakeFlag, examples, use_lake
from fedbytweets.cli.output import say

PageFlag = Annotated[Path, Parameter(name="--output", help="File to write; one that is there is replaced.")]


def register(app: App) -> None:
    """Give the app this command."""
    app.command(report, help_epilogue=examples("fedbytweets report", "fedbytweets report --output week.html"))


def report(*, output: PageFlag = Path("report.html"), lake: LakeFlag = None) -> None:
    """Write one HTML page to look at: volume, coverage, spend, places, authors, languages, data quality, tables.

    It needs no network and no server: open it in any browser, send it, print it.
    """
    from fedbytweets.errors import InputError
    from fedbytweets.instants import utc_now
    from fedbytweets.lake.lake import open_existing_lake
    from fedbytweets.lake.private_files import private_file
    from fedbytweets.page import html_page, read_figures
    from fedbytweets.settings import lake_settings
    from fedbytweets.x_api import environment

    use_lake(lake)
    collecting = environment.collect_settings()
    figures = read_figures(
        open_existing_lake(lake_settings()),
        utc_now(),
        collecting.bounds,
        environment.budget(collecting),
        environment.prices(),
    )
    try:
        with private_file(output) as file:
            file.write(html_page(figures).encode())
    except OSError as error:
        raise InputError(f"{output} cannot be written ({error.strerror}): name another with --output.") from error
    say(f"The page is {output}: open it in a browser.", to_stderr=True)
