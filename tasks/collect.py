"""The X API -> raw, as a unit of work."""

from collections.abc import Callable, Sequence

import msgspec
from prefect import get_run_logger

from fedbytweets.errors import InputError
from fedbytweets.lake.lake import Lake, open_lake
from fedbytweets.lake.pages import origins, stored_pages
from fedbytweets.raw.lineage import Lineage
from fedbytweets.settings import lake_settings
from fedbytweets.subjects import Budget, Subject
from fedbytweets.x_api import Collected, CollectSettings, Fetcher, Store, XApi, collect_all
from fedbytweets.x_api import environment as x_environment
from tasks.policy import unit
from tasks.progress import Progress


@unit("collect-subjects")
def collect_subjects(subjects: Sequence[Subject], budget: Budget | None) -> tuple[Collected, ...]:
    """Collect what is new of each subject, then its holes, within the budget; failures are values of the result."""
    settings = x_environment.collect_settings()
    source = XApi(x_environment.bearer_token(), settings)
    lake = open_lake(lake_settings())
    _refuse_a_mixture(lake, settings)
    for warning in (warning for subject in subjects for warning in subject.warnings()):
        get_run_logger().warning(warning)
    progress = Progress("X API to raw", 0, "pages")
    return collect_all(
        subjects,
        stored_pages(lake),
        Fetcher(source, _store(lake, settings), settings),
        budget=x_environment.budget(settings) if budget is None else budget,
        prices=x_environment.prices(),
        on_page=lambda _: progress.advance(1),
    )


def _store(lake: Lake, settings: CollectSettings) -> Store:
    """Return what lays a page into raw; pages of the stand-in are marked as such."""
    if not settings.is_stand_in:
        return lake.raw.put_new

    def put(key_of: Callable[[int], str], body: bytes, lineage: Lineage) -> str:
        return lake.raw.put_new(key_of, body, msgspec.structs.replace(lineage, origin="stand-in"))

    return put


def _refuse_a_mixture(lake: Lake, settings: CollectSettings) -> None:
    """Keep invented posts out of a lake of real ones, and the other way round.

    Raises:
        InputError: the lake holds the other kind.

    """
    other = "x-api" if settings.is_stand_in else "stand-in"
    if other in origins(lake):
        kind = "real posts" if other == "x-api" else "posts that the stand-in invented"
        raise InputError(f"The lake {lake.settings.lake} holds {kind}: name another with --lake or FEDBYTWEETS_LAKE.")
