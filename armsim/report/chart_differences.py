"""Chart: what each option changes, a dot and an interval a row, zero and the stated margin marked."""

from __future__ import annotations

import math

import pandas as pd
from matplotlib.axes import Axes

from armsim.analysis.differences import quantity
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, SHADE, canvas, styled
from armsim.report.words import printable
from armsim.study.compare import Comparison

_DRAWN = ("condition", "option", "baseline", "difference", "low", "high", "margin", "verdict", "replications")
#: Rows that fit on a page.
_MOST = 40


@styled
def draw(found: Comparison, metric: str, about: str | None = None) -> Chart | None:
    """Draw the paired differences of one figure, options below each other.

    Args:
        found: the comparison.
        metric: name of a metric in it.
        about: part of the population, as in its column ``about``; the first one there when left out.

    Returns:
        The chart; ``None`` when no difference of the figure has limits.

    Raises:
        KeyError: the comparison has no such figure.
    """
    rows = found.table[found.table["metric"] == metric]
    if rows.empty:
        raise KeyError(f"the comparison has no figure {metric!r}")
    rows = rows[rows["about"] == (rows["about"].iloc[0] if about is None else about)]
    rows = rows[rows["low"].notna()].head(_MOST)
    if rows.empty:
        return None
    first = rows.iloc[0]
    scale, unit = (100.0, "percentage points") if first["unit"] == "share" else (1.0, str(first["unit"]))
    title = _title(rows)
    part = f" ({first['about']})" if first["about"] else ""
    good = {"lower": "; lower is better", "higher": "; higher is better"}.get(str(first["better"]), "")
    limits = f"{found.confidence:.0%} limits"
    subtitle = f"{first['label']}{part}: difference from {found.baseline}, {unit}, {limits}{good}"
    context = ChartContext(
        found.title, ", ".join(found.runs), int(rows["replications"].min()), found.version,
        confidence=found.confidence,
    )  # fmt: skip
    figure, box = canvas(title, subtitle, context, 2.6 + 0.55 * len(rows))
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.26, right=0.97, **box)[0])
    _plot(axes, rows, scale, unit)
    words = "; ".join(f"{row['option']}: {row['verdict']}" for row in rows.to_dict("records"))
    alt = f"Dots with intervals. {title}. {words}."
    data = rows[list(_DRAWN)].reset_index(drop=True)
    return Chart(f"difference_{metric}", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _title(rows: pd.DataFrame) -> str:
    """The finding: how many options are clearly better, or that none is."""
    better = str(rows["better"].iloc[0])
    label = str(rows["label"].iloc[0])
    inside = (rows["low"] > -rows["margin"]) & (rows["high"] < rows["margin"])
    low, high = (rows["low"] > 0) & ~inside, (rows["high"] < 0) & ~inside
    if better == "neither":
        count = int((low | high).sum())
        return f"{label}: {count or 'no'} option{'' if count == 1 else 's'} of {len(rows)} clearly differ" + (
            "s" if count == 1 else ""
        )
    good, bad = (high, low) if better == "lower" else (low, high)
    if len(rows) == 1:
        row = rows.iloc[0]
        if not (good.any() or bad.any()):
            return f"No clear difference in {label.lower()} with {row['option']}"
        size = quantity(abs(row["difference"]), row["unit"], named=True)
        return f"{label} is {'better' if good.any() else 'worse'} by {size} with {row['option']}"
    if not good.any() and not bad.any():
        return f"No clear difference in {label.lower()} between the options"
    return f"{label}: {int(good.sum())} of {len(rows)} options clearly better, {int(bad.sum())} clearly worse"


def _plot(axes: Axes, rows: pd.DataFrame, scale: float, unit: str) -> None:
    margin = float(rows["margin"].iloc[0]) * scale
    if not math.isnan(margin):
        axes.axvspan(-margin, margin, color=SHADE, zorder=0)
        axes.text(0, -0.75, "no difference that matters", size=9, color=QUIET, ha="center", va="center")
    axes.axvline(0, color=QUIET, linewidth=1.2)
    for index, row in enumerate(rows.to_dict("records")):
        low, high = row["low"] * scale, row["high"] * scale
        clear = low > 0 or high < 0
        axes.hlines(index, low, high, color=INK, linewidth=1.8)
        axes.plot(
            [row["difference"] * scale], [index], marker="o" if clear else "D", markersize=8,
            color=CATEGORICAL[0] if clear else "white", markeredgecolor=CATEGORICAL[0], linestyle="none",
        )  # fmt: skip
        axes.annotate(
            printable(str(row["verdict"])), (max(high, 0), index), (8, 0), textcoords="offset points",
            va="center", size=9.5,
        )  # fmt: skip
    reach = max(abs(rows["low"]).max(), abs(rows["high"]).max()) * scale
    axes.set_yticks(range(len(rows)), [printable(str(name)) for name in rows["option"]])
    axes.set(xlim=(-1.1 * reach, 2.6 * reach), ylim=(len(rows) - 0.4, -1.0), xlabel=f"Difference, {unit}")
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)
