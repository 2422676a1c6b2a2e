import logging
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import dijkstra

from armsim.errors import DataError
from armsim.model.travel import Leg, RoadNetwork, RoadTables, road_graph

KM = st.floats(-0.5, 6.5)
POINT = st.tuples(KM, KM)
per_example = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


@pytest.fixture(scope="module")
def model(grid):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARMSIM_CACHE", "off")
        return grid.model(tree_megabytes=0.0)


def place(model, x, y):
    return model.places(np.array([x]), np.array([y]), np.array([0]))[0]


def node_places(model, grid):
    """A place exactly on each node, in order of node: no piece off the road."""
    tables = grid.tables()
    return model.places(tables.x_km, tables.y_km, np.zeros(tables.x_km.size, dtype=int))


def test_with_a_root_at_every_node_times_are_the_shortest(grid):
    every = grid.model(tree_megabytes=1.0)
    places, exact = node_places(every, grid), grid.brute_force(grid.tables())
    got = np.array([every.approach([Leg.at(p) for p in places], 0.0, q) for q in places]).T
    assert got == pytest.approx(exact, rel=1e-6, abs=1e-12)
    assert not np.allclose(exact, exact.T)  # one-way streets matter


def test_with_the_zones_roots_only_times_to_zones_are_the_shortest_and_others_no_shorter(grid, model):
    places, exact = node_places(model, grid), grid.brute_force(grid.tables())
    anchors = [0, 5 * grid.side + 1, 3 * grid.side + 6, 6 * grid.side + 5]
    got = np.array([[model.minutes(p, q) for q in places] for p in places])
    shared = np.array([[p[2][2] == q[2][2] for q in places] for p in places])
    by_law = np.array(
        [[grid.law.minutes(np.hypot(p[0] - q[0], p[1] - q[1])) for q in places] for p in places]
    )
    assert got[shared] == pytest.approx(by_law[shared])
    by_road = ~shared & ~np.isclose(got, by_law)
    assert by_road.sum() > 1000
    assert (got >= exact - 1e-5)[by_road].all()
    to_anchor = by_road[:, anchors]
    assert got[:, anchors][to_anchor] == pytest.approx(exact[:, anchors][to_anchor], rel=1e-6)


def test_pieces_off_the_road_are_by_the_law(grid):
    every = grid.model(tree_megabytes=1.0)
    exact = grid.brute_force(grid.tables())
    start, end = place(every, 0.0, 0.3), place(every, 5.0, 5.8)
    whole = grid.law.minutes(0.3) + exact[0, 5 * grid.side + 6] + grid.law.minutes(0.2)
    assert every.minutes(start, end) == pytest.approx(whole, rel=1e-6)


def test_short_trips_do_not_go_round_by_the_root(grid, model):
    start, end = place(model, 2.4, 2.5), place(model, 2.6, 2.5)
    assert model.minutes(start, end) == pytest.approx(grid.law.minutes(0.2))


