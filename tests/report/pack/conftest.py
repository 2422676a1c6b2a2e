"""A small run of two options with names meant to do harm, and its pack."""

import pytest

from armsim.config.loader import load_runs
from armsim.report.pack import write_pack
from armsim.report.pack.material import gathered
from armsim.study.plan import Study
from armsim.study.results import Results
from armsim.study.runner import execute

HOSTILE_OPTION = "=cmd+1 & more"
TITLE = "<script>alert(1)</script> =1+1 \u202eevil 警察 " + "very long " * 5
HOSTILE = f"""
armsim: 1
title: '{TITLE.strip()}'
description: '=HYPERLINK("http://x") <b>question</b>'
start: "2018-03-05"
window: 4 days
cool_down: 4 h
region:
  generated: {{name: Testshire, people: 100000, area: 400, rural_share: 0.3, zones: 10, cities: 1, towns: 2}}
bases: {{all: {{p_median: 1}}}}
travel: {{kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}}
demand:
  types:
    armed:
      grade: FIREARMS
      annual: 3650
      attendance: {{arv: 1}}
      on_scene: {{exactly: 40 min}}
    call: {{grade: G1, annual: 14600, attendance: {{officers: 1}}, on_scene: {{exactly: 30 min}}}}
patterns: {{day: {{teams: 1, shifts: {{D: "24 h"}}, cycle: [D], days_between_teams: 1}}}}
teams: {{arv: {{kind: pattern, role: ARV, establishment: 6, pattern: day}}}}
units:
  arv: {{team: arv, bases: all, arv: true, armed: true, serves: [FIREARMS, G1]}}
dispatch:
  policy: {{kind: nearest}}
  mobilisation: {{on_patrol: {{exactly: 1 min}}, at_base: {{exactly: 2 min}}}}
threat:
  timeline: [{{level: SEVERE}}, {{level: CRITICAL, at: 3 days}}]
targets: {{armed: {{milestone: first_armed, grades: [FIREARMS], urban: 15 min, rural: 20 min}}}}
options: {{now: [], "{HOSTILE_OPTION}": [more]}}
overrides: {{more: {{description: '=2+2', set: {{teams.arv.establishment: 12}}}}}}
study: {{replications: 5, seed: 3}}
"""


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    home = tmp_path_factory.mktemp("hostile")
    (home / "hostile.yaml").write_text(HOSTILE, encoding="utf-8")
    finished = execute(Study(load_runs(home / "hostile.yaml")), home / "results")
    return Results.open(finished.folder)


@pytest.fixture(scope="session")
def material(results):
    return gathered(results)


@pytest.fixture(scope="session")
def pack(results, material, tmp_path_factory):
    """The pack, its pictures coarse so that the tests are quick."""
    folder = tmp_path_factory.mktemp("pack") / "council"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("armsim.report.pack.pack.PRINT_DPI", 40)
        patch.setattr("armsim.report.pack.infographic.PRINT_DPI", 40)
        patch.setattr("armsim.report.pack.pack.gathered", lambda _: material)
        write_pack(results, folder)
    return folder
