"""A report as a value, and the views of it: Markdown, sections, JSON, the row of `ops.runs`."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_samples import NOW, page, sample

from fedbytweets.amounts import duration, size
from fedbytweets.coverage import Spending, coverage
from fedbytweets.report import (
    BudgetLine,
    ProblemFigures,
    Section,
    SubjectFigures,
    budget_lines,
    escaped,
    markdown,
    report_dict,
    run_row,
    sections,
    table_cells,
)
from fedbytweets.report.picture import volume_picture
from fedbytweets.safe_text import visible
from fedbytweets.subjects import Budget, Prices
from fedbytweets.tables import ops

MARKDOWN = """\
## Summary

* batch-ingestion 2026-01-02 12:00 completed after 1 min 30 s, at 2026-01-02 12:00:30 UTC.
* New in silver: 95 tweets, 40 users, 0 places; 2 raw objects \\(12.3 kB\\) were loaded.
* Newest tweet in silver: 2026-01-02 08:58:30 UTC, 3 h 2 min old.
* lula: The budget is used up \\| \\*for today\\*.
* Warning: silver.tweets: never null: created\\_at, author\\_id, text; 2 of 95 rows break it in the files this run \
wrote: 1, such as 1 lula, 2 lula.

## Subjects

| subject | ended | posts to be had | collected | pages | USD | new in silver | known already | covered | holes \
| missing | lost |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| lula | budget | about 200 | 100 | 1 | 1.50 | 90 | 10 | 50.0% | 1 | about 100 | 0 |
| bolsonaro | loaded | - | - | - | - | 5 | 0 | - | - | - | - |

## Last seven days (UTC)
"""


def test_the_markdown_begins_with_what_matters_and_shows_foreign_text_as_text() -> None:
    """The head of the page, word for word: the summary, then the subjects."""
    assert markdown(sample()).startswith(MARKDOWN)


def test_the_markdown_ends_with_the_expectations_that_are_not_met_and_the_number_of_the_others() -> None:
    """Dozens are met on a good day: one by one they stand in the table artifact."""
    title, lines, header, _, row = markdown(sample()).rpartition("## ")[2].strip().replace("\n\n", "\n").splitlines()

    assert (title, lines) == ("Expectations", "* 1 warned, 1 met")
    assert header == "| verdict | table | expected | seen | why |"
    assert row.startswith("| warned | silver.tweets | never null: created\\_at, author\\_id, text | 2 of 95 rows")


def test_a_failed_run_says_why_on_its_second_line() -> None:
    """Before any figure."""
    lines = sections(sample("Not collected: lula. The token is refused."))[0].lines

    assert lines[0].startswith("batch-ingestion 2026-01-02 12:00 failed after 1 min 30 s")
    assert lines[1] == "Why: Not collected: lula. The token is refused."


def test_every_table_of_the_page_has_as_many_cells_as_its_header() -> None:
    """Whatever stands in them: a stray bar would shift a column."""
    for line in markdown(sample()).splitlines():
        if line.startswith("| "):
            cells = line.replace("\\|", "").count("|")
            assert cells in {13, 8, 6, 5, 4}, line
    assert {len(row) - len(each.header) for each in sections(sample()) for row in each.rows} == {0}


STRANGE = (
    "https://evil.example/a_b", "see www.evil.example)", "mail me@evil.example", "<img src=x>", "![x](y://z)", "# h",
    "- item", "12. item", "&lt;b&gt;", "https&colon;//evil.example", "a\x1b[31m\u202e\nb", "`https://x`y|ftp://z",
)  # fmt: skip


def test_links_open_and_nothing_else_is_markup() -> None:
    """A table's address is a link; a stranger's, in whatever column, and the page's other brackets are not."""
    stranger = ProblemFigures("bronze.api_errors", "https://evil.example", 1, ("https://evil.example",))
    page = markdown(replace(sample("https://evil.example"), problems=(stranger,)))

    assert re.findall(r"(?<!\\)\[.*?\]\(.*?\)", page) == ["[open](https://console.example/silver.tweets)"]
    assert "* Why: `https://evil.example`\n" in page
    assert "| bronze.api\\_errors | `https://evil.example` | 1 | `https://evil.example` |" in page


@given(st.text() | st.lists(st.sampled_from(STRANGE)).map("".join))
def test_escaped_text_never_opens_markup(text: str) -> None:
    """One line; what Markdown could take for its own has a backslash before it, and an address is code."""
    shown = escaped(text)

    assert len(shown.splitlines()) <= 1
    assert escaped("") == ""
    outside = re.sub(r"(?<!\\)`[^`\s|\\]+`", "", shown.replace("\\\\", "\0\0")).replace("\0", "")
    for mark in "`*_{}[]<>()#!|~&":
        assert outside.count(mark) == outside.count("\\" + mark)
    assert not re.search(r"[a-z]://|www\.|mailto:|\w@\w", outside, re.IGNORECASE)
    assert visible(shown) == shown


@pytest.mark.parametrize("text", STRANGE)
def test_what_is_escaped_reads_the_same(text: str) -> None:
    """Read as Markdown it is a paragraph of that text, as one line, and nothing else."""
    tokens = [each for each in MarkdownIt("commonmark").parse(escaped(text)) if each.type != "inline"]
    [inline] = [each for each in MarkdownIt("commonmark").parse(escaped(text)) if each.type == "inline"]

    assert [each.type for each in tokens] == ["paragraph_open", "paragraph_close"]
    assert {each.type for each in inline.children or []} <= {"text", "text_special", "code_inline"}
    assert "".join(each.content for each in inline.children or []) == visible(" ".join(text.split()))


