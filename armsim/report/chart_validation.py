"""Charts of a validation: curves laid over each other, medians by hour, bases against each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, PercentFormatter, StrMethodFormatter

from armsim.analysis.agreement.findings import Finding
from armsim.analysis.agreement.margins import Margin, Verdict
from armsim.analysis.agreement.measures import Kind
from armsim.analysis.agreement.resamples import FloatArray
from armsim.analysis.agreement.tally import Tally
from armsim.report.record import Chart, ChartContext
from armsim.report.style import CATEGORICAL, INK, QUIET, SHADE, canvas, label_ends, look, styled
from armsim.report.words import printable
from armsim.study.validate.held import Validation

#: Bases named on the scatter, those farthest outside the margin first.
_NAMED = 8
_MOST_MINUTES = 120.0


class ValidationContext(ChartContext):
    """What the footer of these charts says: the log, the run, and what the limits are of."""

    __slots__ = ()

    @property
    def source(self) -> str:
        """The source line."""
        return (
            f"Source: armsim {self.version}, run {self.run_id}, {self.replications:,} replications, against "
            f"{self.note}. Limits at 90% from resampling days and replications."
        )


def context_of(found: Validation) -> ChartContext:
    """What the footers say."""
    days = f"{found.log}, {found.days} days from {found.first.day} {found.first:%B %Y}"
    return ValidationContext(found.title, found.run_id, found.replications, found.version, days)


def charts(found: Validation) -> list[Chart]:
    """Every chart for which there are figures, the most telling first."""
    return [one for one in _drawn(found, context_of(found)) if one is not None]


def _drawn(found: Validation, context: ChartContext) -> Iterator[Chart | None]:
    arrivals = [one for one in found.agreement.kinds if len(one.incidents)]
    for clock in ("arrival", "response"):
        mine = [one for one in arrivals if one.name.endswith(clock)][:2]
        yield draw_curves(mine, found, context, f"curves_{clock}")
    for one in found.agreement.kinds:
        if not len(one.incidents):
            yield draw_curves([one], found, context, f"curves_{one.name}")
    yield draw_hours(found, context)
    yield draw_bases(found, context)
    yield draw_units(found, context)


@styled
def draw_curves(
    kinds: Sequence[Kind], found: Validation, context: ChartContext, name: str = "curves"
) -> Chart | None:
    """The share that had arrived by each minute, logged and simulated, of at most two kinds.

    Returns:
        The chart; ``None`` without kinds.
    """
    if not kinds:
        return None
    title = f"{kinds[0].label}: {_judged(found, f'{kinds[0].name}_median')}"
    subtitle = "Share reached by each minute; log solid, simulation dashed"
    figure, box = canvas(title, subtitle, context)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.08, right=0.70, **box)[0])
    reach = min(max(_at(one, 0.97) for kind in kinds for one in (kind.log, kind.simulated)), _MOST_MINUTES)
    grid = np.linspace(0.0, max(reach, 1.0), 241)
    frames, ends, words = [], [], []
    for index, kind in enumerate(kinds):
        for line, side, tally in (("-", "log", kind.log), ("--", "simulation", kind.simulated)):
            share = _share(*tally.curve(), grid)
            axes.plot(grid, share, color=CATEGORICAL[2 * index], linestyle=line)
            frames.append(pd.DataFrame({"kind": kind.label, "side": side, "minutes": grid, "share": share}))
        ends.append(float(share[-1]))
        gap = f"largest gap {100 * kind.distance:.1f} points\nat {kind.widest:.1f} min"
        words.append(f"{_short(kind.label)}\n{gap}")
    for limit in found.within:
        if limit <= grid[-1]:
            axes.axvline(limit, color=QUIET, linewidth=1.0, linestyle=":")
            axes.annotate(f"{limit:g} min", (limit, 0.02), (3, 0), textcoords="offset points", size=9.5)
    axes.set(xlim=(0, grid[-1]), ylim=(0, 1), xlabel="Minutes")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
    label_ends(axes, words, [look(2 * index) for index in range(len(kinds))], ends, gap=0.2)
    told = "; ".join(one.replace("\n", ", ") for one in words)
    alt = f"Rising curves, log against simulation. {title}. {told}."
    data = pd.concat(frames, ignore_index=True)
    return Chart(name, title, figure, alt, data, f"{subtitle}. {context.source}", context)


@styled
def draw_hours(found: Validation, context: ChartContext) -> Chart | None:
    """Median first arrival by hour of the day: the log with its margin, the simulation with its limits."""
    rows = found.agreement.of("hour", "first_arrival_median")
    if not rows:
        return None
    tally = [sum(one.verdict is kind for one in rows) for kind in Verdict]
    title = (
        f"Median first arrival by hour: agrees in {tally[0]} of {len(rows)} hours, not shown in {tally[1]}, "
        f"differs in {tally[2]}"
    )
    subtitle = f"Minutes from dispatch; shaded: within {rows[0].margin.words} of the log; bars: limits at 90%"
    figure, box = canvas(title, subtitle, context)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.08, right=0.80, **box)[0])
    hour = np.array([int(one.cell) for one in rows])
    log, ours = np.array([one.log for one in rows]), np.array([one.simulated for one in rows])
    low, high = _around(rows)
    below, above = _band(log, rows[0].margin)
    axes.fill_between(hour, below, above, color=SHADE, lw=0, step="mid")
    axes.plot(hour, log, color=CATEGORICAL[0], marker="o", markersize=6)
    axes.errorbar(
        hour + 0.15, ours, [np.maximum(ours - low, 0), np.maximum(high - ours, 0)], color=CATEGORICAL[2],
        linestyle="--", marker="s", markersize=5, elinewidth=1.0, capsize=2,
    )  # fmt: skip
    axes.set(
        xlim=(-0.6, 23.6), ylim=(0.6 * float(min(below.min(), low.min())), None), xlabel="Hour of the day"
    )
    axes.set_xticks(range(0, 24, 3), [f"{one:02d}:00" for one in range(0, 24, 3)])
    label_ends(
        axes, ["Log", "Simulation"], [look(0), look(2)], [log[-1], ours[-1]], 0.08 * axes.get_ylim()[1]
    )
    data = pd.DataFrame(
        {"hour": hour, "log_minutes": log, "simulated_minutes": ours, "low_minutes": low,
         "high_minutes": high,
         "verdict": [str(one.verdict) for one in rows], "incidents": [one.count for one in rows]}
    )  # fmt: skip
    alt = f"Two lines over the hours of the day. {title}."
    return Chart("hours", title, figure, alt, data, f"{subtitle}. {context.source}", context)


@styled
def draw_bases(found: Validation, context: ChartContext) -> Chart | None:
    """First attendances by base, simulated against logged, with the margin as a band."""
    rows = found.agreement.of("base", "base_count")
    if not rows:
        return None
    margin = rows[0].margin
    log, ours = np.array([one.log for one in rows]), np.array([one.simulated for one in rows])
    inside = np.abs(ours / log - 1.0) <= margin.size + 1e-12
    title = f"{inside.sum()} of {len(rows)} bases attend first as often as in the log within {margin.words}"
    subtitle = f"First attendances in {found.days} days, by base, log scales; shaded: within {margin.words}"
    figure, box = canvas(title, subtitle, context, 6.6)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.09, right=0.93, **box)[0])
    least = 0.8 * max(float(min(log.min(), ours.min())), 0.5)
    top = 1.2 * float(max(log.max(), ours.max()))
    line = np.array([least, top])
    axes.fill_between(line, *_band(line, margin), color=SHADE, lw=0)
    axes.plot(line, line, color=QUIET, linewidth=1.0)
    axes.plot(log[inside], ours[inside], "o", color=CATEGORICAL[0], markersize=6, alpha=0.85)
    axes.plot(log[~inside], ours[~inside], "s", color=CATEGORICAL[2], markersize=7)
    far = np.argsort(-np.abs(ours - log), kind="stable")
    for index in [one for one in far.tolist() if not inside[one]][:_NAMED]:
        left = ours[index] > log[index] > 2 * least  # away from the crowd about the line
        axes.annotate(
            printable(rows[index].cell), (log[index], ours[index]), (-7 if left else 7, -4),
            textcoords="offset points", ha="right" if left else "left", size=9.5, color=INK,
        )  # fmt: skip
    axes.set(xscale="log", yscale="log", xlim=(least, top), ylim=(least, top))
    axes.set(xlabel="First attendances in the log", ylabel="Simulated, mean")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_locator(NullLocator())
    data = pd.DataFrame(
        {"base": [one.cell for one in rows], "log": log, "simulated": ours, "inside_margin": inside,
         "verdict": [str(one.verdict) for one in rows]}
    )  # fmt: skip
    alt = f"Scatter of bases. {title}."
    return Chart("bases", title, figure, alt, data, f"{subtitle}. {context.source}", context)


@styled
def draw_units(found: Validation, context: ChartContext) -> Chart | None:
    """Units committed at once by hour of the day; the simulation alone where the log cannot tell."""
    busy = found.agreement.concurrency
    if busy.log is None:
        title = (
            f"{busy.simulated.mean():.1f} units are committed at once in the simulation; the log cannot tell"
        )
    else:
        title = f"Units committed at once, mean: {_judged(found, 'units_busy')}"
    subtitle = "Mean units committed at once, by hour of the day"
    figure, box = canvas(title, subtitle, context, 4.8)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.08, right=0.80, **box)[0])
    hour = np.arange(24) + 0.5
    lines = [
        ("Simulation", busy.simulated, look(2)),
        *([("Log", busy.log, look(0))] if busy.log is not None else []),
    ]
    for _, values, style in lines:
        axes.plot(hour, values, color=style.colour, linestyle=style.line, marker=style.marker, markersize=5)
    axes.set(xlim=(0, 24), ylim=(0, None), xlabel="Hour of the day")
    axes.set_xticks(range(0, 25, 3), [f"{one:02d}:00" for one in range(0, 25, 3)])
    label_ends(
        axes, [name for name, _, _ in lines], [style for _, _, style in lines],
        [float(values[-1]) for _, values, _ in lines], 0.1 * axes.get_ylim()[1],
    )  # fmt: skip
    data = pd.DataFrame({"hour": np.arange(24), "simulated_units": busy.simulated})
    if busy.log is not None:
        data["log_units"] = busy.log
    return Chart("units_busy", title, figure, f"Lines over the hours of the day. {title}.", data,
                 f"{subtitle}. {context.source}", context)  # fmt: skip


def _judged(found: Validation, measure: str) -> str:
    """Both figures of a measure and its verdict."""
    one = next((one for one in found.agreement.overall if one.measure == measure), None)
    if one is None:
        return "not compared"
    what = "median " if measure.endswith("_median") else ""
    return f"{what}{_figure(one.simulated)} simulated, {_figure(one.log)} logged; {one.judgement}"


def _figure(value: float) -> str:
    return "never" if math.isinf(value) else f"{value:.2f}"


def _short(label: str) -> str:
    return label.partition(",")[0]


def _at(tally: Tally, share: float) -> float:
    minutes, risen = tally.curve()
    reached = risen >= share
    return float(minutes[int(reached.argmax())] if reached.any() else minutes[-1])


def _share(minutes: FloatArray, risen: FloatArray, grid: FloatArray) -> FloatArray:
    whole = np.concatenate([[0.0], risen])
    return np.asarray(whole[np.searchsorted(minutes, grid, side="right")])


def _around(rows: Sequence[Finding]) -> tuple[FloatArray, FloatArray]:
    """Limits of the simulated figures: the log's with the limits of the difference."""
    log = np.array([one.log for one in rows])
    low, high = (np.array([getattr(one, name) for one in rows]) for name in ("low", "high"))
    return (log * (1 + low), log * (1 + high)) if rows[0].margin.relative else (log + low, log + high)


def _band(log: FloatArray, margin: Margin) -> tuple[FloatArray, FloatArray]:
    if margin.relative:
        return log * (1 - margin.size), log * (1 + margin.size)
    return log - margin.size, log + margin.size