@per_example
@given(POINT, POINT, POINT, POINT, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_approach_is_minutes_from_the_true_position_even_after_diversions(model, a, b, c, d, f, g):
    start, end, other, target = (place(model, *point) for point in (a, b, c, d))
    first = model.leg(start, end, 10.0, 7.0)
    here = model.position(first, 10.0 + 7.0 * f)
    expected = model.minutes(here, target)
    assert model.approach([first], 10.0 + 7.0 * f, target)[0] == pytest.approx(expected, abs=1e-9)
    second = model.leg(here, other, 0.0, 1.0)
    there = model.position(second, g)
    assert model.approach([second], g, target)[0] == pytest.approx(model.minutes(there, target), abs=1e-9)
    assert np.isfinite(expected)


@per_example
@given(POINT, POINT, st.floats(0.0, 0.999))
def test_a_unit_that_goes_on_needs_the_rest_of_its_path(model, a, b, share):
    """Exactly so while it is on the way by road: the actual trip is three times the mean one."""
    start, end = place(model, *a), place(model, *b)
    total = model.minutes(start, end)
    leg = model.leg(start, end, 0.0, 3.0 * total)
    now = 3.0 * total * share
    x, y, (_, _, root, _, _) = model.position(leg, now)
    end_root, last_squared = end[2][2], end[2][4]
    by_road = root != end_root and (x - end[0]) ** 2 + (y - end[1]) ** 2 > last_squared
    started_by_road = leg.path is not None and len(leg.path.nodes) > 2
    if by_road and started_by_road and leg.path.ahead(share)[0] < len(leg.path.nodes) - 1:
        assert model.approach([leg], now, end)[0] == pytest.approx((1 - share) * total, rel=1e-6, abs=1e-6)


@per_example
@given(POINT, POINT)
def test_a_path_lasts_as_long_as_the_trip_and_never_jumps(model, a, b):
    start, end = place(model, *a), place(model, *b)
    total = model.minutes(start, end)
    leg = model.leg(start, end, 0.0, 1.0)
    points = np.array([model.position(leg, t)[:2] for t in np.linspace(0.0, 1.0, 401)])
    assert tuple(points[0]) == start[:2]
    assert tuple(points[-1]) == end[:2]
    assert leg.path is None or leg.path.minutes[-1] == pytest.approx(total, rel=1e-6)
    # the fastest piece: 1 km in 0.8 minutes on a street, or off it at the law's mean pace
    fastest = max(1 / 0.8, np.hypot(*(points[-1] - points[0])) / max(total, 1e-9), 0.75)
    steps = np.hypot(*np.diff(points, axis=0).T)
    assert steps.max() <= fastest * total / 400 * 1.001 + 1e-9


def test_a_diverted_unit_goes_on_from_the_node_ahead(grid):
    every = grid.model(tree_megabytes=1.0)
    nodes, exact = node_places(every, grid), grid.brute_force(grid.tables())
    leg = every.leg(nodes[0], nodes[48], 0.0, 10.0)
    _, _, (node, first, *_) = every.position(leg, 4.3)
    assert 0 < node < 48
    assert first > 0
    total = exact[0, 48]
    assert first + exact[node, 48] == pytest.approx(0.57 * total, rel=1e-6)
    assert exact[0, node] - first == pytest.approx(0.43 * total, rel=1e-6)
    for target in (6, 42):
        assert every.approach([leg], 4.3, nodes[target]) == [
            pytest.approx(first + exact[node, target], rel=1e-6)
        ]


def test_the_path_is_laid_once_and_only_when_asked_for(model):
    leg = model.leg(place(model, 0.0, 0.0), place(model, 6.0, 5.0), 0.0, 10.0)
    model.approach([leg], -1.0, leg.destination)
    model.approach([leg], 11.0, leg.origin)
    assert leg.path is None
    model.position(leg, 2.0)
    path = leg.path
    model.approach([leg], 3.0, leg.origin)
    assert leg.path is path is not None


def test_minutes_to_zones_agrees_with_minutes(grid, model):
    zones = model.zone_places()
    moving = model.position(model.leg(zones[0], zones[3], 0.0, 1.0), 0.37)
    sample = [*node_places(model, grid)[::5], place(model, 2.2, 3.3), moving]
    expected = np.array([[model.minutes(p, z) for z in zones] for p in sample])
    assert model.minutes_to_zones(sample) == pytest.approx(expected, rel=1e-5, abs=1e-6)
    assert model.minutes_to_zones([]).shape == (0, 4)
    assert model.places(np.array([]), np.array([]), np.array([], dtype=int)) == []


def test_zones_out_of_reach_are_refused_by_name_or_reported(grid):
    zones = {"zone_x": (0.0, 30.0, 3.0), "zone_y": (0.0, 0.0, 6.0)}
    with pytest.raises(DataError, match=r"Island \(24\.0 km\); extend"):
        grid.model(**zones, zone_names=["Town", "Island", "Hill"])
    model = grid.model(**zones, on_unreachable="crow_fly")
    assert model.unreachable == (1,)
    town, island, hill = model.zone_places()
    assert np.isfinite(model.minutes_to_zones([town, island, hill])).all()
    corner = place(model, 6.0, 0.0)
    assert model.minutes(hill, island) == pytest.approx(model.minutes(hill, corner) + grid.law.minutes(24.0))
    assert grid.model(**zones, reach_km=25.0).unreachable == ()


def test_what_does_not_connect_is_dropped_and_reported(grid, caplog):
    base = grid.tables(extra_nodes=[(8.0, 8.0), (9.0, 8.0), (3.5, -1.0)])
    here, there, trap = grid.side**2, grid.side**2 + 1, grid.side**2 + 2
    tables = RoadTables(
        base.x_km,
        base.y_km,
        np.concatenate([base.start, [here, there, 0]]),  # an island of two, and a street of no return
        np.concatenate([base.end, [there, here, trap]]),
        np.concatenate([base.km, [1.0, 1.0, 4.0]]),
        np.concatenate([base.minutes, [1.0, 1.0, 4.0]]),
    )
    with caplog.at_level(logging.WARNING):
        model = RoadNetwork.build(grid.law, np.array([0.0, 3.5]), np.array([0.0, -1.0]), tables)
    dropped = model.dropped
    assert (dropped.components, dropped.nodes, dropped.edges, dropped.km) == (2, 3, 3, 6.0)
    assert (dropped.kept_nodes, dropped.kept_edges) == (49, base.start.size)
    assert "3 nodes and 3 directed edges (6.0 km) in 2 components" in caplog.text
    assert model.zone_places()[1][2][0] in (3 * grid.side, 4 * grid.side)  # joined to a node that was kept


def test_the_quickest_of_parallel_edges_counts_and_loops_do_not(grid):
    line = RoadTables(
        np.array([0.0, 1.0, 2.0]),
        np.zeros(3),
        np.array([0, 0, 1, 1, 2, 1]),
        np.array([1, 1, 0, 2, 1, 1]),
        np.ones(6),
        np.array([5.0, 2.0, 3.0, 0.0, 4.0, 0.0]),
    )
    model = RoadNetwork.build(grid.law, np.array([0.0, 1.0, 2.0]), np.zeros(3), line)
    a, b, c = model.zone_places()
    assert model.minutes(a, b) == pytest.approx(2.0)
    assert model.minutes(b, a) == pytest.approx(3.0)
    assert model.minutes(b, c) == pytest.approx(0.0, abs=1e-3)  # an edge of no length is still an edge
    assert model.minutes(a, c) == pytest.approx(2.0, abs=1e-3)


def test_streets_that_lead_nowhere_back_are_refused(grid):
    one_way = RoadTables(
        np.array([0.0, 1.0]), np.zeros(2), np.array([0]), np.array([1]), np.ones(1), np.ones(1)
    )
    with pytest.raises(DataError, match="one-way"):
        RoadNetwork.build(grid.law, np.zeros(1), np.zeros(1), one_way)


def test_trees_come_from_the_cache_the_second_time(grid, monkeypatch, tmp_path):
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path))
    first = grid.model()
    monkeypatch.setattr("armsim.model.travel.road_graph._grow", None)  # would fail if called
    second = grid.model()
    p, q = first.zone_places()[0], first.zone_places()[3]
    assert second.minutes(p, q) == first.minutes(p, q)
    assert second.zone_places() == first.zone_places()


