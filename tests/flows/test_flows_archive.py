"""import-archive and replay as real flows: the rows are those that the units of work give, which cases are held to."""

import shutil
from pathlib import Path
from random import Random

import polars as pl
import pytest
from cases import CASES
from lakes import assert_same, contents, lake_in, lay, load_bronze, merge_silver, ordered
from prefect import flow
from processes import Step

from fedbytweets.cli.local_prefect import using
from fedbytweets.cli.server_access import ServerAccess
from fedbytweets.lake.lake import Lake
from fedbytweets.lake.location import LINEAGE, RAW
from fedbytweets.simulator.raw_files import write_raw_files
from flows.import_archive import import_archive
from flows.process_raw import process_raw
from flows.replay import replay
from flows.to_silver import silver_side_by_side
from tasks.raw import import_files

pytestmark = [pytest.mark.flow, pytest.mark.timeout(600), pytest.mark.usefixtures("prefect_api")]


@flow(name="edge-cases")
def take_in_cases(folder: str) -> None:
    """Import each case as a subject of its own, then all of them on: import-archive for many subjects."""
    for case in CASES:
        import_files([f"{folder}/{case}.json"], case)
    process_raw()
    silver_side_by_side()


def _told_apart(rows: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables that tell cases apart by subject, but for times of import."""
    apart = {name: frame for name, frame in rows.items() if name not in ("silver.users", "silver.places")}
    return {name: ordered(frame.drop("import_date")) for name, frame in apart.items()}


def test_the_flows_give_every_edge_case_the_rows_of_its_table(lake: Lake, edge_cases: Path, tmp_path: Path) -> None:
    """Bronze and silver of all cases, quarantine and api errors included, and a replay by its flow changes none."""
    take_in_cases(str(edge_cases))
    rows = contents(lake)

    by_hand = lake_in(tmp_path / "by-hand")
    for raw_object in lake.raw.list():
        subject = raw_object.key.partition("/")[0]
        lay(by_hand, raw_object.key, (edge_cases / f"{subject}.json").read_bytes())
    load_bronze(by_hand)
    merge_silver(by_hand)
    assert_same(_told_apart(contents(by_hand)), _told_apart(rows))

    replay()
    assert_same(contents(lake), rows)


def test_every_recorded_file_goes_through_import_archive(lake: Lake, recorded: Path) -> None:
    """Thousands of rows, no failed run; importing the folder again changes nothing."""
    first = import_archive([str(recorded)], "recorded")
    rows = contents(lake)

    assert first["raw_objects"] == len(list(recorded.iterdir()))
    assert first["tweets"] == rows["bronze.tweets"].height > 1000
    assert import_archive([str(recorded)], "recorded") == {}
    assert_same(contents(lake), rows)


def whole_flow(api: ServerAccess, folder: str, archive: str) -> None:
    """Run import-archive, in a process that may be killed."""
    with pytest.MonkeyPatch.context() as patch, using(api):
        patch.setenv("FEDBYTWEETS_LAKE", folder)
        import_archive([archive], "lula")


def test_a_killed_run_of_the_flow_is_made_good_by_the_next(prefect_api: ServerAccess, tmp_path: Path) -> None:
    """Killed four times anywhere in the run; then bronze and silver are those of a clean load of what lies in raw."""
    archive = tmp_path / "archive"
    write_raw_files(archive, tweets=300, per_file=100, seed=3)
    folder, random = tmp_path / "lake", Random(20260103)
    span = Step(whole_flow, prefect_api, str(tmp_path / "warm"), str(archive)).finished()
    kills = sum(
        Step(whole_flow, prefect_api, str(folder), str(archive)).killed_after(random.uniform(0, span)) for _ in range(4)
    )
    Step(whole_flow, prefect_api, str(folder), str(archive)).finished()

    clean = lake_in(tmp_path / "clean")
    for prefix in (RAW, LINEAGE):
        shutil.copytree(folder / prefix, tmp_path / "clean" / prefix)
    load_bronze(clean)
    merge_silver(clean)
    assert kills > 0
    assert contents(clean)["silver.tweets"].height == 300
    assert_same(contents(lake_in(folder)), contents(clean))
