"""compliance, erase-person and maintain as real flows, on a real server, against the stand-in of the API."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lakes import lay, lines, load_bronze, merge_silver, page_of, snapshots

from fedbytweets.errors import InputError, RunError
from fedbytweets.lake.erasing import Applied
from fedbytweets.lake.lake import Lake
from fedbytweets.simulator import Simulator
from fedbytweets.tables import ops, silver
from flows import maintain as maintain_flow
from flows.compliance import compliance, erase_person
from flows.maintain import maintain

AT = datetime(2026, 9, 1, tzinfo=UTC)

pytestmark = [pytest.mark.flow, pytest.mark.timeout(600), pytest.mark.usefixtures("prefect_api")]


@pytest.fixture
def filled(lake: Lake) -> Lake:
    """Return a lake of ten tweets by ten users."""
    lay(lake, "lula/page.json", lines(page_of(range(701, 711))))
    load_bronze(lake)
    merge_silver(lake)
    return lake


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """Run a stand-in that the settings name."""
    with Simulator() as running:
        monkeypatch.setenv("FEDBYTWEETS_X_BASE_URL", running.base_url)
        monkeypatch.setenv("FEDBYTWEETS_X_SIMULATED", "true")
        monkeypatch.setenv("FEDBYTWEETS_X_BEARER_TOKEN", "a-token")
        yield running


def test_what_became_of_posts_and_users_on_x_is_made_true_of_the_lake(filled: Lake, simulator: Simulator) -> None:
    """User 4 went private, tweet 707 was deleted; another run finds nothing to do, and asks about what is left."""
    simulator.jobs.redact([4], "protected", AT)
    applied = compliance(60)
    simulator.jobs.redact([707], "deleted", AT)
    compliance(60)
    again = compliance(60)

    assert (applied.silver_rows, applied.bronze_rows, applied.raw_objects) == (2, 2, 1)
    assert again == Applied()
    assert filled.scan(silver.TWEETS).collect()["id"].sort().to_list() == [701, 702, 703, 705, 706, 708, 709, 710]
    record = filled.scan(ops.COMPLIANCE).select("id", "kind", "reason").collect()
    assert sorted(record.rows()) == [
        ("4", "users", "protected"),
        ("704", "tweets", "author"),
        ("707", "tweets", "deleted"),
    ]
    asked = [job.ids for job in simulator.jobs.of_type("tweets", None, simulator.clock.now())]
    assert asked[0] == ["701", "702", "703", "705", "706", "708", "709", "710"]


def test_a_person_is_erased_by_id_and_a_handle_is_refused(filled: Lake) -> None:
    """Nothing of user 3 is left in any file but the record of it."""
    with pytest.raises(InputError, match="no user id"):
        erase_person("@ana")

    erase_person("3")

    assert 3 not in filled.scan(silver.USERS).collect()["id"].to_list()
    left = [path for path in Path(filled.settings.lake).rglob("*.json") if b"oi 703" in path.read_bytes()]
    assert left == []


def test_maintenance_goes_on_where_one_table_fails_and_then_names_it(
    filled: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dry run changes nothing; a table nobody declared fails alone."""
    heads = snapshots(filled)
    planned = maintain(dry_run=True)
    assert snapshots(filled) == heads
    assert {table.table for table in planned.tables} >= {"bronze.tweets", "silver.tweets", "ops.compliance"}

    from dataclasses import replace

    unknown = replace(silver.TWEETS, name="unknown")
    monkeypatch.setattr(maintain_flow, "ALL", (unknown, silver.USERS))
    with pytest.raises(RunError, match=r"Not maintained: silver\.unknown"):
        maintain()
