"""Bars of half and nine in ten with their intervals, a pair for each part of a population."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from armsim.analysis.curve import ResponseCurve, enough
from armsim.analysis.intervals import Estimate
from armsim.report import finding
from armsim.report.read import in_minutes
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, canvas
from armsim.report.words import printable

_LIMITS = ("minutes", "low_minutes", "high_minutes")
#: Quantile, its words, colour, and hatch: the two are told apart without colour.
_BARS = ((0.5, "Half within", CATEGORICAL[0], ""), (0.9, "Nine in ten within", CATEGORICAL[1], "//"))


def told(curves: Mapping[str, ResponseCurve], confidence: float) -> dict[str, tuple[Estimate, Estimate]]:
    """Median and 90th percentile in minutes of the parts that have incidents enough for both."""
    return {
        name: (
            in_minutes(curve.quantile_interval(0.5, confidence)),
            in_minutes(curve.quantile_interval(0.9, confidence)),
        )
        for name, curve in curves.items()
        if enough(curve.count, 0.9)
    }


def draw_bars(
    name: str,
    title: str,
    subtitle: str,
    found: Mapping[str, tuple[Estimate, Estimate]],
    context: ChartContext,
    part: str,
) -> Chart:
    """Draw the bars; under :func:`style.styled`.

    Args:
        name: of the chart's files.
        title: the finding.
        subtitle: measure, unit, population.
        found: what :func:`told` gives, not empty.
        context: the run.
        part: what a row of the data is a part of, such as ``level``: the name of its first column.
    """
    data = pd.DataFrame(
        [_row(part, key, p, value) for key, pair in found.items() for p, value in _each(pair)]
    )
    figure, box = canvas(title, subtitle, context, 2.9 + 1.15 * len(found))
    longest = max(len(line) for key in found for line in key.split("\n"))
    left = min(max(0.16, 0.04 + 0.009 * longest), 0.4)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=left, right=0.97, **box)[0])
    _plot(axes, data, found)
    words = [
        f"{row[part]}: {row['percentile']:.0%}: {_words(*(row[limit] for limit in _LIMITS))}"
        for row in data.to_dict("records")
    ]
    alt = f"Bar chart. {title}. " + "; ".join(words) + "."
    return Chart(name, title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _each(pair: tuple[Estimate, Estimate]) -> list[tuple[float, Estimate]]:
    return [(p, value) for (p, *_), value in zip(_BARS, pair, strict=True)]


def _row(part: str, key: str, p: float, value: Estimate) -> dict[str, object]:
    return {part: key, "percentile": p, "minutes": value.value, "low_minutes": value.low,
            "high_minutes": value.high, "incidents": int(value.count)}  # fmt: skip


def _plot(axes: Axes, data: pd.DataFrame, found: Mapping[str, tuple[Estimate, Estimate]]) -> None:
    finite = data[["minutes", "high_minutes"]].replace(math.inf, math.nan)
    reach = 1.0 if finite.isna().all().all() else float(finite.max().max())
    room = 2.2 if math.inf in data["high_minutes"].array else 1.65  # "not reached" is the longest to write
    for index, pair in enumerate(found.values()):
        for offset, (value, (_, words, colour, hatch)) in enumerate(zip(pair, _BARS, strict=True)):
            _bar(axes, index + (offset - 0.5) * 0.36, value, words, (colour, hatch), reach)
    names = [printable(f"{key}\n({int(pair[0].count):,} incidents)") for key, pair in found.items()]
    axes.set_yticks(range(len(found)), names)
    axes.set(xlim=(0, room * reach), ylim=(len(found) - 0.45, -0.55), xlabel="Minutes since the call")
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


def _bar(axes: Axes, place: float, value: Estimate, lead: str, look: tuple[str, str], reach: float) -> None:
    """One bar with its interval and its words; only words when the quantile is not reached."""
    words = f"{lead}: {_words(value.value, value.low, value.high)}"
    end = 0.0
    if math.isfinite(value.value):
        colour, hatch = look
        axes.barh(place, value.value, height=0.32, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
        end = value.value
    if math.isfinite(value.value) and math.isfinite(value.low):
        stop = value.high if math.isfinite(value.high) else 1.1 * reach
        axes.hlines(place, value.low, stop, color=INK, linewidth=1.8)
        axes.plot([value.low, stop], [place, place], linestyle="none", marker="|", markersize=9, color=INK)
        end = max(end, stop)
    axes.text(end + 0.015 * reach, place, words, va="center", size=10.5)


def _words(value: float, low: float, high: float) -> str:
    if math.isnan(value):
        return "not reached"
    limits = finding.span(Estimate(value, low, high, 0, 0))
    return f"{value:.1f} min ({limits})"
