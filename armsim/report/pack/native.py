"""Charts that PowerPoint can draw itself, from a chart's data; a band, a map or a long series it cannot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import pandas as pd

from armsim.config.options import parts_of
from armsim.report.record import Chart

_MOST_DOTS = 10
Kind = Literal["bars", "stacked_bars", "stacked_columns", "lines", "dots"]


class Series(NamedTuple):
    """One series.

    Attributes:
        name: what the key calls it; empty is the part below a floating bar, which is not drawn.
        values: a value a category; ``None`` where there is none.
        low: lower limits, or nothing.
        high: upper limits, or nothing.
    """

    name: str
    values: tuple[float | None, ...]
    low: tuple[float | None, ...] = ()
    high: tuple[float | None, ...] = ()


class Native(NamedTuple):
    """A chart for PowerPoint to draw.

    Attributes:
        kind: bars lie, columns stand, dots are lines without a line.
        categories: their names.
        series: at most four are drawn.
        axis: what the values are.
        across: what the categories are; empty where their names say it.
        form: number format of the values.
        labels: write the values beside the bars.
    """

    kind: Kind
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    axis: str
    across: str = ""
    form: str = "0"
    labels: bool = False


def native_of(chart: Chart) -> Native | None:
    """The chart for PowerPoint to draw; ``None`` where only a picture will do."""
    make = _MADE.get("difference" if chart.name.startswith("difference_") else chart.name)
    return None if make is None else make(chart.data)


def _difference(data: pd.DataFrame) -> Native | None:
    """Options along the axis, under each condition; a picture where they are too many to be named."""
    if len(data) > _MOST_DOTS:
        return None
    kind = str(data["unit"].iloc[0])
    scale, unit = {"share": (100.0, "percentage points")}.get(kind, (1.0, kind))
    if kind.startswith("pounds"):
        scale, unit = 1e-3, f"£ thousand{kind.removeprefix('pounds')}"
    several = data["condition"].nunique() > 1
    names = tuple(
        ", ".join(one for one in parts_of(str(name))[: 1 + several] if one) for name in data["option"]
    )
    series = Series("Difference", *(_values(data[name] * scale) for name in ("difference", "low", "high")))
    return Native("dots", names, (series,), f"Difference, {unit}", form="0.0")


def _percentiles(data: pd.DataFrame) -> Native:
    part = str(data.columns[0])
    names = tuple(dict.fromkeys(str(name).replace("\n", ", ") for name in data[part]))
    series = tuple(
        Series(words, *(_values(own[name]) for name in ("minutes", "low_minutes", "high_minutes")))
        for p, words in ((0.5, "Half within"), (0.9, "Nine in ten within"))
        for own in (data[data["percentile"] == p],)
    )
    return Native("bars", names, series, "Minutes since the call", labels=True, form="0.0")


def _waterfall(data: pd.DataFrame) -> Native:
    """The level that the title speaks of: the first."""
    own = data[data["level"] == data["level"].iloc[0]]
    series = (Series("", _values(own["start_minutes"])), Series("Minutes", _values(own["minutes"])))
    return Native(
        "stacked_bars", tuple(own["part"]), series, "Minutes since the call", labels=True, form="0.0"
    )


def _utilisation(data: pd.DataFrame) -> Native:
    """The level that the title speaks of: the first."""
    own = data[data["level"] == data["level"].iloc[0]]
    pieces = [str(name) for name in own.columns[2 : list(own.columns).index("free")]]
    names = {name: name[0].upper() + name[1:].replace("_", " ") for name in pieces}
    series = tuple(Series(names[name], _values(own[name])) for name in pieces if own[name].any())
    return Native("stacked_columns", _hours(own), series, "Share of time on duty", "Hour of the day", "0%")


def _by_hour(columns: tuple[str, str, str], axis: str, form: str) -> Callable[[pd.DataFrame], Native]:
    """A line a level, of a figure and its limits in three columns."""

    def made(data: pd.DataFrame) -> Native:
        parts = {str(level): data[data["level"] == level] for level in dict.fromkeys(data["level"])}
        series = tuple(
            Series(level, *(_values(part[name]) for name in columns)) for level, part in parts.items()
        )
        return Native("lines", _hours(next(iter(parts.values()))), series, axis, "Hour of the day", form)

    return made


def _replications(data: pd.DataFrame) -> Native:
    names = tuple(f"{count:,}" for count in data["replications"])
    columns = ("p90_minutes", "p90_minutes_low", "p90_minutes_high")
    series = Series("90th percentile of armed response", *(_values(data[name]) for name in columns))
    return Native("lines", names, (series,), "Minutes", "Replications", "0.0")


def _hours(data: pd.DataFrame) -> tuple[str, ...]:
    return tuple(f"{int(hour):02d}" for hour in data["hour"])


def _values(column: Sequence[float] | pd.Series) -> tuple[float | None, ...]:
    return tuple(float(value) if math.isfinite(value) else None for value in column)


_MADE: dict[str, Callable[[pd.DataFrame], Native | None]] = {
    "difference": _difference,
    "armed_percentiles": _percentiles,
    "second_incident": _percentiles,
    "response_by_grade": _percentiles,
    "response_parts": _waterfall,
    "arv_utilisation": _utilisation,
    "arv_by_hour": _by_hour(
        ("none_free_share", "none_free_share_low", "none_free_share_high"),
        "Share of time with no ARV free",
        "0%",
    ),
    "response_by_hour": _by_hour(
        ("p90_minutes", "low_minutes", "high_minutes"), "Minutes within which nine in ten are reached", "0"
    ),
    "replications_enough": _replications,
}
