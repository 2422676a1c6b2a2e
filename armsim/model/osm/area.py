"""Areas that a map is clipped to: a box, an outline in a file, the zones of a force; each with a margin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.errors import Problem, ScenarioError
from armsim.model.geography import lsoa_table, resolve_force
from armsim.model.gis import (
    BRITISH,
    DEGREES,
    Layer,
    WrongCrs,
    in_degrees,
    library,
    metric_crs,
    read_layer,
    settle_crs,
)
from armsim.model.osm.ways import Box

Floats = NDArray[np.float64]

#: A census zone is taken to reach this many times the radius of a disc of its area from its centre: the discs
#: of a force then leave few gaps, and go some hundred metres to some kilometres over its border.
_REACH = 1.5


@dataclass(frozen=True)
class MapArea:
    """An area in degrees.

    Attributes:
        shape: shapely polygons.
        words: what it is, for the report.
    """

    shape: Any
    words: str

    @property
    def box(self) -> Box:
        """Its extent."""
        west, south, east, north = self.shape.bounds
        return float(west), float(south), float(east), float(north)

    def contains(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Which points lie in it or on its edge, shape of the points."""
        shapely = library("shapely")
        shapely.prepare(self.shape)
        return np.asarray(shapely.intersects_xy(self.shape, lon, lat), dtype=bool)


def box_area(box: Box, margin_km: float) -> MapArea:
    """A box in degrees: west, south, east, north."""
    geopandas, shapely = library("geopandas"), library("shapely")
    words = f"box {', '.join(f'{edge:g}' for edge in box)}"
    return _widened(geopandas.GeoSeries([shapely.box(*box)], crs=DEGREES), margin_km, words)


def file_area(path: Path, margin_km: float) -> MapArea:
    """All polygons in a file of shapes together.

    Raises:
        ScenarioError: the file cannot be read, has no polygon, or its coordinates are not what it says.
    """
    layer = _layer(path)
    unread = layer.frame.geometry.isna() | layer.frame.geometry.is_empty
    if unread.any():
        what = f"shape {int(unread.to_numpy().argmax()) + 1}: has no geometry that can be read"
        raise ScenarioError([Problem(f"{what}; mend it in a GIS or take the row out", file=str(path))])
    shapes = layer.frame
    shapes = shapes[shapes.geom_type.isin(("Polygon", "MultiPolygon"))]
    if not len(shapes):
        kinds = ", ".join(sorted(layer.frame.geom_type.dropna().unique())) or "no shapes"
        raise ScenarioError(
            [Problem(f"a boundary is made of polygons; the file has {kinds}", file=str(path))]
        )
    try:
        shapes, _ = settle_crs(shapes, None)
    except WrongCrs as error:
        raise ScenarioError([Problem(str(error), file=str(path))]) from None
    return _widened(shapes.geometry.make_valid(), margin_km, path.name)


def _layer(path: Path) -> Layer:
    """The one layer of a boundary file; which it is, and its coordinate system, must be in the file."""
    try:
        layer = read_layer(path)
    except ScenarioError as error:
        if any(problem.path == "layer" for problem in error.problems):
            said = "the file has several layers; save the boundary as a file of its own"
            raise ScenarioError([Problem(said, file=str(path))]) from error
        raise
    if layer.frame.crs is None:
        said = "the file says no coordinate system; save it with one (a Shapefile with its .prj)"
        raise ScenarioError([Problem(said, file=str(path))])
    return layer


def force_area(name: str, margin_km: float) -> MapArea:
    """The census zones of a force of England and Wales, each taken as a disc.

    Raises:
        KeyError: no such force.
    """
    geopandas = library("geopandas")
    force = resolve_force(name)
    table = lsoa_table()
    zones = table[table["force"] == force]
    reach = _REACH * np.sqrt(zones["hectares"].to_numpy(dtype=np.float64) * 1e4 / np.pi)
    centres = geopandas.GeoSeries.from_xy(zones["easting"], zones["northing"], crs=BRITISH)
    return _widened(centres.buffer(reach), margin_km, f"zones of {force}")


def _widened(shapes: Any, margin_km: float, words: str) -> MapArea:
    """Shapes with a margin round them, in degrees."""
    if not margin_km:
        return MapArea(shapes.to_crs(DEGREES).union_all(), words)
    crs, _ = metric_crs(in_degrees(shapes))
    whole = shapes.to_crs(crs).union_all().buffer(1000.0 * margin_km)
    geopandas = library("geopandas")
    area = geopandas.GeoSeries([whole], crs=crs).to_crs(DEGREES).iloc[0]
    return MapArea(area, f"{words}, and {margin_km:g} km round it")
