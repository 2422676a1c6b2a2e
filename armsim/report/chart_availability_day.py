"""Chart: ARVs free, and share of time with none free, by hour of the day, a line for each threat level."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from armsim.analysis.intervals import Estimate, FloatArray, ratio_of_sums
from armsim.domain import ThreatLevel
from armsim.report import finding
from armsim.report.chart_availability import FREE, MINUTES, ZERO_FREE, none_free_sums
from armsim.report.read import ratio_difference, time_share
from armsim.report.record import Chart, ChartContext
from armsim.report.style import MAX_SERIES, canvas, label_ends, level_look, styled

_HEIGHT_IN = 7.0


@styled
def draw(
    sums: Mapping[ThreatLevel, FloatArray], context: ChartContext, attack_given: bool = False
) -> Chart | None:
    """Draw availability by hour of the day.

    Args:
        sums: level: shape (R, 24, 4), for every replication and hour of the day the columns of
            ``chart_availability``. At most ``MAX_SERIES`` levels are drawn, those observed longest, the
            higher of two as long.
        context: the run.
        attack_given: every replication has the same attack. What parts the levels then is which of them it
            falls in, so that the title holds none against another.

    Returns:
        The chart; ``None`` without ARVs.
    """
    lived = {level: part for level, part in sums.items() if part[:, :, MINUTES].any()}
    if not any(part[:, :, FREE].any() for part in lived.values()):
        return None
    longest = sorted(lived, key=lambda level: (-lived[level][:, :, MINUTES].sum(), -level))[:MAX_SERIES]
    data = pd.DataFrame(
        [
            _row(level, hour, lived[level][:, hour], context.confidence)
            for level in longest
            for hour in range(24)
        ]
    )
    titled = longest[:1] if attack_given else sorted(longest)
    title = _title({level: lived[level] for level in titled}, context.confidence)
    subtitle = (
        "Mean number of ARVs free, and share of time with none free, by hour of the day; bands are intervals"
    )
    figure, box = canvas(title, subtitle, context, _HEIGHT_IN)
    grid = figure.add_gridspec(2, 1, height_ratios=(1.4, 1), hspace=0.24, left=0.09, right=0.82, **box)
    upper, lower = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    _panel(upper, data, longest, "free")
    upper.set_ylabel("ARVs free")
    _panel(lower, data, longest, "none_free_share")
    lower.set(ylabel="Time with none free", xlabel="Hour of the day")
    lower.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    alt = _alt(title, lived, longest, context.confidence)
    return Chart("arv_by_hour", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _row(level: ThreatLevel, hour: int, part: FloatArray, confidence: float) -> dict[str, object]:
    row: dict[str, object] = {"level": level.name, "hour": hour}
    for name, column, top in (("free", FREE, np.inf), ("none_free_share", ZERO_FREE, 1.0)):
        value = ratio_of_sums(part[:, column], part[:, MINUTES], confidence)
        low, high = (float(np.clip(limit, 0, top)) for limit in (value.low, value.high))
        row |= {name: value.value, f"{name}_low": low, f"{name}_high": high}
    return row


def _title(sums: Mapping[ThreatLevel, FloatArray], confidence: float) -> str:
    """The lowest level against the highest, paired by replication."""
    levels = list(sums)
    first, last = levels[0], levels[-1]
    if first == last:
        return finding.availability_alone(first, _none(sums[first], confidence))
    difference = ratio_difference(none_free_sums(sums[first]), none_free_sums(sums[last]), confidence)
    before, after = _none(sums[first], confidence), _none(sums[last], confidence)
    return finding.availability((first, before), (last, after), difference)


def _none(part: FloatArray, confidence: float) -> Estimate:
    return time_share(none_free_sums(part), confidence)


def _panel(axes: Axes, data: pd.DataFrame, levels: list[ThreatLevel], name: str) -> None:
    looks, ends = [level_look(level) for level in levels], []
    for level, style in zip(levels, looks, strict=True):
        part = data[data["level"] == level.name]
        at = part["hour"] + 0.5
        axes.fill_between(at, part[f"{name}_low"], part[f"{name}_high"], color=style.colour, alpha=0.2, lw=0)
        axes.plot(at, part[name], color=style.colour, linestyle=style.line, marker=style.marker, markersize=5)
        ends.append(float(part[name].dropna().iloc[-1]))
    top = max(1.12 * float(np.nanmax(data[[name, f"{name}_high"]].to_numpy())), 0.01)
    axes.set(xlim=(0, 24), ylim=(0, top))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
    label_ends(axes, [level.name for level in levels], looks, ends, gap=0.11 * top)


def _alt(
    title: str, sums: Mapping[ThreatLevel, FloatArray], levels: list[ThreatLevel], confidence: float
) -> str:
    words = []
    for level in levels:
        part = sums[level]
        free = part[:, :, FREE].sum() / part[:, :, MINUTES].sum()
        none = _none(part, confidence)
        limits = finding.span(none, 100)
        words.append(f"{level.name}: {free:.1f} ARVs free on average, none free {none.value:.1%} ({limits}).")
    return f"Two line charts by hour of the day. {title}. " + " ".join(words)
