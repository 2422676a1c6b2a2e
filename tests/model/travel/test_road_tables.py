import gzip

import numpy as np
import pytest

from armsim.errors import DataError
from armsim.model.geography import known_points
from armsim.model.travel import fitted_projection, local_projection, read_road_tables

NODES = "node_id,x_km,y_km\na,0,0\nb,3,0\nc,3,4\n"


def read(folder, nodes, edges, **options):
    (folder / "nodes.csv").write_text(nodes)
    (folder / "edges.csv").write_text(edges)
    return read_road_tables(folder / "nodes.csv", folder / "edges.csv", **options)


def directed(tables):
    """(from, to, km, minutes) of each directed edge, sorted."""
    return sorted(zip(*(getattr(tables, n).tolist() for n in ("start", "end", "km", "minutes")), strict=True))


def test_length_speed_and_direction(tmp_path):
    edges = "from,to,length_m,speed_kph,oneway\na,b,3000,60,1\nb,c,4000,30,0\na,c,5000,100,-1\nc,c,10,10,\n"
    assert directed(read(tmp_path, NODES, edges)) == [
        (0, 1, 3.0, 3.0),
        (1, 2, 4.0, 8.0),
        (2, 0, 5.0, pytest.approx(3.0)),
        (2, 1, 4.0, 8.0),
        (2, 2, 0.01, pytest.approx(0.06)),
        (2, 2, 0.01, pytest.approx(0.06)),
    ]


def test_other_names_units_and_compression(tmp_path):
    (tmp_path / "n.csv.gz").write_bytes(gzip.compress(b"id,easting,northing\n7,1000,2000\n8,4000,2000\n"))
    (tmp_path / "e.csv").write_text("u,v,length_km,v_max\n7,8,3,30\n")
    tables = read_road_tables(tmp_path / "n.csv.gz", tmp_path / "e.csv", columns={"v_max": "speed_mph"})
    assert (tables.x_km.tolist(), tables.y_km.tolist()) == ([1.0, 4.0], [2.0, 2.0])
    minutes = 3 / (30 * 1.609344) * 60
    assert directed(tables) == [(0, 1, 3.0, pytest.approx(minutes)), (1, 0, 3.0, pytest.approx(minutes))]


def test_minutes_go_before_speed(tmp_path):
    edges = "source,target,length,speed_kph,minutes\na,b,3000,60,2.5\n"
    assert directed(read(tmp_path, NODES, edges))[0] == (0, 1, 3.0, 2.5)


def test_every_fault_at_once(tmp_path):
    nodes = "node_id,x_km,y_km\na,0,0\na,1,north\nc,3,4\n"
    edges = "from,to,length_m,speed_kph,oneway\na,z,3000,60,1\nq,c,-4,0,maybe\n"
    with pytest.raises(DataError) as caught:
        read(tmp_path, nodes, edges)
    lines = str(caught.value).splitlines()
    assert lines[0].endswith("edges.csv:")
    assert [line.strip() for line in lines[1:]] == [
        "nodes: y_km must be a finite number; it is not on lines 3",
        "nodes: ids given twice: a",
        "edges: from names unknown nodes q, on lines 3",
        "edges: to names unknown nodes z, on lines 2",
        "edges: length_m must be a finite number, 0 or more; it is not on lines 3",
        "edges: speed_kph must be a finite number, 1 or more; it is not on lines 3",
        "edges: oneway must be blank or one of 1, yes, true, t, 1.0, 0, no, false, f, 0.0, -1, reverse, "
        "-1.0; it is not on lines 3",
    ]


@pytest.mark.parametrize(
    ("nodes", "edges", "message"),
    [
        ("x_km,y_km\n1,2\n", "from,to,length_m,minutes\n", "node_id or id"),
        ("id,lon\n1,2\n", "from,to,length_m,minutes\n", "x_km, y_km or easting"),
        (NODES, "a,b,length_m,minutes\n", "edges need columns from, to or u, v"),
        (NODES, "from,to,minutes\na,b,1\n", "length needs a column length_km"),
        (NODES, "from,to,length_m\na,b,1\n", "minutes or speed need a column minutes"),
        (NODES, "from,to,length_m,minutes\n", "no node or no edge"),
        ("", "", "cannot be read as CSV"),
    ],
)
def test_what_is_missing_is_named(tmp_path, nodes, edges, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path, nodes, edges)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.csv cannot be read"):
        read_road_tables(tmp_path / "none.csv", tmp_path / "edges.csv")


def test_degrees_are_projected(tmp_path):
    nodes = "node_id,lon,lat\na,-1.0,52.0\nb,-1.0,53.0\nc,0.0,52.5\n"
    edges = "from,to,length_m,minutes\na,b,1,1\n"
    tables = read(tmp_path, nodes, edges)
    assert tables.y_km[1] - tables.y_km[0] == pytest.approx(111.195, abs=0.01)
    assert tables.x_km[2] - tables.x_km[0] == pytest.approx(111.195 * np.cos(np.radians(52.5)), abs=0.01)
    own = read(tmp_path, nodes, edges, project=local_projection(-1.0, 52.0))
    assert (own.x_km[0], own.y_km[0]) == (0.0, 0.0)


def test_a_fitted_projection_finds_the_grid_of_known_points():
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(-1.5, -0.5, 300), rng.uniform(52.4, 53.0, 300)

    def truth(lon, lat):  # a plane system turned and bent, as grid north is
        return 111.2 * lon * np.cos(np.radians(lat)) + 500, 111.2 * lat + 0.5 * lon**2 - 5000

    project = fitted_projection(lon[:200], lat[:200], *truth(lon[:200], lat[:200]))
    got = np.array(project(lon[200:], lat[200:]))
    assert np.abs(got - np.array(truth(lon[200:], lat[200:]))).max() < 0.005
    with pytest.raises(DataError, match="at least 6"):
        fitted_projection(lon[:5], lat[:5], lon[:5], lat[:5])


def test_the_projection_of_shipped_zones_is_good_everywhere_in_england_and_wales():
    lon, lat, x, y = known_points()
    east, north = fitted_projection(lon, lat, x, y, degree=4)(lon, lat)
    assert np.hypot(east - x, north - y).max() < 0.003


def test_where_trips_may_leave_the_road(tmp_path):
    edges = "from,to,length_m,speed_kph\na,b,1,60\n"
    assert read(tmp_path, NODES, edges).joins is None
    nodes = "node_id,x_km,y_km,joins\na,0,0,1\nb,3,0,no\nc,3,4,Yes\n"
    assert read(tmp_path, nodes, edges).joins.tolist() == [True, False, True]
    with pytest.raises(DataError, match="joins must be 1, yes, 0 or no; it is not on lines 3"):
        read(tmp_path, nodes.replace(",no\n", ",maybe\n"), edges)


def test_degrees_without_a_grid_in_common_are_refused(tmp_path):
    nodes = "node_id,lon,lat\na,-1,52\nb,-1.1,52\n"
    edges = "from,to,length_m,speed_kph\na,b,7000,60\n"
    assert len(read(tmp_path, nodes, edges).x_km) == 2
    with pytest.raises(DataError, match="roads are known in degrees only, zones in kilometres only"):
        read(tmp_path, nodes, edges, common_grid=True)
    both = "node_id,lon,lat,easting,northing\na,-1,52,468000,233000\nb,-1.1,52,461000,233000\n"
    assert read(tmp_path, both, edges, common_grid=True).x_km.tolist() == [468.0, 461.0]
