"""Figures of the command desk against sums done by hand."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from armsim.analysis.desk import authority_curve, desk_totals
from armsim.analysis.metrics import summarise
from armsim.analysis.option import OptionData
from armsim.config.loader import load_scenario
from armsim.domain import COMMAND_COLUMNS, Milestone
from armsim.study.worlds import world_of

SCENARIO = """
armsim: 1
title: Tiny
start: "2018-03-05"
window: 1 day
region: {zones: {file: zones.csv}}
bases: {all: {sites: {Depot: {zone: A}}}}
travel: {kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}
demand:
  types:
    armed:
      authorisation: {exactly: 5 min}
      grade: FIREARMS
      annual: 9
      attendance: {officers: 1}
      on_scene: {exactly: 1 h}
    call: {grade: G1, annual: 9, attendance: {officers: 1}, on_scene: {exactly: 1 h}}
units: {car: {standing: {Depot: 1}, bases: all, serves: [FIREARMS, G1]}}
dispatch:
  policy: {kind: nearest}
  mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 2 min}}
desk: {managers: [{hours: "00:00-12:00", managers: 1}, {hours: "12:00-24:00", managers: 2}], tasks_each: 1}
threat:
  timeline: [{level: SEVERE}, {level: CRITICAL, at: 6 h}]
  levels: {SEVERE: {}, CRITICAL: {desk: {capacity: 3}}}
"""
ZONES = "zone,population,area_km2,x_km,y_km\nA,100,4,0,0\nB,100,4,10,0\n"
NAN = math.nan
AUTHORITY, COMMAND, ATTACK = 0, 1, 2


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    (folder / "zones.csv").write_text(ZONES)
    (folder / "tiny.yaml").write_text(SCENARIO)
    return world_of(load_scenario(folder / "tiny.yaml"))


def log_of(rows):
    table = np.array(rows, dtype=float).reshape(-1, len(COMMAND_COLUMNS))
    commands = {name: table[:, at] for at, name in enumerate(COMMAND_COLUMNS)}
    threat = {
        "level": np.array([3.0, 4.0]),
        "start": np.array([-500.0, 360.0]),
        "end": np.array([360.0, 2000.0]),
    }
    return SimpleNamespace(tables={"commands": commands, "threat": threat})


ROWS = [
    (0, -50.0, -40.0, 10.0, AUTHORITY, 0),  # asked before the window; taken for 10 min of it
    (1, 5.0, 5.0, 15.0, AUTHORITY, 0),
    (1, 15.0, 15.0, 45.0, COMMAND, 0),
    (2, 20.0, 45.0, 50.0, AUTHORITY, 0),  # waits 25
    (3, 21.0, NAN, 30.0, AUTHORITY, 0),  # gives up after 9
    (-1, 300.0, 350.0, 370.0, ATTACK, 0),  # waits 50; 10 min at each level
    (4, 400.0, 400.0, 410.0, AUTHORITY, 0),
    (5, 1430.0, 1440.0, 1460.0, AUTHORITY, 0),  # waits 10, begins after the window
    (6, 1450.0, 1460.0, 1470.0, AUTHORITY, 0),  # asked after it
]


def test_sums_by_level(world):
    found = desk_totals(log_of(ROWS), world)
    severe = {key.split(":")[0]: value for key, value in found.items() if key.endswith("SEVERE")}
    critical = {key.split(":")[0]: value for key, value in found.items() if key.endswith("CRITICAL")}
    assert severe == {
        "desk_tasks": 4,
        "desk_wait_minutes": 0 + 25 + 9 + 50,
        "desk_authorisations": 3,
        "desk_authorisations_waited": 2,
        "desk_busy_minutes": 10 + 10 + 30 + 5 + 10,
        "desk_place_minutes": 360,
    }
    assert critical == {
        "desk_tasks": 2,
        "desk_wait_minutes": 10,
        "desk_authorisations": 2,
        "desk_authorisations_waited": 1,
        "desk_busy_minutes": 10 + 10,
        "desk_place_minutes": 3 * 1080,
    }


def test_places_follow_the_hours(world):
    log = log_of([])
    log.tables["threat"] = {"level": np.array([3.0]), "start": np.array([-9.0]), "end": np.array([9999.0])}
    assert desk_totals(log, world)["desk_place_minutes:level=SEVERE"] == 720 + 2 * 720


def option(world, responses, totals):
    return OptionData(
        "plain", world.scenario, world.zones, responses, totals, np.full((2, 5), NAN), len(totals)
    )  # fmt: skip


def responses_of(rows):
    names = ("type", "level", "graded", "authorised", "seconds", "fate", "replication")
    table = pd.DataFrame(rows, columns=list(names))
    full = tuple(Milestone).index(Milestone.FULL_ATTENDANCE)
    return table.assign(milestone=full, grade=0, zone=0, hour=0)


def test_delay_is_censored_where_it_closed_and_never_where_it_was_lost(world):
    armed, call = 0, 1
    rows = [
        (armed, 3, 60, 360, 900, 0, 0),  # 300 s
        (armed, 3, 60, 160, 900, 0, 1),  # 100 s
        (armed, 3, 60, -1, 260, 2, 0),  # closed 200 s after it was graded
        (armed, 3, 60, -1, 150, 1, 1),  # lost
        (armed, 4, -1, -1, 50, 2, 1),  # closed before it was graded
        (call, 3, 60, -1, 900, 0, 0),  # needs no authority
    ]
    curve = authority_curve(option(world, responses_of(rows), pd.DataFrame({"x": [0, 0]})))
    assert curve.count == 5
    # Product limit: 4 left at 100 s (one censored at 50), 2 left at 300 s.
    assert curve.share(100) == pytest.approx(1 / 4)
    assert curve.share(300) == pytest.approx(1 - 3 / 4 * 1 / 2)
    severe = authority_curve(option(world, responses_of(rows), pd.DataFrame({"x": [0, 0]})), "SEVERE")
    assert severe.count == 4


def test_metrics_divide_the_sums(world):
    totals = pd.DataFrame([desk_totals(log_of(ROWS), world)] * 20)
    for level, minutes in (("SEVERE", 360.0), ("CRITICAL", 1080.0)):
        totals[f"minutes:level={level}"] = minutes
    rows = [(0, 3, 60, 60 + 60 * delay, 9000, 0, 0) for delay in range(1, 201)]
    data = option(world, responses_of(rows), totals)
    names = ("desk_wait", "authorisations_waited", "desk_utilisation", "authorisation_delay_p90")
    table = summarise(data, names).set_index(["metric", "level"])
    value = table["value"]
    assert value["desk_wait", "SEVERE"] == pytest.approx(84 / 4)
    assert value["desk_wait", ""] == pytest.approx(94 / 6)
    assert value["authorisations_waited", "SEVERE"] == pytest.approx(2 / 3)
    assert value["desk_utilisation", "CRITICAL"] == pytest.approx(20 / 3240)
    assert value["authorisation_delay_p90", ""] == 180.0
    assert table["population"]["desk_wait", ""] == "authorisations and tasks of attacks asked"


def test_where_nothing_asks_there_are_no_figures(world):
    kinds = {"call": world.scenario.demand.types["call"]}
    quiet = world.scenario.model_copy(
        update={"demand": world.scenario.demand.model_copy(update={"types": kinds})}
    )
    assert desk_totals(log_of(ROWS), SimpleNamespace(scenario=quiet)) == {}
