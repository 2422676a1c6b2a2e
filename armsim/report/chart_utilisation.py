"""Chart: what ARVs on duty do by hour of the day, as shares of their time, a panel for each of two levels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from armsim.analysis.availability import WORK
from armsim.analysis.intervals import Estimate, FloatArray, ratio_of_sums
from armsim.domain import ThreatLevel
from armsim.report import finding
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, Look, canvas, label_ends, styled

#: What is drawn, from the foot up: name, kinds of work, colour, hatch. What is left above them is free.
_STACK: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("Firearms and\nplanned operations", ("firearms", "planned"), CATEGORICAL[0], ""),
    ("Posts", ("posts",), CATEGORICAL[3], "///"),
    ("Routine work,\nbreaks", ("routine", "breaks", "unavailable"), CATEGORICAL[1], "..."),
)
_FREE_LABEL, _BUSY = "Free", "busy"
_PANELS = 2
_HOURS = 24


@styled
def draw(sums: Mapping[ThreatLevel, FloatArray], context: ChartContext) -> Chart | None:
    """Draw utilisation by hour of the day.

    Args:
        sums: level: shape (R, 24, kinds), minutes of ARVs by replication, hour of the day and each of
            ``analysis.availability.WORK``. Of the levels the one observed longest and the highest are drawn.
        context: the run.

    Returns:
        The chart; ``None`` without ARVs on duty, or where a run did not measure it.
    """
    lived = {level: part for level, part in sums.items() if part.any()}
    if not lived:
        return None
    levels = _chosen(lived)
    data = pd.concat([_table(level, lived[level], context.confidence) for level in levels])
    data = data.reset_index(drop=True)
    title = _title(levels[0], lived[levels[0]], context.confidence)
    subtitle = (
        "Share of the time of ARVs on duty by hour of the day; whiskers: interval of all that is not free"
    )
    figure, box = canvas(title, subtitle, context, 5.4)
    box["top"] -= 0.25 / figure.get_figheight()
    grid = figure.add_gridspec(1, len(levels), left=0.075, right=0.79, wspace=0.08, **box)
    for index, level in enumerate(levels):
        axes = figure.add_subplot(grid[index])
        shares = data[data["level"] == level.name]
        _stack(axes, shares)
        axes.set_title(f"{level.name}: busy {_mean(lived[level]):.0%} of the time", size=11, loc="left")
        axes.tick_params(labelleft=index == 0)
    _labels(axes, shares)
    alt = _alt(title, data, levels, lived)
    return Chart("arv_utilisation", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def pieces() -> dict[str, tuple[str, str]]:
    """Columns of the data that are stacked, from the foot up: what they are called, and their colour."""
    return {_column(name): (name.replace("\n", " "), colour) for name, _, colour, _ in _STACK}


def _chosen(lived: Mapping[ThreatLevel, FloatArray]) -> list[ThreatLevel]:
    longest = min(lived, key=lambda level: (-lived[level].sum(), level))
    return list(dict.fromkeys((longest, max(lived))))[:_PANELS]


def _table(level: ThreatLevel, part: FloatArray, confidence: float) -> pd.DataFrame:
    """A row an hour: shares of each piece of the stack, what is free, and what is not with its limits."""
    whole = part.sum(axis=2)
    rows = []
    for hour in range(_HOURS):
        row: dict[str, object] = {"level": level.name, "hour": hour}
        for name, kinds, *_ in _STACK:
            row[_column(name)] = _share(part[:, hour, _codes(kinds)].sum(axis=1), whole[:, hour])
        free = part[:, hour, WORK.index("free")]
        row["free"] = _share(free, whole[:, hour])
        busy = ratio_of_sums(whole[:, hour] - free, whole[:, hour], confidence)
        row |= {_BUSY: busy.value, "busy_low": max(busy.low, 0.0), "busy_high": min(busy.high, 1.0)}
        rows.append(row)
    return pd.DataFrame(rows)


def _codes(kinds: Sequence[str]) -> list[int]:
    return [WORK.index(kind) for kind in kinds]


def _column(name: str) -> str:
    return name.lower().replace(",", "").replace("\n", "_").replace(" ", "_")


def _share(upper: FloatArray, lower: FloatArray) -> float:
    return float(upper.sum() / lower.sum()) if lower.sum() else math.nan


def _mean(part: FloatArray) -> float:
    return 1 - float(part[:, :, WORK.index("free")].sum() / part.sum())


def _title(level: ThreatLevel, part: FloatArray, confidence: float) -> str:
    """Busiest and least busy hour, their limits set for all hours at once (Bonferroni)."""
    whole, free = part.sum(axis=2), part[:, :, WORK.index("free")]
    every = {
        hour: ratio_of_sums(whole[:, hour] - free[:, hour], whole[:, hour], 1 - (1 - confidence) / _HOURS)
        for hour in range(_HOURS)
        if whole[:, hour].any()
    }
    worst = max(every, key=lambda hour: (every[hour].value, -hour))
    best = min(every, key=lambda hour: (every[hour].value, hour))
    return finding.busiest(level, (worst, every[worst]), (best, every[best]))


def _stack(axes: Axes, data: pd.DataFrame) -> None:
    foot = np.zeros(len(data))
    for name, _, colour, hatch in _STACK:
        height = data[_column(name)].to_numpy(dtype=np.float64)
        axes.bar(
            data["hour"] + 0.5, height, 0.86, bottom=foot, color=colour, hatch=hatch, edgecolor="white",
            linewidth=0.3,
        )  # fmt: skip
        foot = foot + np.nan_to_num(height)
    told = data[data["busy_low"].notna()]
    axes.vlines(told["hour"] + 0.5, told["busy_low"], told["busy_high"], color=INK, linewidth=1.3)
    axes.set(xlim=(0, _HOURS), ylim=(0, 1), xlabel="Hour of the day")
    axes.set_xticks(range(0, _HOURS, 6), [f"{hour:02d}:00" for hour in range(0, _HOURS, 6)])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))


def _labels(axes: Axes, data: pd.DataFrame) -> None:
    """Names right of the last panel, at the middle of each piece in the last hour observed."""
    last = data[data[_BUSY].notna()].iloc[-1]
    names, looks, ends, foot = [], [], [], 0.0
    for name, _, colour, _ in _STACK:
        share = float(last[_column(name)])
        if data[_column(name)].any():
            names.append(name)
            looks.append(Look(colour, "-", "s"))
            ends.append(foot + share / 2)
        foot += share
    names.append(_FREE_LABEL)
    looks.append(Look(INK, ":", "o"))
    ends.append((1 + foot) / 2)
    label_ends(axes, names, looks, ends, gap=0.11)


def _alt(
    title: str, data: pd.DataFrame, levels: Sequence[ThreatLevel], lived: Mapping[ThreatLevel, FloatArray]
) -> str:
    words = []
    for level in levels:
        part = data[data["level"] == level.name].dropna(subset=[_BUSY])
        ends = part.sort_values(_BUSY, kind="stable").to_dict("records")
        spans = [
            f"{row[_BUSY]:.0%} at {int(row['hour']):02d}:00 ("
            f"{finding.span(Estimate(row[_BUSY], row['busy_low'], row['busy_high'], 0, 0), 100, 0)})"
            for row in (ends[-1], ends[0])
        ]
        words.append(
            f"{level.name}: busy {_mean(lived[level]):.0%} of the time, from {spans[1]} to {spans[0]}."
        )
    return f"Stacked bars by hour of the day. {title}. " + " ".join(words)
