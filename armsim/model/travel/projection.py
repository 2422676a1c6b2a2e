"""From longitude and latitude to the kilometres of a region, without a projection library.

Good to some tens of metres over a county, which is ample for trips of minutes and no use for surveying.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from armsim.errors import DataError

FloatArray = NDArray[np.float64]

#: Longitudes and latitudes in degrees to x and y in km.
Projection: TypeAlias = Callable[[NDArray[Any], NDArray[Any]], tuple[FloatArray, FloatArray]]

_EARTH_KM = 6371.0088


def local_projection(lon: float, lat: float) -> Projection:
    """Equirectangular projection about a centre, which becomes (0, 0); errors grow with distance from it."""
    east = np.radians(1.0) * _EARTH_KM * np.cos(np.radians(lat))
    north = np.radians(1.0) * _EARTH_KM

    def project(lons: NDArray[Any], lats: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        return east * (np.asarray(lons) - lon), north * (np.asarray(lats) - lat)

    return project


def fitted_projection(
    lon: NDArray[Any], lat: NDArray[Any], x_km: NDArray[Any], y_km: NDArray[Any], degree: int = 2
) -> Projection:
    """The projection that points known in both systems use, as a polynomial fitted by least squares.

    It brings roads in degrees onto the grid of zones that have both (the British grid, for ours). Degree 2
    is good to some metres over a county, degree 4 to two metres over England and Wales.

    Raises:
        DataError: fewer points than terms: six for degree 2.
    """
    powers = [(i, total - i) for total in range(degree + 1) for i in range(total, -1, -1)]
    if len(lon) < len(powers):
        least = len(powers)
        raise DataError(f"a projection needs at least {least} points known in both systems, got {len(lon)}")
    lon0, lat0 = float(np.mean(lon)), float(np.mean(lat))

    def terms(lons: NDArray[Any], lats: NDArray[Any]) -> FloatArray:
        east, north = np.asarray(lons) - lon0, np.asarray(lats) - lat0
        return np.stack([east**i * north**j for i, j in powers], axis=1)

    known = np.stack([x_km, y_km], axis=1)
    fit: FloatArray = np.linalg.lstsq(terms(lon, lat), known, rcond=None)[0]

    def project(lons: NDArray[Any], lats: NDArray[Any]) -> tuple[FloatArray, FloatArray]:
        xy = terms(lons, lats) @ fit
        return xy[:, 0], xy[:, 1]

    return project
