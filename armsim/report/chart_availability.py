"""Chart: ARVs free and on posts over time, and the chance that none is free, against the threat level."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from armsim.analysis.intervals import FloatArray, ratio_of_sums
from armsim.domain import ThreatLevel
from armsim.report import finding
from armsim.report.read import mean_band, ratio_difference
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, SHADE, Look, canvas, label_ends, styled

#: Columns of the availability table: minutes observed, and time integrals over them.
MINUTES, FREE, ZERO_FREE, ON_POST = range(4)

_HEIGHT_IN = 7.4
#: Hours to a block of the share of time with none free, which is noisier than the mean number.
_BLOCK = 3
_AROUND_HOURS = 48
_LONGEST_HOURS = 15 * 24
_AFTERMATH_HOURS = 6
_FREE, _POSTS, _NONE = (
    Look(CATEGORICAL[0], "-", "o"),
    Look(CATEGORICAL[3], "--", "s"),
    Look(CATEGORICAL[2], "-", "^"),
)


class _Span(NamedTuple):
    """Part of the axis at one level, in hours."""

    level: ThreatLevel
    start: float
    end: float


@styled
def draw(
    availability: FloatArray,
    spells: Sequence[tuple[ThreatLevel, float, float]],
    context: ChartContext,
    weekday: int = 0,
    struck: float | None = None,
) -> Chart | None:
    """Draw free ARVs over time.

    Args:
        availability: shape (R, H, 4), for every replication and hour of the window: minutes observed, ARV
            minutes free, minutes with no ARV free, ARV minutes on posts.
        spells: (level, start, end) in minutes, in order, covering the window.
        context: the run.
        weekday: weekday of the window's first day, 0 for Monday.
        struck: minute of the attack that the study is given, which the title then speaks of.

    Returns:
        The chart; ``None`` without ARVs, without observed hours, or when the window sees one level only:
        there is nothing to follow then that the chart by hour of the day does not show.
    """
    if availability.size == 0 or not availability[:, :, FREE].any():
        return None
    levels = _level_by_hour(spells, availability.shape[1])
    distinct = sorted({ThreatLevel(int(code)) for code in levels})
    if len(distinct) == 1:
        return None
    title = (
        _title(availability, levels, distinct, context.confidence)
        if struck is None
        else _title_after(availability, int(struck // 60), context.confidence)
    )
    first, last = _stretch(levels)
    data = _table(availability[:, first:last], levels[first:last], first, context.confidence)
    subtitle = "Mean ARVs by the hour; share of time with no ARV free by three hours; bands are intervals"
    figure, box = canvas(title, subtitle, context, _HEIGHT_IN)
    box["top"] -= 0.25 / _HEIGHT_IN  # names of the levels stand above the axes
    grid = figure.add_gridspec(2, 1, height_ratios=(1.5, 1), hspace=0.28, left=0.08, right=0.82, **box)
    upper, lower = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    _counts(upper, data)
    _none_free(lower, data)
    for axes in (upper, lower):
        _shade(axes, data, named=axes is upper)
        _dates(axes, data, weekday)
        if struck is not None:
            _mark(axes, struck / 60, named=axes is upper)
    alt = _alt(title, data, distinct)
    return Chart("arv_availability", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _level_by_hour(spells: Sequence[tuple[ThreatLevel, float, float]], hours: int) -> NDArray[np.int64]:
    """Level code at the middle of every hour of the window."""
    starts = np.array([start for _, start, _ in spells])
    codes = np.array([int(level) for level, _, _ in spells])
    middle = (np.arange(hours) + 0.5) * 60
    return codes[np.maximum(np.searchsorted(starts, middle, side="right") - 1, 0)]


def _title(
    availability: FloatArray, levels: NDArray[np.int64], distinct: Sequence[ThreatLevel], confidence: float
) -> str:
    """The finding: the first level against the highest other one, paired by replication."""
    first = ThreatLevel(int(levels[0]))
    other = max(level for level in distinct if level != first)
    before, after = (none_free_sums(availability[:, levels == level]) for level in (first, other))
    return finding.availability(
        (first, ratio_of_sums(before[:, 0], before[:, 1], confidence)),
        (other, ratio_of_sums(after[:, 0], after[:, 1], confidence)),
        ratio_difference(before, after, confidence),
    )


def _title_after(availability: FloatArray, hour: int, confidence: float) -> str:
    """The finding where an attack is given: the hours after it."""
    after = np.zeros(availability.shape[1], dtype=bool)
    after[hour : hour + _AFTERMATH_HOURS] = True
    sums = none_free_sums(availability[:, after])
    return finding.after_attack(_AFTERMATH_HOURS, ratio_of_sums(sums[:, 0], sums[:, 1], confidence))


def none_free_sums(availability: FloatArray) -> FloatArray:
    """Minutes with none free and minutes of each replication, shape (R, 2), of hours of shape (R, T, 4)."""
    return np.asarray(availability[:, :, [ZERO_FREE, MINUTES]].sum(axis=1), dtype=np.float64)


def _stretch(levels: NDArray[np.int64]) -> tuple[int, int]:
    """First and last hour to draw: two days either side of the changes of level, or everything."""
    changes = np.flatnonzero(np.diff(levels)) + 1
    first = max(0, 24 * ((int(changes[0]) - _AROUND_HOURS) // 24))
    last = min(len(levels), 24 * math.ceil((int(changes[-1]) + _AROUND_HOURS) / 24))
    return (first, last) if last - first <= _LONGEST_HOURS else (0, len(levels))


def _table(part: FloatArray, levels: NDArray[np.int64], first: int, confidence: float) -> pd.DataFrame:
    """A row per hour: means with limits."""
    minutes = np.where(part[:, :, MINUTES] > 0, part[:, :, MINUTES], math.nan)
    columns: dict[str, object] = {
        "hour": np.arange(first, first + part.shape[1]),
        "level": [ThreatLevel(int(code)).name for code in levels],
    }
    for name, column, top in (
        ("free", FREE, math.inf), ("none_free_share", ZERO_FREE, 1.0), ("on_post", ON_POST, math.inf)
    ):  # fmt: skip
        values = part[:, :, column] / minutes
        if column == ZERO_FREE:
            values = _by_block(part[:, :, column]) / _by_block(part[:, :, MINUTES])
        mean, low, high = mean_band(values, confidence)
        columns[name] = mean
        columns[f"{name}_low"], columns[f"{name}_high"] = np.clip(low, 0, top), np.clip(high, 0, top)
    return pd.DataFrame(columns)


def _by_block(sums: FloatArray) -> FloatArray:
    """Every hour's sum replaced by that of its block of ``_BLOCK`` hours; NaN where it is 0 minutes long."""
    starts = np.arange(0, sums.shape[1], _BLOCK)
    blocks = np.add.reduceat(sums, starts, axis=1)
    return np.asarray(np.repeat(blocks, _BLOCK, axis=1)[:, : sums.shape[1]], dtype=np.float64)


