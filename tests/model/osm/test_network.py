import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from armsim.errors import DataError
from armsim.model.osm import network as module
from armsim.model.osm.network import network_of
from armsim.model.osm.ways import Ways, read_ways

ROAD = {"highway": "residential"}
ONE_WAY = {"highway": "residential", "oneway": "yes"}


class Half:
    """West of a longitude."""

    def __init__(self, lon):
        self.lon = lon

    def contains(self, lon, lat):
        return lon <= self.lon


def edges(network):
    """OSM ids of both ends, in order, and whether one-way."""
    ids = network.osm_node
    return sorted(
        (int(ids[start]), int(ids[end]), bool(one))
        for start, end, one in zip(network.start, network.end, network.oneway, strict=True)
    )


@pytest.fixture
def network(make_map):
    """The network of a map and what is left out of it."""

    def build(places, streets, area=None, tags=None):
        return network_of(read_ways(make_map(places, streets, tags))[0], area)

    return build


def test_ways_are_split_where_they_meet_and_nowhere_else(network):
    places = {1: (0, 0), 2: (2, 0), 3: (4, 0), 4: (6, 0), 5: (4, 2), 6: (8, 0)}
    found, left = network(places, {7: ([1, 2, 3, 4, 6], ROAD), 8: ([5, 3], ROAD)})
    assert edges(found) == [(1, 3, False), (3, 6, False), (5, 3, False)]
    assert found.metres.sum() / 1000 == pytest.approx(found.km) == pytest.approx(0.549 + 0.2225, rel=0.01)
    assert (left.outside, left.unconnected, left.parts) == (0, 0, 0)


def test_parallel_streets_and_loops_keep_their_places(network):
    """A loop is split in two, so that no edge begins where it ends; of parallel edges both are there."""
    places = {1: (0, 0), 2: (4, 0), 3: (2, 2), 4: (6, 0), 5: (6, 2), 6: (4, 2)}
    streets = {7: ([1, 2], ROAD), 8: ([1, 3, 2], ROAD), 9: ([2, 4, 5, 6, 2], ROAD)}
    found, _ = network(places, streets)
    assert edges(found) == [(1, 2, False), (1, 2, False), (2, 5, False), (5, 2, False)]


def test_a_way_there_and_back_is_split_at_its_turning_point(network):
    found, _ = network({1: (0, 0), 2: (4, 0)}, {7: ([1, 2, 1], ROAD)})
    assert edges(found) == [(1, 2, False), (2, 1, False)]


def test_a_figure_of_eight_is_split_at_its_waist(network):
    places = {1: (0, 0), 2: (2, 0), 3: (2, 2), 4: (-2, 0), 5: (-2, -2)}
    found, _ = network(places, {7: ([1, 2, 3, 1, 4, 5, 1], ROAD)})
    ends = {end for edge in edges(found) for end in edge[:2]}
    assert 1 in ends
    assert len(found.start) == 4
    assert (found.start != found.end).all()


def test_long_roads_are_split_so_that_places_join_near_by(network, monkeypatch):
    places = {node: (2 * node, 0) for node in range(1, 12)}  # 137 m apart: 1,373 m
    found, _ = network(places, {7: (list(places), ROAD)})
    assert edges(found) == [(1, 6, False), (6, 11, False)]
    monkeypatch.setattr(module, "LONGEST_M", 300.0)
    found, _ = network(places, {7: (list(places), ROAD)})
    assert found.metres.max() <= 412
    assert len(found.start) == 5


def test_a_dead_end_that_is_one_way_is_left_out(network):
    places = {1: (0, 0), 2: (4, 0), 3: (8, 0), 4: (8, 4)}
    found, left = network(places, {7: ([1, 2, 3], ROAD), 8: ([3, 4], ONE_WAY)})
    assert edges(found) == [(1, 3, False)]
    assert (left.unconnected, left.parts) == (1, 1)
    assert left.unconnected_km == pytest.approx(0.445, rel=0.01)


def test_a_ring_of_one_way_streets_is_kept(network):
    places = {1: (0, 0), 2: (4, 0), 3: (4, 4)}
    found, _ = network(places, {7: ([1, 2], ONE_WAY), 8: ([2, 3], ONE_WAY), 9: ([3, 1], ONE_WAY)})
    assert edges(found) == [(1, 2, True), (2, 3, True), (3, 1, True)]


def test_an_island_is_left_out(network):
    places = {1: (0, 0), 2: (4, 0), 3: (4, 4), 8: (90, 0), 9: (92, 0)}
    found, left = network(places, {7: ([1, 2, 3], ROAD), 8: ([8, 9], ROAD), 9: ([2, 1], ROAD)})
    assert set(found.osm_node.tolist()) == {1, 2, 3}
    assert (left.unconnected, left.parts) == (1, 1)


