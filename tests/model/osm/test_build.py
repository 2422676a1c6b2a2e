"""From a map to tables: exact rows, a report that adds up, and a travel model that drives on them."""

import gzip
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from armsim.errors import DataError
from armsim.model.geography import known_points
from armsim.model.osm import box_area, refuse_full, report, roads_of, write_roads
from armsim.model.osm.build import tables_of
from armsim.model.travel import fitted_projection, read_road_tables

ROAD = {"highway": "residential"}
#: Every trap of tagging on one map; corners 1 to 4 hold it together.
TRAPS = {
    10: ([1, 2], {"highway": "primary", "name": "High Street", "maxspeed": "30 mph"}),
    11: ([2, 3], {"highway": "trunk", "oneway": "yes", "maxspeed": "national"}),
    12: ([4, 3], {"highway": "residential", "oneway": "-1"}),
    13: ([4, 1], {"highway": "tertiary", "maxspeed:forward": "50", "maxspeed:backward": "30"}),
    14: ([5, 6, 7, 5], {"highway": "secondary", "junction": "roundabout"}),
    15: ([5, 1], {"highway": "unclassified", "maxspeed": "signals"}),
    16: ([2, 8], {"highway": "service", "service": "driveway"}),
    17: ([2, 9], {"highway": "track"}),
    18: ([1, 3], {"highway": "footway"}),
    19: ([8, 9], ROAD),
    20: ([3, 9], {"highway": "unclassified", "access": "private"}),
    21: ([1, 3], {"highway": "service", "access": "private", "emergency": "yes"}),
    22: ([2, 4], {"highway": "tertiary", "area": "yes"}),
}
PLACES = {
    1: (0, 0), 2: (10, 0), 3: (10, 10), 4: (0, 10),
    5: (-3, 0), 6: (-4, 1), 7: (-5, 0), 8: (14, 0), 9: (14, 4),
}  # fmt: skip


@pytest.fixture
def traps(make_map):
    return make_map(PLACES, TRAPS)


def table(path):
    return pd.read_csv(path, keep_default_na=False)


def test_the_tables_of_every_trap(traps, tmp_path):
    write_roads(roads_of(traps), tmp_path / "roads")
    nodes, edges = (table(tmp_path / "roads" / f"{name}.csv.gz") for name in ("nodes", "edges"))
    assert nodes["osm_node_id"].tolist() == [1, 2, 3, 4, 5, 7]
    assert nodes[["lon", "lat"]].to_numpy()[5] == pytest.approx([-1.005, 52.0])
    grid = fitted_projection(*known_points(), degree=4)  # from published points, without pyproj
    expected = 1000 * np.stack(grid(nodes["lon"], nodes["lat"]), axis=1)
    assert nodes[["easting", "northing"]].to_numpy() == pytest.approx(expected, abs=8.0)
    assert nodes["joins"].tolist() == [1] * 6
    osm = nodes["osm_node_id"].to_numpy()
    rows = [
        (osm[one], osm[other], way, kph, oneway)
        for one, other, way, kph, oneway in zip(
            edges["from"], edges["to"], edges["osm_way_id"], edges["speed_kph"], edges["oneway"], strict=True
        )
    ]
    assert rows == [
        (1, 2, 10, 48.3, 0),
        (2, 3, 11, 112.7, 1),
        (3, 4, 12, 40.0, 1),
        (4, 1, 13, 50.0, 1), (1, 4, 13, 30.0, 1),
        (5, 7, 14, 64.0, 1), (7, 5, 14, 64.0, 1),
        (5, 1, 15, 48.0, 0),
        (1, 3, 21, 16.0, 0),
    ]  # fmt: skip
    assert edges["length_m"].tolist()[:2] == [686.8, 1112.7]
    assert edges["name"].tolist()[0] == "High Street"
    assert edges["maxspeed_tag"].tolist()[:2] == ["30 mph", "national"]


