"""Zones that are well written and yet hardly meant: remarks, since a strange region may be a true one."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from armsim.model.gis import look_swapped

#: Centres of zones that lie side by side spread over about as much ground as the zones have; of fewer zones
#: one may lie round another.
_LEAST_SPREAD, _LEAST_ZONES = 1 / 20, 4
#: The nearest other zone of every census zone of Great Britain is nearer.
_ALONE_KM = 100.0


def doubts(frame: pd.DataFrame) -> list[str]:
    """Remarks on where zones lie and how large they are, for the user.

    Args:
        frame: a zone frame.
    """
    return [*_swapped(frame), *_crowded(frame), *_alone(frame)]


def _swapped(frame: pd.DataFrame) -> list[str]:
    lon, lat = frame["lon"], frame["lat"]
    if lon.isna().any() or not look_swapped((lon.min(), lat.min(), lon.max(), lat.max())):
        return []
    return ["with latitude and longitude swapped the zones would lie in Great Britain: are they?"]


def _crowded(frame: pd.DataFrame) -> list[str]:
    """Areas in the wrong unit, or coordinates."""
    across, area = float(np.hypot(*_extent(frame))), float(frame["area_km2"].sum())
    if len(frame) < _LEAST_ZONES or across**2 >= _LEAST_SPREAD * area:
        return []
    return [
        f"the zones have {area:,.4g} km2 in all, and their centres lie within {across:,.3g} km: are areas in "
        "km2, and coordinates in the unit of their columns?"
    ]


def _extent(frame: pd.DataFrame) -> tuple[float, float]:
    return float(np.ptp(frame["x_km"])), float(np.ptp(frame["y_km"]))


def _alone(frame: pd.DataFrame) -> list[str]:
    """A zone with the coordinates of nowhere, such as 0, 0."""
    if len(frame) < 2:
        return []
    places = frame[["x_km", "y_km"]].to_numpy()
    nearest = cKDTree(places).query(places, k=2)[0][:, 1]
    at = int(nearest.argmax())
    if nearest[at] <= _ALONE_KM:
        return []
    zone = frame["zone"].iloc[at]
    return [f"zone {zone} lies {nearest[at]:,.0f} km from the nearest other zone: are its coordinates right?"]
