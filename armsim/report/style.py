"""The look of every chart: palette, type, the frame of title, subtitle and source, direct labels.

The categorical colours are those of the Government Analysis Function: each has a contrast of 3:1 or more on
white. Colour never speaks alone, so each series also has a line style, a marker and a label of its own.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from armsim.domain import ThreatLevel
from armsim.report.record import ChartContext
from armsim.report.words import printable

CATEGORICAL = ("#12436D", "#28A197", "#801650", "#F46A25", "#3D3D3D", "#A285D1")
#: Light to dark in one hue with even steps of lightness, so that it also prints in grey.
SEQUENTIAL = ("#CFE2F1", "#9FC5E2", "#6BA3D0", "#2F74AC", "#12436D")
INK, QUIET, GRID, SHADE = "#0B0C0C", "#505A5F", "#D9D9D9", "#EEEEEE"
MAX_SERIES = 4
WIDTH_IN = 10.0
#: Labels of the texts that stand elsewhere when a chart is drawn bare.
FINDING, SOURCE = "finding", "source"

RC: Any = {
    "font.family": ["DejaVu Sans"],  # ships with matplotlib, so every machine draws the same
    "font.size": 11.0,
    "text.color": INK,
    "text.parse_math": False,  # a dollar sign in a name is a dollar sign
    "axes.unicode_minus": True,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.labelsize": 11.0,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "lines.linewidth": 2.2,
    "hatch.linewidth": 0.6,
    "figure.dpi": 100.0,
    "savefig.dpi": 200.0,
    "savefig.facecolor": "white",
    "svg.fonttype": "none",
    "svg.hashsalt": "armsim",
}
#: Draws under our settings whatever the caller has set; used as ``@styled`` on every chart.
styled = mpl.rc_context(RC)


class Look(NamedTuple):
    """How one series is told from the others, apart from its label."""

    colour: str
    line: str
    marker: str


_LINES, _MARKERS = ("-", "--", "-.", ":"), ("o", "s", "^", "D")
_LEVELS = {
    ThreatLevel.LOW: Look(CATEGORICAL[4], ":", "v"),
    ThreatLevel.MODERATE: Look(CATEGORICAL[5], "-.", "D"),
    ThreatLevel.SUBSTANTIAL: Look(CATEGORICAL[1], "--", "^"),
    ThreatLevel.SEVERE: Look(CATEGORICAL[0], "-", "o"),
    ThreatLevel.CRITICAL: Look(CATEGORICAL[3], "--", "s"),
}


def look(index: int) -> Look:
    """Look of series number *index*, 0 to ``MAX_SERIES`` - 1."""
    return Look(CATEGORICAL[index], _LINES[index], _MARKERS[index])


def level_look(level: ThreatLevel) -> Look:
    """Look of a threat level; the same on every chart."""
    return _LEVELS[level]


def canvas(
    title: str, subtitle: str, context: ChartContext, height_in: float = 5.8
) -> tuple[Figure, dict[str, float]]:
    """A figure with its finding, its subtitle and its source line.

    Args:
        title: the finding; wrapped.
        subtitle: measure, unit, population; wrapped.
        context: the run.
        height_in: height in inches; the width is always ``WIDTH_IN``.

    Returns:
        The figure, and the ``top`` and ``bottom`` between which axes may stand, for ``add_gridspec``.
    """
    figure = Figure(figsize=(WIDTH_IN, height_in))
    heading, lower = balanced(printable(title), 70), balanced(printable(subtitle), 108)
    foot = textwrap.fill(f"{printable(context.source)} Scenario: {printable(context.title)}.", 130)
    below = 0.22 + 0.28 * (heading.count("\n") + 1)
    top = below + 0.20 * (lower.count("\n") + 1) + 0.28
    bottom = 0.75 + 0.14 * (foot.count("\n") + 1)
    head: dict[str, Any] = {"size": 15.5, "weight": "bold", "va": "top", "linespacing": 1.15}
    figure.text(0.02, 1 - 0.12 / height_in, heading, label=FINDING, **head)
    figure.text(0.02, 1 - below / height_in, lower, size=11, color=QUIET, va="top")
    figure.text(0.02, 0.10 / height_in, foot, size=8.5, color=QUIET, va="bottom", label=SOURCE)
    return figure, {"top": 1 - top / height_in, "bottom": bottom / height_in}


def balanced(text: str, width: int) -> str:
    """The text in as few lines as *width* characters allow, none of them much shorter than the others."""
    count = len(textwrap.wrap(text, width))
    least = next(size for size in range(1, width + 1) if len(textwrap.wrap(text, size)) <= max(count, 1))
    return textwrap.fill(text, least)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions as near to *wanted* as a distance of *gap* and the limits allow, in the same order."""
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    placed = [0.0] * len(wanted)
    floor = low
    for index in order:
        placed[index] = max(wanted[index], floor)
        floor = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


def label_ends(
    axes: Axes, labels: Sequence[str], looks: Sequence[Look], ends: Sequence[float], gap: float
) -> None:
    """Write each series' label right of the axes, led to from the height at which the series ends.

    Args:
        axes: the axes; its limits must be final.
        labels: one label a series.
        looks: one look a series.
        ends: height of each series at the right edge, in data units.
        gap: least distance between labels, in data units.
    """
    low, high = axes.get_ylim()
    places = spread(ends, gap, low + gap / 2, high - gap / 2)
    across = axes.get_yaxis_transform()
    for label, style, end, place in zip(labels, looks, ends, places, strict=True):
        trace: dict[str, Any] = {"color": style.colour, "clip_on": False, "transform": across}
        axes.plot([1.0, 1.025], [end, place], linewidth=0.9, **trace)
        axes.plot([1.025, 1.07], [place, place], linestyle=style.line, **trace)
        axes.plot([1.0475], [place], marker=style.marker, markersize=6, **trace)
        axes.text(1.082, place, printable(label), transform=across, va="center", size=10.5, linespacing=1.25)
