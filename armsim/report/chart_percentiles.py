"""Chart: median and 90th percentile of first armed response, a pair of bars for each threat level."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes

from armsim.analysis.curve import ResponseCurve, enough
from armsim.analysis.intervals import Estimate
from armsim.domain import ThreatLevel
from armsim.report import finding
from armsim.report.read import in_minutes
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, canvas, styled

_LIMITS = ("minutes", "low_minutes", "high_minutes")
_BARS = ((0.5, "Half within", CATEGORICAL[0]), (0.9, "Nine in ten within", CATEGORICAL[1]))


@styled
def draw(
    curves: Mapping[ThreatLevel, ResponseCurve], context: ChartContext, subject: str, population: str
) -> Chart | None:
    """Draw percentile bars by level.

    Args:
        curves: level: curve of first armed response; a level with too few incidents is left out.
        context: the run.
        subject: what the title speaks of, such as ``first armed response``.
        population: which incidents, for the subtitle.

    Returns:
        The chart; ``None`` when no level has incidents enough for a 90th percentile.
    """
    shown = {level: curves[level] for level in sorted(curves) if enough(curves[level].count, 0.9)}
    if not shown:
        return None
    data = pd.DataFrame(
        [
            _row(level, p, in_minutes(curve.quantile_interval(p, context.confidence)))
            for level, curve in shown.items()
            for p, *_ in _BARS
        ]
    )
    title = _title(shown, context.confidence, subject)
    subtitle = f"Minutes from the call to the first armed unit, with intervals; {population}"
    height = 3.3 + 1.15 * len(shown)
    figure, box = canvas(title, subtitle, context, height)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.16, right=0.97, **box)[0])
    _plot(axes, data, list(shown))
    words = [
        f"{row['level']}: {row['percentile']:.0%}: {_words(*(row[name] for name in _LIMITS))}"
        for row in data.to_dict("records")
    ]
    alt = f"Bar chart. {title}. " + "; ".join(words) + "."
    return Chart("armed_percentiles", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _row(level: ThreatLevel, p: float, value: Estimate) -> dict[str, object]:
    return {"level": level.name, "percentile": p, "minutes": value.value, "low_minutes": value.low,
            "high_minutes": value.high, "incidents": int(value.count)}  # fmt: skip


def _title(curves: Mapping[ThreatLevel, ResponseCurve], confidence: float, subject: str) -> str:
    levels = sorted(curves)
    median, ninetieth = (
        {level: in_minutes(curves[level].quantile_interval(p, confidence)) for level in levels}
        for p in (0.5, 0.9)
    )
    low, high = levels[0], levels[-1]
    if low == high:
        return finding.percentiles_alone(subject, low.name, ninetieth[low])
    return finding.percentiles(
        subject, (low.name, median[low], ninetieth[low]), (high.name, median[high], ninetieth[high])
    )


def _plot(axes: Axes, data: pd.DataFrame, levels: list[ThreatLevel]) -> None:
    finite = data[["minutes", "high_minutes"]].replace(math.inf, math.nan)
    reach = 1.0 if finite.isna().all().all() else float(finite.max().max())
    for index, level in enumerate(levels):
        part = data[data["level"] == level.name]
        for offset, (row, (_, words, colour)) in enumerate(zip(part.to_dict("records"), _BARS, strict=True)):
            place = index + (offset - 0.5) * 0.36
            value = Estimate(row["minutes"], row["low_minutes"], row["high_minutes"], 0, 0)
            _bar(axes, place, value, words, colour, reach)
    names = [f"{level.name}\n({_count(data, level):,} incidents)" for level in levels]
    axes.set_yticks(range(len(levels)), names)
    axes.set(xlim=(0, 1.65 * reach), ylim=(len(levels) - 0.45, -0.55), xlabel="Minutes since the call")
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


def _bar(axes: Axes, place: float, value: Estimate, lead: str, colour: str, reach: float) -> None:
    """One bar with its interval and its words; only words when the quantile is not reached."""
    words = f"{lead}: {_words(value.value, value.low, value.high)}"
    end = 0.0
    if math.isfinite(value.value):
        axes.barh(place, value.value, height=0.32, color=colour)
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


def _count(data: pd.DataFrame, level: ThreatLevel) -> int:
    return int(data.loc[data["level"] == level.name, "incidents"].iloc[0])
