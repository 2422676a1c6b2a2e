"""Incidents that turn into others, and work by ordinal: drawn with the incident, each from its own stream."""

import numpy as np
import pytest
from scipy import stats

from armsim.config.schema import Scenario
from armsim.model.demand import ORDINALS, draw_incidents
from armsim.model.incident_table import IncidentTable
from armsim.model.world import build_world
from armsim.streams import Streams

WEEK = 10080.0
ZONES = "zone,population,area_km2,x_km,y_km\nA,100,4,0,0\nB,300,1,10,0\n"
TURNS = {"to": "siege", "probability": 0.2, "after": {"exponential": "15 min"}}
CALL = {
    "grade": "G1",
    "annual": 20_000.0,
    "attendance": {"officers": 1},
    "on_scene": {"mean": "40 min", "cv": 1.0},
    "escalation": TURNS,
}
SIEGE = {
    "grade": "FIREARMS",
    "priority": 3,
    "annual": 500.0,
    "attendance": {"arv": {2: 0.5, 3: 0.5}},
    "call_handling": {"exactly": "2 min"},
    "authorisation": {"exponential": "3 min"},
    "on_scene": {"exponential": "3 h"},
}
SHOOTING = {**SIEGE, "priority": 1, "annual": 0.0, "on_scene": {"exactly": "9 h"}}


@pytest.fixture
def draw(tmp_path):
    (tmp_path / "zones.csv").write_text(ZONES)

    def make(types, replication=0, levels=None, end=8 * WEEK, **more) -> IncidentTable:
        scenario = {
            "armsim": 1,
            "title": "test",
            "start": "2018-03-05",
            "window": "56 days",
            "region": {"zones": {"file": "zones.csv"}},
            "bases": {"main": {"sites": {"Depot": {"zone": "A"}}}},
            "travel": {"kind": "crow_fly", "acceleration": "0.2 km/min2", "cruising_speed": "60 km/h"},
            "demand": {"types": types},
            "units": {"car": {"standing": {"Depot": 1}, "bases": "main", "serves": ("G1",)}},
            "dispatch": {
                "policy": {"kind": "nearest"},
                "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
            },
            "threat": {"timeline": ({"level": "SEVERE"},), "levels": levels or {}},
            **more,
        }
        world = build_world(Scenario.model_validate(scenario), tmp_path)
        return draw_incidents(world, Streams(1, replication), 0.0, end)

    return make


def twins(table) -> dict[float, int]:
    """``received_at`` of each parent: row of its child."""
    rows = np.flatnonzero(table.child >= 0)
    return dict(zip(table.received_at[rows].tolist(), table.child[rows].tolist(), strict=True))


def test_a_share_escalates_after_its_law(draw) -> None:
    table = draw({"call": CALL, "siege": SIEGE})
    calls = table.type == 0
    marked = ~np.isnan(table.escalates_at)
    assert not marked[~calls].any()
    assert stats.binomtest(int(marked.sum()), int(calls.sum()), 0.2).pvalue > 1e-3
    after = (table.escalates_at - table.received_at)[marked]
    assert stats.kstest(after, stats.expon(scale=15.0).cdf).pvalue > 1e-3


def test_a_child_stands_where_its_parent_does_with_clocks_of_its_own(draw) -> None:
    table = draw({"call": CALL, "siege": SIEGE})
    children = table.children
    marked = np.flatnonzero(~np.isnan(table.escalates_at))
    assert np.array_equal(np.flatnonzero(table.child >= 0), marked)
    rows = table.child[marked]
    assert sorted(rows) == list(range(len(children)))
    assert np.array_equal(children.parent[rows], table.number[marked])
    assert children.number.tolist() == list(range(len(table), len(table) + len(children)))
    assert np.array_equal(children.received_at[rows], table.escalates_at[marked])
    assert np.allclose(children.graded_at - children.received_at, 2.0)
    for name in ("x", "y", "zone"):
        assert np.array_equal(getattr(children, name)[rows], getattr(table, name)[marked]), name
    assert [children.places[row] for row in rows] == [table.places[row] for row in marked]
    assert set(children.type) == {1} and set(children.priority) == {3}
    assert set(table.parent) == {-1} and set(children.child) == {-1}
    assert children.children is None
    assert stats.kstest(children.on_scene, stats.expon(scale=180.0).cdf).pvalue > 1e-3
    assert stats.kstest(children.authorisation, stats.expon(scale=3.0).cdf).pvalue > 1e-3
    assert stats.binomtest(int((children.needs[:, 3] == 3).sum()), len(children), 0.5).pvalue > 1e-3


def test_escalation_moves_no_other_draw_and_a_larger_share_keeps_the_children(draw) -> None:
    never = {name: value for name, value in CALL.items() if name != "escalation"}
    plain = draw({"call": never, "siege": SIEGE})
    some = draw({"call": CALL, "siege": SIEGE})
    more = draw({"call": {**CALL, "escalation": {**TURNS, "probability": 0.5}}, "siege": SIEGE})
    assert plain.children is None and np.isnan(plain.escalates_at).all()
    for name in set(vars(plain)) - {"escalates_at", "child", "children", "places"}:
        assert getattr(plain, name).tobytes() == getattr(some, name).tobytes(), name
    few, many = twins(some), twins(more)
    assert set(few) < set(many)
    for name in ("received_at", "on_scene", "trip_z", "needs"):
        one = getattr(some.children, name)[[few[at] for at in few]]
        other = getattr(more.children, name)[[many[at] for at in few]]
        assert np.array_equal(one, other), name


