"""The page in a real browser: it asks for nothing, complains of nothing, fits a phone, and can be read by anyone."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygal", reason="pygal, which draws the page's pictures, is not installed")

from browser import CHROMIUM, Tab, tab
from page_samples import CONTROLS, busy, empty

from fedbytweets.page import html_page

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed: apt-get install chromium")

WIDTHS = (320, 360, 768, 1280)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Return one tab for all tests here."""
    with tab(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module", params=["busy", "empty"])
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of a lake with everything in it, and of one with nothing."""
    path = tmp_path_factory.mktemp("page") / f"{request.param}.html"
    path.write_text(html_page({"busy": busy, "empty": empty}[request.param]()), encoding="utf-8")
    return path


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Tab, page: Path) -> None:
    """Opened, it loads itself alone; no stranger's name has run as a script."""
    browser.open(page.as_uri())
    assert browser.requests == [page.as_uri()]
    assert browser.complaints == []
    assert browser.value("document.title").startswith("Fed by Tweets: ")
    assert browser.value(f"document.documentElement.outerHTML.match(/{CONTROLS}/)") is None
    assert browser.value("document.scripts.length + document.images.length") == 0


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_sticks_out_sideways(browser: Tab, page: Path, width: int) -> None:
    """At every width the page scrolls down only; a wide table scrolls within its own frame."""
    browser.open(page.as_uri(), width=width)
    assert browser.value("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_phone_gets_pictures_drawn_for_it(browser: Tab, page: Path) -> None:
    """On a phone the narrow drawings stand there and not the wide ones, with letters of 10 pixels or more."""
    seen = """(() => [...document.querySelectorAll('figure > div')].map(each =>
        [each.className, each.getBoundingClientRect().height > 0]))()"""
    letters = """Math.min(99, ...[...document.querySelectorAll('.narrow svg text')].filter(each => each.textContent)
        .map(each => each.getBoundingClientRect().height))"""
    browser.open(page.as_uri(), width=360)
    assert all(shown == (size == "narrow") for size, shown in browser.value(seen))
    assert browser.value(letters) >= 10
    browser.open(page.as_uri(), width=1280)
    assert all(shown == (size == "wide") for size, shown in browser.value(seen))


def test_all_of_the_page_is_on_paper(browser: Tab, page: Path) -> None:
    """Printed, the figures behind the pictures are unfolded: one cannot click on paper."""
    browser.open(page.as_uri())
    browser.call("Emulation.setEmulatedMedia", media="print")
    folded = "[...document.querySelectorAll('details table')].filter(each => !each.checkVisibility()).length"
    assert browser.value(folded) == 0
    browser.call("Emulation.setEmulatedMedia", media="")


@pytest.mark.skipif(find_spec("axe_core_python") is None, reason="axe-core, which audits pages, is not installed")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_can_be_read_by_anyone(browser: Tab, page: Path, scheme: str, width: int) -> None:
    """An audit by axe-core finds nothing: contrast, headings, names, tables, landmarks, in light and in dark."""
    browser.call("Page.setBypassCSP", enabled=True)
    browser.open(page.as_uri(), width=width, scheme=scheme)
    browser.value("document.querySelectorAll('details').forEach(each => each.open = true)")
    browser.value(_axe())
    found: dict[str, Any] = browser.value("axe.run(document, {resultTypes: ['violations']})")
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found["violations"]] == []
    assert "color-contrast" in {each["id"] for each in found["passes"]}


def _axe() -> str:
    """Return the audit's script, of the installed package; it gives nothing of itself back."""
    spec = find_spec("axe_core_python")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "axe.min.js").read_text(encoding="utf-8") + "; undefined"
