"""Lengths on the ellipsoid, without a projection library."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Coordinates of OSM are whole numbers of this many degrees.
DEGREE = 1e-7
#: WGS 84: equatorial radius in metres, first eccentricity squared.
_RADIUS_M = 6_378_137.0
_E2 = 0.006_694_379_990_14


def metres(x: NDArray[np.int32], y: NDArray[np.int32]) -> NDArray[np.float64]:
    """Length of each step from a vertex to the next, shape (V - 1,).

    The radii of curvature at the step's middle latitude serve for the step: within a millionth of the
    geodesic for steps of up to ten kilometres.

    Args:
        x: longitudes of the vertices in units of ``DEGREE``, shape (V,).
        y: latitudes, likewise.
    """
    east = np.radians(np.diff(x.astype(np.float64)) * DEGREE)
    north = np.radians(np.diff(y.astype(np.float64)) * DEGREE)
    middle = np.radians((y[:-1].astype(np.float64) + y[1:]) * (DEGREE / 2))
    flat = 1.0 - _E2 * np.sin(middle) ** 2
    along_meridian = _RADIUS_M * (1.0 - _E2) / flat**1.5 * north
    along_parallel = _RADIUS_M / np.sqrt(flat) * np.cos(middle) * east
    return np.asarray(np.hypot(along_meridian, along_parallel), dtype=np.float64)
