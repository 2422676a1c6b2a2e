"""Coordinate systems: which one shapes are in, whether that can be, and where distances are measured."""

from __future__ import annotations

from textwrap import shorten
from typing import Any

from armsim.model.gis.library import library

BRITISH = "EPSG:27700"
DEGREES = "EPSG:4326"
#: Great Britain with its islands: west, south, east, north.
_GREAT_BRITAIN = (-9.0, 49.7, 2.1, 61.1)
#: Ireland lies in that box, but not on the British grid.
_IRELAND = (-11.0, 51.3, -5.35, 55.45)
#: Coordinates of the British grid.
_GRID_M = (0.0, 0.0, 700_000.0, 1_300_000.0)
_SLACK = 1.0
#: Some systems name every county that they are for.
_LONGEST = 80

Bounds = tuple[float, float, float, float]


class WrongCrs(Exception):  # noqa: N818 (a finding, turned into a problem by who asked)
    """The coordinates and the coordinate system do not go together."""


def settle_crs(frame: Any, given: str | None) -> tuple[Any, list[str]]:
    """*frame* with the coordinate system that its coordinates are in, and notes.

    Args:
        frame: a GeoDataFrame.
        given: what the user says, for a file that says nothing, such as ``EPSG:27700``.

    Raises:
        WrongCrs: neither says, they differ, or the coordinates cannot be in it.
    """
    bounds: Bounds = tuple(frame.total_bounds.tolist())
    said, wanted = frame.crs, None if given is None else _parsed(given)
    if said is None and wanted is None:
        raise WrongCrs(f"the file says no coordinate system; write crs: {_guess(bounds)}")
    if said is None:
        _refuse_outside(bounds, wanted)
        return frame.set_crs(wanted), []
    if wanted is None or wanted == said:
        _refuse_outside(bounds, said)
        return frame, []
    why = "which its coordinates cannot be in"
    if not _outside(bounds, said):
        if wanted != BRITISH or not look_british(frame):
            raise WrongCrs(
                f"crs is {given}, but the file says {_name(said)} and its coordinates fit; take crs out, or "
                "mend the file in a GIS"
            )
        why = "which puts them outside Great Britain"
    _refuse_outside(bounds, wanted)
    note = f"the file says {_name(said)}, {why}; {given} is taken, as crs says"
    return frame.set_crs(wanted, allow_override=True), [note]


def metric_crs(bounds: Bounds) -> tuple[str, str]:
    """The system to measure distances in, and in words.

    Inside Great Britain the British National Grid; elsewhere the UTM zone (WGS 84) of the middle, in which
    distances are right to a thousandth over a few hundred kilometres.

    Args:
        bounds: west, south, east, north in degrees.
    """
    if _within(bounds, _GREAT_BRITAIN) and not _within(bounds, _IRELAND):
        return BRITISH, f"British National Grid ({BRITISH})"
    west, south, east, north = bounds
    number = int((((west + east) / 2 + 180) % 360) // 6) + 1
    northern = south + north >= 0
    code = (32600 if northern else 32700) + number
    return f"EPSG:{code}", f"UTM zone {number}{'N' if northern else 'S'} (EPSG:{code})"


def look_swapped(bounds: Bounds) -> bool:
    """Whether shapes that lie elsewhere would lie in Great Britain with latitude and longitude swapped."""
    west, south, east, north = bounds
    there = (south, west, north, east)
    return not _within(bounds, _GREAT_BRITAIN) and _within(there, _GREAT_BRITAIN)


def look_british(frame: Any) -> bool:
    """Whether metres that put shapes elsewhere would put them in Great Britain on the British grid."""
    if not frame.crs.is_projected or frame.crs == BRITISH or not _within(frame.total_bounds, _GRID_M):
        return False
    there = in_degrees(frame)
    return not (_within(there, _GREAT_BRITAIN) or _within(there, _IRELAND))


def in_degrees(frame: Any) -> Bounds:
    """West, south, east and north of a GeoDataFrame that has a coordinate system."""
    west, south, east, north = frame.to_crs(DEGREES).total_bounds.tolist()
    return west, south, east, north


def _parsed(given: str) -> Any:
    pyproj = library("pyproj")
    try:
        return pyproj.CRS.from_user_input(given)
    except pyproj.exceptions.CRSError:
        raise WrongCrs(
            f"crs {given!r} is no coordinate system; write a code such as {BRITISH} or {DEGREES}"
        ) from None


def _refuse_outside(bounds: Bounds, crs: Any) -> None:
    why = _outside(bounds, crs)
    if why:
        raise WrongCrs(why)


def _outside(bounds: Bounds, crs: Any) -> str:
    """Why the coordinates cannot be in the system; empty if they can."""
    shown = f"x from {bounds[0]:,.6g} to {bounds[2]:,.6g}, y from {bounds[1]:,.6g} to {bounds[3]:,.6g}"
    if crs.is_geographic:
        if _within(bounds, (-180.0 - 1e-6, -90.0 - 1e-6, 360.0, 90.0 + 1e-6)):
            return _outside_area(bounds, crs, shown)
        return (
            f"the coordinates ({shown}) are no degrees, as {_name(crs)} has; is crs {_guess(bounds)} right?"
        )
    if crs.is_projected and _within(bounds, (-180.0, -90.0, 180.0, 90.0)):
        look = f"the coordinates ({shown}) look like degrees"
        return f"{look}, but {_name(crs)} is in metres; is crs {DEGREES} right?"
    return _outside_area(bounds, crs, shown)


def _outside_area(bounds: Bounds, crs: Any, shown: str) -> str:
    """Whether the shapes lie outside where the system is for."""
    area = crs.area_of_use
    if area is None:
        return ""
    pyproj = library("pyproj")
    to_degrees = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)
    placed = to_degrees.transform_bounds(*bounds, errcheck=False)
    west, south, east, north = area.bounds
    if west > east:  # across the date line
        west, east = -180.0, 180.0
    if _within(placed, (west - _SLACK, south - _SLACK, east + _SLACK, north + _SLACK)):
        return ""
    where = f"outside the area of {_name(crs)} ({shorten(area.name, _LONGEST)})"
    return f"the coordinates ({shown}) lie {where}; give the crs that they are in"


def _guess(bounds: Bounds) -> str:
    if _within(bounds, (-180.0, -90.0, 180.0, 90.0)):
        return DEGREES
    return BRITISH if _within(bounds, _GRID_M) else "such as EPSG:27700"


def _within(bounds: Any, box: Bounds) -> bool:
    """Whether the bounds lie in the box; infinite ones do not."""
    west, south, east, north = bounds
    return bool(box[0] <= west <= east <= box[2] and box[1] <= south <= north <= box[3])


def _name(crs: Any) -> str:
    authority = crs.to_authority()
    return f"{crs.name} ({':'.join(authority)})" if authority else str(crs.name)
