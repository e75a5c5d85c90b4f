"""Figures by hand: a busy week with holes, lost spans and a spent budget, and strangers with hostile names."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from fedbytweets.coverage import Coverage, Span, Spending
from fedbytweets.coverage.coverage import Hole, Lost
from fedbytweets.lake.status import LakeStatus, TableStatus
from fedbytweets.page import Figures
from fedbytweets.page.figures import DaySpent, Finding, Findings, Money, Ranked, Run, Volume
from fedbytweets.subjects import Budget

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)
HOSTILE = (
    "<script>document.title = 'owned'</script>",
    '"><img src=x onerror="document.title = \'owned\'">',
    "{{ 7 * 7 }} {% raw %}",
    "\u202eright to left \u202e",
    "W" * 400,
    "' style=position:fixed",
    "\x1b]0;owned\x07\x1b[2J \x9b31m \x08\x7f\x00 \u2066isolated \u200f\u2028\u061c",
)
CONTROLS = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f]"
"""A regular expression, of Python and of JavaScript, for what no page holds."""


def busy() -> Figures:
    """Return the figures of a lake in which everything that can be shown is there."""
    return Figures(
        made_at=NOW,
        lake=_lake(rows=48_211, quarantined=3, pending=2),
        volume=_volume(),
        coverage=[
            _with_gaps(),
            _whole("bolsonaro"),
            Coverage(HOSTILE[-1], None, NOW, (), (), ()),
        ],
        places=tuple(Ranked(name, "Brasil", 900 - 100 * row) for row, name in enumerate(HOSTILE)),
        authors=tuple(Ranked("@" + name, name, 90 - 10 * row) for row, name in enumerate(HOSTILE)),
        languages=(Ranked("pt", "", 40_102), Ranked("und", "", 1_204), Ranked("xx", "", 3)),
        findings=_findings(),
        runs=(
            Run("batch-ingestion", "failed", NOW, 71.4, 600, 590, "Not collected: lula. " + HOSTILE[1]),
            Run("batch-ingestion", "failed", NOW, 1.0, 0, 0, HOSTILE[-1]),
            Run("batch-ingestion", "completed", NOW - timedelta(hours=8), 68.0, 1_200, 1_198, ""),
        ),
        money=_money(),
        invented=False,
    )


def empty() -> Figures:
    """Return the figures of a lake that nothing was collected into."""
    days = tuple(DaySpent(NOW.date() - timedelta(days=back), Spending()) for back in reversed(range(30)))
    money = Money(days, Spending(), Budget(), date(2026, 8, 1))
    return Figures(NOW, _lake(rows=0), None, [], (), (), (), Findings(), (), money, invented=False)


def _lake(*, rows: int, quarantined: int = 0, pending: int = 0) -> LakeStatus:
    committed = NOW if rows else None
    names = ("bronze.raw_objects", "silver.tweets", "silver.users", "silver.places")
    tables = tuple(TableStatus(name, rows, 3 if rows else 0, 1_234_567 if rows else 0, committed) for name in names)
    return LakeStatus("s3://a-lake/in-a-bucket", tables, 612, 91_000_000, pending, quarantined, committed)


def _volume() -> Volume:
    first = datetime(2026, 10, 24, tzinfo=UTC)
    starts = tuple(first + timedelta(days=day) for day in range(30))
    lula = tuple(600 + (day * 7919) % 700 for day in range(30))
    return Volume(
        "day", starts, {"bolsonaro": tuple(posts // 2 for posts in lula), "lula": lula, HOSTILE[-1]: (0,) * 30}
    )


def _with_gaps() -> Coverage:
    def span(start_hours: float, end_hours: float) -> Span:
        return Span(NOW - timedelta(hours=start_hours), NOW - timedelta(hours=end_hours))

    covered = (span(260, 200), span(150, 90), span(86, 30), span(29.9, 0))
    holes = (Hole(span(30, 29.9), 12), Hole(span(90, 86), 4_021))
    return Coverage("lula", span(260, 0), NOW, covered, holes, (Lost(span(200, 167), 9_800), Lost(span(167, 150), 51)))


def _whole(subject: str) -> Coverage:
    span = Span(NOW - timedelta(days=9), NOW - timedelta(minutes=3))
    return Coverage(subject, span, span.end, (span,), (), ())


def _findings() -> Findings:
    key = "lula/2026-11-22-10_00_20261121T100000Z-20261122T100000Z_p0001.json"
    return Findings(
        quarantine=tuple(Finding("not-json", "lula", 3 - row, name, key) for row, name in enumerate(HOSTILE)),
        api_errors=(Finding("Not Found Error", "lula", 41, "Could not find user with author_id: [42].", key),),
        quality=(Finding("count-over-int32", "users.followers_count", 2, "3000000000", key),),
        unknown_fields=(Finding("data.new_thing", "tweets", 4_100, "", key),),
    )


def _money() -> Money:
    days = []
    for back in reversed(range(30)):
        posts = 900 + 37 * (back % 5)
        days.append(DaySpent(NOW.date() - timedelta(days=back), Spending(posts, posts, posts * Decimal("0.015"), 10)))
    month = sum((each.spent for each in days if each.day.month == NOW.month), Spending())
    return Money(tuple(days), month, Budget(money_per_month=400, money_per_day=20), date(2026, 8, 1))
