"""The command `quality`: every row of silver against what is expected of it."""

from collections import Counter
from dataclasses import asdict

from cyclopts import App

from fedbytweets.cli.environment import JsonFlag, LakeFlag, examples, use_lake
from fedbytweets.cli.output import print_grid, print_json, say


def register(app: App) -> None:
    """Give the app this command."""
    app.command(quality, help_epilogue=examples("fedbytweets quality", "fedbytweets quality --json"))


def quality(*, lake: LakeFlag = None, as_json: JsonFlag = False) -> int:
    """Check every row of silver against what is expected of it; exit code 1 where an expectation fails.

    A run checks what it wrote; this checks all, so it takes as long as reading the tables.
    """
    from fedbytweets.instants import utc_now
    from fedbytweets.lake.lake import open_existing_lake
    from fedbytweets.lake.quality import check_all
    from fedbytweets.quality import Verdict
    from fedbytweets.settings import lake_settings

    use_lake(lake)
    findings = check_all(open_existing_lake(lake_settings()), utc_now())
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        print_grid(
            ("verdict", "table", "expected", "seen"),
            [(str(each.verdict), each.table, each.says, ": ".join((each.fact, *each.examples))) for each in findings],
        )
        counts = Counter(str(each.verdict) for each in findings)
        say(", ".join(f"{count} {verdict}" for verdict, count in counts.items()) or "Silver is empty.")
    return int(any(each.verdict is Verdict.FAILED for each in findings))
