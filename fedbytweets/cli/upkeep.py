"""Commands that keep the lake in shape and in order: maintain, compliance, person erase, person export."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from fedbytweets.amounts import size
from fedbytweets.cli.bars import progress_bars
from fedbytweets.cli.environment import JsonFlag, LakeFlag, VerboseFlag, examples, use_lake
from fedbytweets.cli.local_prefect import local_prefect
from fedbytweets.cli.output import print_grid, print_json, say
from fedbytweets.safe_text import escaped_json

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
    say(f"Raw: {raw.compressed:,} objects compressed, {sizes}; {raw.removed_files:,} leftovers removed.")


def compliance(*, wait_seconds: WaitFlag = 600, lake: LakeFlag = None, verbose: VerboseFlag = False) -> None:
    """Ask X what became of every post and user in silver, and erase what was deleted or made private."""
    use_lake(lake)
    with local_prefect(verbose=verbose), progress_bars():
        from flows.compliance import compliance as compliance_flow

        _print_erased(asdict(compliance_flow(wait_seconds)))


def erase(user_id: UserId, /, *, lake: LakeFlag = None, verbose: VerboseFlag = False) -> None:
    """Erase a person from silver, bronze, raw and every old file, and keep them out for good.

    What they posted goes, and reposts of it. It cannot be undone: `fedbytweets person export` first, if need be.
    """
    from fedbytweets.compliance import requested
    from fedbytweets.instants import utc_now

    requested(user_id, utc_now())  # refuses what is no id before anything starts
    use_lake(lake)
    with local_prefect(verbose=verbose), progress_bars():
        from flows.compliance import erase_person

        _print_erased(asdict(erase_person(user_id)))


def export(user_id: UserId, /, *, output: OutputFlag, lake: LakeFlag = None) -> None:
    """Write everything the lake holds of a person as JSON lines: rows of tables, and objects in raw."""
    use_lake(lake)
    from fedbytweets.compliance import requested
    from fedbytweets.errors import InputError
    from fedbytweets.instants import utc_now
    from fedbytweets.lake.erasing import export as exported
    from fedbytweets.lake.lake import open_existing_lake
    from fedbytweets.lake.private_files import private_file
    from fedbytweets.settings import lake_settings

    person = requested(user_id, utc_now()).id
    count = 0
    try:
        with private_file(output) as file:
            for found in exported(open_existing_lake(lake_settings()), person):
                file.write(escaped_json(json.dumps(found, ensure_ascii=False, default=str) + "\n").encode())
                count += 1
    except OSError as error:
        raise InputError(f"{output} cannot be written: {error}. Name another file.") from error
    say(f"{count:,} rows and objects are in {output}.", to_stderr=True)


def _print_erased(applied: dict[str, Any]) -> None:
    _print_keys(
        "The names of these raw objects hold an id or a user name of what was erased. They stay, in raw, lineage and "
        "the column file_name:",
        applied.pop("named_keys"),
    )
    _print_keys(
        "These raw objects were not searched, as they are larger than FEDBYTWEETS_OBJECT_MEGABYTES; they have no "
        "rows in bronze or silver. Raise the setting and erase again, or delete them:",
        applied.pop("unsearched_keys"),
    )
    if not any(applied.values()):
        say("Nothing had to be erased.")
        return
    say(
        f"Erased {applied['ids']:,} posts and users: {applied['silver_rows']:,} rows of silver, "
        f"{applied['bronze_rows']:,} of bronze, {applied['raw_objects']:,} raw objects edited, "
        f"{applied['removed_files']:,} old files removed. The record: ops.compliance."
    )


def _print_keys(sentence: str, keys: Sequence[str]) -> None:
    """Print raw keys below a sentence about them; nothing where there are none."""
    for line in (sentence, *(f"  {key}" for key in keys)) if keys else ():
        say(line)
