"""Chart: what holding a threat level does day by day, a small panel for each limit with the day it breaks."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from armsim.analysis.posture import Days
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, canvas, look, styled
from armsim.report.words import named, printable
from armsim.study.sustain import Limit, Sustained, span

_PANELS_A_ROW = 2
_ROW_IN, _REST_IN = 2.7, 2.3
#: What breaks, for a title of about ten words.
_SHORT = {
    "rest_days": "rest days lost pass {limit:g}",
    "hours": "the average week passes {limit:g} h",
    "share_over_hours": "over {limit:.0%} of officers exceed the weekly limit",
    "crewing": "under {limit:.0%} of planned ARV crews form",
}
#: What stands above a panel, and how its limit is written.
_PANELS = {
    "rest_days": ("Rest days lost an officer", "{:g}"),
    "hours": ("Average week, hours", "{:g} h"),
    "share_over_hours": ("Officers over the weekly limit", "{:.0%}"),
    "crewing": ("Planned ARV crews formed", "{:.0%}"),
}


@styled
def draw(found: Sustained, context: ChartContext) -> Chart:
    """Draw each figure by day of the level, with its limit and the day on which it is passed.

    Args:
        found: for how many days the level can be held; a limit that is not judged has no panel.
        context: the run.
    """
    title = _title(found)
    whose = ", ".join(map(named, found.teams))
    subtitle = (
        f"Officers of {whose}; ARV crews over seven days; by day of {found.level}. "
        f"Dashed: limit; bands: {found.confidence:.0%} intervals"
    )
    shown = found.judged
    rows = -(-len(shown) // _PANELS_A_ROW)
    figure, box = canvas(title, subtitle, context, _REST_IN + rows * _ROW_IN)
    box["top"] -= 0.2 / figure.get_figheight()  # names of the panels stand above them
    grid = figure.add_gridspec(rows, _PANELS_A_ROW, hspace=0.52, wspace=0.16, left=0.075, right=0.975, **box)
    for index, one in enumerate(shown):
        _panel(figure.add_subplot(grid[divmod(index, _PANELS_A_ROW)]), one, found.looked_at)
    data = found.table().assign(**{f"{one.name}_limit": one.limit for one in found.limits})
    words = " ".join(f"{one.figure}: {_ending(one, found.looked_at)}." for one in shown)
    alt = f"Line charts by day, one a limit. {title}. {words}"
    return Chart("sustain", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _title(found: Sustained) -> str:
    days, about = found.days, _about(found.days)
    if not found.first:
        return f"{found.level} can be held all {found.looked_at} days{about}: no limit breaks"
    breaks = _SHORT[found.first[0].name].format(limit=found.first[0].limit)
    if len(found.first) > 1:
        breaks = "several limits break"
    if days.value == 0:
        return f"{found.level} cannot be held for a day{about}: {breaks}"
    then = "which limit breaks first is not clear" if found.perhaps else f"then {breaks}"
    many = "day" if days.value == 1 else "days"
    return f"{found.level} can be held {days.value:.0f} {many}{about}: {then}"


def _panel(axes: Axes, one: Limit, looked_at: int) -> None:
    style, day = look(0), np.arange(1, looked_at + 1)
    head, form = _PANELS[one.name]
    axes.fill_between(day, one.curve.low, one.curve.high, color=style.colour, alpha=0.2, lw=0)
    axes.plot(day, one.curve.value, color=style.colour, linestyle=style.line)
    known = np.concatenate([one.curve.value, one.curve.low, one.curve.high, [one.limit]])
    low, high = _frame(known[np.isfinite(known)], one.unit)
    axes.set(xlim=(0, looked_at), ylim=(low, high))
    axes.axhline(one.limit, color=INK, linewidth=1.4, linestyle=(0, (4, 2)))
    # Left, and beyond the limit: there no curve has come yet.
    word, down = ("least", -3) if one.least else ("most", 3)
    axes.annotate(
        f"{word} {form.format(one.limit)}", (0, one.limit), (4, down), textcoords="offset points",
        ha="left", va="top" if one.least else "bottom", size=9.5,
    )  # fmt: skip
    _mark(axes, one)
    axes.set_title(printable(f"{head}: {_ending(one, looked_at)}"), size=10.5, loc="left")
    axes.set_xticks(range(0, looked_at + 1, _step(looked_at)))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    if one.unit == "share":
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel("Day of the level", size=9.5, color=QUIET)


def _step(looked_at: int) -> int:
    """Days between marks of the axis: whole weeks, few enough to be read."""
    return 7 * max(1, -(-looked_at // 56)) if looked_at >= 14 else max(1, looked_at // 6)


def _frame(known: np.ndarray[tuple[int], np.dtype[np.float64]], unit: str) -> tuple[float, float]:
    """Ends of the axis: a share may use all of it, days begin at 0, weeks are near to each other."""
    if unit == "share":
        return 0.0, 1.05
    room = 0.12 * float(np.ptp(known)) or 1.0
    return (0.0 if unit == "days" else float(known.min()) - room), float(known.max()) + room


def _mark(axes: Axes, one: Limit) -> None:
    """The first day on which the figure is beyond the limit."""
    if one.days is None or math.isinf(one.days.value):
        return
    index = int(one.days.value)
    axes.plot(
        [index + 1], [one.curve.value[index]], marker="s", markersize=8, color=CATEGORICAL[3],
        markeredgecolor=INK, linestyle="none", clip_on=False, zorder=4,
    )  # fmt: skip


def _ending(one: Limit, looked_at: int) -> str:
    """For how long the limit is kept, with the interval."""
    if one.days is None:
        return "not judged"
    about = _about(one.days)
    if math.isinf(one.days.value):
        return f"kept for all {looked_at} days{about}"
    return f"kept {one.days.value:.0f} day{'' if one.days.value == 1 else 's'}{about}"


def _about(days: Days) -> str:
    """The interval in brackets; empty where it cannot be told."""
    told = span(days).replace(" to ", "–")
    return f" ({told})" if told else ""
