"""Travel by road for the zones of a region: how the two are brought onto one grid, and at what pace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.config.schema.region import RoadTravel
from armsim.model.geography import known_points
from armsim.model.travel import (
    Projection,
    RoadNetwork,
    SquareRootLaw,
    fitted_projection,
    local_projection,
    read_road_tables,
)

Floats: TypeAlias = NDArray[np.float64]

#: A fit to points of which six are all but on one curve is no use beside it.
_WORST_CONDITION = 1e3
#: Zones this near to where the British grid has their longitude and latitude are on that grid.
_ON_GRID_KM = 0.1
#: A zone's centre farther than this from the network is worth a remark: the law of the last stretch has no
#: rivers or railways in it.
_FAR_KM = 2.0
_NAMED = 10


def road_travel(
    config: RoadTravel, law: SquareRootLaw, zones: pd.DataFrame, folder: Path, shipped: bool
) -> RoadNetwork:
    """The road network of a scenario.

    Args:
        config: ``travel`` of the scenario.
        law: for the ends off the road.
        zones: the zone frame.
        folder: folder that the files' names start from.
        shipped: the zones are census zones that ship with the package.

    Raises:
        DataError: the tables are wrong, or do not go with the zones.
    """
    # The reader is told the file's names for ours, and looks for ours.
    names = {theirs: ours for ours, theirs in config.columns.items()}
    project = zone_projection(zones, shipped)
    roads = read_road_tables(folder / config.nodes, folder / config.edges, project, names, common_grid=True)
    x, y = zones["x_km"].to_numpy(), zones["y_km"].to_numpy()
    return RoadNetwork.build(
        law, x, y, replace(roads, minutes=roads.minutes / config.pace),
        on_unreachable=config.unreachable, zone_names=zones["name"].tolist(),
    )  # fmt: skip


def road_remarks(zones: pd.DataFrame, travel: RoadNetwork) -> Iterator[str]:
    """What a planner should know of how the zones lie to the roads."""
    if travel.unreachable:
        names = zones["name"].iloc[list(travel.unreachable)].tolist()
        yield f"no road reaches {_some(names)}; trips there are by the crow-fly law"
    far = travel.off_road_km.copy()
    far[list(travel.unreachable)] = 0.0
    order = np.argsort(-far, kind="stable")
    beyond = order[far[order] > _FAR_KM]
    if beyond.size:
        named = [f"{zones['name'].iloc[zone]} ({far[zone]:.1f} km)" for zone in beyond]
        yield f"centres of zones lie more than {_FAR_KM:g} km from any road of the network: {_some(named)}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def zone_projection(zones: pd.DataFrame, shipped: bool) -> Projection | None:
    """Degrees to the kilometres of the zones; ``None`` when the zones are not known in degrees."""
    if shipped:
        # Of all zones that ship, so that a road lies where it lies whatever forces the region has.
        return fitted_projection(*known_points(), degree=4)
    known = zones[["lon", "lat"]].notna().all(axis=1)
    lon, lat, x, y = (zones.loc[known, name].to_numpy() for name in ("lon", "lat", "x_km", "y_km"))
    if not len(lon):
        return None
    british = fitted_projection(*known_points(), degree=4)
    on_x, on_y = british(lon, lat)
    if np.hypot(on_x - x, on_y - y).max() < _ON_GRID_KM:
        return british
    if _spread(lon, lat):
        return fitted_projection(lon, lat, x, y)
    # North is up, and the points are on the whole where they are.
    plain = local_projection(float(lon.mean()), float(lat.mean()))

    def project(lons: NDArray[Any], lats: NDArray[Any]) -> tuple[Floats, Floats]:
        east, north = plain(lons, lats)
        return east + float(x.mean()), north + float(y.mean())

    return project


def _spread(lon: Floats, lat: Floats) -> bool:
    """Whether points lie so that a polynomial of degree 2 can be fitted to them."""
    if len(lon) < 6:
        return False
    east, north = ((axis - axis.mean()) / max(float(np.ptp(axis)), 1e-9) for axis in (lon, lat))
    terms = np.stack([np.ones(len(lon)), east, north, east**2, east * north, north**2], axis=1)
    return bool(np.linalg.cond(terms) < _WORST_CONDITION)
