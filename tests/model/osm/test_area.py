import json

import numpy as np
import pytest

from armsim.errors import ScenarioError
from armsim.model.osm import box_area, file_area, force_area

geopandas = pytest.importorskip("geopandas", reason="the extra geo is not installed")


def write_polygon(path, ring, kind="Polygon"):
    coordinates = [ring] if kind == "Polygon" else ring
    shape = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "properties": {}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


SQUARE = [[-1, 52], [-0.9, 52], [-0.9, 52.1], [-1, 52.1], [-1, 52]]


def inside(area, *points):
    lon, lat = np.array(points).T
    return area.contains(lon, lat).tolist()


def test_a_box_and_its_margin():
    assert inside(box_area((-1, 52, -0.9, 52.1), 0), (-0.95, 52.05), (-0.89, 52.05), (-1, 52)) == [
        True,
        False,
        True,
    ]
    wide = box_area((-1, 52, -0.9, 52.1), 5)
    # 5 km are 0.073 degrees of longitude and 0.045 of latitude there.
    assert inside(wide, (-0.83, 52.05), (-0.82, 52.05), (-0.95, 52.144), (-0.95, 52.146)) == [
        True, False, True, False,
    ]  # fmt: skip
    assert wide.words == "box -1, 52, -0.9, 52.1, and 5 km round it"
    assert wide.box == pytest.approx((-1.0735, 51.955, -0.8265, 52.145), abs=0.002)


def test_polygons_of_a_file(tmp_path):
    area = file_area(write_polygon(tmp_path / "b.geojson", SQUARE), 0)
    assert inside(area, (-0.95, 52.05), (-1.1, 52.05)) == [True, False]
    assert area.words == "b.geojson"


def test_what_is_no_boundary_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="a boundary is made of polygons; the file has LineString"):
        file_area(write_polygon(tmp_path / "line.geojson", [[-1, 52], [-1, 53]], "LineString"), 0)
    with pytest.raises(ScenarioError, match="the file cannot be read"):
        file_area(tmp_path / "absent.geojson", 0)
    grid = [[4e5, 3e5], [5e5, 3e5], [5e5, 4e5], [4e5, 3e5]]
    with pytest.raises(ScenarioError, match="are no degrees"):
        file_area(write_polygon(tmp_path / "metres.geojson", grid), 0)


def test_a_boundary_of_which_a_part_cannot_be_read_is_refused(tmp_path):
    path = write_polygon(tmp_path / "b.geojson", SQUARE)
    whole = json.loads(path.read_text())
    whole["features"].append({"type": "Feature", "properties": {}, "geometry": None})
    path.write_text(json.dumps(whole))
    with pytest.raises(ScenarioError, match="shape 2: has no geometry that can be read"):
        file_area(path, 0)


def test_what_only_settings_could_say_must_be_in_a_boundary_file(tmp_path):
    shape = geopandas.GeoSeries.from_wkt(["POLYGON ((-1 52, -0.9 52, -0.9 52.1, -1 52))"], crs=4326)
    for layer in ("force", "county"):
        shape.to_file(tmp_path / "b.gpkg", layer=layer)
    with pytest.raises(ScenarioError, match="several layers; save the boundary as a file of its own"):
        file_area(tmp_path / "b.gpkg", 0)
    shape.to_file(tmp_path / "b.shp")
    (tmp_path / "b.prj").unlink()
    with pytest.raises(ScenarioError, match="says no coordinate system; save it with one"):
        file_area(tmp_path / "b.shp", 0)


def test_zones_of_a_force():
    area = force_area("leicestershire", 0)
    leicester, oakham, nottingham = (-1.133, 52.634), (-0.73, 52.67), (-1.15, 52.95)
    assert inside(area, leicester, oakham, nottingham) == [True, True, False]
    with pytest.raises(KeyError, match="did you mean leicestershire"):
        force_area("leicestershie", 0)
