"""One page of the year, A4 portrait: incidents, response, people and cost, like a force's annual round-up."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from armsim.config.options import parts_of
from armsim.report.charts import context_of
from armsim.report.files import PRINT_DPI, drawn
from armsim.report.pack.material import Material
from armsim.report.pack.year import IN_POST, WITHIN, Item, items, scaled
from armsim.report.record import Chart
from armsim.report.style import CATEGORICAL, INK, QUIET, SHADE, balanced, styled
from armsim.report.words import printable
from armsim.study.files import file_name
from armsim.study.sheets import csv_bytes

_WIDE, _HIGH = 8.27, 11.69
_LEFT, _RIGHT = 0.06, 0.94
#: Top of each part in shares of the height, and its colour.
_PARTS = {
    "incidents": ("Incidents", 0.862, CATEGORICAL[0]),
    "response": ("Response", 0.652, CATEGORICAL[2]),
    "people": ("People", 0.418, "#1C6F66"),
    "cost": ("Cost", 0.222, CATEGORICAL[4]),
}
_MOST_TILES = 5
#: Room for so many bars, so that few of them are no thicker.
_LEAST_ROWS = 3
#: Right edges of the columns of figures of people.
_COLUMNS = (0.79, _RIGHT)


def pages(material: Material) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """A page for the first option under each condition: its name, its title, and its files by ending."""
    view = material.view
    for name in view.firsts:
        condition = parts_of(name)[1] if len(view.firsts) > 1 else ""
        chart = draw(material, name)
        contents = {
            "png": drawn(chart, "png", PRINT_DPI),
            "svg": drawn(chart, "svg"),
            "pdf": drawn(chart, "pdf"),
            "csv": csv_bytes(chart.data),
        }
        yield f"infographic{f'_{file_name(condition)}' if condition else ''}", chart.title, contents


@styled
def draw(material: Material, name: str) -> Chart:
    """Draw the page of a run."""
    view = material.view
    data, context = view.option(name), context_of(view.results, name)
    found = items(view, name)
    by_part = {part: [one for one in found if one.part == part] for part in _PARTS}
    figure = Figure(figsize=(_WIDE, _HIGH))
    _heading(figure, context.title, scaled(data))
    for part, (words, top, colour) in _PARTS.items():
        if by_part[part] or part == "response":
            _band(figure, words, top, colour)
    _incidents(figure, by_part["incidents"])
    _response(figure, by_part["response"])
    _people(figure, by_part["people"])
    _cost(figure, by_part["cost"], data.scenario.prices.year)
    limits = f"In brackets and as whiskers: {context.confidence:.0%} intervals."
    if context.replications == 1:
        limits = "One replication has no intervals: how far off a figure may be cannot be told."
    foot = f"{context.source} {limits}"
    figure.text(_LEFT, 0.018, textwrap.fill(printable(foot), 128), size=7.5, color=QUIET, va="bottom")
    title = f"A year of armed response: {context.title}"
    alt = "One page of figures. " + " ".join(f"{one.name}: {_bracketed(one)}." for one in found)
    table = pd.DataFrame(
        [(one.part, one.name, one.unit, one.value.value, one.value.low, one.value.high) for one in found],
        columns=["part", "figure", "unit", "value", "low", "high"],
    )
    return Chart("infographic", title, figure, alt, table, f"{scaled(data)} {context.source}", context)


def _bracketed(one: Item) -> str:
    return f"{one.words} ({one.span})" if one.span else one.words


def _heading(figure: Figure, title: str, how: str) -> None:
    figure.add_artist(Rectangle((0, 0.885), 1, 0.115, color=CATEGORICAL[0], transform=figure.transFigure))
    figure.text(_LEFT, 0.979, "A year of armed response", size=24, weight="bold", color="white", va="top")
    short = textwrap.shorten(printable(title), 78, placeholder="…")
    figure.text(_LEFT, 0.942, short, size=13, color="white", va="top")
    figure.text(_LEFT, 0.918, balanced(how, 112), size=9, color="white", va="top", linespacing=1.3)


def _band(figure: Figure, words: str, top: float, colour: str) -> None:
    figure.add_artist(
        Rectangle((_LEFT, top - 0.024), _RIGHT - _LEFT, 0.026, color=colour, transform=figure.transFigure)
    )
    figure.text(_LEFT + 0.012, top - 0.0112, words, size=13, weight="bold", color="white", va="center")


def _tile(
    figure: Figure, at: tuple[float, float], wide: float, one: Item, lead: str, size: float = 22
) -> None:
    """A figure in large type, what it is above, its limits below."""
    left, top = at
    figure.add_artist(Rectangle((left, top - 0.072), wide, 0.072, color=SHADE, transform=figure.transFigure))
    signs = int(wide * 112)
    figure.text(
        left + 0.01, top - 0.007, balanced(printable(lead), signs), size=8.5, va="top", linespacing=1.15
    )
    figure.text(left + 0.01, top - 0.0485, one.words, size=size, weight="bold", color=INK, va="center")
    if one.span:
        figure.text(left + 0.01, top - 0.066, one.span, size=8, color=QUIET, va="center")


def _tiles(figure: Figure, top: float, shown: Sequence[tuple[str, Item]]) -> None:
    """Figures side by side over the whole width; smaller type where they are many."""
    gap, across = 0.012, max(len(shown), 4)
    wide = (_RIGHT - _LEFT - gap * (across - 1)) / across
    for index, (lead, one) in enumerate(shown):
        _tile(figure, (_LEFT + index * (wide + gap), top), wide, one, lead, 20 if across == 4 else 17)


def _axes(figure: Figure, box: tuple[float, float, float, float]) -> Axes:
    axes = figure.add_axes(box)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.grid(visible=False)
    axes.tick_params(length=0, labelbottom=False, labelsize=9.5)
    return axes


def _bars(axes: Axes, shown: Sequence[tuple[str, Item]], colour: str, reach: float) -> None:
    """Lying bars with the figure and its limits beside each."""
    for place, (_, one) in enumerate(shown):
        value, low, high = one.value.value, one.value.low, one.value.high
        axes.barh(place, value, 0.62, color=colour)
        if one.span:
            axes.hlines(place, max(low, 0), high, color=INK, linewidth=1.4)
        end = max(value, high if one.span else value)
        axes.text(end + 0.012 * reach, place, _bracketed(one), va="center", size=9.5)
    axes.set_yticks(range(len(shown)), [printable(name) for name, _ in shown])
    axes.set(ylim=(max(len(shown), _LEAST_ROWS) - 0.5, -0.5), xlim=(0, reach or 1.0))


def _incidents(figure: Figure, found: Sequence[Item]) -> None:
    named = {one.name: one for one in found}
    heads = {
        "Incidents": "Incidents of all grades",
        "Firearms": "Firearms incidents",
        "Authorised operations": "Authorised operations",
        "Stood down before arrival": "Armed units stood down before arrival",
    }
    _tiles(figure, 0.828, [(words, named[head]) for head, words in heads.items() if head in named])
    grades = [(one.name, one) for one in found if one.name == "Firearms" or one.name not in heads]
    if grades:
        axes = _axes(figure, (0.16, 0.664, 0.78, 0.08))
        _bars(axes, grades, CATEGORICAL[0], 1.6 * max(one.value.value for _, one in grades))


def _response(figure: Figure, found: Sequence[Item]) -> None:
    big = [(one.name, one) for one in found if not one.name.startswith(WITHIN)]
    _tiles(figure, 0.618, big[:_MOST_TILES])
    shares = [(one.name, one) for one in found if one.name.startswith(WITHIN)][:4]
    whose = {"armed response": "Armed unit", "grade 1 response": "Grade 1 officer"}
    untold = [words for words, begin in whose.items() if not any(name.startswith(begin) for name, _ in big)]
    if untold:
        few = f"Too few incidents in the window to tell {' and '.join(untold)}."
        figure.text(_RIGHT, 0.435, few, size=9, color=QUIET, va="center", ha="right")
    if shares:
        axes = _axes(figure, (0.28, 0.438, 0.66, 0.098))
        axes.barh(range(len(shares)), 1, 0.62, color=SHADE)
        _bars(axes, shares, CATEGORICAL[2], 1.35)
        axes.set_yticklabels([textwrap.shorten(printable(name), 32, placeholder="…") for name, _ in shares])


def _people(figure: Figure, found: Sequence[Item]) -> None:
    posts = [(one.name.removeprefix(IN_POST), one) for one in found if one.name.startswith(IN_POST)][:5]
    if posts:
        axes = _axes(figure, (0.16, 0.240, 0.28, 0.132))
        axes.set_title("Officers in post", size=9.5, loc="left", weight="bold")
        _bars(axes, posts, _PARTS["people"][2], 1.3 * max(one.value.value for _, one in posts))
        axes.set_yticklabels([textwrap.shorten(printable(name), 14, placeholder="…") for name, _ in posts])
    rest = [one for one in found if not one.name.startswith(IN_POST)]
    lines: dict[str, list[Item]] = {}
    for one in rest:
        lines.setdefault(one.name.removesuffix(f", {one.of}"), []).append(one)
    heads = list(dict.fromkeys(one.of for one in rest))
    for place, head in zip(_COLUMNS, heads, strict=False):
        short = textwrap.shorten(printable(head), 20, placeholder="…")
        figure.text(place, 0.379, short, size=9.5, weight="bold", va="center", ha="right")
    columns = dict(zip(heads, _COLUMNS, strict=False))
    for index, (name, own) in enumerate(lines.items()):
        _line(figure, 0.356 - 0.031 * index, name, own, columns)


def _line(figure: Figure, top: float, name: str, own: Sequence[Item], columns: Mapping[str, float]) -> None:
    """A figure a column, its limits under it."""
    figure.text(0.47, top, balanced(name, 24), size=9, va="center", linespacing=1.2)
    for one in own:
        place = columns[one.of]
        figure.text(place, top + 0.005, one.words, size=11, weight="bold", va="center", ha="right")
        figure.text(place, top - 0.009, one.span, size=8, color=QUIET, va="center", ha="right")


def _cost(figure: Figure, found: Sequence[Item], year: Any) -> None:
    if not found:
        return
    whole, lines = found[0], sorted(found[1:], key=lambda one: -one.value.value)
    _tile(figure, (_LEFT, 0.188), 0.26, whole, f"Cost a year, prices of {year}", 24)
    shown = [(one.name, one) for one in lines[:5]]
    axes = _axes(figure, (0.50, 0.085, 0.44, 0.105))
    _bars(axes, shown, CATEGORICAL[4], 1.75 * max(one.value.value for _, one in shown))
    note = "Overtime and mutual aid as simulated; all else from the price list of the scenario."
    figure.text(_LEFT, 0.108, balanced(note, 46), size=8, color=QUIET, va="top", linespacing=1.3)
