"""A small run of two options under two conditions, whose texts are meant to do harm, and its page."""

from pathlib import Path

from armsim.config.loader import load_runs
from armsim.study import files
from armsim.study.plan import Study
from armsim.study.results import Results
from armsim.study.runner import execute

SCRIPT = "</script><script>window.harmed = 1</script>"
TITLE = f"{SCRIPT} =1+1 “evil” & 'so on'"
DESCRIPTION = "<img src=x onerror=window.harmed=1> What do more ARVs bring?"
SMALL = f"""
armsim: 1
title: "{TITLE}"
description: "{DESCRIPTION}"
start: "2018-03-05"
window: 4 days
cool_down: 4 h
region:
  generated: {{name: Testshire, people: 100000, area: 400, rural_share: 0.3, zones: 12, cities: 1, towns: 2}}
bases: {{all: {{p_median: 2}}}}
travel: {{kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}}
demand:
  types:
    armed: {{grade: FIREARMS, annual: 7300, attendance: {{arv: 1}}, on_scene: {{exactly: 40 min}}}}
    call: {{grade: G1, annual: 14600, attendance: {{officers: 1}}, on_scene: {{exactly: 30 min}}}}
patterns: {{day: {{teams: 1, shifts: {{D: "24 h"}}, cycle: [D], days_between_teams: 1}}}}
teams: {{arv: {{kind: pattern, role: ARV, establishment: 6, pattern: day}}}}
units:
  arv: {{team: arv, bases: all, vehicles: 2, arv: true, armed: true, serves: [FIREARMS, G1]}}
dispatch:
  policy: {{kind: nearest}}
  mobilisation: {{on_patrol: {{exactly: 1 min}}, at_base: {{exactly: 2 min}}}}
threat: {{timeline: [{{level: SEVERE}}]}}
targets: {{first_armed: {{milestone: first_armed, grades: [FIREARMS], urban: 15 min, rural: 20 min}}}}
options: {{now: [], more ARVs: [more]}}
conditions: {{SEVERE held: [], two days CRITICAL: [spell]}}
overrides:
  more:
    description: "=2+2 <b>Two</b> more vehicles"
    set: {{units.arv.vehicles: 4, teams.arv.establishment: 12}}
  spell:
    description: CRITICAL from day 2
    set: {{threat.timeline: [{{level: SEVERE}}, {{level: CRITICAL, at: 2 days}}]}}
study: {{replications: 4, seed: 3}}
prices: {{year: 2017, officer_year: {{REGULAR: 50000}}, hour: 25}}
sources:
  units.arv.vehicles: {{source: "assumption: <script>window.harmed = 1</script>", low: 1, high: 4}}
  demand.types.call.annual: {{source: "published count"}}
"""


def run(home: Path) -> Path:
    """Run the small scenario and take it away; names of zones in the folder are made to do harm as well."""
    file = home / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    folder = execute(Study(load_runs(file)), home / "results").folder
    file.unlink()
    zones = files.read_table(folder / "zones.parquet")
    zones["name"] = [f"{SCRIPT} {index}" for index in range(len(zones))]
    files.write_table(folder / "zones.parquet", {name: zones[name].to_numpy() for name in zones})
    return folder


def opened(home: Path) -> Results:
    """The small run, opened."""
    return Results.open(run(home))
