"""A map without boundaries: each zone is the ground nearer to its centre than to any other, within reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import Voronoi

from armsim.analysis.intervals import FloatArray

_CORNERS = 24
#: A cell reaches this many times the radius of a disc of the area of the largest zone two steps away:
#: enough to close the gaps inside, short enough for the outline to look like the area.
_REACH = 1.2


def cells(x_km: ArrayLike, y_km: ArrayLike, area_km2: ArrayLike) -> list[FloatArray]:
    """Voronoi cells of the zones' centres, each cut to a disc about its centre.

    Args:
        x_km: shape (Z,), kilometres east.
        y_km: shape (Z,), kilometres north.
        area_km2: shape (Z,), above 0.

    Returns:
        One convex polygon a zone, shape (corners, 2), anticlockwise; of zones with the very same centre all
        but one are empty, shape (0, 2).
    """
    centres = np.column_stack([np.asarray(x_km, dtype=np.float64), np.asarray(y_km, dtype=np.float64)])
    if len(centres) == 0:
        return []
    radius = np.sqrt(np.asarray(area_km2, dtype=np.float64) / np.pi)
    distinct, first = np.unique(centres, axis=0, return_index=True)
    diagram = Voronoi(np.vstack([distinct, _far(distinct, _REACH * float(radius.max()))]))
    reach = np.zeros(len(centres))
    near = _largest_near(radius[first], diagram.ridge_points)
    reach[first] = _REACH * _largest_near(near, diagram.ridge_points)
    polygons: list[FloatArray] = [np.empty((0, 2))] * len(centres)
    for point, zone in enumerate(first):
        corners = _ordered(diagram.vertices[diagram.regions[diagram.point_region[point]]], centres[zone])
        if np.hypot(*(corners - centres[zone]).T).max() > reach[zone]:
            corners = _cut(_disc(centres[zone], float(reach[zone])), corners)
        polygons[zone] = corners
    return polygons


def _largest_near(radius: FloatArray, neighbours: NDArray[np.int32]) -> FloatArray:
    """Largest radius among each zone and its neighbours: a small one fills ground a large one leaves."""
    largest = radius.copy()
    pairs = neighbours[(neighbours < len(radius)).all(axis=1)]
    for one, other in (pairs.T, pairs.T[::-1]):
        np.maximum.at(largest, one, radius[other])
    return largest


def _far(centres: FloatArray, reach: float) -> FloatArray:
    """Eight points so far out that every real cell is closed, and closed beyond its disc."""
    middle = (centres.min(axis=0) + centres.max(axis=0)) / 2
    distance = 4 * (float(np.ptp(centres, axis=0).max()) + reach + 1.0)
    angle = np.arange(8) * np.pi / 4 + 0.1
    return np.asarray(middle + distance * np.column_stack([np.cos(angle), np.sin(angle)]), dtype=np.float64)


def _ordered(corners: FloatArray, centre: FloatArray) -> FloatArray:
    around = np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0])
    return np.asarray(corners[np.argsort(around, kind="stable")], dtype=np.float64)


def _disc(centre: FloatArray, radius: float) -> FloatArray:
    angle = np.arange(_CORNERS) * 2 * np.pi / _CORNERS
    return np.asarray(centre + radius * np.column_stack([np.cos(angle), np.sin(angle)]), dtype=np.float64)


def _cut(subject: FloatArray, window: FloatArray) -> FloatArray:
    """What two convex polygons, both anticlockwise, share (Sutherland and Hodgman 1974)."""
    left: NDArray[np.float64] = subject
    for start, end in zip(window, np.roll(window, -1, axis=0), strict=True):
        if len(left) == 0:
            break
        normal = np.array([start[1] - end[1], end[0] - start[0]])
        side = (left - start) @ normal
        left = _half(left, side)
    return left


def _half(polygon: FloatArray, side: FloatArray) -> FloatArray:
    """The part of a polygon whose *side* is not negative."""
    kept: list[FloatArray] = []
    for index, here in enumerate(polygon):
        following = (index + 1) % len(polygon)
        if side[index] >= 0:
            kept.append(here)
        if (side[index] > 0 > side[following]) or (side[index] < 0 < side[following]):
            share = side[index] / (side[index] - side[following])
            kept.append(here + share * (polygon[following] - here))
    return np.array(kept).reshape(-1, 2)
