"""Without an extra, one line that says how to get it."""

import sys

import pytest

from armsim.errors import ArmsimError
from armsim.model.gis import library, read_layer
from armsim.model.osm.ways import read_ways


@pytest.mark.parametrize("name", ["geopandas", "pyogrio", "shapely", "pyproj"])
def test_geo(monkeypatch, name):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(
        ArmsimError, match=r"^files of shapes are read with \w+: pip install 'armsim\[geo\]'$"
    ):
        library(name)


def test_a_file_of_shapes_without_geo(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    (tmp_path / "w.geojson").write_text("{}")
    with pytest.raises(ArmsimError, match=r"armsim\[geo\]"):
        read_layer(tmp_path / "w.geojson")


def test_a_map_without_roads(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "osmium", None)
    with pytest.raises(
        ArmsimError, match=r"^OpenStreetMap files are read with osmium: pip install 'armsim\[roads\]'$"
    ):
        read_ways(tmp_path / "map.osm")
