"""Potential response against a plain reading of every survey, zone by zone."""

import numpy as np
import pytest

from armsim.analysis import potential
from armsim.config.loader import load_scenario
from armsim.domain import UnitStatus
from armsim.study.worlds import world_of

SCENARIO = """
armsim: 1
title: Tiny
start: "2018-03-05"
window: 1 day
region:
  generated: {name: Testshire, people: 100000, area: 400, rural_share: 0.3, zones: 10, cities: 1, towns: 2}
bases: {all: {p_median: 1}}
travel:
  kind: crow_fly
  acceleration: 0.245 km/min2
  cruising_speed: 63 km/h
  blue_light_time_factor: {FIREARMS: 0.7}
demand: {types: {armed: {grade: FIREARMS, annual: 365, attendance: {arv: 1}, on_scene: {exactly: 40 min}}}}
patterns: {day: {teams: 1, shifts: {D: "24 h"}, cycle: [D], days_between_teams: 1}}
teams: {arv: {kind: pattern, establishment: 6, pattern: day}}
units: {arv: {team: arv, bases: all, arv: true, armed: true, serves: [FIREARMS]}}
dispatch:
  policy: {kind: nearest}
  mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 2 min}}
threat: {timeline: [{level: SEVERE}]}
"""
PATROL, BASE, SCENE = (
    float(UnitStatus.ON_PATROL),
    float(UnitStatus.AVAILABLE_AT_BASE),
    float(UnitStatus.ON_SCENE),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    file = tmp_path_factory.mktemp("potential") / "tiny.yaml"
    file.write_text(SCENARIO)
    return world_of(load_scenario(file))


class Log:
    """Surveys of four ARVs that stay, move and share places; some cannot be had, one survey finds none."""

    def __init__(self, world):
        draw = np.random.default_rng(5)
        self.units = [type("Unit", (), {"kind": 0})()] * 4
        spots = draw.uniform(0, 20, (6, 2))
        rows = []
        for step in range(96):
            for unit in range(4):
                had = 0 if step == 40 else draw.integers(0, 3)
                x, y = spots[draw.integers(6)]
                rows.append((15.0 * step, unit, draw.choice([PATROL, BASE, SCENE]), had, x, y, -1.0))
        names = ("minute", "unit", "status", "obtainable", "place_a", "place_b", "place_c")
        columns = np.array(rows, dtype=np.float64).T
        levels = {"level": [3.0, 4.0, 3.0], "start": [0.0, 300.0, 900.0], "end": [300.0, 900.0, 1440.0]}
        self.tables = {
            "survey": dict(zip(names, columns, strict=True)),
            "threat": {name: np.array(values) for name, values in levels.items()},
        }


def plainly(log, world):
    """The same by loops over surveys, zones and units."""
    survey, sums, count = log.tables["survey"], np.zeros((len(world.zones), 5)), np.zeros(5)
    places = world.travel.places(survey["place_a"], survey["place_b"], np.full(len(survey["minute"]), -1))
    for minute in np.unique(survey["minute"]):
        level = 4 if 300 <= minute < 900 else 3
        rows = np.flatnonzero((survey["minute"] == minute) & (survey["obtainable"] >= 1))
        for zone, place in enumerate(world.travel.zone_places()):
            trips = [
                (1 if survey["status"][row] == PATROL else 2) + 0.7 * world.travel.minutes(places[row], place)
                for row in rows
            ]
            sums[zone, level] += min(trips, default=0.0)
        count[level] += len(rows) > 0
    return sums, count


def test_it_is_the_soonest_of_the_obtainable_at_every_survey(world):
    log = Log(world)
    wanted, surveys = plainly(log, world)
    sums, count = potential.potential_response(log, world)
    np.testing.assert_allclose(sums, wanted, rtol=1e-6)
    assert count.tolist() == surveys.tolist()
    assert count.sum() < 96


@pytest.mark.parametrize(("block", "call"), [(1, 1), (333, 77)])
def test_working_in_pieces_changes_no_digit(world, monkeypatch, block, call):
    log = Log(world)
    whole = potential.potential_response(log, world)
    monkeypatch.setattr(potential, "_BLOCK_CELLS", block)
    monkeypatch.setattr(potential, "_CALL_CELLS", call)
    pieces = potential.potential_response(log, world)
    assert np.array_equal(whole[0], pieces[0])
    assert np.array_equal(whole[1], pieces[1])


def test_without_an_obtainable_arv_nothing_is_summed(world):
    log = Log(world)
    log.tables["survey"]["obtainable"][:] = 0
    sums, count = potential.potential_response(log, world)
    assert not sums.any()
    assert not count.any()
