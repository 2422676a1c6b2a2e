"""Chart: the 90th percentile of response by hour of the day, a line for each threat level."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from armsim.analysis.curve import ResponseCurve, enough
from armsim.analysis.intervals import Estimate
from armsim.domain import ThreatLevel
from armsim.report import finding
from armsim.report.read import in_minutes
from armsim.report.record import Chart, ChartContext
from armsim.report.style import MAX_SERIES, canvas, label_ends, level_look, styled

_P = 0.9


@styled
def draw(
    curves: Mapping[tuple[ThreatLevel, int], ResponseCurve],
    context: ChartContext,
    subject: str,
    measure: str,
) -> Chart | None:
    """Draw response by hour and level.

    Args:
        curves: (level, hour of day received): curve. A cell with too few incidents stays blank.
        context: the run.
        subject: what the title speaks of, such as ``grade 1 response``.
        measure: the milestone and population in words, for the subtitle.

    Returns:
        The chart; ``None`` when every cell is blank. At most ``MAX_SERIES`` levels are drawn, those with most
        incidents.
    """
    levels = _busiest(curves)
    data = pd.DataFrame(
        [_row(level, hour, curves, context.confidence) for level in levels for hour in range(24)]
    )
    if data.empty or data["p90_minutes"].isna().all():
        return None
    title = _title(curves, levels[0], context.confidence, subject)
    subtitle = f"{measure}: minutes within which nine in ten are reached; bars are intervals"
    figure, box = canvas(title, subtitle, context)
    axes = figure.add_subplot(figure.add_gridspec(1, 1, left=0.08, right=0.82, **box)[0])
    drawn = [level for level in levels if data.loc[data["level"] == level.name, "p90_minutes"].notna().any()]
    _plot(axes, data, drawn)
    return Chart("response_by_hour", title, figure, _alt(title, data, drawn), data,
                 f"{subtitle}. {context.source}", context)  # fmt: skip


def _busiest(curves: Mapping[tuple[ThreatLevel, int], ResponseCurve]) -> list[ThreatLevel]:
    """Levels with incidents, those with most first, at most as many as a chart may have series."""
    counts: dict[ThreatLevel, int] = {}
    for (level, _), curve in curves.items():
        counts[level] = counts.get(level, 0) + curve.count
    present = [level for level, count in counts.items() if count]
    return sorted(present, key=lambda level: (-counts[level], level))[:MAX_SERIES]


def _row(
    level: ThreatLevel, hour: int, curves: Mapping[tuple[ThreatLevel, int], ResponseCurve], confidence: float
) -> dict[str, object]:
    curve = curves.get((level, hour))
    count = curve.count if curve else 0
    value = Estimate(math.nan, math.nan, math.nan, 0, count)
    if curve and enough(count, _P):
        value = in_minutes(curve.quantile_interval(_P, confidence))
    return {"level": level.name, "hour": hour, "p90_minutes": value.value, "low_minutes": value.low,
            "high_minutes": value.high, "incidents": count}  # fmt: skip


def _title(
    curves: Mapping[tuple[ThreatLevel, int], ResponseCurve],
    level: ThreatLevel,
    confidence: float,
    subject: str,
) -> str:
    """The finding at one level; its limits are set for 24 hours at once, as best and worst were picked."""
    joint = 1 - (1 - confidence) / 24
    cells = {
        hour: in_minutes(curve.quantile_interval(_P, joint))
        for (which, hour), curve in curves.items()
        if which == level and enough(curve.count, _P)
    }
    known = {hour: value for hour, value in cells.items() if not math.isnan(value.value)}
    if len(known) < 2:
        return f"Too few incidents to compare {subject} between hours"
    worst = max(known, key=lambda hour: (known[hour].value, -hour))
    best = min(known, key=lambda hour: (known[hour].value, hour))
    return finding.hours(subject, level, (worst, known[worst]), (best, known[best]))


def _plot(axes: Axes, data: pd.DataFrame, levels: Sequence[ThreatLevel]) -> None:
    looks = [level_look(level) for level in levels]
    ends = []
    limits = data["high_minutes"].where(data["high_minutes"] != math.inf)
    top = 1.08 * pd.concat([limits, data["p90_minutes"]]).max()  # limits are NaN of one replication
    for index, (level, style) in enumerate(zip(levels, looks, strict=True)):
        part = data[data["level"] == level.name]
        at = part["hour"] + 0.5 + 0.14 * (index - (len(levels) - 1) / 2)
        axes.plot(at, part["p90_minutes"], color=style.colour, linestyle=style.line, marker=style.marker,
                  markersize=6)  # fmt: skip
        high = part["high_minutes"].clip(upper=top)  # one that is not reached runs to the edge
        axes.vlines(at, part["low_minutes"], high, color=style.colour, linewidth=1.4)
        ends.append(float(part["p90_minutes"].dropna().iloc[-1]))
    axes.set(xlim=(0, 24), ylim=(0, top), xlabel="Hour of the day the call was received", ylabel="Minutes")
    axes.set_xticks(range(0, 25, 3), [f"{hour:02d}:00" for hour in range(0, 25, 3)])
    label_ends(axes, [level.name for level in levels], looks, ends, gap=0.08 * top)


def _alt(title: str, data: pd.DataFrame, levels: Sequence[ThreatLevel]) -> str:
    words = []
    for level in levels:
        known = data[(data["level"] == level.name) & data["p90_minutes"].notna()]
        rows = known.sort_values("p90_minutes", kind="stable").to_dict("records")
        low, high = rows[0], rows[-1]
        words.append(
            f"{level.name}: from {low['p90_minutes']:.1f} minutes at {low['hour']:02d}:00 "
            f"to {high['p90_minutes']:.1f} at {high['hour']:02d}:00, {len(known)} of 24 hours shown."
        )
    return f"Line chart of the 90th percentile by hour of the day. {title}. " + " ".join(words)
