"""Chart: share of time with no ARV free, by hour of the day, a small panel for each force."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from armsim.analysis.intervals import Estimate, FloatArray
from armsim.report import finding
from armsim.report.chart_availability import FREE, MINUTES, ZERO_FREE, none_free_sums
from armsim.report.read import ratio_difference, time_share
from armsim.report.record import Chart, ChartContext
from armsim.report.style import canvas, look, styled
from armsim.report.words import printable

_PANELS_A_ROW, MAX_PANELS = 3, 12
_ROW_IN, _REST_IN = 2.3, 2.6


@styled
def draw(sums: Mapping[str, FloatArray], context: ChartContext) -> Chart | None:
    """Draw availability by force that pays.

    Args:
        sums: force: shape (R, 24, 4), for every replication and hour of the day the columns of
            ``chart_availability``. At most ``MAX_PANELS`` forces are drawn, those least often covered.
        context: the run.

    Returns:
        The chart; ``None`` for fewer than two forces with ARVs.
    """
    lived = {force: part for force, part in sums.items() if part[:, :, FREE].any()}
    if len(lived) < 2:
        return None
    none = {force: time_share(none_free_sums(part), context.confidence) for force, part in lived.items()}
    shown = sorted(none, key=lambda force: (-none[force].value, force))[:MAX_PANELS]
    data = pd.DataFrame(
        [
            _row(force, hour, lived[force][:, hour], context.confidence)
            for force in shown
            for hour in range(24)
        ]
    )
    title = _title(lived, none, shown, context.confidence)
    subtitle = "Share of time with no ARV of its own free, by hour of the day and force; bands are intervals"
    rows = -(-len(shown) // _PANELS_A_ROW)
    figure, box = canvas(title, subtitle, context, _REST_IN + rows * _ROW_IN)
    box["top"] -= 0.2 / figure.get_figheight()  # names of the panels stand above them
    grid = figure.add_gridspec(rows, _PANELS_A_ROW, hspace=0.42, wspace=0.12, left=0.07, right=0.98, **box)
    top = max(1.08 * float(np.nanmax(data[["none_free_share", "none_free_share_high"]].to_numpy())), 0.01)
    for index, force in enumerate(shown):
        axes = figure.add_subplot(grid[divmod(index, _PANELS_A_ROW)])
        _panel(axes, data[data["force"] == force], min(top, 1.0), labelled=index % _PANELS_A_ROW == 0)
        axes.set_title(printable(f"{force}: {finding.percent(none[force])}"), size=11, loc="left")
    words = [
        f"{force}: {finding.percent(none[force])} ({finding.span(none[force], 100)})." for force in shown
    ]
    alt = f"Line charts by hour of the day, one a force. {title}. Over the whole day: {' '.join(words)}"
    return Chart("arv_by_force", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _row(force: str, hour: int, part: FloatArray, confidence: float) -> dict[str, object]:
    value = time_share(part[:, [ZERO_FREE, MINUTES]], confidence)
    return {
        "force": force, "hour": hour, "none_free_share": value.value,
        "none_free_share_low": value.low, "none_free_share_high": value.high,
    }  # fmt: skip


def _title(
    sums: Mapping[str, FloatArray], none: Mapping[str, Estimate], shown: list[str], confidence: float
) -> str:
    """The force least often covered against the one most often, paired by replication.

    The two were picked as farthest apart, so the limits hold for all pairs of forces at once (Bonferroni).
    """
    worst, best = shown[0], min(none, key=lambda force: (none[force].value, force))
    joint = 1 - (1 - confidence) / math.comb(len(sums), 2)
    difference = ratio_difference(none_free_sums(sums[best]), none_free_sums(sums[worst]), joint)
    return finding.forces((worst, none[worst]), (best, none[best]), difference)


def _panel(axes: Axes, part: pd.DataFrame, top: float, labelled: bool) -> None:
    style, at = look(0), part["hour"] + 0.5
    axes.fill_between(
        at, part["none_free_share_low"], part["none_free_share_high"], color=style.colour, alpha=0.2, lw=0
    )
    axes.plot(at, part["none_free_share"], color=style.colour, linestyle=style.line)
    axes.set(xlim=(0, 24), ylim=(0, top))
    axes.set_xticks(range(0, 24, 6), [f"{hour:02d}:00" for hour in range(0, 24, 6)], size=9)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.tick_params(labelleft=labelled)
