"""The ground of zones for maps: their outlines where they came with them, else cells about their centres."""

from __future__ import annotations

import struct
from typing import TypeAlias

import numpy as np
import pandas as pd

from armsim.analysis.intervals import FloatArray
from armsim.report.cells import cells

#: A polygon: its outer ring, then its holes; each shape (corners, 2), kilometres, not closed.
Polygon: TypeAlias = list[FloatArray]

_POLYGON, _MULTIPOLYGON = 3, 6


def has_outlines(zones: pd.DataFrame) -> bool:
    """Whether the zones came with outlines, as polygons of a file of shapes do."""
    return "outline" in zones


def ground(zones: pd.DataFrame) -> list[list[Polygon]]:
    """The polygons of each zone, in order.

    Args:
        zones: the zone frame: ``x_km``, ``y_km``, ``area_km2``, and perhaps ``outline``.

    Returns:
        For each zone its parts; of zones without outlines one cell (see :mod:`armsim.report.cells`), or none
        where several zones have the very same centre.
    """
    if has_outlines(zones):
        return [_polygons(outline) for outline in zones["outline"]]
    made = cells(zones["x_km"], zones["y_km"], zones["area_km2"])
    return [[[cell]] if len(cell) > 2 else [] for cell in made]


def wound(polygon: Polygon, anticlockwise: bool = True) -> Polygon:
    """The polygon with its outer ring wound as asked and its holes the other way round."""
    return [
        ring if _is_anticlockwise(ring) == (anticlockwise == (place == 0)) else ring[::-1]
        for place, ring in enumerate(polygon)
    ]


def _is_anticlockwise(ring: FloatArray) -> bool:
    x, y = ring.T
    return bool(x @ np.roll(y, -1) > y @ np.roll(x, -1))


def _polygons(outline: bytes) -> list[Polygon]:
    """Polygons of well-known binary, little-endian, as :mod:`armsim.model.zones_gis` writes it."""
    kind = struct.unpack_from("<xI", outline)[0]
    if kind == _POLYGON:
        return [_polygon(outline, 5)[0]]
    if kind != _MULTIPOLYGON:
        raise ValueError(f"an outline is made of polygons, not of geometries of type {kind}")
    count, at = struct.unpack_from("<I", outline, 5)[0], 9
    found = []
    for _ in range(count):
        polygon, at = _polygon(outline, at + 5)
        found.append(polygon)
    return found


def _polygon(outline: bytes, at: int) -> tuple[Polygon, int]:
    """The rings that begin with their number at a place, and the place after them."""
    rings, at = struct.unpack_from("<I", outline, at)[0], at + 4
    polygon: Polygon = []
    for _ in range(rings):
        corners, at = struct.unpack_from("<I", outline, at)[0], at + 4
        ring = np.frombuffer(outline, dtype="<f8", count=2 * corners, offset=at).reshape(-1, 2)
        polygon.append(ring[:-1].astype(np.float64))
        at += 16 * corners
    return polygon, at
