"""The page as text: what it says, what it leaves out, and that strangers cannot write into it."""

import dataclasses
import html
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pygal", reason="pygal, which draws the page's pictures, is not installed")

from lakes import lay, lines, load_bronze, merge_silver, page_of
from page_samples import CONTROLS, HOSTILE, NOW, busy, empty

from fedbytweets.coverage import Coverage, Span, Spending
from fedbytweets.errors import InputError
from fedbytweets.lake import bronze
from fedbytweets.lake.lake import Lake
from fedbytweets.page import charts, html_page, strips
from fedbytweets.page.attention import Notice, notices
from fedbytweets.page.figures import Figures, Ranked, Volume
from fedbytweets.page.reading import read_figures
from fedbytweets.subjects import Budget, Prices
from fedbytweets.x_api import CollectSettings


class _Elements(HTMLParser):
    """What a browser would make of a document: its elements with their attributes, and its text."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_stranger_writes_into_the_page() -> None:
    """Names and texts that are markup come out as text: no script, no picture, no handler, no address elsewhere."""
    seen = _Elements(html_page(busy()))
    assert {tag for tag, _ in seen.elements} & {"script", "img", "iframe", "object", "form", "base"} == set()
    assert [name for _, attributes in seen.elements for name in attributes if name.startswith("on")] == []
    links = [attributes["href"] for _, attributes in seen.elements if attributes.get("href")]
    assert all(link.startswith("#") or link == "data:," for link in links)
    assert HOSTILE[0] in seen.text
    assert HOSTILE[2] in seen.text


def test_no_control_character_is_in_the_page() -> None:
    """Neither as it is nor as a reference: they are signs, so nothing is hidden and no line runs backwards."""
    page = html_page(busy())
    assert re.findall(CONTROLS, page + html.unescape(page)) == []
    assert "␛]0;owned␇␛[2J \\u009b31m ␈␡␀ \\u2066isolated \\u200f" in page


@settings(max_examples=15, deadline=None)
@given(st.text(min_size=1, max_size=300), st.text(max_size=300))
def test_any_name_leaves_the_elements_of_the_page_alone(name: str, note: str) -> None:
    """The same figures with any other name and note make a page of the same elements, but for a note."""
    page = empty()
    plain = dataclasses.replace(page, authors=(Ranked("a", "b", 1),))
    strange = dataclasses.replace(page, authors=(Ranked(name, note, 1),))

    def elements(figures: Figures) -> list[str]:
        return [tag for tag, _ in _Elements(html_page(figures)).elements]

    assert [each for each in elements(strange) if each not in {"small", "bdi"}] == [
        each for each in elements(plain) if each not in {"small", "bdi"}
    ]


def test_an_empty_lake_gives_a_page_that_says_so() -> None:
    """Nothing collected is no error: the page says what to do."""
    text = _Elements(html_page(empty())).text
    assert "Nothing was collected yet: fedbytweets run does." in text
    assert "Silver holds no post yet." in text


def test_the_same_figures_give_the_same_page() -> None:
    """The page is a function of its figures: nothing of the clock or of chance is in it."""
    assert html_page(busy()) == html_page(busy())


def test_the_page_names_what_needs_a_look_the_worst_first() -> None:
    """Lost posts come first, then holes, what waits in raw, and what could not be read."""
    assert notices(busy()) == (
        Notice(
            "bad",
            "lula: about 9,851 posts are lost; they were older than the API goes back.",
            "Give the subject more pages or budget, or run more often.",
        ),
        Notice(
            "warn",
            "lula: about 4,033 posts are missing in 2 holes.",
            "The next runs fill holes while the API still has them: fedbytweets plan says what that costs.",
        ),
        Notice("warn", "2 raw objects are not in bronze yet.", "The next run takes them in."),
        Notice("warn", "3 pages or rows could not be read.", "Their bytes are kept in raw; see Data quality below."),
    )


@pytest.mark.parametrize(
    ("spent", "level"), [("79.99", None), ("80", "warn"), ("98.9", "warn"), ("99", "bad"), ("120", "bad")]
)
def test_a_budget_that_is_nearly_spent_is_noticed(spent: str, level: str | None) -> None:
    """From 80 % of the month's money on there is a notice; from 99 % on it is a bad one."""
    figures = empty()
    money = dataclasses.replace(figures.money, month=Spending(money=Decimal(spent)), budget=Budget(money_per_month=100))
    found = notices(dataclasses.replace(figures, money=money))
    assert [notice.level for notice in found] == ([level] if level else [])


def test_a_lake_that_nothing_was_collected_into_for_half_a_day_is_late() -> None:
    """The frontier of the newest subject tells when it was last collected."""
    span = Span(NOW - timedelta(days=2), NOW - timedelta(hours=13))
    figures = dataclasses.replace(empty(), coverage=[Coverage("lula", span, span.end, (span,), (), ())])
    assert [notice.fact for notice in notices(figures)] == ["Nothing was collected since 2026-11-22 02:30 UTC."]


