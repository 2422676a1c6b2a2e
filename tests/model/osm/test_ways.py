import gzip

import numpy as np
import pytest

from armsim.errors import DataError
from armsim.model.osm import ways as module
from armsim.model.osm.rules import PRIVATE
from armsim.model.osm.tally import MISSING, OUTSIDE
from armsim.model.osm.ways import read_ways

ROAD = {"highway": "residential"}


def pieces(ways):
    """Way and OSM ids of the vertices of each piece; ends of their own at a barrier are all 0."""
    listed = np.split(ways.ref, ways.first[1:-1])
    return [
        (int(way), [max(int(ref), 0) for ref in refs]) for way, refs in zip(ways.way, listed, strict=True)
    ]


@pytest.mark.parametrize("name", ["map.osm.pbf", "map.osm", "map.osm.gz", "map.osm.bz2"])
def test_every_kind_of_file_gives_the_same(make_map, square, name):
    tags = {"highway": "primary", "maxspeed": "30 mph", "name": "Högh Street", "ref": "A1"}
    path = make_map(
        square, {7: ([1, 2, 3], tags), 8: ([3, 4], ROAD), 9: ([1, 3], {"building": "yes"})}, name=name
    )
    ways, tally = read_ways(path)
    assert pieces(ways) == [(7, [1, 2, 3]), (8, [3, 4])]
    assert ways.x.tolist()[:3] == [-10_000_000, -9_900_000, -9_900_000]
    assert ways.y.tolist()[:3] == [520_000_000, 520_000_000, 520_100_000]
    assert (ways.kind, ways.limit, ways.name) == (
        ["primary", "residential"], ["30 mph", ""], ["Högh Street", ""],
    )  # fmt: skip
    assert ways.forward_kph.tolist() == pytest.approx([48.28, 40], abs=0.01)
    assert ways.tagged.tolist() == [True, False]
    assert tally.ways == {"": 2}
    assert tally.km[""] == pytest.approx(1.1125 + 0.6864 + 0.6867, rel=0.01)


def test_a_way_against_its_order_is_turned_round(make_map, square):
    tags = {"oneway": "-1", "maxspeed:forward": "20", "maxspeed:backward": "50", **ROAD}
    ways, _ = read_ways(make_map(square, {7: ([1, 2, 3], tags)}))
    assert pieces(ways) == [(7, [3, 2, 1])]
    assert ways.oneway.tolist() == [True]
    assert (ways.forward_kph[0], ways.backward_kph[0]) == (50, 20)


def test_nodes_after_ways_are_found(tmp_path):
    (tmp_path / "unsorted.osm").write_text(
        '<osm version="0.6"><way id="5" version="1"><nd ref="1"/><nd ref="2"/>'
        '<tag k="highway" v="road"/></way>'
        '<node id="1" version="1" lon="-1" lat="52"/><node id="2" version="1" lon="-1.1" lat="52"/></osm>'
    )
    assert pieces(read_ways(tmp_path / "unsorted.osm")[0]) == [(5, [1, 2])]


def test_a_way_is_cut_where_nodes_are_missing(make_map, square):
    ways, tally = read_ways(
        make_map(square, {7: ([1, 2, 99, 3, 4], ROAD), 8: ([1, 98], ROAD), 9: ([97, 96], ROAD)})
    )
    assert pieces(ways) == [(7, [1, 2]), (7, [3, 4])]
    assert tally.ways == {"": 1, MISSING: 2}
    assert tally.missing == 1


def test_a_barrier_cuts_streets_but_not_main_roads(make_map, square):
    bollard = {2: {"barrier": "bollard"}}
    streets = {7: ([1, 2, 3], ROAD), 8: ([2, 4], ROAD), 9: ([4, 2, 3], {"highway": "primary"})}
    ways, tally = read_ways(make_map(square, streets, bollard))
    assert pieces(ways) == [(7, [1, 0]), (7, [0, 3]), (8, [0, 4]), (9, [4, 2, 3])]
    ends = ways.ref[ways.ref < 0]
    assert len(set(ends.tolist())) == 3
    assert tally.cut == 1


