"""Charts to be explored on a screen: Altair's specifications and the script that draws them, in the page.

Every one has a drawn chart and a table beside it, which stand in on paper and without the extra or script.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from armsim.analysis.curve import enough
from armsim.analysis.intervals import FloatArray, ratio_of_sums
from armsim.analysis.option import OptionData
from armsim.config.options import parts_of
from armsim.domain import Milestone, ThreatLevel
from armsim.report import gather
from armsim.report.chart_availability import MINUTES, ZERO_FREE
from armsim.report.chart_map import class_edges, class_names
from armsim.report.outlines import ground, wound
from armsim.report.page.tables import POPULATIONS
from armsim.report.page.view import View
from armsim.report.read import at_seconds, in_minutes
from armsim.report.style import CATEGORICAL, INK, QUIET, SEQUENTIAL, level_look
from armsim.report.words import printable

Spec = dict[str, Any]

#: With more zones than this they are drawn as points: their outlines would be most of the page.
_MANY_ZONES = 3_000
#: Minutes that a map may hold, over all that can be chosen; beyond it only the first run of each condition.
_MOST_CELLS = 200_000
_MAP_HEIGHT, _HEIGHT = 460, 340
_MINUTES_SHOWN = 60
_ROLES = ("first option", "option chosen")


def available() -> bool:
    """Whether the extra ``interactive`` is installed."""
    return find_spec("altair") is not None and find_spec("vl_convert") is not None


def script() -> str:
    """The drawing script, whole; it asks for nothing from outside."""
    import altair  # noqa: PLC0415 (an extra)
    import vl_convert  # noqa: PLC0415 (an extra)

    wanted = ".".join(altair.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    bundle: Any = vl_convert.javascript_bundle  # its types ask for a snippet, which it does without
    text = str(bundle(vl_version=wanted))
    return text.replace("</script", "<\\/script")


def charts(view: View) -> dict[str, Spec]:
    """Specifications by name of the chart; one without figures is left out."""
    made = {"curves": _curves(view), "hours": _hours(view), "map": _map(view)}
    return {name: spec for name, spec in made.items() if spec is not None}


def _curves(view: View) -> Spec | None:
    """Share reached by each minute, an option against the first of its condition."""
    import altair as alt  # noqa: PLC0415 (an extra)

    names = list(view.results.options)
    have = [one for one in POPULATIONS if any(_curve(view, name, one) for name in names)]
    if not have:
        return None
    table = pd.concat(
        [_curve_rows(view, name, run, have) for run, name in enumerate(names)], ignore_index=True
    )
    base = [names.index(view.conditions[parts_of(name)[1]][0]) for name in names]
    asked = _choice(alt, "measure", [label for label, *_ in have], "Waiting for ", first=len(have) - 1)
    picked = _choice(alt, "run", names, "Option ", first=min(1, len(names) - 1))
    strokes = alt.Legend(symbolType="stroke", symbolOpacity=1, symbolStrokeWidth=3, symbolSize=400)
    both = base != list(range(len(names)))  # else every run is the only option of its condition
    legend = strokes if both else None
    shown = alt.Chart(table).transform_filter(
        f"datum.m == measure && (datum.r == run || datum.r == {base}[run])"
    )
    scale = alt.Scale(domain=list(_ROLES), range=[QUIET if both else CATEGORICAL[0], CATEGORICAL[0]])
    dashes = alt.Scale(domain=list(_ROLES), range=[[6, 3] if both else [1, 0], [1, 0]])
    x_scale = alt.Scale(domain=[0, _MINUTES_SHOWN])
    colour = alt.Color("role:N", title=None, legend=legend, scale=scale)
    line = shown.mark_line(strokeWidth=2.5, interpolate="step-after").encode(
        x=alt.X("t:Q", title="Minutes since the call was received", scale=x_scale),
        y=alt.Y("s:Q", title="Share reached", axis=alt.Axis(format="%"), scale=alt.Scale(domain=[0, 1])),
        color=colour,
        strokeDash=alt.StrokeDash("role:N", title=None, legend=legend, scale=dashes),
    )
    band = shown.mark_area(opacity=0.15, interpolate="step-after").encode(
        x="t:Q", y="l:Q", y2="h:Q", color=colour
    )
    marks = shown.mark_point(size=70, opacity=0.001, filled=True).encode(
        x="t:Q", y="s:Q", color=colour,
        tooltip=[alt.Tooltip("n:N", title="Run"), alt.Tooltip("t:Q", title="Minutes"),
                 alt.Tooltip("s:Q", title="Share reached", format=".1%"),
                 alt.Tooltip("l:Q", title="Lower limit", format=".1%"),
                 alt.Tooltip("h:Q", title="Upper limit", format=".1%")],
    )  # fmt: skip
    role = f"datum.r == run && datum.r != {base}[run] ? '{_ROLES[1]}' : '{_ROLES[0]}'"
    drawn = [one.transform_calculate(role=role) for one in (band, line, marks)]
    layers = _layered(alt, "curves", (*drawn, *_targets(alt, view, have))).add_params(asked, picked)
    words = (
        "Share of incidents reached by each minute since the call, for the run chosen and the first option."
    )
    return _finished(alt, layers, words, _HEIGHT)


def _targets(alt: Any, view: View, have: Sequence[tuple[str, Milestone, str]]) -> list[Any]:
    """Lines at the targets of the first run for what is waited for, each with its words."""
    scenario = view.results.option().scenario
    rows = [
        {"m": index, "t": one.minutes, "words": printable(one.label), "after": place > 0}
        for index, (_, milestone, grade) in enumerate(have)
        for place, one in enumerate(gather.target_lines(scenario, milestone, grade))
    ]
    if not rows:
        return []
    lines = alt.Chart(pd.DataFrame(rows)).transform_filter("datum.m == measure")
    made = [lines.mark_rule(strokeDash=[2, 3], color=INK).encode(x="t:Q")]
    for after, side, gap, height in (("false", "right", -5, 0.95), ("true", "left", 5, 0.02)):
        text = lines.transform_filter(f"datum.after == {after}")
        text = text.mark_text(align=side, dx=gap, baseline="bottom", fontSize=12, color=INK)
        made.append(text.encode(x="t:Q", y=alt.datum(height), text="words:N"))
    return made


def _curve(view: View, name: str, measure: tuple[str, Milestone, str]) -> Any:
    curve = view.option(name).curve(measure[1], grade=measure[2])
    return curve if enough(curve.count) else None


def _curve_rows(view: View, name: str, run: int, have: Sequence[tuple[str, Milestone, str]]) -> pd.DataFrame:
    grid = np.arange(0.0, _MINUTES_SHOWN * 60 + 1, 60.0)
    frames = []
    for index, measure in enumerate(have):
        curve = _curve(view, name, measure)
        if curve is None:
            continue
        low, high = curve.band(view.confidence)
        columns: dict[str, FloatArray] = {"s": curve.to_arrays().share, "l": low, "h": high}
        read: dict[str, Any] = {
            key: np.round(at_seconds(curve.seconds, column, grid), 4) for key, column in columns.items()
        }
        frames.append(pd.DataFrame({"r": run, "n": printable(name), "m": index, "t": grid / 60, **read}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def _hours(view: View) -> Spec | None:
    """Response and time with no ARV free by hour of the day, for a run and measure to be chosen."""
    import altair as alt  # noqa: PLC0415 (an extra)

    names = list(view.results.options)
    table = pd.DataFrame([row for run, name in enumerate(names) for row in _hour_rows(view, name, run)])
    if table.empty:
        return None
    labels = ["Nine in ten grade 1 incidents get an officer within, minutes", "Time with no ARV free, %"]
    kept = sorted(set(table["m"]))
    table["m"] = table["m"].map({code: place for place, code in enumerate(kept)})
    asked = _choice(alt, "measure", [labels[code] for code in kept], "Show ", first=0)
    picked = _choice(alt, "run", names, "Run ", first=0)
    levels = [level for level in ThreatLevel if level.name in set(table["level"])]
    colours = alt.Scale(
        domain=[level.name for level in levels], range=[level_look(level).colour for level in levels]
    )
    shapes = alt.Scale(
        domain=[level.name for level in levels],
        range=["circle", "square", "triangle-up", "diamond", "cross"][: len(levels)],
    )
    shown = alt.Chart(table).transform_filter("datum.m == measure && datum.r == run")
    x = alt.X(
        "hour:Q",
        title="Hour of the day",
        scale=alt.Scale(domain=[0, 23]),
        axis=alt.Axis(tickCount=12, format="02d"),
    )
    colour = alt.Color("level:N", title="Threat level", scale=colours)
    bars = shown.mark_rule(strokeWidth=1.4).encode(
        x=x, y=alt.Y("low:Q", title=None), y2="top:Q", color=colour
    )
    line = shown.mark_line(strokeWidth=2.2).encode(x=x, y=alt.Y("value:Q", title=None), color=colour)
    marks = shown.mark_point(size=70, filled=True).encode(
        x=x, y="value:Q", color=colour, shape=alt.Shape("level:N", title="Threat level", scale=shapes),
        tooltip=[alt.Tooltip("level:N", title="Threat level"), alt.Tooltip("hour:Q", title="Hour"),
                 alt.Tooltip("value:Q", title="Value", format=".1f"),
                 alt.Tooltip("low:Q", title="Lower limit", format=".1f"),
                 alt.Tooltip("high:N", title="Upper limit")],
    )  # fmt: skip
    layers = _layered(alt, "hours", (bars, line, marks)).add_params(asked, picked)
    return _finished(
        alt,
        layers,
        "The measure chosen by hour of the day, a line for each threat level of the run chosen.",
        _HEIGHT,
    )


def _hour_rows(view: View, name: str, run: int) -> list[dict[str, Any]]:
    data = view.option(name)
    rows = list(_response_rows(view, data, run))
    if any(kind.arv for kind in data.scenario.units.values()):
        for level, sums in gather.hours_of_day(data).items():
            for hour in range(24):
                share = ratio_of_sums(sums[:, hour, ZERO_FREE], sums[:, hour, MINUTES], view.confidence)
                limits = (100 * share.value, 100 * max(share.low, 0.0), 100 * min(share.high, 1.0))
                rows.append(_hour_row(run, 1, level, hour, limits, 100.0))
    return rows


def _response_rows(view: View, data: OptionData, run: int) -> Iterator[dict[str, Any]]:
    """Nine in ten by level and hour. An hour with too few incidents has no value, which breaks the line."""
    told = {
        key: in_minutes(curve.quantile_interval(0.9, view.confidence))
        for key, curve in gather.hour_curves(data, Milestone.FIRST_OFFICER, "G1").items()
        if enough(curve.count, 0.9)
    }
    top = max(
        (one for value in told.values() for one in (value.value, value.high) if math.isfinite(one)), default=0
    )
    for level in dict.fromkeys(level for level, _ in told):
        for hour in range(24):
            one = told.get((level, hour))
            value = (one.value, one.low, one.high) if one else (math.nan,) * 3
            yield _hour_row(run, 0, level, hour, value, top)


def _hour_row(
    run: int, measure: int, level: ThreatLevel, hour: int, value: tuple[float, float, float], top: float
) -> dict[str, Any]:
    """A mark of the chart; an interval without an upper end is drawn to *top*."""
    read, low, high = (round(one, 3) if math.isfinite(one) else None for one in value)
    said = "cannot be told" if math.isnan(value[2]) else "not reached" if high is None else f"{high:.1f}"
    end = round(top, 3) if math.isinf(value[2]) else high
    place = {"r": run, "m": measure, "level": level.name, "hour": hour}
    return {**place, "value": read, "low": low, "top": end, "high": said}


def _map(view: View) -> Spec | None:
    """Zones shaded by expected minutes of the first ARV, for a run and level to be chosen; bases on top."""
    import altair as alt  # noqa: PLC0415 (an extra)

    layers = _layers(view)
    if not layers:
        return None
    zones = view.option(next(iter(layers))[0]).zones
    shown = {key: minutes for key, minutes in layers.items() if len(minutes) == len(zones)}
    edges = class_edges(np.concatenate(list(shown.values())))
    names = [f"{name}, {level.name}" for name, level in shown]
    picked = _choice(alt, "shown", names, "Run and threat level ", first=0)
    figures = {f"m{index}": minutes for index, minutes in enumerate(shown.values())}
    colour = alt.Color(
        "band:N", title="Expected minutes",
        scale=alt.Scale(domain=[*class_names(edges), "not read"], range=[*SEQUENTIAL, "#FFFFFF"]),
        legend=alt.Legend(orient="bottom", columns=3, symbolStrokeColor=QUIET, symbolStrokeWidth=1),
    )  # fmt: skip
    tips = [alt.Tooltip("zone:N", title="Zone"), alt.Tooltip("minutes:N", title="Expected minutes"),
            alt.Tooltip("people:Q", title="Residents", format=",")]  # fmt: skip
    land = alt.Chart({"values": _ground(zones, figures)})
    for field in ("zone", "people"):
        land = land.transform_calculate(**{field: f"datum.properties.{field}"})
    land = land.transform_calculate(value="datum.properties['m' + shown]").transform_calculate(
        band=_band(edges), minutes="isValid(datum.value) ? format(datum.value, '.1f') : 'not read'"
    )
    line: dict[str, Any] = {} if len(zones) > _MANY_ZONES else {"stroke": "#FFFFFF"}
    chart = land.mark_geoshape(strokeWidth=0.4, **line).encode(color=colour, tooltip=tips)
    whole = (
        _layered(alt, "map", (chart, *_bases(alt, view, [name for name, _ in shown])))
        .add_params(picked)
        .project(type="identity", reflectY=True, pointRadius=2.5)
    )
    words = "Map of zones shaded by expected minutes of the first ARV, for the run and level chosen."
    return _finished(alt, whole, words, _MAP_HEIGHT)


def _layers(view: View) -> dict[tuple[str, ThreatLevel], FloatArray]:
    """Expected minutes by run and level, in the order in which they are offered."""
    found = {}
    for name in view.results.options:
        data = view.option(name)
        for level, minutes in gather.potential(data, gather.spells(data)[0][0]).items():
            if np.isfinite(minutes).any():
                found[name, level] = minutes
    if sum(map(len, found.values())) <= _MOST_CELLS:
        return found
    return {key: minutes for key, minutes in found.items() if key[0] in view.firsts}


def _ground(zones: pd.DataFrame, figures: Mapping[str, FloatArray]) -> list[dict[str, Any]]:
    """Zones as GeoJSON in kilometres: their ground, or points where they are many.

    Rings run clockwise: the library takes the other way round for everything outside a zone.
    """
    many = len(zones) > _MANY_ZONES
    shapes = [] if many else ground(zones)
    features = []
    people = zones["population"].tolist()
    for index, name in enumerate(zones["name"]):
        if many:
            at = [round(float(zones["x_km"].iloc[index]), 2), round(float(zones["y_km"].iloc[index]), 2)]
            geometry: dict[str, Any] = {"type": "Point", "coordinates": at}
        elif not shapes[index]:
            continue
        else:
            parts = [wound(polygon, anticlockwise=False) for polygon in shapes[index]]
            geometry = {"type": "MultiPolygon", "coordinates": [_closed(part) for part in parts]}
        read = {key: _tenth(float(column[index])) for key, column in figures.items()}
        properties = {"zone": printable(str(name)), "people": int(people[index]), **read}
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    return features


def _closed(polygon: Sequence[FloatArray]) -> list[list[list[float]]]:
    """Rings of a polygon, each ending where it begins."""
    rings = [np.round(ring, 2).tolist() for ring in polygon]
    return [[*ring, ring[0]] for ring in rings]


def _tenth(value: float) -> float | None:
    return round(value, 1) if math.isfinite(value) else None


def _band(edges: Sequence[float]) -> str:
    """The class of a value as an expression of the drawing script."""
    names = class_names(edges)
    words = f"'{names[-1]}'"
    for edge, name in zip(reversed(edges), reversed(names[:-1]), strict=True):
        words = f"datum.value < {edge:g} ? '{name}' : {words}"
    return f"!isValid(datum.value) ? 'not read' : {words}"


def _bases(alt: Any, view: View, shown: Sequence[str]) -> list[Any]:
    """Bases that house ARVs in the run chosen.

    Args:
        alt: the library.
        view: the run.
        shown: name of the run of each entry to be chosen.
    """
    places: dict[tuple[str, float, float], list[int]] = {}
    for index, name in enumerate(shown):
        for base in gather.arv_bases(view.manifest, name).itertuples(index=False, name=None):
            places.setdefault(base, []).append(index)
    if not places:
        return []
    points = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [x, y]},
         "properties": {"zone": f"ARV base: {printable(str(name))} (illustrative)", "in": runs}}
        for (name, x, y), runs in places.items()
    ]  # fmt: skip
    chart = alt.Chart({"values": points}).transform_calculate(zone="datum.properties.zone")
    chart = chart.transform_filter("indexof(datum.properties['in'], shown) >= 0")
    return [
        chart.mark_geoshape(fill=CATEGORICAL[3], stroke=INK, strokeWidth=1.5).encode(
            tooltip=[alt.Tooltip("zone:N", title="Base")]
        )
    ]


def _choice(alt: Any, name: str, labels: Sequence[str], words: str, first: int) -> Any:
    """A list to choose from, the words before it its label; nothing to choose where there is one entry."""
    if len(labels) == 1:
        return alt.param(name=name, value=0)
    bind = alt.binding_select(
        options=list(range(len(labels))), labels=[printable(one) for one in labels], name=words
    )
    return alt.param(name=name, value=first, bind=bind)


def _layered(alt: Any, name: str, layers: Sequence[Any]) -> Any:
    """Charts on top of each other; each has a name of its own, else the library counts them up."""
    named = [layer.properties(name=f"{name}_{index}") for index, layer in enumerate(layers)]
    return alt.layer(*named)


def _finished(alt: Any, chart: Any, description: str, height: int) -> Spec:
    """The specification, with fixed names and our type; ``alt`` is passed as the extra may not be there."""
    made = (
        chart.properties(
            width="container",
            height=height,
            description=description,
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(font="Arial, Helvetica, sans-serif", aria=False)
        .configure_axis(
            labelFontSize=13, titleFontSize=13, labelColor=INK, titleColor=INK, titleFontWeight="normal"
        )
        .configure_legend(labelFontSize=13, titleFontSize=13, orient="bottom")
        .configure_view(stroke=None)
    )
    spec: Spec = made.to_dict()
    return spec
