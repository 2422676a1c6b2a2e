"""Chart: a figure against the lever, with limits, target and cost; or against cost, for two levers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from armsim.report.charts import context_of
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, canvas, look, styled
from armsim.report.words import named, printable
from armsim.study.found import Found, Point, money
from armsim.study.results import Results

#: Values that have room for their names under the axis.
_NAMED = 12


def context(results: Results, found: Found) -> ChartContext:
    """What the footer says: the run, and the scenario without any value's name."""
    one = context_of(results, results.options[0])
    return replace(one, title=found.title, replications=found.replications, confidence=found.confidence)


@styled
def draw(found: Found, context: ChartContext) -> Chart | None:
    """Draw what a search found.

    Args:
        found: one lever is drawn along the axis, with the cost of each value under it; two against cost.
        context: the run.

    Returns:
        The chart; ``None`` where no value has a figure, or two levers have no prices.
    """
    shown = [one for one in found.points if math.isfinite(one.figure.value)]
    two = len(found.levers) > 1
    if not shown or (two and not found.frontier):
        return None
    title = _title(found)
    subtitle = _subtitle(found)
    figure, box = canvas(title, subtitle, context, 5.8)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.09, right=0.96, **box)[0])
    scale = 100.0 if found.aim.metric.unit == "share" else 1.0
    if two:
        _against_cost(axes, found, shown, scale)
    else:
        _against_lever(axes, found, shown, scale)
    _bound(axes, found, scale)
    words = "; ".join(f"{found.value(one)}: {found.aim.with_limits(one.figure)}" for one in shown)
    alt = f"{'Scatter' if two else 'Line'} chart. {title}. {words}."
    data = _data(found)
    return Chart("find", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _title(found: Found) -> str:
    """The finding, short."""
    answer, best, words = found.answer, found.best, found.aim.words
    words = f"{words[0].lower()}{words[1:]}"
    if answer is not None:
        which = "least" if len(found.levers) == 1 else "cheapest"
        told = found.aim.shown(answer.figure.value)
        return f"{_levers(found)}: {found.value(answer)} is the {which} that meets {words} ({told})"
    if best is None:
        return f"{_levers(found)}: no value can be told to meet {words}"
    told = found.aim.shown(best.figure.value)
    return f"{_levers(found)}: no value meets {words}; the best, {found.value(best)}, has {told}"


def _levers(found: Found) -> str:
    """What is turned, in the last two words of each path: ``ARV vehicles``."""
    paths = dict.fromkeys(path for lever in found.levers for path in lever.paths)
    words = " and ".join(named(" ".join(path.split(".")[-2:])) for path in paths)
    return f"{words[0].upper()}{words[1:]}"


def _subtitle(found: Found) -> str:
    unit = "%" if found.aim.metric.unit == "share" else found.aim.metric.unit
    limits = f"{found.confidence:.0%} limits for all {found.family} values at once"
    if len(found.levers) > 1:
        return f"{found.aim.metric.label}, {unit}, against cost a year, of {found.lever_words}; {limits}"
    cost = ", cost a year under each value" if found.frontier else ""
    return f"{found.aim.metric.label}, {unit}, by {found.lever_words}; {limits}{cost}"


def _against_lever(axes: Axes, found: Found, shown: list[Point], scale: float) -> None:
    lever, style = found.levers[0], look(0)
    across = [lever.number(one.place[0]) if lever.numeric else float(one.place[0]) for one in shown]
    value, low, high = (
        scale * np.array([getattr(one.figure, name) for one in shown]) for name in ("value", "low", "high")
    )
    axes.fill_between(across, low, high, color=style.colour, alpha=0.2, lw=0)
    axes.plot(across, value, color=style.colour, linestyle=style.line, marker=style.marker)
    for one, place, height in zip(shown, across, value, strict=True):
        if one is found.answer:
            _answer(axes, place, height, found, scale)
    named = shown if len(shown) <= _NAMED else [one for one in shown if one is found.answer]
    ticks = [place for one, place in zip(shown, across, strict=True) if one in named]
    axes.set_xticks(ticks, [_under(found, one) for one in named])


def _under(found: Found, one: Point) -> str:
    """What stands under a value: itself, its cost, and whether another is no dearer and no worse."""
    beaten = "dominated" if one.dominated else ""
    return "\n".join(part for part in (found.value(one), money(one.cost), beaten) if part)


def _against_cost(axes: Axes, found: Found, shown: list[Point], scale: float) -> None:
    told = [one for one in shown if not math.isnan(one.cost.value)]
    for one in told:
        cost, value = one.cost.value / 1e6, scale * one.figure.value
        colour = QUIET if one.dominated else CATEGORICAL[0]
        axes.vlines(cost, scale * one.figure.low, scale * one.figure.high, color=colour, lw=1.1, alpha=0.6)
        axes.plot([cost], [value], marker="o", markersize=7, color=colour, linestyle="none",
                  markerfacecolor="white" if one.dominated else colour)  # fmt: skip
        if one is found.answer:
            _answer(axes, cost, value, found, scale)
        elif not one.dominated:
            axes.annotate(
                printable(found.value(one)), (cost, value), (6, -12), textcoords="offset points", size=9.5
            )
    frontier = found.frontier
    axes.step(
        [one.cost.value / 1e6 for one in frontier], [scale * one.figure.value for one in frontier],
        where="post", color=CATEGORICAL[0], linewidth=1.6,
    )  # fmt: skip
    axes.margins(x=0.12)  # names stand right of their points
    axes.set_xlabel("Cost a year, £m; hollow: another is no dearer and no worse", size=10, color=QUIET)


def _answer(axes: Axes, place: float, height: float, found: Found, scale: float) -> None:
    """The answer's mark and name, on the side of it where the target is not."""
    axes.plot(
        [place], [height], marker="s", markersize=10, color=CATEGORICAL[3], markeredgecolor=INK,
        linestyle="none", zorder=4,
    )  # fmt: skip
    name = "" if found.answer is None else found.value(found.answer)
    below = height < scale * found.aim.bound
    axes.annotate(
        printable(name), (place, height), (8, -18 if below else 8), textcoords="offset points", size=11,
        weight="bold",
    )  # fmt: skip


def _bound(axes: Axes, found: Found, scale: float) -> None:
    """The target as a line, and an axis that holds it."""
    bound = scale * found.aim.bound
    low, high = axes.get_ylim()
    room = 0.06 * (max(high, bound) - min(low, bound))
    axes.set_ylim(min(low, bound) - room, max(high, bound + room))  # names stand below their points
    axes.axhline(bound, color=INK, linewidth=1.4, linestyle=(0, (4, 2)))
    word = "at least" if found.aim.higher else "at most"
    right = _free_on_the_right(found)
    axes.annotate(
        f"target: {word} {found.aim.shown(found.aim.bound)}", (float(right), bound), (-2 if right else 2, 4),
        xycoords=axes.get_yaxis_transform(), textcoords="offset points", ha="right" if right else "left",
        va="bottom", size=9.5,
    )  # fmt: skip
    if scale == 100.0:
        axes.yaxis.set_major_formatter(PercentFormatter(100.0, decimals=None))


def _free_on_the_right(found: Found) -> bool:
    """Whether the last figure is farther from the target than the first, so that there is room for words."""
    told = [one.figure.value for one in found.points if math.isfinite(one.figure.value)]
    return abs(told[-1] - found.aim.bound) > abs(told[0] - found.aim.bound)


def _data(found: Found) -> pd.DataFrame:
    """Every value looked at, with the target."""
    unit = {"share": "share"}.get(found.aim.metric.unit, found.aim.metric.unit.replace(" ", "_"))
    table = found.table().assign(target=found.aim.bound)
    names = {name: f"{name}_{unit}" for name in ("value", "low", "high", "target")}
    names |= {
        "cost_a_year": "cost_a_year_pounds",
        "cost_low": "cost_low_pounds",
        "cost_high": "cost_high_pounds",
    }
    return table.rename(columns=names)
