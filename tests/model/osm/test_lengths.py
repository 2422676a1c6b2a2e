import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from armsim.model.osm.lengths import metres

pyproj = pytest.importorskip("pyproj", reason="the extra geo is not installed")


@given(
    lon=st.floats(-179, 178),
    lat=st.floats(-75, 75),
    east=st.floats(-0.05, 0.05),
    north=st.floats(-0.05, 0.05),
)
def test_steps_are_geodesics_to_a_millionth(lon, lat, east, north):
    x = np.array([round(lon * 1e7), round((lon + east) * 1e7)], dtype=np.int32)
    y = np.array([round(lat * 1e7), round((lat + north) * 1e7)], dtype=np.int32)
    exact = pyproj.Geod(ellps="WGS84").inv(x[0] * 1e-7, y[0] * 1e-7, x[1] * 1e-7, y[1] * 1e-7)[2]
    assert metres(x, y)[0] == pytest.approx(exact, rel=2e-6, abs=1e-6)


def test_one_step_less_than_vertices():
    x = np.array([0, 0, 0], dtype=np.int32)
    y = np.array([0, 10_000_000, 10_000_000], dtype=np.int32)
    assert metres(x, y) == pytest.approx([110_574.3, 0.0], abs=2.0)
