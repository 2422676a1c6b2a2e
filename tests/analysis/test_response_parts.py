"""What armed response is made of: by hand, and against the response times of a run."""

from types import SimpleNamespace

import numpy as np
import pytest

from armsim.analysis.response_parts import PARTS, response_parts
from armsim.config.loader import load_scenario
from armsim.domain import Grade, Record, ThreatLevel, UnitStatus
from armsim.engine.simulation import simulate
from armsim.study.worlds import world_of

SEVERE = int(ThreatLevel.SEVERE)
U = UnitStatus


def world(waits=False):
    kinds = {"arv": SimpleNamespace(armed=True), "car": SimpleNamespace(armed=False)}
    types = {"armed": SimpleNamespace(wait_for_authority=waits)}
    scenario = SimpleNamespace(units=kinds, demand=SimpleNamespace(types=types))
    return SimpleNamespace(scenario=scenario, kinds=("arv", "car"), types=("armed",))


def log(*rows, kinds=(0, 0, 1)):
    """Rows: unit, status, start, end, incident; sorted by unit and start."""
    table = np.array(sorted(rows, key=lambda row: (row[0], row[2])), dtype=float)
    names = ("unit", "status", "start", "end", "incident")
    columns = {name: table[:, index] for index, name in enumerate(names)}
    units = tuple(SimpleNamespace(kind=kind) for kind in kinds)
    return SimpleNamespace(tables={"unit_status": columns}, units=units)


def incidents(*rows):
    """Rows: number, received, graded, authorised, first armed."""
    table = np.array(rows, dtype=float)
    columns = dict(
        zip(("incident", "received_at", "graded_at", "authorised_at", "first_armed_at"), table.T, strict=True)
    )
    size = len(table)
    return columns | {
        "grade": np.full(size, Grade.FIREARMS), "level": np.full(size, SEVERE), "type": np.zeros(size, int)
    }  # fmt: skip


def parts(found, level="SEVERE"):
    return {name: found[f"response_part_minutes:level={level}:part={name}"] for name in PARTS}


RUN = (
    (0, U.ON_PATROL, 0, 107, -1),
    (0, U.MOBILISING, 107, 108.5, 7),
    (0, U.EN_ROUTE, 108.5, 115, 7),
    (0, U.HOLDING, 115, 118, 7),
    (0, U.ON_SCENE, 118, 150, 7),
)


def test_parts_lie_end_to_end_from_the_call_to_the_arrival():
    found = response_parts(log(*RUN), world(), incidents((7, 100, 102, 118, 118)))
    assert found["response_parts:level=SEVERE"] == 1
    assert parts(found) == {
        "call_handling": 2, "authority": 0, "waiting": 5, "mobilisation": 1.5, "travel": 6.5, "holding": 3
    }  # fmt: skip


def test_where_units_wait_for_authority_that_time_is_its_own_part():
    found = response_parts(
        log(*RUN[:3], (0, U.ON_SCENE, 115, 150, 7)), world(True), incidents((7, 100, 102, 106, 115))
    )
    assert parts(found) == {
        "call_handling": 2, "authority": 4, "waiting": 1, "mobilisation": 1.5, "travel": 6.5, "holding": 0
    }  # fmt: skip


def test_a_unit_on_its_way_to_other_work_counts_from_when_it_was_turned():
    rows = ((0, U.EN_ROUTE, 90, 107, 3), (0, U.EN_ROUTE, 107, 115, 7), (0, U.ON_SCENE, 115, 150, 7))
    found = response_parts(log(*rows), world(), incidents((7, 100, 102, 104, 115)))
    assert parts(found)["travel"] == 8
    assert parts(found)["waiting"] == 5


def test_left_out_are_incidents_taken_over_on_the_scene_unarmed_arrivals_and_those_nobody_came_to():
    taken_over = ((0, U.EN_ROUTE, 90, 100, 3), (0, U.ON_SCENE, 100, 115, 3), (0, U.ON_SCENE, 115, 150, 7))
    unarmed = ((2, U.EN_ROUTE, 90, 120, 8), (2, U.ON_SCENE, 120, 150, 8))
    rows = incidents((7, 100, 102, 104, 115), (8, 80, 85, 90, 120), (9, 80, 85, np.nan, np.nan))
    assert response_parts(log(*taken_over, *unarmed), world(), rows) == {}


def test_of_two_armed_units_at_one_moment_one_is_taken():
    other = tuple((1, *row[1:]) for row in RUN)
    found = response_parts(log(*RUN, *other), world(), incidents((7, 100, 102, 118, 118)))
    assert found["response_parts:level=SEVERE"] == 1
    assert sum(parts(found).values()) == 18


def test_without_incidents_there_is_nothing():
    none = {name: column[:0] for name, column in incidents((7, 100, 102, 118, 118)).items()}
    assert response_parts(log(*RUN), world(), none) == {}


@pytest.mark.parametrize("record", [Record.METRICS, Record.FULL])
def test_in_a_run_the_parts_add_up_to_the_response_times(tmp_path, tiny_armed, record):
    file = tmp_path / "tiny.yaml"
    file.write_text(tiny_armed)
    made = world_of(load_scenario(file))
    ran = simulate(made, 3, 0, record)
    table = ran.tables["incidents"]
    inside = (table["received_at"] >= 0) & (table["received_at"] < made.scenario.window)
    counted = {name: column[inside] for name, column in table.items()}
    found = response_parts(ran, made, counted)
    reached = (counted["grade"] == Grade.FIREARMS) & ~np.isnan(counted["first_armed_at"])
    times = (counted["first_armed_at"] - counted["received_at"])[reached]
    assert found["response_parts:level=SEVERE"] == len(times) > 5
    assert sum(parts(found).values()) == pytest.approx(times.sum())
    assert parts(found)["mobilisation"] > 0
    assert parts(found)["travel"] > 0


@pytest.fixture
def tiny_armed():
    return """
armsim: 1
title: Tiny
start: "2018-03-05"
window: 3 days
cool_down: 6 h
region:
  generated: {name: Testshire, people: 100000, area: 400, rural_share: 0.3, zones: 10, cities: 1, towns: 2}
bases: {all: {p_median: 1}}
travel: {kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}
demand:
  types:
    armed: {grade: FIREARMS, annual: 3650, attendance: {arv: 1}, on_scene: {exactly: 40 min}}
    call: {grade: G1, annual: 7300, attendance: {officers: 1}, on_scene: {exactly: 30 min}}
patterns: {day: {teams: 1, shifts: {D: "24 h"}, cycle: [D], days_between_teams: 1}}
teams: {arv: {kind: pattern, establishment: 6, pattern: day}}
units:
  arv: {team: arv, bases: all, arv: true, armed: true, serves: [FIREARMS, G1]}
dispatch:
  policy: {kind: nearest}
  mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 2 min}}
threat: {timeline: [{level: SEVERE}]}
"""
