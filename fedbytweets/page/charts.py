"""Figures -> SVG pictures, by pygal: static, without scripts, coloured by the page's own style sheet.

Each picture is drawn twice, wide and narrow: an SVG that is only scaled down cannot be read on a phone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from fedbytweets.page.figures import Money, Step, Volume

MOST_SERIES = 6
"""As many colours as the style sheet has; the smallest subjects beyond share the last one."""

_FORMATS: Mapping[Step, str] = {"hour": "%d %b %Hh", "day": "%d %b", "week": "%d %b", "month": "%b %Y", "year": "%Y"}
_DROPPED = frozenset({"script", "style", "defs"})
_SVG = "{http://www.w3.org/2000/svg}"
_NO_STYLE = Style(background="none", plot_background="none", font_family="inherit", label_font_size=11)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a picture is drawn, in CSS pixels, and how many labels fit below it."""

    name: str
    width: int
    height: int
    labels: int


SIZES = (Size("wide", 920, 260, 10), Size("narrow", 330, 220, 3))


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing: its size's name and the SVG element."""

    size: str
    svg: str


def volume_pictures(volume: Volume) -> tuple[Picture, ...]:
    """Return stacked bars, a colour a subject, oldest step first."""
    labels = [label(start, volume.step) for start in volume.starts]
    return _pictures("volume", labels, series(volume), "{:,.0f}".format)


def money_pictures(money: Money) -> tuple[Picture, ...]:
    """Return one bar a UTC day, in US dollars."""
    labels = [f"{each.day:%d %b}" for each in money.days]
    spent = {"US dollars": tuple(float(each.spent.money) for each in money.days)}
    return _pictures("money", labels, spent, "${:,.2f}".format)


def series(volume: Volume) -> dict[str, tuple[int, ...]]:
    """Return the subjects' posts, the largest first; what has no colour of its own is summed as `others`."""
    ranked = sorted(volume.posts.items(), key=lambda item: (-sum(item[1]), item[0]))
    if len(ranked) <= MOST_SERIES:
        return dict(ranked)
    others = (posts for _, posts in ranked[MOST_SERIES - 1 :])
    return dict(ranked[: MOST_SERIES - 1]) | {"others": tuple(map(sum, zip(*others, strict=True)))}


def label(start: datetime, step: Step) -> str:
    """Return a step's name for people, UTC."""
    return start.strftime(_FORMATS[step])


def _pictures(
    name: str, labels: Sequence[str], values: Mapping[str, Sequence[float]], written: Callable[[float], str]
) -> tuple[Picture, ...]:
    return tuple(Picture(size.name, _drawn(f"{name}-{size.name}", labels, values, written, size)) for size in SIZES)


def _drawn(
    name: str,
    labels: Sequence[str],
    values: Mapping[str, Sequence[float]],
    written: Callable[[float], str],
    size: Size,
) -> str:
    chart = pygal.StackedBar(
        width=size.width,
        height=size.height,
        style=_NO_STYLE,
        css=[],
        js=[],
        margin=4,
        show_legend=False,
        show_minor_x_labels=False,
        x_labels_major_every=max(1, -(-len(labels) // size.labels)),
        truncate_label=-1,
        max_scale=6,
        disable_xml_declaration=True,
        value_formatter=written,
    )
    chart.uuid = name
    chart.x_labels = list(labels)
    for title, row in values.items():
        chart.add(title, list(row))
    chart.add_xml_filter(_only_the_drawing)
    svg: str = chart.render(is_unicode=True)
    return svg


def _only_the_drawing(root: Element) -> Element:
    """Leave the drawing: no scripts, no styles, nothing that waits for a mouse. The table beneath has the figures."""
    root.set("aria-hidden", "true")
    root.set("focusable", "false")
    for parent in list(root.iter()):
        for child in list(parent):
            if _is_dropped(child):
                parent.remove(child)
    return root


def _is_dropped(element: Element) -> bool:
    if not isinstance(element.tag, str):
        return True  # a comment
    shown = element.get("class", "")
    return element.tag.removeprefix(_SVG) in _DROPPED | {"desc"} or "overlay" in shown