def test_cells_of_a_table_artifact_are_plain_where_nothing_else_is_meant() -> None:
    """One dashboard shows them as they are, the other reads them as Markdown."""
    usual = ("created_at, author_id", "+8,048", "-", "3 of 5 (60%)", "unique: id -> subject", "12.5 kB")
    section = Section(
        "problems", "Problems", header=("such as", "where"), rows=tuple((each, "s3://a") for each in usual)
    )
    strange = replace(section, rows=tuple((each, "s3://a") for each in STRANGE))

    assert table_cells(section) == [{"such as": each, "where": "s3://a"} for each in usual]
    assert table_cells(strange) == [{"such as": escaped(each), "where": "s3://a"} for each in STRANGE]


def test_the_sections_are_those_that_have_something_to_say() -> None:
    """A run without problems has no section of them, and an import no picture."""
    assert [each.key for each in sections(sample())] == [
        "summary", "subjects", "picture", "budget", "problems", "tables", "steps", "expectations",
    ]  # fmt: skip
    report = report_dict(sample())
    assert [each["subject"] for each in report["subjects"]] == ["lula", "bolsonaro"]


def test_the_volume_of_seven_days_is_shown_by_day() -> None:
    """Twelve hours of the day before hold half of the posts, as reading was cut at midnight; heights share a scale."""
    known = coverage("lula", [page(24, 100)], NOW)

    assert volume_picture([known], NOW) == (
        "posts            Sat 27   Sun 28   Mon 29   Tue 30   Wed 31   Thu 01   Fri 02\n"
        "lula       ██        0        0        0        0        0       50       50"
    )


def test_the_row_of_ops_runs_holds_the_report_and_fits_its_table() -> None:
    """Figures are columns, the rest is in the JSON; instants are naive UTC."""
    row = run_row(sample("broken"))
    frame = pl.DataFrame([row], schema=ops.RUNS.frame_schema)

    assert list(row) == ops.RUNS.names
    assert json.loads(row["report"]) == json.loads(json.dumps(report_dict(sample("broken"))))
    assert frame.drop("report").to_dicts() == [
        {
            "run_id": "00000000-0000-0000-0000-000000000001", "attempt": 1, "flow": "batch-ingestion",
            "run_name": "batch-ingestion 2026-01-02 12:00", "state": "failed",
            "started_at": (NOW - timedelta(seconds=90)).replace(tzinfo=None), "ended_at": NOW.replace(tzinfo=None),
            "seconds": 90.0, "subjects": ["lula", "bolsonaro"], "pages": 1, "posts": 100, "usd": 1.5,
            "raw_objects": 2, "raw_bytes": 12_345, "bronze_tweets": 105, "new_tweets": 95, "updated_tweets": 10,
            "new_users": 40, "new_places": 0, "quarantined": 1, "api_errors": 0, "unknown_fields": 1, "holes": 1,
            "missing_posts": 100, "lost_posts": 0, "failed_expectations": 0, "warned_expectations": 1,
            "error": "broken", "version": "0.1.0",
        }
    ]  # fmt: skip


def test_spending_is_set_against_the_limits_of_run_day_and_month() -> None:
    """What was read yesterday counts for the month alone; the tighter limit gives the share."""
    yesterday = page(1, 10, to=NOW - timedelta(days=1))
    this_run = Spending(posts=4, users=0, money=Decimal("0.02"), pages=1)
    prices = Prices(post=Decimal("0.005"), user=Decimal(0))
    lines = budget_lines("lula", Budget(posts_per_run=8, money_per_month=0.14), [yesterday], this_run, prices, NOW)

    assert lines == (
        BudgetLine("lula", "run", 4, 8, Decimal("0.02"), None),
        BudgetLine("lula", "day", 4, None, Decimal("0.02"), None),
        BudgetLine("lula", "month", 14, None, Decimal("0.070"), Decimal("0.14")),
    )
    assert [line.share for line in lines] == [0.5, None, 0.5]


def test_posts_to_be_had_are_those_counted_else_those_read_and_left_in_holes() -> None:
    """counts/recent knows better than an estimate."""
    known = coverage("lula", [page(24, 100, token="more")], NOW)

    assert SubjectFigures(subject="lula", posts=100, coverage=known).asked_posts == 200
    assert SubjectFigures(subject="lula", posts=100, coverage=known, expected_posts=180).asked_posts == 180
    assert SubjectFigures(subject="lula", posts=3, loaded_tweets=1, new_tweets=3).known_tweets == 0


@pytest.mark.parametrize(
    ("span", "words"),
    [(0.2, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3600, "1 h"), (90_061, "1 d 1 h"), (86_460, "1 d")],
)
def test_a_span_of_time_is_said_in_its_two_largest_units(span: float, words: str) -> None:
    """Nobody reads seconds of a day."""
    assert duration(timedelta(seconds=span)) == words


@pytest.mark.parametrize(("count", "words"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345_678, "12.3 MB")])
def test_a_size_is_said_in_decimal_units(count: int, words: str) -> None:
    """As S3's bill does."""
    assert size(count) == words
