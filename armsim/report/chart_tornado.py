"""Chart: what each assumption moves a figure by, one bar an assumption, the widest on top."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, canvas, styled
from armsim.report.words import printable
from armsim.study.sweep import NOISE

#: Bars that fit on a page.
_MOST = 15
_LONGEST = 46
#: Signs of the value at an end of a bar that have room beside it.
_END_WIDTH = 14
_ENDS = {"low": (CATEGORICAL[0], ""), "high": (CATEGORICAL[1], "////")}
_BAR = 0.5
#: Room for labels, on each side, as a part of what is drawn.
_ROOM = 0.2


@styled
def draw(rows: pd.DataFrame, context: ChartContext, name: str = "tornado") -> Chart | None:
    """Draw the swings of one figure of one run.

    Args:
        rows: rows of ``sweep_moves.moves`` for that run and figure, the widest swing first.
        context: the run; its source line is kept.
        name: of the files.

    Returns:
        The chart; ``None`` when the file itself does not reach the figure, or no assumption moves it.
    """
    shown = rows[rows["swing"] > 0].head(_MOST).reset_index(drop=True)
    if shown.empty or not math.isfinite(float(shown["base_value"].iloc[0])):
        return None
    first = shown.iloc[0]
    scale, unit = (100.0, "%") if first["unit"] == "share" else (1.0, str(first["unit"]))
    title = _title(rows)
    figure, box = canvas(title, _subtitle(rows, shown, context), context, 2.9 + 0.42 * len(shown))
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.40, right=0.965, **box)[0])
    _plot(axes, shown, scale, unit)
    words = "; ".join(_in_words(row, scale, unit) for row in shown.to_dict("records"))
    alt = f"Bar chart of ranges. {title}. {words}."
    caption = f"{_subtitle(rows, shown, context)}. {context.source}"
    return Chart(name, title, figure, alt, rows.reset_index(drop=True), caption, context)


def _title(rows: pd.DataFrame) -> str:
    """How many assumptions clearly move the figure, and which swings it most."""
    label, many = str(rows["label"].iloc[0]), len(rows)
    clear = rows[rows["clear"]]
    if clear.empty:
        return f"{label}: no assumption of {many} clearly moves it"
    widest = _shortened(str(clear["path"].iloc[0]))
    if len(clear) == 1:
        return f"{label}: 1 of {many} assumptions clearly moves it: {widest}"
    return f"{label}: {len(clear)} of {many} assumptions clearly move it; widest swing: {widest}"


def _subtitle(rows: pd.DataFrame, shown: pd.DataFrame, context: ChartContext) -> str:
    first = rows.iloc[0]
    part = f" ({first['about']})" if first["about"] else ""
    whose = first["option"] + (f", {first['condition']}" if first["condition"] else "")
    unit = "%" if first["unit"] == "share" else first["unit"]
    rest = len(rows) - len(shown)
    more = f"; {rest} assumptions with less or no effect are not drawn" if rest else ""
    return (
        f"{first['label']}{part}, {unit}, under option {whose}, at the low and the high end of each range; "
        f"whiskers: {context.confidence:.0%} limits of the change, for all ends at once{more}. "
        f"{NOISE}"
    )


def _plot(axes: Axes, rows: pd.DataFrame, scale: float, unit: str) -> None:
    base = float(rows["base_value"].iloc[0]) * scale
    left, right = _reach(rows, scale)
    room = _ROOM * (right - left)
    axes.set(xlim=(base + left - room, base + right + room), ylim=(len(rows) - 0.4, -1.0))
    for index, row in enumerate(rows.to_dict("records")):
        both = all(row[f"{end}_difference"] * row["low_difference"] > 0 for end in _ENDS)
        for end, (colour, hatch) in _ENDS.items():
            moved = float(row[f"{end}_difference"]) * scale
            if not math.isfinite(moved):
                continue
            shift = 0.0 if not both else (-0.14 if end == "low" else 0.14)
            height = _BAR / 2 if both else _BAR
            axes.barh(
                index + shift, moved, height, left=base, color=colour, hatch=hatch, edgecolor="white",
                linewidth=0.8,
            )  # fmt: skip
            _end(axes, row, end, (base, moved, index + shift), scale)
    axes.axvline(base, color=INK, linewidth=1.2)
    axes.text(base, -0.72, f"as the file says: {base:.3g}", size=9, ha="center", va="center")
    axes.set_yticks(range(len(rows)), [printable(_shortened(str(path))) for path in rows["path"]], size=9)
    axes.set_xlabel(f"{rows['label'].iloc[0]}, {unit}")
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


def _end(
    axes: Axes, row: Mapping[Hashable, Any], end: str, at: tuple[float, float, float], scale: float
) -> None:
    """Whisker and label of one end of a bar: the value that the assumption is set to."""
    base, moved, height = at
    low, high = (float(str(row[f"{end}_{limit}"])) * scale for limit in ("low", "high"))
    if math.isfinite(low) and math.isfinite(high):
        axes.hlines(height, base + low, base + high, color=QUIET, linewidth=1.4)
    if moved == 0:
        return
    right = moved > 0
    edge = base + (np.nanmax([moved, high, 0.0]) if right else np.nanmin([moved, low, 0.0]))
    axes.annotate(
        _cut(printable(f"{row[f'{end}_end']}")), (float(edge), height), (5 if right else -5, 0),
        textcoords="offset points", ha="left" if right else "right", va="center", size=8.5,
    )  # fmt: skip


def _cut(value: str) -> str:
    return value if len(value) <= _END_WIDTH else f"{value[: _END_WIDTH - 1]}…"


def _reach(rows: pd.DataFrame, scale: float) -> tuple[float, float]:
    """How far bars and whiskers go left and right, whiskers no further than three times the widest bar."""
    most = 3 * float(rows["swing"].max())
    ends = [f"{end}_{part}" for end in _ENDS for part in ("difference", "low", "high")]
    values = rows[ends].to_numpy(dtype=np.float64)
    known = np.clip(values[np.isfinite(values)], -most, most)
    return scale * min(float(known.min()), 0.0), scale * max(float(known.max()), 0.0)


def _shortened(path: str) -> str:
    """The path, or its end where it is long."""
    parts = path.split(".")
    while len(".".join(parts)) > _LONGEST and len(parts) > 2:
        parts = parts[1:]
    text = ".".join(parts)
    return text if text == path else f"…{text}"


def _in_words(row: Mapping[Hashable, Any], scale: float, unit: str) -> str:
    ends = []
    for end in _ENDS:
        value = float(str(row[f"{end}_value"])) * scale
        reached = f"{value:.4g} {unit}" if math.isfinite(value) else "not reached"
        ends.append(f"{reached} at {row[f'{end}_end']}")
    return f"{row['path']}: {' and '.join(ends)}"
