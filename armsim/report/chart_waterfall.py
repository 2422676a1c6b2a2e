"""Chart: armed response taken apart into the intervals one after the other, a panel for each threat level."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from armsim.analysis.curve import enough
from armsim.analysis.intervals import Estimate, FloatArray, ratio_of_sums
from armsim.analysis.response_parts import PARTS
from armsim.report import finding
from armsim.report.read import ratio_difference
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, canvas, styled
from armsim.report.words import printable

_WHOLE = "Call to first armed unit"
_ALL = "all levels together"
_MOST_PANELS = 2
#: Parts that are left out where they are nothing: nothing has to be authorised in time there.
_PERHAPS = ("authority", "holding")


@styled
def draw(sums: Mapping[str, FloatArray], context: ChartContext) -> Chart | None:
    """Draw the waterfall.

    Args:
        sums: level: shape (R, 1 + parts), for every replication incidents and their minutes of each of
            ``analysis.response_parts.PARTS``. Of the levels with incidents enough the first and the last are
            drawn; where there are fewer than two of them, all levels together.
        context: the run.

    Returns:
        The chart; ``None`` when there are too few incidents.
    """
    panels = _panels(sums)
    if not panels:
        return None
    data = pd.concat([_table(level, part, context.confidence) for level, part in panels.items()])
    nothing = {PARTS[part] for part in _PERHAPS} - set(data.loc[data["minutes"] > 0, "part"])
    data = data[~data["part"].isin(nothing)].reset_index(drop=True)
    title = _title(next(iter(panels.values())), context.confidence)
    if len(panels) > 1:
        title += f" at {next(iter(panels))}"
    subtitle = (
        "Mean minutes from one moment to the next, with intervals; firearms incidents that an armed unit "
        "was sent to and came to"
    )
    figure, box = canvas(title, subtitle, context, 3.0 + 0.46 * data["part"].nunique())
    box["top"] -= 0.3 / figure.get_figheight()
    grid = figure.add_gridspec(1, len(panels), left=0.25, right=0.98, wspace=0.06, **box)
    reach = 1.4 * float(data[["minutes", "high"]].replace(math.inf, math.nan).max().max())
    for index, level in enumerate(panels):
        axes = figure.add_subplot(grid[index])
        _plot(axes, data[data["level"] == level], reach)
        axes.set_title(printable(_heading(level, panels[level])), size=11, loc="left")
        axes.tick_params(labelleft=index == 0)
    alt = f"Waterfall chart. {title}. " + " ".join(_in_words(level, data) for level in panels)
    return Chart("response_parts", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _panels(sums: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    told = {level: part for level, part in sums.items() if enough(int(part[:, 0].sum()))}
    if len(told) > 1:
        ends = [next(iter(told)), next(reversed(list(told)))]
        return {level: told[level] for level in ends[:_MOST_PANELS]}
    if not sums:
        return {}
    whole: FloatArray = np.sum(list(sums.values()), axis=0)
    return {_ALL: whole} if enough(int(whole[:, 0].sum())) else {}


def _heading(level: str, part: FloatArray) -> str:
    return f"{level[0].upper()}{level[1:]} ({int(part[:, 0].sum()):,} incidents)"


def _table(level: str, part: FloatArray, confidence: float) -> pd.DataFrame:
    """A row a part and one for the whole: where it starts, its minutes and their limits."""
    rows, start = [], 0.0
    for name, minutes in [
        *zip(PARTS.values(), part[:, 1:].T, strict=True),
        (_WHOLE, part[:, 1:].sum(axis=1)),
    ]:
        value = ratio_of_sums(minutes, part[:, 0], confidence)
        begin = 0.0 if name == _WHOLE else start
        rows.append({"level": level, "part": name, "start_minutes": begin, "minutes": value.value,
                     "low": max(value.low, 0.0), "high": value.high})  # fmt: skip
        start += value.value
    return pd.DataFrame(rows)


def _title(part: FloatArray, confidence: float) -> str:
    """The longest part, clearly so when longer than the second longest in pairs by replication."""
    minutes, names = part[:, 1:], list(PARTS.values())
    whole = minutes.sum(axis=1)
    order = sorted(range(len(names)), key=lambda index: (-minutes[:, index].sum(), index))
    first, second = (minutes[:, index] for index in order[:2])
    count = part[:, 0]
    gap = ratio_difference(np.column_stack([second, count]), np.column_stack([first, count]), confidence)
    return finding.longest_part(
        ratio_of_sums(whole, count, confidence), names[order[0]],
        ratio_of_sums(first, whole, confidence), finding.direction(gap) > 0,
    )  # fmt: skip


def _plot(axes: Axes, data: pd.DataFrame, reach: float) -> None:
    rows = data.to_dict("records")
    for place, row in enumerate(rows):
        whole = row["part"] == _WHOLE
        start, end = row["start_minutes"], row["start_minutes"] + row["minutes"]
        axes.barh(place, row["minutes"], 0.62, left=start, color=CATEGORICAL[0 if whole else 1])
        if not whole:
            axes.plot([end, end], [place + 0.31, place + 0.69], color=QUIET, linewidth=0.9)
        stop = end
        if math.isfinite(row["low"]) and math.isfinite(row["high"]):
            axes.hlines(place, start + row["low"], start + row["high"], color=INK, linewidth=1.6)
            stop = max(stop, start + row["high"])
        axes.text(stop + 0.015 * reach, place, _words(row), va="center", size=10)
    axes.set_yticks(range(len(rows)), [printable(str(row["part"])) for row in rows])
    axes.set(xlim=(0, reach), ylim=(len(rows) - 0.5, -0.55), xlabel="Minutes since the call")
    axes.grid(visible=False, axis="y")
    axes.grid(visible=True, axis="x")
    axes.tick_params(axis="y", length=0)


def _words(row: Mapping[object, float]) -> str:
    value = Estimate(row["minutes"], row["low"], row["high"], 0, 0)
    return f"{value.value:.1f} ({finding.span(value)})"


def _in_words(level: str, data: pd.DataFrame) -> str:
    rows = data[data["level"] == level].to_dict("records")
    parts = [f"{row['part'].lower()} {_words(row)}" for row in rows]
    return f"{level}: {', '.join(parts)} minutes."
