"""A small force and a log of what it did: a simulation of it, written as a command-and-control log."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from armsim.config.loader import load_scenario
from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.model.units import register
from armsim.study.worlds import world_of

FIRST, DAYS = date(2018, 3, 5), 12
FORCE = """
armsim: 1
title: Logged
start: "2018-03-05"
window: 12 days
cool_down: 4 h
region:
  generated: {name: Testshire, people: 100000, area: 400, rural_share: 0.3, zones: 10, cities: 1, towns: 2}
bases: {all: {sites: {Centre: {busiest: 1}, Town: {busiest: 4}, Edge: {busiest: 8}}}}
travel:
  kind: crow_fly
  acceleration: 0.3 km/min2
  cruising_speed: 63 km/h
  trip_noise: {at_zero: 0.3, floor: 0.3}
demand:
  types:
    call:
      grade: G1
      annual: 20000
      attendance: {officers: {2: 0.7, 4: 0.3}}
      on_scene: {median: 20 min, p90: 50 min}
units:
  car: {standing: {Centre: 4, Town: 3, Edge: 3}, bases: all, serves: [G1]}
  van: {standing: {Centre: 2, Town: 1}, bases: all, serves: [G1]}
dispatch:
  policy: {kind: nearest}
  mobilisation: {on_patrol: {median: 1 min, p90: 2 min}, at_base: {median: 1 min, p90: 2 min}}
threat: {timeline: [{level: SEVERE}]}
targets: {call: {milestone: first_officer, grades: [G1], urban: 15 min, rural: 20 min}}
study: {seed: 3, survey_every: 0}
"""
MAPPING = """
armsim_log: 1
name: Logged calls
files: log.csv
rows: unit
time_zone: UTC
incident: {id: number, received: received, type: kind, x_km: x, y_km: y, area: area}
units:
  - unit: unit
    kind: make
    base: base
    times: {dispatched: sent, mobile: mobile, arrived: arrived, clear: clear, available: clear}
"""
_HEAD = (
    "number",
    "received",
    "kind",
    "x",
    "y",
    "area",
    "unit",
    "make",
    "base",
    "sent",
    "mobile",
    "arrived",
    "clear",
)


def write(folder: Path, text: str = FORCE) -> tuple[Path, Path]:
    """The scenario of the force and the mapping of its log, written into a folder."""
    scenario = folder / "force.yaml"
    scenario.write_text(text)
    world = world_of(load_scenario(scenario))
    log = simulate(world, 99, 0, Record.FULL)
    units = register(world).units
    incidents, sent = log.tables["incidents"], log.tables["deployments"]
    row = {number: at for at, number in enumerate(incidents["incident"].tolist())}
    inside = (incidents["received_at"] >= 0) & (incidents["received_at"] < DAYS * 1440)
    with (folder / "log.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEAD)
        for at in range(len(sent["incident"])):
            call = row[sent["incident"][at]]
            if not inside[call] or np.isnan(sent["arrived_at"][at]):
                continue
            unit = units[int(sent["unit"][at])]
            moments = [
                _stamp(sent[name][at]) for name in ("assigned_at", "mobile_at", "arrived_at", "released_at")
            ]
            writer.writerow([
                f"c{call}", _stamp(incidents["received_at"][call]), "call",
                f"{incidents['x'][call]:.4f}", f"{incidents['y'][call]:.4f}",
                world.zones["zone"].iloc[int(incidents["zone"][call])], unit.name, world.kinds[unit.kind],
                unit.base.name, *moments,
            ])  # fmt: skip
    mapping = folder / "log.yaml"
    mapping.write_text(MAPPING)
    return scenario, mapping


def _stamp(minute: float) -> str:
    if np.isnan(minute):
        return ""
    moment = datetime.combine(FIRST, datetime.min.time()) + timedelta(seconds=round(minute * 60))
    return moment.strftime("%Y-%m-%d %H:%M:%S")