def test_a_gate_on_a_closed_street_barely_matters(make_map, square):
    streets = {7: ([1, 2, 3], {**ROAD, "access": "private"})}
    ways, tally = read_ways(make_map(square, streets, {2: {"barrier": "gate", "access": "private"}}))
    assert len(ways.way) == 0
    assert tally.cut == 0
    assert tally.ways == {PRIVATE: 1}


def test_vertices_given_twice_in_a_row_count_once(make_map, square):
    ways, _ = read_ways(make_map(square, {7: ([1, 1, 2, 2, 3], ROAD)}))
    assert pieces(ways) == [(7, [1, 2, 3])]


def test_ways_outside_the_box_are_counted(make_map, square):
    path = make_map(square, {7: ([1, 2], ROAD), 8: ([3, 4], ROAD), 9: ([2, 3], ROAD)})
    ways, tally = read_ways(path, box=(-1.0, 52.0, -0.5, 52.001))
    assert [way for way, _ in pieces(ways)] == [7, 9]
    assert tally.ways == {"": 2, OUTSIDE: 1}
    assert tally.km[OUTSIDE] == pytest.approx(0.687, rel=0.01)


def test_a_node_that_is_not_on_earth_counts_as_missing(tmp_path, square):
    (tmp_path / "map.osm").write_text(
        '<osm version="0.6"><node id="1" lat="52" lon="1"/><node id="2" lat="52.01" lon="1"/>'
        '<node id="3" lat="95" lon="200"/><way id="7"><nd ref="1"/><nd ref="2"/><nd ref="3"/>'
        '<tag k="highway" v="primary"/></way></osm>'
    )
    ways, tally = read_ways(tmp_path / "map.osm")
    assert pieces(ways) == [(7, [1, 2])]
    assert tally.missing == 1


def test_places_of_nodes_on_disk_give_the_same(make_map, square, monkeypatch):
    path = make_map(square, {7: ([1, 2, 3, 4], ROAD)})
    before = read_ways(path)[0]
    monkeypatch.setattr(module, "IN_MEMORY_BYTES", 0)
    after = read_ways(path)[0]
    assert before.x.tolist() == after.x.tolist()
    assert before.ref.tolist() == after.ref.tolist()


def test_lengths_are_summed_in_batches(make_map, square, monkeypatch):
    path = make_map(square, {way: ([1, 2, 3, 4, 1], {"highway": "footway"}) for way in range(1, 40)})
    whole = read_ways(path)[1].km
    monkeypatch.setattr("armsim.model.osm.tally._FLUSH_VERTICES", 12)
    assert read_ways(path)[1].km == pytest.approx(whole)


def damaged(make_map, square, tmp_path):
    """A name and bytes of each file that is no whole map."""
    pbf = make_map(square, {7: ([1, 2], ROAD)}).read_bytes()
    xml = make_map(square, {7: ([1, 2], ROAD)}, name="other.osm").read_bytes()
    return {
        "half.osm.pbf": pbf[: len(pbf) // 2], "half.osm": xml[: len(xml) // 2], "empty.osm.pbf": b"",
        "empty.osm": b"", "pbf_by_name.osm": pbf, "xml_by_name.osm.pbf": xml, "table.csv": b"a,b\n1,2\n",
        "half.osm.gz": gzip.compress(xml)[:-20], "picture.osm": b"\x89PNG\r\n\x1a\n",
    }  # fmt: skip


def test_what_is_no_whole_map_is_refused_by_name(make_map, square, tmp_path):
    for name, content in damaged(make_map, square, tmp_path).items():
        path = tmp_path / f"bad_{name}"
        path.write_bytes(content)
        with pytest.raises(DataError, match=f"bad_{name}: cannot be read as OpenStreetMap data"):
            read_ways(path)
    with pytest.raises(DataError, match=r"nowhere\.osm: no such file"):
        read_ways(tmp_path / "nowhere.osm")
    with pytest.raises(DataError, match="no such file"):
        read_ways(tmp_path)


def test_a_history_is_refused(tmp_path):
    (tmp_path / "day.osc").write_text('<osmChange version="0.6"><create/></osmChange>')
    with pytest.raises(DataError, match="not a map of one day"):
        read_ways(tmp_path / "day.osc")
