"""The drawings of a day as Vega specifications: ground, what moves over it, free ARVs over time.

Vega and not Vega-Lite: the page hands over rows for each moment, and a Vega view draws them without compiling
anything again. The script of the page (``templates/day.js``) works out the rows, so that the map, the lists
and the clock can never tell different things.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from armsim.report.style import CATEGORICAL, GRID, INK, QUIET

Spec = dict[str, Any]
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif"
_URBAN, _RURAL = "#DDE0E2", "#F1F3F4"
_CHART_HEIGHT = 130
#: Milliseconds.
_A_DAY = 86_400_000


class UnitLook(NamedTuple):
    """Colour, shape and name of a group of statuses."""

    colour: str
    shape: str
    words: str


#: By index in ``film.STATUSES``; a unit off duty is not drawn.
UNIT_LOOKS = (
    UnitLook(CATEGORICAL[1], "circle", "free"),
    UnitLook(CATEGORICAL[3], "triangle-up", "on its way"),
    UnitLook(CATEGORICAL[0], "square", "at a scene or on a post"),
    UnitLook(QUIET, "cross", "not to be had: follow-on work, break"),
)
INCIDENT_LOOKS = (
    UnitLook(CATEGORICAL[2], "diamond", "firearms"),
    UnitLook(CATEGORICAL[4], "diamond", "grade 1"),
    UnitLook(CATEGORICAL[5], "diamond", "other"),
)
ZONE_LOOKS = ((_URBAN, "urban zone"), (_RURAL, "rural zone"))


def ground_spec(size: tuple[float, float], zones: Mapping[str, Any], bases: list[list[Any]]) -> Spec:
    """The lower half of the map, which stands still: zones and bases. Drawn again only when its size changes.

    Args:
        size: kilometres east and north.
        zones: GeoJSON in kilometres from the south-western corner.
        bases: name, kilometres east and north, and whether ARVs start there.
    """
    east, north = size
    sites = [{"name": name, "x": x, "y": y, "arv": arv} for name, x, y, arv in bases]
    return {
        **_frame(),
        "description": "Map of zones and bases.",
        "signals": [{"name": "km", "update": f"width / {east}"}],
        "projections": [
            {
                "name": "flat",
                "type": "identity",
                "reflectY": True,
                "scale": {"signal": "km"},
                "translate": [0, {"signal": f"{north} * km"}],
            }
        ],
        "data": [
            {"name": "zones", "values": zones, "format": {"type": "json", "property": "features"}},
            {"name": "bases", "values": sites},
        ],
        "scales": _places(size),
        "marks": [_ground(), _sites()],
    }


def map_spec(size: tuple[float, float]) -> Spec:
    """The upper half of the map: trails, incidents and units are data sets that the page fills.

    Args:
        size: kilometres east and north.
    """
    return {
        **_frame(),
        "description": "Units and open incidents at the time that the clock shows.",
        "background": None,
        "data": [{"name": name, "values": []} for name in ("trails", "incidents", "units")],
        "scales": [
            *_places(size),
            _ordinal("colour", [look.colour for look in UNIT_LOOKS]),
            _ordinal("shape", [look.shape for look in UNIT_LOOKS]),
            _ordinal("grade", [look.colour for look in INCIDENT_LOOKS]),
        ],
        "marks": [_trails(), _calls(), _cars(), _leaders(), _names()],
    }


def chart_spec(film: Mapping[str, Any]) -> Spec:
    """Free ARVs and ARVs on duty over time, with a cursor at the signal ``now``."""
    opens = film["opens"]
    rows = [
        {"at": opens + 60_000 * minute, "free": free, "duty": duty} for minute, free, duty in film["arvs"]
    ]
    begin, end = opens + 60_000 * film["begin"], opens + 60_000 * film["end"]
    top = max([1, *(row["duty"] for row in rows)])
    ticks = list(range(0, top + 1, math.ceil(top / 4)))
    clock = "%H:%M" if end - begin <= _A_DAY else "%a %H:%M"
    return {
        **_frame(),
        "description": "Free armed response vehicles and those on duty over time; a line at the clock.",
        "height": _CHART_HEIGHT,
        "padding": {"left": 34, "right": 20, "top": 8, "bottom": 22},
        "signals": [{"name": "now", "value": begin}],
        "data": [{"name": "arvs", "values": rows}],
        "scales": [
            {"name": "x", "type": "utc", "domain": [begin, end], "range": "width"},
            {"name": "y", "domain": [0, top], "range": "height"},
        ],
        "axes": [
            {"orient": "bottom", "scale": "x", "format": clock, "tickCount": {"signal": "ceil(width / 90)"},
             **_AXIS},
            {"orient": "left", "scale": "y", "values": ticks, "grid": True, **_AXIS},
        ],
        "marks": [
            _steps("duty", QUIET, [5, 3]),
            _steps("free", CATEGORICAL[1], []),
            {
                "type": "rule",
                "encode": {
                    "enter": {"stroke": {"value": INK}, "strokeWidth": {"value": 2}, "y": {"value": 0}},
                    "update": {"x": {"scale": "x", "signal": "now"}, "y2": {"signal": "height"}},
                },
            },
        ],
    }  # fmt: skip


_AXIS: Spec = {
    "labelColor": INK, "labelFontSize": 12, "labelFont": _FONT, "gridColor": GRID, "domainColor": QUIET,
    "tickColor": QUIET,
}  # fmt: skip


def _frame() -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega/v6.json",
        "autosize": "none",
        "width": 600,
        "height": 600,
        "padding": 0,
        "background": "white",
    }


def _places(size: tuple[float, float]) -> list[Spec]:
    """Scales from kilometres to the map."""
    return [
        {"name": name, "domain": [0, kilometres], "range": extent, "zero": False, "nice": False}
        for name, kilometres, extent in zip("xy", size, ("width", "height"), strict=True)
    ]


def _ordinal(name: str, values: list[str]) -> Spec:
    return {"name": name, "type": "ordinal", "domain": list(range(len(values))), "range": values}


def _ground() -> Spec:
    return {
        "type": "shape",
        "from": {"data": "zones"},
        "interactive": False,
        "encode": {
            "enter": {
                "fill": {"signal": f"datum.properties.rural ? '{_RURAL}' : '{_URBAN}'"},
                "stroke": {"value": "white"},
                "strokeWidth": {"value": 0.8},
            }
        },
        "transform": [{"type": "geoshape", "projection": "flat"}],
    }


def _place() -> Spec:
    return {"x": {"scale": "x", "field": "x"}, "y": {"scale": "y", "field": "y"}}


def _sites() -> Spec:
    return {
        "type": "symbol",
        "from": {"data": "bases"},
        "encode": {
            "enter": {
                "shape": {"value": "M-1,1V-0.3L0,-1L1,-0.3V1Z"},
                "size": {"signal": "datum.arv ? 90 : 50"},
                "fill": {"value": "white"},
                "stroke": {"value": QUIET},
                "strokeWidth": {"value": 1.5},
                "tooltip": {"field": "name"},
            },
            "update": _place(),
        },
    }


def _trails() -> Spec:
    return {
        "type": "rule",
        "from": {"data": "trails"},
        "interactive": False,
        "encode": {
            "enter": {"strokeWidth": {"value": 2}, "strokeOpacity": {"value": 0.45}},
            "update": {
                **_place(),
                "x2": {"scale": "x", "field": "x2"},
                "y2": {"scale": "y", "field": "y2"},
                "stroke": {"scale": "colour", "field": "look"},
            },
        },
    }


def _calls() -> Spec:
    """Incidents: hollow until somebody is there."""
    return {
        "type": "symbol",
        "from": {"data": "incidents"},
        "key": "n",
        "encode": {
            "update": {
                **_place(),
                "shape": {"value": "diamond"},
                "size": {"signal": "datum.look == 0 ? 340 : 170"},
                "fill": {"scale": "grade", "field": "look"},
                "fillOpacity": {"signal": "datum.there ? 0.85 : 0"},
                "stroke": {"scale": "grade", "field": "look"},
                "strokeWidth": {"signal": "datum.there ? 1 : 2.5"},
                "tooltip": {"field": "tip"},
            }
        },
    }


def _cars() -> Spec:
    """Units: armed response vehicles are larger and have a dark outline."""
    return {
        "type": "symbol",
        "from": {"data": "units"},
        "key": "name",
        "encode": {
            "update": {
                **_place(),
                "shape": {"scale": "shape", "field": "look"},
                "fill": {"scale": "colour", "field": "look"},
                "size": {"signal": "datum.arv ? 150 : 75"},
                "stroke": {"signal": f"datum.arv ? '{INK}' : 'white'"},
                "strokeWidth": {"signal": "datum.arv ? 2 : 0.7"},
                "tooltip": {"field": "tip"},
            }
        },
    }


def _names() -> Spec:
    """Names of the armed response vehicles, beside them."""
    return {
        "type": "text",
        "from": {"data": "units"},
        "key": "name",
        "interactive": False,
        "encode": {
            "enter": {
                "dx": {"value": 10},
                "fontSize": {"value": 12},
                "font": {"value": _FONT},
                "fontWeight": {"value": "bold"},
                "fill": {"value": INK},
            },
            "update": {
                **_place(),
                "dy": {"signal": "-7 - 13 * datum.above"},
                "text": {"signal": "datum.arv ? datum.name : ''"},
            },
        },
    }


def _leaders() -> Spec:
    """A line from an ARV to its name, where that is raised above its place."""
    return {
        "type": "rule",
        "from": {"data": "units"},
        "key": "name",
        "interactive": False,
        "encode": {
            "enter": {"stroke": {"value": INK}, "strokeWidth": {"value": 0.8}},
            "update": {
                **_place(),
                "x2": {"signal": "scale('x', datum.x) + 9"},
                "y2": {"signal": "scale('y', datum.y) - 11 - 13 * datum.above"},
                "strokeOpacity": {"signal": "datum.arv && datum.above ? 0.7 : 0"},
            },
        },
    }


def _steps(field: str, colour: str, dash: list[int]) -> Spec:
    return {
        "type": "line",
        "from": {"data": "arvs"},
        "encode": {
            "enter": {
                "x": {"scale": "x", "field": "at"},
                "y": {"scale": "y", "field": field},
                "interpolate": {"value": "step-after"},
                "stroke": {"value": colour},
                "strokeWidth": {"value": 2},
                "strokeDash": {"value": dash},
            },
            "update": {"x": {"scale": "x", "field": "at"}},
        },
    }
