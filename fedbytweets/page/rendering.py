"""Figures -> one HTML document that needs nothing else: no network, no scripts, every text escaped."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined

from fedbytweets.amounts import size
from fedbytweets.page import charts, strips
from fedbytweets.page.attention import notices
from fedbytweets.page.figures import Figures, Money, Ranked
from fedbytweets.page.languages import named
from fedbytweets.safe_text import visible

_LONGEST_TEXT = 160
"""Characters of a stranger's text that are shown."""


def html_page(figures: Figures) -> str:
    """Return the page as HTML; names and texts of strangers are escaped and cut."""
    week = strips.week_before(figures.made_at)
    return (
        _environment()
        .get_template("report.html")
        .render(
            figures=figures,
            notices=notices(figures),
            volume=figures.volume,
            volume_series=charts.series(figures.volume) if figures.volume else {},
            volume_pictures=charts.volume_pictures(figures.volume) if figures.volume else (),
            money_pictures=charts.money_pictures(figures.money) if figures.money.total else (),
            strips=[
                (known, strips.pieces(known, week), strips.covered_part(known, week)) for known in figures.coverage
            ],
            midnights=strips.midnights(week),
            gaps=strips.gaps(figures.coverage),
            rankings=_rankings(figures),
            month_part=_month_part(figures.money),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("fedbytweets.page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"at": _at, "cut": _cut, "dollars": _dollars, "size": size, "share": _share}
    environment.globals |= {"step_label": charts.label}
    return environment


def _shown(value: object) -> object:
    """Return what the template shows of a value: of a text that is no HTML yet, its control characters visibly."""
    return visible(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _month_part(money: Money) -> float | None:
    """Return which part of the month's money is spent; None where the budget sets no limit."""
    limit = money.budget.money_per_month
    return float(money.month.money) / limit if limit else None


def _rankings(figures: Figures) -> tuple[tuple[str, str, tuple[Ranked, ...]], ...]:
    languages = tuple(replace(each, name=named(each.name), note=each.name) for each in figures.languages)
    return (
        ("places", "Top places", figures.places),
        ("authors", "Top authors", figures.authors),
        ("languages", "Languages", languages),
    )


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M}"


def _cut(text: str, most: int = _LONGEST_TEXT) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= most else one_line[: most - 1] + "…"


def _dollars(money: Decimal | float) -> str:
    return f"${money:,.2f}"


def _share(part: float) -> str:
    """Return a part of one in per cent; only the whole is 100 %."""
    return "100 %" if part >= 1 else f"{min(part * 100, 99.9):.1f} %"
