"""Commands that keep the lake in shape and in order: maintain, compliance, person erase, person export."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console

from fedbytweets.amounts import size
from fedbytweets.cli.bars import progress_bars
from fedbytweets.cli.environment import JsonFlag, LakeFlag, VerboseFlag, examples, use_lake
from fedbytweets.cli.local_prefect import local_prefect
from fedbytweets.cli.look import print_grid, print_json

DryRunFlag = Annotated[bool, Parameter(name="--dry-run", negative="", help="Say what it would do, and touch nothing.")]
WaitFlag = Annotated[float, Parameter(name="--wait-seconds", help="Longest wait for X's compliance job.")]
UserId = Annotated[str, Parameter(help="Id of the user, decimal, as in silver.users.")]
OutputFlag = Annotated[Path, Parameter(name="--output", help="File to write, JSON lines.")]


def register(app: App) -> None:
    """Give the app these commands."""
    app.command(
        maintain, help_epilogue=examples("fedbytweets maintain --dry-run", "fedbytweets maintain --lake s3://my-bucket")
    )
    app.command(compliance, help_epilogue=examples("FEDBYTWEETS_X_BEARER_TOKEN_FILE=~/.x-token fedbytweets compliance"))
    person = App(name="person", help="A person's data: erase it everywhere, or export it.")
    person.command(erase, help_epilogue=examples("fedbytweets person erase 2244994945"))
    person.command(export, help_epilogue=examples("fedbytweets person export 2244994945 --output person.jsonl"))
    app.command(person)


def maintain(
    *,
    dry_run: DryRunFlag = False,
    as_json: JsonFlag = False,
    lake: LakeFlag = None,
    verbose: VerboseFlag = False,
) -> None:
    """Compact small files, expire old snapshots, remove orphans, compress old raw objects.

    Safe beside a running ingestion. How long things are kept: FEDBYTWEETS_UPKEEP_* settings.
    """
    use_lake(lake)
    with local_prefect(verbose=verbose), progress_bars():
        from flows.maintain import maintain as maintain_flow

        done = maintain_flow(dry_run=dry_run)
    if as_json:
        print_json(asdict(done))
        return
    print_grid(
        ("table", "files", "rewritten", "snapshots expired", "files removed"),
        [
            (
                table.table,
                f"{table.files_before:,} -> {table.files_after:,}",
                size(table.rewritten_bytes),
                f"{table.snapshots_expired:,}",
                f"{table.removed_files:,} ({size(table.removed_bytes)})",
            )
            for table in done.tables
        ],
        title="Nothing was touched; this is what it would do." if dry_run else None,
    )
    raw = done.raw
    sizes = f"{size(raw.bytes_before)} -> {size(raw.bytes_after)}"
    Console().print(f"Raw: {raw.compressed:,} objects compressed, {sizes}; {raw.removed_files:,} leftovers removed.")


def compliance(*, wait_seconds: WaitFlag = 600, lake: LakeFlag = None, verbose: VerboseFlag = False) -> None:
    """Ask X what became of every post and user in silver, and erase what was deleted or made private."""
    use_lake(lake)
    with local_prefect(verbose=verbose), progress_bars():
        from flows.compliance import compliance as compliance_flow

        _say(asdict(compliance_flow(wait_seconds)))


def erase(user_id: UserId, /, *, lake: LakeFlag = None, verbose: VerboseFlag = False) -> None:
    """Erase a person from silver, bronze, raw and every old file, and keep them out for good.

    What they posted goes, and reposts of it. It cannot be undone: `fedbytweets person export` first, if need be.
    """
    use_lake(lake)
    with local_prefect(verbose=verbose), progress_bars():
        from flows.compliance import erase_person

        _say(asdict(erase_person(user_id)))


def export(user_id: UserId, /, *, output: OutputFlag, lake: LakeFlag = None) -> None:
    """Write everything the lake holds of a person as JSON lines: rows of tables, and objects in raw."""
    use_lake(lake)
    from fedbytweets.compliance import requested
    from fedbytweets.errors import InputError
    from fedbytweets.instants import utc_now
    from fedbytweets.lake.erasing import export as exported
    from fedbytweets.lake.lake import open_existing_lake
    from fedbytweets.settings import lake_settings

    person = requested(user_id, utc_now()).id
    count = 0
    try:
        with output.open("w", encoding="utf-8") as file:
            for found in exported(open_existing_lake(lake_settings()), person):
                file.write(json.dumps(found, ensure_ascii=False, default=str) + "\n")
                count += 1
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error}. Name another file.") from error
    Console(stderr=True).print(f"{count:,} rows and objects are in {output}.")


def _say(applied: dict[str, int]) -> None:
    console = Console()
    if not any(applied.values()):
        console.print("Nothing had to be erased.")
        return
    console.print(
        f"Erased {applied['ids']:,} posts and users: {applied['silver_rows']:,} rows of silver, "
        f"{applied['bronze_rows']:,} of bronze, {applied['raw_objects']:,} raw objects edited, "
        f"{applied['removed_files']:,} old files removed. The record: ops.compliance."
    )