def test_the_report_says_all_that_was_left_out_and_adds_up(traps, tmp_path):
    facts = roads_of(traps).facts
    assert {one["reason"]: one.get("ways", one.get("edges")) for one in facts["left_out"]} == {
        "no road (paths, cycleways, footways, steps, under construction)": 1,
        "track": 1, "driveway, parking aisle or drive-through": 1, "private, or closed to motor vehicles": 1,
        "area, such as a square": 1, "stretches of road that do not connect with the rest": 1,
    }  # fmt: skip
    assert facts["read"]["ways"] == len(TRAPS)
    assert facts["kept"]["ways"] == 7
    assert facts["limits_not_understood"] == {"signals": 1}
    lost = sum(one["km"] for one in facts["left_out"])
    assert facts["read"]["km"] == pytest.approx(facts["kept"]["km"] + lost, abs=0.005)
    text = report.text(facts)
    assert "| track | 1 | 0.5 |" in text
    assert "Speed limits not understood, by number of ways: signals (1)" in text


def test_the_same_map_gives_the_same_bytes(traps, tmp_path):
    for name in ("one", "two"):
        write_roads(roads_of(traps), tmp_path / name)
    for file in ("nodes.csv.gz", "edges.csv.gz", "roads.json", "roads.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_what_is_written_is_what_the_travel_model_reads(traps, tmp_path):
    roads = roads_of(traps)
    write_roads(roads, tmp_path / "roads")
    read = read_road_tables(tmp_path / "roads" / "nodes.csv.gz", tmp_path / "roads" / "edges.csv.gz")
    made = tables_of(roads.network)
    assert made.joins.tolist() == read.joins.tolist()

    def links(tables):
        return sorted(
            zip(
                tables.start.tolist(),
                tables.end.tolist(),
                tables.km.round(3),
                tables.minutes.round(2),
                strict=True,
            )
        )

    assert len(links(read)) == len(links(made))
    assert np.array(links(read)) == pytest.approx(np.array(links(made)), abs=0.011)


def test_nothing_is_overwritten_and_nothing_left_behind(traps, tmp_path, monkeypatch):
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    roads = roads_of(traps)
    with pytest.raises(DataError, match="full: is there and not empty; nothing was written"):
        write_roads(roads, full)
    with pytest.raises(DataError, match="cannot be written"):
        write_roads(roads, traps / "below_a_file")
    monkeypatch.setattr(
        report, "text", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    with pytest.raises(DataError, match="No space left on device"):
        write_roads(roads, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full", "map.osm.pbf"]
    assert [path.name for path in full.iterdir()] == ["mine.txt"]


def test_a_folder_without_a_name_is_refused(traps, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DataError, match="name a new folder with -o"):
        refuse_full(Path())
    with pytest.raises(DataError, match="cannot be written: File name too long"):
        refuse_full(Path("a" * 300))


def test_a_map_of_which_nothing_is_left_says_why(make_map, square):
    """Unsaved edits of an editor have ids below 0, which are not read."""
    path = make_map(square, {7: ([-1, -2, -3], ROAD), 8: ([1, 2], {"highway": "track"})})
    with pytest.raises(DataError) as caught:
        roads_of(path)
    assert str(caught.value) == (
        f"roads: the map has no road that a car may drive; {path} has 2 ways tagged highway, left out: "
        "its nodes are not in the file (1); track (1)"
    )


def test_a_box_clips_and_speeds_of_classes_may_be_given(traps):
    small = roads_of(traps, box_area((-1.0001, 51.9999, -0.9899, 52.0101), 0.0), service=False)
    assert set(small.network.osm_node.tolist()) == {1, 2, 3, 4, 5}
    kinds = {small.ways.kind[piece] for piece in small.network.piece}
    assert "service" in kinds  # open to emergency vehicles
    slow = roads_of(traps, class_kph={"unclassified": 20, "primary": 0})
    speeds = dict(
        zip((slow.ways.kind[piece] for piece in slow.network.piece), slow.network.forward_kph, strict=True)
    )
    assert speeds["unclassified"] == 20


def test_no_grid_of_great_britain_elsewhere(make_map, tmp_path):
    far = {1: (20_000, 0), 2: (20_010, 0)}
    write_roads(roads_of(make_map(far, {1: ([1, 2], ROAD)})), tmp_path / "roads")
    content = gzip.decompress((tmp_path / "roads" / "nodes.csv.gz").read_bytes())
    assert pd.read_csv(io.BytesIO(content)).columns.tolist() == [
        "node_id",
        "osm_node_id",
        "lon",
        "lat",
        "joins",
    ]
    facts = json.loads((tmp_path / "roads" / "roads.json").read_text())
    assert facts["kept"]["median_circuity"] is None or facts["kept"]["median_circuity"] >= 0.99