def test_no_trip_begins_or_ends_where_the_table_forbids_it(grid):
    """A motorway passes by: a zone beside it joins the street further off, but drives over the motorway."""
    x = np.array([0.0, 0.0, 10.0, 10.0])
    y = np.array([0.0, 1.0, 1.0, 0.0])
    start, end = np.array([0, 1, 2, 3, 2, 1]), np.array([1, 2, 3, 2, 1, 0])
    joins = np.array([True, False, False, True])
    tables = RoadTables(x, y, start, end, np.ones(6), np.full(6, 2.0), joins)
    zone_x, zone_y = np.array([0.1, 9.9]), np.array([0.9, 0.9])
    model = RoadNetwork.build(grid.law, zone_x, zone_y, tables)
    assert [place[2][0] for place in model.zone_places()] == [0, 3]
    assert model.off_road_km == pytest.approx([math.hypot(0.1, 0.9)] * 2)
    off = grid.law.of_array(model.off_road_km).sum()
    assert model.minutes(*model.zone_places()) == pytest.approx(6.0 + off)
    everywhere = RoadNetwork.build(grid.law, zone_x, zone_y, replace(tables, joins=None))
    assert [place[2][0] for place in everywhere.zone_places()] == [1, 2]
    nowhere = RoadNetwork.build(grid.law, zone_x, zone_y, replace(tables, joins=np.zeros(4, dtype=bool)))
    assert nowhere.zone_places() == everywhere.zone_places()


def test_many_zones_cost_one_search_each_and_then_none(grid, monkeypatch, tmp_path):
    """Trees grow 256 at a time, one search a root, and the second time come from the cache."""
    monkeypatch.setenv("ARMSIM_CACHE", str(tmp_path))
    searched = []

    def counted(network, **options):
        searched.append(np.size(options["indices"]))
        return dijkstra(network, **options)

    monkeypatch.setattr(road_graph, "dijkstra", counted)
    rng = np.random.default_rng(5)
    side = 50
    x, y = (axis.ravel() * 0.4 for axis in np.meshgrid(np.arange(side), np.arange(side)))
    node = np.arange(side * side).reshape(side, side)
    one = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    other = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    start, end = np.concatenate([one, other]), np.concatenate([other, one])
    minutes = np.tile(rng.uniform(0.3, 0.9, len(one)), 2)
    tables = RoadTables(x, y, start, end, np.full(len(start), 0.4), minutes)
    zones = rng.uniform(0, 0.4 * (side - 1), (2, 600))
    first = RoadNetwork.build(grid.law, *zones, tables, tree_megabytes=0.0)
    roots = len(first._roots)
    assert 400 < roots <= 600
    assert sum(searched) == 2 * roots  # towards each root, and once from all of them together
    assert len(searched) == -(-roots // 256) + 1
    searched.clear()
    second = RoadNetwork.build(grid.law, *zones, tables, tree_megabytes=0.0)
    assert searched == []
    both = [model.minutes_to_zones(model.zone_places()) for model in (first, second)]
    assert both[0].shape == (600, 600)
    assert (both[0] == both[1]).all()
