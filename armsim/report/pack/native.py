"""Charts that PowerPoint can draw itself, from a chart's data; a band, a map or a long series it cannot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import pandas as pd

from armsim.config.options import parts_of
from armsim.domain import ThreatLevel
from armsim.report.chart_utilisation import pieces
from armsim.report.record import Chart
from armsim.report.style import SEQUENTIAL, level_look

#: Rows that have room for their names.
MOST_ROWS = 14
Kind = Literal["bars", "stacked_bars", "stacked_columns", "lines"]


class Series(NamedTuple):
    """One series.

    Attributes:
        name: what the key calls it; empty is the part below a floating bar, which is not drawn.
        values: a value a category; ``None`` where there is none.
        low: lower limits, or nothing.
        high: upper limits, or nothing.
        colour: its colour on the drawn chart, where that stands for something; empty for the next in turn.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()
    colour: str = ""


class Native(NamedTuple):
    """A chart for PowerPoint to draw.

    Attributes:
        kind: bars lie, columns stand.
        categories: their names.
        series: at most four are drawn.
        axis: what the values are.
        across: what the categories are; empty where their names say it.
        form: number format of the values.
        labels: write the values beside the bars.
        caption: what it shows, where that is less than the drawn chart; empty where that one's caption holds.
    """

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    axis: str
    across: str = ""
    form: str = "0"
    labels: bool = False
    caption: str = ""


def native_of(chart: Chart) -> Native | None:
    """The chart for PowerPoint to draw; ``None`` where only a picture will do."""
    make = _MADE.get("difference" if chart.name.startswith("difference_") else chart.name)
    return None if make is None else make(chart.data)


def _difference(data: pd.DataFrame) -> Native | None:
    """Options below each other, under each condition; a picture where they are too many to be named."""
    if len(data) > MOST_ROWS:
        return None
    kind = str(data["unit"].iloc[0])
    scale, unit = {"share": (100.0, "percentage points")}.get(kind, (1.0, kind))
    if kind.startswith("pounds"):
        scale, unit = 1e-3, f"£ thousand{kind.removeprefix('pounds')}"
    several = data["condition"].nunique() > 1
    names = tuple(
        ", ".join(one for one in parts_of(str(name))[: 1 + several] if one) for name in data["option"]
    )
    series = _limited("Difference", data, ("difference", "low", "high"), scale)
    series = series._replace(colour=SEQUENTIAL[3])  # light enough for a whisker to be seen on it
    return Native("bars", names, (series,), f"Difference, {unit}", form="0.0")


def _percentiles(data: pd.DataFrame) -> Native:
    part = str(data.columns[0])
    names = tuple(dict.fromkeys(str(name).replace("\n", ", ") for name in data[part]))
    series = tuple(
        _limited(words, data[data["percentile"] == p], ("minutes", "low_minutes", "high_minutes"))
        for p, words in ((0.5, "Half within"), (0.9, "Nine in ten within"))
    )
    return Native("bars", names, series, "Minutes since the call", labels=True, form="0.0")


def _waterfall(data: pd.DataFrame) -> Native:
    """The level that the title speaks of: the first."""
    own = data[data["level"] == data["level"].iloc[0]]
    series = (Series("", _values(own["start_minutes"])), Series("Minutes", _values(own["minutes"])))
    level = str(own["level"].iloc[0])
    caption = (
        f"Mean minutes from one moment to the next, {level}; intervals are on the chart in the folder charts."
    )
    return Native(
        "stacked_bars", tuple(own["part"]), series, "Minutes since the call", labels=True, form="0.0",
        caption=caption,
    )  # fmt: skip


def _utilisation(data: pd.DataFrame) -> Native:
    """The level that the title speaks of: the first."""
    own = data[data["level"] == data["level"].iloc[0]]
    series = tuple(
        Series(words, _values(own[name]), colour=colour)
        for name, (words, colour) in pieces().items()
        if own[name].any()
    )
    caption = (
        f"Share of the time of ARVs on duty by hour of the day at {own['level'].iloc[0]}; the rest is free; "
        "intervals are on the chart in the folder charts."
    )
    return Native(
        "stacked_columns", _hours(own), series, "Share of time on duty", "Hour of the day", "0%",
        caption=caption,
    )  # fmt: skip


def _by_hour(data: pd.DataFrame) -> Native:
    """A line a level."""
    columns = ("none_free_share", "none_free_share_low", "none_free_share_high")
    parts = {str(level): data[data["level"] == level] for level in dict.fromkeys(data["level"])}
    series = tuple(
        _limited(level, part, columns)._replace(colour=level_look(ThreatLevel[level]).colour)
        for level, part in parts.items()
    )
    axis = "Share of time with no ARV free"
    caption = f"{axis} by hour of the day; bars are intervals."
    hours = _hours(next(iter(parts.values())))
    return Native("lines", hours, series, axis, "Hour of the day", "0%", caption=caption)


def _replications(data: pd.DataFrame) -> Native:
    names = tuple(f"{count:,}" for count in data["replications"])
    columns = ("p90_minutes", "p90_minutes_low", "p90_minutes_high")
    series = _limited("90th percentile of armed response", data, columns)
    caption = "90th percentile of armed response and its interval after so many replications."
    return Native("lines", names, (series,), "Minutes", "Replications", "0.0", caption=caption)


def _hours(data: pd.DataFrame) -> tuple[str, ...]:
    return tuple(f"{int(hour):02d}" for hour in data["hour"])


def _limited(name: str, data: pd.DataFrame, columns: tuple[str, str, str], scale: float = 1.0) -> Series:
    """A series of a figure and its limits in three columns."""
    value, low, high = (_values(data[column] * scale) for column in columns)
    return Series(name, value, low, high)


def _values(column: Sequence[float] | pd.Series) -> tuple[float | None, ...]:
    return tuple(float(value) if math.isfinite(value) else None for value in column)


_MADE: dict[str, Callable[[pd.DataFrame], Native | None]] = {
    "difference": _difference,
    "armed_percentiles": _percentiles,
    "second_incident": _percentiles,
    "response_by_grade": _percentiles,
    "response_parts": _waterfall,
    "arv_utilisation": _utilisation,
    "arv_by_hour": _by_hour,
    "replications_enough": _replications,
}
