"""Chart: how response times are spread, one rising curve for each milestone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, PercentFormatter

from armsim.analysis.curve import ResponseCurve, enough
from armsim.analysis.intervals import Estimate, FloatArray
from armsim.report import finding
from armsim.report.read import at_seconds, in_minutes
from armsim.report.record import Chart, ChartContext, TargetLine
from armsim.report.style import INK, MAX_SERIES, canvas, label_ends, look, styled
from armsim.report.words import printable

_STEP_SECONDS = 15
_LEAST_MINUTES, _MOST_MINUTES = 15.0, 180.0


@styled
def draw(
    curves: Mapping[str, ResponseCurve],
    targets: Sequence[TargetLine],
    context: ChartContext,
    headline: tuple[str, str],
    population: str,
) -> Chart | None:
    """Draw the response-time distribution.

    Args:
        curves: label such as ``First armed unit``: curve; at most ``MAX_SERIES``. One with too few incidents
            is left out.
        targets: lines to mark on the time axis.
        context: the run.
        headline: label of the curve the title speaks of, and its subject as in ``Half of {subject} within``.
        population: which incidents, for the subtitle.

    Returns:
        The chart; ``None`` when no curve has incidents enough.

    Raises:
        ValueError: too many curves.
    """
    if len(curves) > MAX_SERIES:
        raise ValueError(f"at most {MAX_SERIES} curves on one chart, got {len(curves)}")
    shown = {label: curve for label, curve in curves.items() if enough(curve.count)}
    if not shown:
        return None
    speaker = headline if headline[0] in shown else _first(shown)
    middle = in_minutes(shown[speaker[0]].quantile_interval(0.5, context.confidence))
    title = finding.distribution(speaker[1], middle)
    subtitle = f"Share reached within so many minutes of the call; {population}"
    data = _table(shown, _reach(shown.values(), targets), context.confidence)
    figure, box = canvas(title, subtitle, context)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.08, right=0.70, **box)[0])
    _plot(axes, data, list(shown), targets, context.confidence, shown)
    words = [f"{label}: {_summary(curve, context.confidence)}" for label, curve in shown.items()]
    alt = f"Rising curves of response time. {title}. " + ". ".join(words) + "."
    return Chart("response_times", title, figure, alt, data, f"{subtitle}. {context.source}", context)


def _first(curves: Mapping[str, ResponseCurve]) -> tuple[str, str]:
    label = next(iter(curves))
    return label, f"incidents (“{label}”) are reached"


def _reach(curves: Iterable[ResponseCurve], targets: Sequence[TargetLine]) -> float:
    """Where the time axis ends: the slowest curve's 95th percentile, but past every target."""
    slowest = [curve.quantile(0.95) / 60 for curve in curves]
    known = [value for value in slowest if not math.isnan(value)]
    wanted = max([*known, *(1.2 * target.minutes for target in targets), _LEAST_MINUTES])
    return float(5 * math.ceil(min(wanted, _MOST_MINUTES) / 5))


def _table(curves: Mapping[str, ResponseCurve], reach: float, confidence: float) -> pd.DataFrame:
    grid = np.arange(0, reach * 60 + 1, _STEP_SECONDS)
    frames = []
    for label, curve in curves.items():
        low, high = curve.band(confidence)
        columns = {"share": curve.to_arrays().share, "low": low, "high": high}
        values: dict[str, FloatArray] = {
            name: at_seconds(curve.seconds, column, grid) for name, column in columns.items()
        }
        frames.append(
            pd.DataFrame({"series": label, "minutes": grid / 60, **values, "incidents": curve.count})
        )
    return pd.concat(frames, ignore_index=True)


def _plot(
    axes: Axes,
    data: pd.DataFrame,
    labels: Sequence[str],
    targets: Sequence[TargetLine],
    confidence: float,
    curves: Mapping[str, ResponseCurve],
) -> None:
    looks = [look(index) for index in range(len(labels))]
    ends, notes = [], []
    for label, style in zip(labels, looks, strict=True):
        part = data[data["series"] == label]
        axes.fill_between(part["minutes"], part["low"], part["high"], color=style.colour, alpha=0.18, lw=0)
        axes.plot(part["minutes"], part["share"], color=style.colour, linestyle=style.line)
        marks = part.iloc[10 :: max(1, len(part) // 6)]
        axes.plot(marks["minutes"], marks["share"], style.marker, color=style.colour, markersize=6)
        ends.append(float(part["share"].iloc[-1]))
        notes.append(f"{label}\n" + _summary(curves[label], confidence).replace(", ", ",\n"))
    axes.set(xlim=(0, data["minutes"].max()), ylim=(0, 1), xlabel="Minutes since the call was received")
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
    _mark(axes, targets)
    label_ends(axes, notes, looks, ends, gap=0.17)


def _mark(axes: Axes, targets: Sequence[TargetLine]) -> None:
    """Target lines with words at the foot: right of the last line, left of the others, staggered."""
    for index, target in enumerate(sorted(targets, key=lambda one: one.minutes)):
        last = index == len(targets) - 1
        axes.axvline(target.minutes, color=INK, linewidth=1.2, linestyle=(0, (2, 2)))
        axes.annotate(
            printable(target.label),
            (target.minutes, 0.03 + 0.07 * (index % 3)),
            xytext=(5 if last else -5, 0),
            ha="left" if last else "right",
            textcoords="offset points",
            size=10,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0, "alpha": 0.9},
        )


def _summary(curve: ResponseCurve, confidence: float) -> str:
    return f"50% within {_minutes(curve, 0.5, confidence)}, 90% within {_minutes(curve, 0.9, confidence)}"


def _minutes(curve: ResponseCurve, p: float, confidence: float) -> str:
    value: Estimate = in_minutes(curve.quantile_interval(p, confidence))
    return "(not reached)" if math.isnan(value.value) else f"{value.value:.1f} min"