def test_streets_closed_by_a_bollard_do_not_connect(network):
    places = {1: (0, 0), 2: (4, 0), 3: (8, 0), 4: (0, 4)}
    streets = {7: ([1, 2, 3], ROAD), 8: ([1, 4], ROAD)}
    found, left = network(places, streets, tags={2: {"barrier": "bollard"}})
    assert left.unconnected == 1
    assert 3 not in found.osm_node
    assert len(found.start) == 2


def test_edges_over_the_boundary_are_kept_whole(network):
    places = {1: (0, 0), 2: (4, 0), 3: (8, 0), 4: (12, 0), 5: (4, 2), 6: (8, 2), 7: (12, 2)}
    streets = {7: ([1, 2, 3, 4], ROAD), 8: ([2, 5], ROAD), 9: ([3, 6], ROAD), 10: ([4, 7], ROAD)}
    found, left = network(places, streets, Half(-0.995))
    assert edges(found) == [(1, 2, False), (2, 3, False), (2, 5, False)]
    assert left.outside == 3


def test_trips_do_not_begin_on_a_motorway(network):
    places = {1: (0, 0), 2: (9, 0), 3: (9, 3), 4: (0, 3), 5: (12, 3)}
    fast = {"highway": "motorway"}
    streets = {
        7: ([1, 2], fast), 8: ([2, 3], {"highway": "motorway_link"}), 9: ([3, 4], fast), 10: ([4, 1], fast),
        11: ([3, 5], ROAD),
    }  # fmt: skip
    found, _ = network(places, streets)
    assert dict(zip(found.osm_node.tolist(), found.joins.tolist(), strict=True)) == {
        1: False, 2: False, 3: True, 4: False, 5: True,
    }  # fmt: skip


def test_two_nodes_at_one_place_stay_connected(network):
    found, _ = network({1: (0, 0), 2: (0, 0), 3: (4, 0)}, {7: ([1, 2], ROAD), 8: ([2, 3], ROAD)})
    assert sorted(found.metres.round(1).tolist()) == [0.1, pytest.approx(274.6, abs=0.5)]


def test_nothing_to_drive_on_is_said(network):
    with pytest.raises(DataError, match=r"no road that a car may drive$"):
        network({1: (0, 0), 2: (4, 0)}, {7: ([1, 2], {"highway": "path"})})
    with pytest.raises(DataError, match="no road that a car may drive inside the boundary"):
        network({1: (0, 0), 2: (4, 0)}, {7: ([1, 2], ROAD)}, Half(-2.0))
    with pytest.raises(DataError, match="no two places can be reached"):
        network({1: (0, 0), 2: (4, 0)}, {7: ([1, 2], ONE_WAY)})


walks = st.lists(
    st.tuples(st.lists(st.integers(0, 14), min_size=2, max_size=7), st.booleans()), min_size=1, max_size=12
)


@given(walks=walks, limit=st.integers(0, 5))
def test_kept_and_left_out_add_up_and_what_is_kept_connects(walks, limit):
    """On any streets whatever: lengths add up, edges are positive, and every node reaches every other."""
    ref, first, oneway = [], [0], []
    for nodes, one in walks:
        path = [node for node, before in zip(nodes, [None, *nodes], strict=False) if node != before]
        if len(path) < 2:
            continue
        ref += path
        first.append(len(ref))
        oneway.append(one)
    count = len(oneway)
    node = np.array(ref, dtype=np.int64)
    ways = Ways(
        node, ((node % 5) * 70_000).astype(np.int32), (520_000_000 + (node // 5) * 50_000).astype(np.int32),
        np.array(first, dtype=np.intp), np.arange(count), np.array(oneway, dtype=bool), np.full(count, 40.0),
        np.full(count, 50.0), np.zeros(count, dtype=bool), ["residential"] * count,
        [""] * count, [""] * count,
    )  # fmt: skip
    area = Half(limit * 0.007)
    try:
        whole = network_of(ways)
        found, left = network_of(ways, area)
    except DataError:
        return
    for kept, rest in (whole, (found, left)):
        assert (kept.metres > 0).all()
        assert (kept.start != kept.end).all()
        assert (kept.forward_kph > 0).all()
        back = ~kept.oneway
        ends = (np.r_[kept.start, kept.end[back]], np.r_[kept.end, kept.start[back]])
        links = csr_matrix((np.ones(len(ends[0])), ends), shape=(len(kept.lon),) * 2)
        assert connected_components(links, directed=True, connection="strong")[0] == 1
        total = kept.km + rest.outside_km + rest.unconnected_km
        assert total == pytest.approx(whole[0].km + whole[1].unconnected_km)
        assert len(kept.start) + rest.outside + rest.unconnected == len(whole[0].start) + whole[1].unconnected
