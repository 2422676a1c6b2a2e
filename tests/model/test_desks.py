"""Places of desks and call takers over time, and what is drawn for them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from armsim.config.schema import Scenario
from armsim.domain import ThreatLevel
from armsim.model.demand import draw_incidents
from armsim.model.desks import Staffing, call_takers, desks
from armsim.model.threat import Timeline
from armsim.model.world import build_world
from armsim.streams import Streams

LOW, CRITICAL = ThreatLevel.LOW, ThreatLevel.CRITICAL
DAY = 1440.0
HELD = Timeline((0.0,), (LOW,))
ONE = "zone,population,area_km2,x_km,y_km\nA,100,4,0,0\n"
TWO = "zone,population,area_km2,x_km,y_km,force\nA,100,4,0,0,North\nB,100,4,10,0,North\nC,100,4,20,0,South\n"
ARMED = {
    "grade": "FIREARMS",
    "annual": 20_000.0,
    "attendance": {"officers": 1},
    "authorisation": {"exponential": "3 min"},
    "on_scene": {"exactly": "30 min"},
}
NIGHT = (
    {"hours": "07:00-19:00", "managers": 2},
    {"hours": "19:00-07:00", "managers": 1},
    {"hours": "22:00-02:00", "days": ("fri", "sat"), "managers": 1},
)


@pytest.fixture
def build(tmp_path):
    def make(zones=ONE, types=None, levels=None, **parts):
        (tmp_path / "zones.csv").write_text(zones)
        document = {
            "armsim": 1,
            "title": "desks",
            "start": "2018-03-05",
            "window": "28 days",
            "region": {"zones": {"file": "zones.csv"}},
            "bases": {"all": {"sites": {"Depot": {"zone": "A"}}}},
            "travel": {"kind": "crow_fly", "acceleration": "0.245 km/min2", "cruising_speed": "63 km/h"},
            "demand": {"types": types or {"armed": ARMED}},
            "units": {"car": {"standing": {"Depot": 1}, "bases": "all", "serves": ("FIREARMS",)}},
            "dispatch": {
                "policy": {"kind": "nearest"},
                "mobilisation": {"on_patrol": {"exactly": "1 min"}, "at_base": {"exactly": "2 min"}},
            },
            "threat": {"timeline": ({"level": "LOW"},), "levels": levels or {}},
        }
        return build_world(Scenario.model_validate(document | parts), tmp_path)

    return make


def staffing(world, levels=HELD, begin=0.0, end=7 * DAY):
    (one,) = desks(world, levels, begin, end)
    assert one.forces == (0,)
    return one.staffing


def test_without_a_word_one_manager_carries_two_tasks(build):
    assert staffing(build()) == Staffing((0.0,), (2,))
    assert staffing(build(desk={"capacity": 3})) == Staffing((0.0,), (3,))
    assert staffing(build(desk={"managers": 2, "tasks_each": 3})) == Staffing((0.0,), (6,))


def test_managers_come_and_go_by_hours_and_days(build):
    """The window opens on a Monday; what overlaps adds up, and Saturday night runs into Sunday."""
    found = staffing(build(desk={"managers": NIGHT}))
    days = [change for day in range(7) for change in ((day * DAY + 420, 4), (day * DAY + 1140, 2))]
    late = [(4 * DAY + 1320, 4), (5 * DAY + 120, 2), (5 * DAY + 1320, 4), (6 * DAY + 120, 2)]
    assert list(zip(found.starts, found.places, strict=True)) == [(0.0, 2), *sorted([*days, *late])]


def test_a_run_that_begins_in_the_night_begins_with_the_night(build):
    found = staffing(build(desk={"managers": NIGHT}), begin=-100.5, end=500.0)
    assert found == Staffing((-100.5, 420.0), (2, 4))


def test_a_level_changes_the_desk_and_keeps_what_it_does_not_name(build):
    line = Timeline((0.0, 100.25, 300.0), (LOW, CRITICAL, LOW))
    levels = {"CRITICAL": {"desk": {"managers": 3}}, "SEVERE": {"desk": {"capacity": 9}}}
    tripled = build(desk={"managers": 1, "tasks_each": 3}, levels=levels)
    assert staffing(tripled, line) == Staffing((0.0, 100.25, 300.0), (3, 9, 3))
    assert staffing(build(desk={"capacity": 1}, levels=levels), line).places == (1, 6, 1)
    fixed = build(desk={"managers": NIGHT}, levels={"CRITICAL": {"desk": {"capacity": 5}}})
    assert staffing(fixed, line, end=DAY) == Staffing((0.0, 100.25, 300.0, 420.0, 1140.0), (2, 5, 2, 4, 2))


def test_every_force_has_a_desk_and_its_own_is_left_alone_by_levels(build):
    own = {"desk": {"managers": 2, "levels": {"CRITICAL": {"managers": 3}}}}
    critical = {"CRITICAL": {"desk": {"capacity": 7}}}
    world = build(TWO, levels=critical, desk={"capacity": 1}, forces={"South": own})
    north, south = desks(world, Timeline((0.0, 60.0), (LOW, CRITICAL)), 0.0, DAY)
    assert (north.forces, north.staffing) == ((0,), Staffing((0.0, 60.0), (1, 7)))
    assert (south.forces, south.staffing) == ((1,), Staffing((0.0, 60.0), (4, 6)))


def test_a_joint_desk_is_one_with_the_places_of_all(build):
    bloc = {"forces": ("South", "North")}
    parts = {"desk": {"capacity": 1}, "forces": {"South": {"desk": {"managers": NIGHT}}}}
    (joint,) = desks(build(TWO, aid={"blocs": {"both": bloc | {"desk": "joint"}}}, **parts), HELD, 0.0, DAY)
    assert joint.forces == (0, 1)
    assert joint.staffing == Staffing((0.0, 420.0, 1140.0), (3, 5, 3))
    apart = desks(build(TWO, aid={"blocs": {"both": bloc}}, **parts), HELD, 0.0, DAY)
    assert [(one.forces, one.staffing.places) for one in apart] == [((0,), (1,)), ((1,), (2, 4, 2))]


def test_call_takers_by_force(build):
    takers = ({"hours": "24 h", "takers": 3}, {"hours": "12:00-18:00", "takers": 2})
    world = build(TWO, forces={"South": {"desk": {"call_handling": {"takers": takers}}}})
    assert call_takers(world, HELD, 0.0, DAY) == (None, Staffing((0.0, 720.0, 1080.0), (3, 5, 3)))


def test_spells_are_cut():
    one = Staffing((-10.0, 5.0, 20.0), (1, 2, 3))
    assert list(one.spells(0.0, 12.0)) == [(1, 0.0, 5.0), (2, 5.0, 12.0)]
    assert list(one.spells(20.0, 30.0)) == [(3, 20.0, 30.0)]


def test_command_is_drawn_by_the_law_of_the_force_and_moves_no_other_draw(build):
    law = {"median": "20 min", "p90": "40 min"}
    types = {"armed": ARMED, "told": ARMED | {"command": "7 min"}, "plain": ARMED | {"authorisation": None}}
    forces = {"South": {"desk": {"capacity": 1, "handover": {"exactly": "30 min"}}}}

    def drawn(**desk):
        world = build(TWO, types=types, desk=desk, forces=forces)
        return draw_incidents(world, Streams(4, 0), 0.0, 28 * DAY)

    with_law, without = drawn(handover=law), drawn()
    names = sorted(types)
    of = {name: with_law.type == names.index(name) for name in names}
    assert set(with_law.command[of["told"]].tolist()) == {7.0}
    assert set(with_law.command[of["plain"]].tolist()) == {0.0}
    assert set(with_law.command[of["armed"] & (with_law.force == 1)].tolist()) == {30.0}
    north = with_law.command[of["armed"] & (with_law.force == 0)]
    log_sd = np.log(2) / stats.norm.ppf(0.9)
    assert stats.kstest(np.log(north), stats.norm(np.log(20), log_sd).cdf).pvalue > 1e-3
    assert set(without.command[of["armed"] & (without.force == 0)].tolist()) == {0.0}
    for name in ("received_at", "graded_at", "authorisation", "on_scene", "trip_z", "x"):
        np.testing.assert_array_equal(getattr(with_law, name), getattr(without, name))


def test_calls_of_an_attack_across_a_border_are_commanded_as_their_force_does(build):
    calls = {"armed": {"number": 200, "over": "1 h", "near": "40 km"}}
    world = build(
        TWO,
        desk={"handover": {"exactly": "20 min"}},
        forces={"South": {"desk": {"capacity": 1, "handover": {"exactly": "30 min"}}}},
        attacks={"raid": {"incident": "armed", "calls": calls}},
        study={"given": {"attack": "raid", "at": "1 day"}},
    )
    table = draw_incidents(world, Streams(4, 0), 0.0, 28 * DAY)
    struck = table.attack >= 0
    for force, minutes in ((0, 20.0), (1, 30.0)):
        mine = struck & (table.force == force)
        assert mine.sum() > 20
        assert set(table.command[mine].tolist()) == {minutes}