def _band(axes: Axes, data: pd.DataFrame, name: str, style: Look) -> float:
    """Draw one series; give the height at which it ends."""
    at = data["hour"] + 0.5
    axes.fill_between(at, data[f"{name}_low"], data[f"{name}_high"], color=style.colour, alpha=0.22, lw=0)
    axes.plot(at, data[name], color=style.colour, linestyle=style.line, linewidth=1.9)
    return float(data[name].iloc[-1])


def _counts(axes: Axes, data: pd.DataFrame) -> None:
    labels, looks, ends = ["ARVs free"], [_FREE], [_band(axes, data, "free", _FREE)]
    if data["on_post"].max() > 0:
        labels.append("ARVs on posts")
        looks.append(_POSTS)
        ends.append(_band(axes, data, "on_post", _POSTS))
    top = 1.15 * float(np.nanmax(data[["free", "free_high", "on_post"]].to_numpy()))
    axes.set(ylim=(0, top), xlim=(data["hour"].iloc[0], data["hour"].iloc[-1] + 1), ylabel="ARVs")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    label_ends(axes, labels, looks, ends, gap=0.1 * top)


def _none_free(axes: Axes, data: pd.DataFrame) -> None:
    end = _band(axes, data, "none_free_share", _NONE)
    peak = float(np.nanmax(data[["none_free_share", "none_free_share_high"]].to_numpy()))
    top = max(1.15 * peak, 0.05)
    axes.set(ylim=(0, top), xlim=(data["hour"].iloc[0], data["hour"].iloc[-1] + 1), ylabel="Share of time")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    label_ends(axes, ["No ARV free"], [_NONE], [end], gap=0.15 * top)


def _spans(data: pd.DataFrame) -> list[_Span]:
    runs = (data["level"] != data["level"].shift()).cumsum()
    return [
        _Span(
            ThreatLevel[part["level"].iloc[0]], float(part["hour"].iloc[0]), float(part["hour"].iloc[-1] + 1)
        )
        for _, part in data.groupby(runs)
    ]


def _shade(axes: Axes, data: pd.DataFrame, named: bool) -> None:
    """Shade the spells above the lowest level on show; name every spell above the upper panel."""
    spans = _spans(data)
    lowest = min(span.level for span in spans)
    for span in spans:
        if span.level > lowest:
            axes.axvspan(span.start, span.end, color=SHADE, zorder=0, linewidth=0)
            for edge in (span.start, span.end):
                axes.axvline(edge, color=QUIET, linewidth=1)
        wide = span.end - span.start > 0.07 * len(data)
        if named and wide:
            weight = "bold" if span.level > lowest else "normal"
            axes.text((span.start + span.end) / 2, 1.025, span.level.name, ha="center", size=10.5, color=INK,
                      weight=weight, transform=axes.get_xaxis_transform())  # fmt: skip


def _mark(axes: Axes, hour: float, named: bool) -> None:
    """A line where the attack comes."""
    first, last = axes.get_xlim()
    if not first <= hour <= last:
        return
    axes.axvline(hour, color=INK, linewidth=1.4, linestyle=":")
    if named:
        axes.text(hour, 0.97, "Attack ", ha="right", va="top", size=10.5, color=INK,
                  transform=axes.get_xaxis_transform())  # fmt: skip


def _dates(axes: Axes, data: pd.DataFrame, weekday: int) -> None:
    first, last = int(data["hour"].iloc[0]), int(data["hour"].iloc[-1]) + 1
    step = max(1, math.ceil((last - first) / 24 / 12))
    days = range(math.ceil(first / 24), math.ceil(last / 24), step)
    names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    axes.set_xticks(
        [24 * day for day in days], [f"{names[(weekday + day) % 7]}\nday {day + 1}" for day in days]
    )
    for label in axes.get_xticklabels():
        label.set_horizontalalignment("left")
    axes.tick_params(axis="x", labelsize=10)


def _alt(title: str, data: pd.DataFrame, levels: Sequence[ThreatLevel]) -> str:
    words = []
    for level in levels:
        part = data[data["level"] == level.name]
        if len(part):
            words.append(
                f"{level.name}: {part['free'].mean():.1f} ARVs free and "
                f"{part['on_post'].mean():.1f} on posts on average; "
                f"no ARV free for {part['none_free_share'].mean():.1%} of the hours drawn."
            )
    return f"Two line charts over time with the threat level shaded. {title}. " + " ".join(words)
