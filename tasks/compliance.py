"""X's compliance jobs -> the lake, as units of work."""

from collections.abc import Sequence

from fedbytweets.compliance import Erasure, Event, Kind
from fedbytweets.instants import utc_now
from fedbytweets.lake import compliance, erasing
from fedbytweets.lake.erasing import Applied
from fedbytweets.lake.lake import open_lake
from fedbytweets.settings import lake_settings
from fedbytweets.x_api import environment as x_environment
from fedbytweets.x_api.compliance import ComplianceApi
from tasks.policy import unit


@unit("check-with-x", run_name="check-{kind}")
def check_with_x(kind: Kind, wait_seconds: float) -> list[Event] | None:
    """Ask X what became of the posts or users that silver holds; None where X still works on it."""
    ids = compliance.subjects_of_checks(open_lake(lake_settings()))[kind]
    if not ids:
        return []
    source = ComplianceApi(x_environment.bearer_token(), x_environment.collect_settings())
    return source.check(kind, ids, wait_seconds)


@unit("enter-erasures")
def enter_erasures(events: Sequence[Event]) -> int:
    """Enter into the record what has to go; return how many entries are new."""
    return compliance.enter(open_lake(lake_settings()), events, utc_now())


@unit("apply-erasures")
def apply_erasures(again: str = "") -> Applied:
    """Erase from raw, bronze and silver what is entered and not applied yet, and every old file that holds it.

    The user of the id `again` is erased once more though the record says that it was done: an earlier version may have
    found less, or a run that was killed may have written it again.
    """
    lake = open_lake(lake_settings())
    applied = erasing.apply_pending(lake)
    if again:
        applied += erasing.erase(lake, Erasure(users=frozenset([again])))
    return applied