spans = st.lists(st.tuples(st.integers(0, 12 * 24), st.integers(1, 48)), max_size=8)


@given(spans)
def test_pieces_lie_within_the_strip_and_are_seen(drawn: list[tuple[int, int]]) -> None:
    """Whatever spans there are, what is drawn of them lies between 0 and 100 % and has a width."""
    covered = tuple(
        Span(NOW - timedelta(hours=back), NOW - timedelta(hours=back) + timedelta(hours=long)) for back, long in drawn
    )
    week = strips.week_before(NOW)
    pieces = strips.pieces(Coverage("lula", None, None, covered, (), ()), week)
    assert len(pieces) == sum(span.start < week.end and span.end > week.start for span in covered)
    assert all(0 <= piece.left <= 100 and 0 < piece.width <= 100 for piece in pieces)
    assert all(piece.left + piece.width <= 100.001 for piece in pieces)


def test_a_hole_of_a_minute_is_still_seen_on_the_strip() -> None:
    """A hole is never narrower than can be seen; covered time is as wide as it is."""
    known = busy().coverage[0]
    widths = {piece.kind: piece.width for piece in strips.pieces(known, strips.week_before(NOW)) if piece.left > 70}
    assert widths["hole"] == strips.SMALLEST


def test_only_whole_coverage_is_called_whole() -> None:
    """99.99 % is not shown as 100 %."""
    page = html_page(busy())
    assert re.findall(r"([\d.]+ %) of what was asked for", page) == ["86.8 %", "100 %"]


def test_subjects_beyond_the_colours_are_summed_as_others() -> None:
    """No post is left out of the picture: the smallest subjects share the last colour."""
    start = (datetime(2026, 1, 1, tzinfo=UTC),)
    volume = Volume("day", start, {f"s{number}": (number,) for number in range(9)})
    assert charts.series(volume) == {"s8": (8,), "s7": (7,), "s6": (6,), "s5": (5,), "s4": (4,), "others": (6,)}


def test_pictures_hold_no_script_and_no_style() -> None:
    """What pygal puts beside the drawing is taken out; each bar of each subject is there, in both sizes."""
    volume = busy().volume
    assert volume is not None
    pictures = charts.volume_pictures(volume)
    assert [picture.size for picture in pictures] == ["wide", "narrow"]
    for picture in pictures:
        tags = [tag for tag, _ in _Elements(picture.svg).elements]
        assert {"script", "style", "desc"} & set(tags) == set()
        assert picture.svg.count('class="rect ') == 3 * 30


def read(lake: Lake, now: datetime) -> Figures:
    """Return the figures of a lake as the command reads them."""
    return read_figures(lake, now, CollectSettings().bounds, Budget(money_per_day=1), Prices())


def test_figures_are_those_of_the_lake(lake: Lake) -> None:
    """Two imported objects: their volume by hour, their places and authors by name, what was wrong with them."""
    lay(lake, "lula/one.json", lines(page_of(range(1, 5))))
    lay(lake, "bolsonaro/two.json", lines({**page_of([5, 6]), "unknown": 1}) + b"<html>\n")
    load_bronze(lake)
    merge_silver(lake)
    figures = read(lake, NOW)
    assert figures.volume == Volume("hour", (datetime(2026, 1, 2, 3, tzinfo=UTC),), {"bolsonaro": (2,), "lula": (4,)})
    assert figures.places == tuple(Ranked("Ana", "", 1) for _ in range(6))
    assert figures.authors == tuple(Ranked(f"@u{number}", "Ana", 1) for number in range(1, 7))
    assert figures.languages == (Ranked("", "", 6),)
    assert [(found.kind, found.where, found.count) for found in figures.findings.quarantine] == [
        ("not-json", "bolsonaro", 1)
    ]
    assert [(found.kind, found.count) for found in figures.findings.unknown_fields] == [("unknown", 1)]
    assert figures.coverage == []
    assert figures.money.month == Spending()
    assert not figures.invented


def test_what_waits_in_raw_is_on_the_page(lake: Lake) -> None:
    """A raw object that bronze lacks is counted, though silver is empty."""
    lay(lake, "lula/one.json", lines(page_of([1])))
    assert bronze.pending(lake)
    figures = read(lake, NOW)
    assert figures.volume is None
    assert "1 raw objects are not in bronze yet." in html_page(figures)


def test_the_command_writes_the_page_and_refuses_a_place_it_cannot(lake: Lake, tmp_path: Path) -> None:
    """The page is a file of that name; a folder that is not there is said in one line."""
    from fedbytweets.cli.report import report

    lay(lake, "lula/one.json", lines(page_of([1])))
    load_bronze(lake)
    report(output=tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with pytest.raises(InputError, match="cannot be written"):
        report(output=tmp_path / "absent" / "page.html")
