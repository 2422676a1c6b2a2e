"""Chart: whether the replications are enough: two figures and their limits as replications add up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from armsim.analysis.intervals import Estimate
from armsim.report import finding
from armsim.report.record import Chart, ChartContext
from armsim.report.style import canvas, look, styled

_HEIGHT_IN = 6.4
#: Fewer say nothing about what more would bring.
LEAST = 3
_LOOKS = 16


class Look(NamedTuple):
    """What so many replications say.

    Attributes:
        replications: how many, the first ones.
        ninetieth: 90th percentile of armed response to firearms incidents, minutes.
        none_free: share of time with no ARV free.
    """

    replications: int
    ninetieth: Estimate
    none_free: Estimate


def counts(replications: int) -> list[int]:
    """Numbers of replications that are looked at: few, the last is all of them."""
    if replications < LEAST:
        return []
    spread = np.linspace(2, replications, min(_LOOKS, replications - 1))
    return sorted({round(float(value)) for value in spread})


@styled
def draw(seen: Sequence[Look], context: ChartContext) -> Chart | None:
    """Draw the trace.

    Args:
        seen: what so many of the replications say, numbers rising; the last is all of them.
        context: the run.

    Returns:
        The chart; ``None`` under ``LEAST`` replications, or when no armed response was reached.
    """
    if len(seen) < 2 or not any(math.isfinite(one.ninetieth.value) for one in seen):
        return None
    title = finding.exactness(seen[-1].replications, seen[-1].ninetieth)
    subtitle = (
        f"Estimate and {context.confidence:.0%} interval after so many replications; firearms incidents, "
        "first armed unit"
    )
    data = pd.DataFrame([_row(one) for one in seen])
    figure, box = canvas(title, subtitle, context, _HEIGHT_IN)
    box["top"] -= 0.25 / _HEIGHT_IN  # the upper panel's name stands above it
    grid = figure.add_gridspec(2, 1, hspace=0.42, left=0.09, right=0.96, **box)
    upper, lower = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    _trace(upper, data, "p90_minutes", 0)
    upper.set_title("90th percentile of armed response, minutes", size=11, loc="left")
    _trace(lower, data, "none_free_share", 2)
    lower.set_title("Share of time with no ARV free", size=11, loc="left")
    lower.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=1))
    lower.set_xlabel("Replications")
    last = seen[-1]
    alt = (
        f"Two line charts by number of replications. {title}. With {last.replications:,}: 90th percentile "
        f"{last.ninetieth.value:.1f} minutes ({finding.span(last.ninetieth)}), no ARV free "
        f"{last.none_free.value:.1%} ({finding.span(last.none_free, 100)})."
    )
    return Chart("replications_enough", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _row(one: Look) -> dict[str, object]:
    row: dict[str, object] = {"replications": one.replications}
    for name, value in (("p90_minutes", one.ninetieth), ("none_free_share", one.none_free)):
        row |= {name: value.value, f"{name}_low": max(value.low, 0.0), f"{name}_high": value.high}
    return row


def _trace(axes: Axes, data: pd.DataFrame, name: str, index: int) -> None:
    style = look(index)
    told = data.replace(math.inf, math.nan)
    axes.fill_between(
        told["replications"], told[f"{name}_low"], told[f"{name}_high"], color=style.colour, alpha=0.2, lw=0
    )
    axes.plot(told["replications"], told[name], color=style.colour, linestyle=style.line,
              marker=style.marker, markersize=5)  # fmt: skip
    axes.axhline(float(data[name].iloc[-1]), color=style.colour, linewidth=0.9, linestyle=(0, (1, 2)))
    axes.set_xlim(float(data["replications"].iloc[0]) - 0.3, float(data["replications"].iloc[-1]) + 0.3)
    _frame(axes, told, name)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))


def _frame(axes: Axes, data: pd.DataFrame, name: str) -> None:
    """From nothing to all limits but those of the first looks, which few replications make very wide."""
    high = data[f"{name}_high"].dropna()
    settled = float(high.iloc[len(high) // 4 :].max()) if len(high) else math.nan
    top = float(np.nanmax([settled, float(data[name].max()), 1e-3]))
    axes.set_ylim(0, 1.15 * top)
