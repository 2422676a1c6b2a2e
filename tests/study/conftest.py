from pathlib import Path

import pytest

TINY = """
armsim: 1
title: Tiny
start: "2018-03-05"
window: 1 day
cool_down: 4 h
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
targets: {armed: {milestone: first_armed, grades: [FIREARMS], urban: 15 min, rural: 20 min}}
study: {replications: 7, seed: 3}
"""


@pytest.fixture(scope="session")
def tiny_text() -> str:
    return TINY


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    file = tmp_path / "tiny.yaml"
    file.write_text(TINY)
    return file