def test_a_dropped_incident_has_no_child_and_the_others_keep_theirs(draw) -> None:
    types = {"call": CALL, "siege": SIEGE}
    usual = draw(types)
    fewer = draw(types, levels={"SEVERE": {"demand": {"call": 0.5}}})
    more = draw(types, levels={"SEVERE": {"demand": {"call": 1.5}}})
    kept, whole, added = twins(fewer), twins(usual), twins(more)
    assert set(kept) < set(whole) < set(added)
    assert len(fewer.children) == len(kept)
    assert fewer.children.on_scene[list(kept.values())].tolist() == [
        usual.children.on_scene[whole[at]] for at in kept
    ]
    assert np.unique(more.children.on_scene).size == len(more.children)


def test_children_may_turn_into_others_in_their_turn(draw) -> None:
    turns = {"to": "shooting", "probability": 0.5, "after": {"exactly": "20 min"}}
    table = draw({"call": CALL, "shooting": SHOOTING, "siege": {**SIEGE, "escalation": turns}})
    children = table.children
    sieges, shootings = (np.flatnonzero(children.type == code) for code in (2, 1))
    direct = int(((table.type == 2) & (table.child >= 0)).sum())
    again = np.flatnonzero(children.child >= 0)
    assert set(children.type[again]) == {2}
    assert again.size + direct == shootings.size
    assert stats.binomtest(int(again.size), sieges.size, 0.5).pvalue > 1e-3
    grand = children.child[again]
    assert set(children.type[grand]) == {1}
    assert np.array_equal(children.parent[grand], children.number[again])
    assert np.allclose(children.received_at[grand], children.received_at[again] + 20.0)
    assert np.array_equal(children.x[grand], children.x[again])
    parents = np.flatnonzero(table.child >= 0)
    assert np.array_equal(children.parent[table.child[parents]], parents)
    assert sorted([*table.child[parents], *grand]) == list(range(len(children)))


def test_what_an_attack_brings_may_escalate(draw) -> None:
    certain = {**CALL, "annual": 0.0, "escalation": {**TURNS, "probability": 1.0}}
    table = draw(
        {"call": certain, "siege": {**SIEGE, "annual": 0.0}},
        attacks={"raid": {"incident": "call", "sites": 3}},
        study={"given": {"attack": "raid", "at": "1 day"}},
    )
    assert len(table) == len(table.children) == 3
    assert table.attack_site.tolist() == [0, 1, 2]
    assert table.children.attack.tolist() == [0, 0, 0]
    assert table.children.attack_site.tolist() == [-1, -1, -1]
    assert np.unique(table.children.on_scene).size == 3


def test_each_unit_of_a_type_released_singly_has_work_of_its_own(draw) -> None:
    plain = draw({"call": SIEGE | {"annual": 9000.0}, "siege": SIEGE})
    table = draw({"call": SIEGE | {"annual": 9000.0, "release": "singly"}, "siege": SIEGE})
    assert plain.on_scene_by_ordinal.shape == (len(plain), 0)
    work = table.on_scene_by_ordinal
    assert (work.shape, work.dtype) == ((len(table), ORDINALS), np.float32)
    singly = table.type == 0
    assert np.isnan(work[~singly]).all()
    assert np.array_equal(work[singly, 0], table.on_scene[singly].astype(np.float32))
    assert stats.kstest(work[singly, 1:].ravel(), stats.expon(scale=180.0).cdf).pvalue > 1e-3
    assert np.isin(work[singly, 1:], work[singly, 0]).mean() < 0.01
    ranks = stats.spearmanr(work[singly]).statistic
    assert np.abs(ranks[~np.eye(ORDINALS, dtype=bool)]).max() < 4 / np.sqrt(singly.sum())
    for name in set(vars(plain)) - {"on_scene_by_ordinal", "children", "places"}:
        assert getattr(plain, name).tobytes() == getattr(table, name).tobytes(), name


def test_columns_left_out_of_a_table_stand_at_none(draw) -> None:
    names = ("attack", "attack_site", "escalates_at", "child", "parent", "on_scene_by_ordinal", "children")
    table = draw({"call": CALL, "siege": SIEGE}, end=WEEK)
    kept = {name: value for name, value in vars(table).items() if name not in names}
    bare = IncidentTable(**kept)
    assert set(bare.attack) == set(bare.attack_site) == set(bare.child) == set(bare.parent) == {-1}
    assert np.isnan(bare.escalates_at).all() and bare.escalates_at.shape == (len(table),)
    assert bare.on_scene_by_ordinal.shape == (len(table), 0)
    assert bare.children is None
