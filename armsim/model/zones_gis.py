"""Zones from a file of shapes: polygons with their people, or points with people and areas."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from armsim.model.gis import (
    BRITISH,
    DEGREES,
    WrongCrs,
    in_degrees,
    library,
    look_british,
    metric_crs,
    read_layer,
    settle_crs,
)
from armsim.model.zones_file import MOST_ZONES
from armsim.model.zones_shapes import centres, gaps, mend, overlaps
from armsim.model.zones_table import ZoneTable, frame_of

#: Columns that the shapes themselves give.
_GIVEN = ("x_km", "y_km", "lon", "lat")
_ALSO_GIVEN = ("easting", "northing")
_AREA = "area_km2"
_POLYGONS = frozenset({"Polygon", "MultiPolygon"})
_POINTS = frozenset({"Point"})
#: Outlines for maps leave out what is smaller than this share of the region's extent.
_FINEST = 1 / 2_000
_KM = 1_000.0


def read_shapes(
    path: Path, columns: Mapping[str, str] | None = None, layer: str | None = None, crs: str | None = None
) -> pd.DataFrame:
    """Zones from a GeoPackage, GeoJSON, Shapefile or another file of shapes, plain or zipped.

    Columns are those of a CSV file (see :func:`armsim.model.zones_file.read_zones`), but coordinates come
    from the shapes, and areas from polygons; points need ``area_km2``. A zone may have several parts. Its
    centre is the centroid, or where that lies outside the zone a point inside.

    Distances are measured on the British National Grid inside Great Britain, elsewhere in the UTM zone of the
    middle of the region; a note says which.

    Args:
        path: the file.
        columns: for our names that the file spells otherwise, its names.
        layer: name of the layer, where there are several.
        crs: coordinate system, for a file that says none.

    Returns:
        A zone frame; of polygons with one more column, ``outline``: simplified, in the frame's kilometres,
        as well-known binary. ``attrs["notes"]`` has remarks for the user.

    Raises:
        ScenarioError: with every problem found in the file or the settings.
        ArmsimError: the extra ``geo`` is not installed.
    """
    read = read_layer(path, layer, MOST_ZONES)
    table = ZoneTable(str(path), "shape", numbers=list(range(1, len(read.frame) + 1)))
    shapes = _Shapes(read.frame, crs, dict(columns or {}), table)
    frame = frame_of(table, shapes.rows(), shapes.columns)
    if shapes.outlines is not None:
        number = {name: index for index, name in enumerate(shapes.labels)}
        frame["outline"] = [shapes.outlines[number[zone]] for zone in frame["zone"]]
    said = [f"{path.name}: {note}" for note in (*read.notes, *shapes.notes)]
    frame.attrs["notes"] = [*said, *frame.attrs["notes"]]
    return frame


class _Shapes:
    """The shapes of a layer, checked; what is wrong goes into the table.

    Attributes:
        columns: the user's, without those that shapes give.
        labels: zone of each row, or which shape it is.
        notes: remarks.
        outlines: of polygons, simplified.
    """

    def __init__(self, frame: Any, crs: str | None, columns: dict[str, str], table: ZoneTable) -> None:
        self._frame, self._table = frame, table
        self.notes: list[str] = []
        self.outlines: list[bytes] | None = None
        named = columns.get("zone", "zone")
        known = frame[named] if named in frame else [None] * len(frame)
        self.labels = [_text(value) or f"shape {at}" for at, value in enumerate(known, 1)]
        self._place: dict[str, NDArray[np.float64]] = {}
        self._polygons = self._kind()
        if not table.problems:
            self._settle(crs)
        self.columns = self._taken(columns)
        table.given = self._given()

    def _kind(self) -> bool:
        """Whether the zones are polygons; other shapes, none or both kinds are refused."""
        kinds = self._frame.geom_type
        empty = self._frame.geometry.isna() | self._frame.geometry.is_empty
        for at in np.flatnonzero(empty).tolist():
            text = "has no geometry that can be read; mend it in a GIS or take the row out"
            self._table.refuse(text, number=at + 1)
        found = set(kinds[~empty])
        if found <= _POLYGONS or found <= _POINTS:
            return found <= _POLYGONS
        listed = ", ".join(sorted(found))
        self._table.refuse(f"zones are polygons, or points with an area; the layer has {listed}")
        return bool(found & _POLYGONS)

    def _taken(self, columns: dict[str, str]) -> dict[str, str]:
        """The columns without those that the shapes give, which are refused."""
        given = self._given() | {*_ALSO_GIVEN}
        for name in columns:
            if name in given:
                self._table.refuse(f"the shapes give {name}; take it out of columns", f"columns.{name}")
        return {ours: theirs for ours, theirs in columns.items() if ours not in given}

    def _settle(self, crs: str | None) -> None:
        """Find the coordinate system, measure, and look for overlaps and gaps."""
        try:
            frame, notes = settle_crs(self._frame, crs)
        except WrongCrs as error:
            self._table.refuse(str(error), "crs")
            return
        extent = in_degrees(frame)
        grid, words = metric_crs(extent)
        self.notes += [*notes, f"distances are measured on the {words}"]
        if look_british(frame):
            self.notes.append(
                f"the zones lie outside Great Britain; on the British grid ({BRITISH}) they would lie in it: "
                f"is the coordinate system right? If not, write crs: {BRITISH}"
            )
        shapely, geopandas = library("shapely"), library("geopandas")
        shapes = shapely.force_2d(frame.geometry.to_crs(grid).to_numpy())
        if self._polygons:
            shapes = self._sound(shapes)
            if self._table.problems:
                return
            self.outlines = _outlines(shapes)
        spots = centres(shapes) if self._polygons else shapely.get_coordinates(shapes)
        degrees = geopandas.GeoSeries.from_xy(*spots.T, crs=grid).to_crs(DEGREES)
        self._place = {
            "x_km": spots[:, 0] / _KM, "y_km": spots[:, 1] / _KM,
            "lon": degrees.x.to_numpy(), "lat": degrees.y.to_numpy(),
        }  # fmt: skip
        if self._polygons:
            self._place[_AREA] = shapely.area(shapes) / _KM**2

    def _sound(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Polygons with valid outlines that do not overlap."""
        mended, faults, notes = mend(shapes, self.labels)
        for at, fault in faults:
            self._table.refuse(fault, number=at + 1)
        if faults:
            return mended
        for fault in overlaps(mended, self.labels):
            self._table.refuse(f"zones overlap: {fault}")
        self.notes += [*notes, *gaps(mended, "east and north")]
        return mended

    def _given(self) -> Set[str]:
        """Columns that the shapes give."""
        return {*_GIVEN, _AREA} if self._polygons else {*_GIVEN}

    def rows(self) -> list[list[str]]:
        """Names of the columns and cells as text; where the shapes are at fault, their columns stand in."""
        wanted = set(self.columns.values())
        given = sorted(self._given())
        own = [
            name
            for name in map(str, self._frame.columns)
            if name != self._frame.geometry.name and (name not in (*given, *_ALSO_GIVEN) or name in wanted)
        ]
        cells = [[_text(value) for value in self._frame[name]] for name in own]
        stand_in = np.ones(len(self._frame))
        cells += [[repr(float(value)) for value in self._place.get(name, stand_in)] for name in given]
        return [[*own, *given], *map(list, zip(*cells, strict=True))]


def _text(value: Any) -> str:
    """A cell as text: what is missing is empty, whole numbers have no fraction."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value).strip()


def _outlines(shapes: NDArray[Any]) -> list[bytes]:
    """Outlines in kilometres as well-known binary, simplified so that neighbours still meet."""
    shapely = library("shapely")
    west, south, east, north = shapely.total_bounds(shapes)
    tolerance = max(east - west, north - south) * _FINEST
    simple = shapely.coverage_simplify(shapes, tolerance)
    whole = np.where(shapely.is_empty(simple), shapes, simple)
    kilometres = shapely.transform(whole, lambda metres: np.round(metres / _KM, 4))
    return [bytes(one) for one in shapely.to_wkb(kilometres, byte_order=1)]
