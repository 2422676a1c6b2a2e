"""A chart as part of a page: its drawing inside the HTML, its words, and a table short enough to be read."""

from __future__ import annotations

import math
import re

import pandas as pd

from armsim.report.files import drawn
from armsim.report.page.parts import Cell, Picture, Table
from armsim.report.record import Chart
from armsim.report.words import printable

#: Rows of a table beside a chart; of a longer one every so many are shown.
_MOST_ROWS = 60
#: Fonts as wide as the one that the drawing was laid out with, for machines that lack it.
_FONTS = "'DejaVu Sans', Verdana, Geneva, sans-serif"
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.S)
_PATH = re.compile(r'(\sd=")([^"]*)(")')
_FRACTION = re.compile(r"(\.\d\d)\d+")
_IDS = re.compile(r'(\bid="|url\(#|href="#)')
_OPENING = re.compile(r"<svg\b[^>]*>")
_BOX = re.compile(r'viewBox="[^"]*"')


def picture(chart: Chart, name: str, live: str = "", how: str = "") -> Picture:
    """A chart ready for the page.

    Args:
        chart: the chart.
        name: unique on the page; every identifier inside the drawing begins with it.
        live: name of the chart to be explored that takes its place on a screen.
        how: how that one is used.
    """
    title, alt = printable(chart.title), printable(chart.alt)
    return Picture(
        name,
        title,
        svg_of(chart, name),
        alt,
        printable(chart.caption),
        table_of(chart.data, title),
        live,
        f"{how} {printable(chart.context.source)}".strip(),
    )


def svg_of(chart: Chart, name: str) -> str:
    """The drawing as an ``svg`` element whose name is read out and whose identifiers are the page's own."""
    text = drawn(chart, "svg").decode("utf-8")
    whole = _METADATA.sub("", text[text.index("<svg") :])
    opening = _OPENING.match(whole)
    box = _BOX.search(opening[0]) if opening else None
    if opening is None or box is None:
        raise ValueError(f"chart {chart.name}: its drawing has no viewBox")
    inner = _PATH.sub(
        lambda found: found[1] + _FRACTION.sub(r"\1", found[2]) + found[3], whole[opening.end() :]
    )
    inner = _IDS.sub(lambda found: f"{found[1]}{name}-", inner).replace("'DejaVu Sans'", _FONTS)
    inner = re.sub(r"<title>.*?</title>", "", inner, count=1, flags=re.S)
    head = f'<svg {box[0]} role="img" aria-labelledby="{name}-title" aria-describedby="{name}-alt"'
    return f'{head} xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{inner}'


def table_of(data: pd.DataFrame, title: str) -> Table:
    """The figures of a chart; of a long table every so many rows, the worst-served zones of a map."""
    note = ""
    if len(data) > _MOST_ROWS:
        data, note = _shortened(data)
    head = tuple(_heading(str(name)) for name in data.columns)
    kinds = _kinds([str(name) for name in data.columns])
    rows = tuple(
        tuple(Cell(_text(value, kind)) for value, kind in zip(values, kinds, strict=True))
        for values in data.itertuples(index=False, name=None)
    )
    return Table(f"Figures of the chart: {title}", head, rows, note, folded="Figures as a table")


def _kinds(columns: list[str]) -> list[str]:
    """What each column holds: limits that stand beside a share are shares too."""
    shares = any("share" in name for name in columns)
    return [f"share {name}" if shares and name in ("low", "high") else name for name in columns]


def _shortened(data: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    by_zone = [name for name in data.columns if str(name).startswith("minutes_")]
    if "zone" in data and by_zone:
        worst = data.sort_values([by_zone[-1], "zone"], ascending=[False, True], kind="stable").head(
            _MOST_ROWS
        )
        return worst, f"The {_MOST_ROWS} zones farthest from an ARV, of {len(data):,}."
    step = math.ceil(len(data) / _MOST_ROWS)
    return data.iloc[::step], f"Every {step}{_ordinal(step)} of {len(data):,} rows."


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _heading(name: str) -> str:
    words = name.replace("_", " ").replace(" km2", " (km²)").replace(" km", " (km)")
    return words[:1].upper() + words[1:]


def _text(value: object, column: str) -> str:
    """A figure of a chart as text; shares as percentages, minutes with one decimal."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return printable(str(value))
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "not reached"
    if "share" in column:
        return f"{100 * value:.1f}%"
    if isinstance(value, int) or float(value).is_integer():
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 10 or "minutes" in column else f"{value:.3g}"
