"""Zones and roads of a scenario brought together; real roads where ARMSIM_DATA is set."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from armsim.config.loader import load_scenario
from armsim.errors import DataError
from armsim.model.osm import circuity
from armsim.model.travel import read_road_tables
from armsim.model.world import build_world

SCENARIO = """
armsim: 1
title: Roads
start: "2018-03-05"
window: 1 day
region: {{zones: {{file: zones.csv}}}}
bases: {{all: {{p_median: 1}}}}
travel:
  {{kind: road_network, nodes: {nodes}, edges: {edges}, pace: {pace}, acceleration: 0.245 km/min2,
    cruising_speed: 63 km/h}}
demand:
  types: {{call: {{grade: G1, annual: 3650, attendance: {{officers: 1}}, on_scene: {{exactly: 30 min}}}}}}
patterns: {{day: {{teams: 1, shifts: {{D: "24 h"}}, cycle: [D], days_between_teams: 1}}}}
teams: {{arv: {{kind: pattern, establishment: 6, pattern: day}}}}
units: {{arv: {{team: arv, bases: all, arv: true, armed: true, serves: [G1]}}}}
dispatch:
  policy: {{kind: nearest}}
  mobilisation: {{on_patrol: {{exactly: 1 min}}, at_base: {{exactly: 2 min}}}}
threat: {{timeline: [{{level: SEVERE}}]}}
"""
#: Published in the README of each folder.
CIRCUITY = {"roads_rutland_osm": 1.26, "roads_auckland_osm_main": 1.22, "roads_edinburgh_os_open_roads": 1.24}


@pytest.fixture(autouse=True)
def no_cache(monkeypatch):
    monkeypatch.setenv("ARMSIM_CACHE", "off")


def world_of(folder, zones, nodes, edges, pace=1.0):
    zones.to_csv(folder / "zones.csv", index=False)
    (folder / "roads.yaml").write_text(SCENARIO.format(nodes=nodes, edges=edges, pace=pace))
    loaded = load_scenario(folder / "roads.yaml")
    return build_world(loaded.scenario, loaded.folder)


def straight(folder, degrees=True):
    """A road of 41 nodes along a parallel, 60 km/h, from 1 degree west; nodes 0.01 degrees apart."""
    lon = -1.0 + 0.01 * np.arange(41)
    nodes = pd.DataFrame({"node_id": range(41), "lon": lon, "lat": 52.0})
    if not degrees:
        nodes = pd.DataFrame({"node_id": range(41), "x_km": 10 + 0.7 * np.arange(41), "y_km": 20.0})
    nodes.to_csv(folder / "nodes.csv", index=False)
    edges = {"from": range(40), "to": range(1, 41), "length_km": 0.7, "speed_kph": 60}
    pd.DataFrame(edges).to_csv(folder / "edges.csv", index=False)
    return "nodes.csv", "edges.csv"


def zones_in_degrees(count):
    lon = -1.0 + 0.4 * np.arange(count) / max(count - 1, 1)
    return pd.DataFrame(
        {"zone": [f"z{k}" for k in range(count)], "population": 10, "area_km2": 1, "lon": lon, "lat": 52.0}
    )


@pytest.mark.parametrize("count", [2, 3, 9])
def test_few_zones_in_degrees_lie_on_their_roads(tmp_path, count):
    world = world_of(tmp_path, zones_in_degrees(count), *straight(tmp_path))
    assert world.travel.off_road_km.max() < 0.06
    places = world.travel.zone_places()
    assert world.travel.minutes(places[0], places[-1]) == pytest.approx(28.0, abs=0.5)


def test_zones_in_a_line_do_not_flatten_the_roads(tmp_path):
    """A road that turns off a line of nine zones is as long as it is."""
    straight(tmp_path)
    nodes, edges = (pd.read_csv(tmp_path / f"{name}.csv") for name in ("nodes", "edges"))
    nodes.loc[len(nodes)] = [41, -0.6, 52.1]
    edges.loc[len(edges)] = [40, 41, 11.1, 60]
    nodes.to_csv(tmp_path / "nodes.csv", index=False)
    edges.astype({"from": int, "to": int}).to_csv(tmp_path / "edges.csv", index=False)
    travel = world_of(tmp_path, zones_in_degrees(9), "nodes.csv", "edges.csv").travel
    height = max(travel._node_y) - min(travel._node_y)
    assert height == pytest.approx(11.12, abs=0.05)


def test_two_zones_on_the_british_grid_lie_on_roads_in_degrees(tmp_path):
    zones = pd.DataFrame(
        {
            "zone": ["a", "b"], "population": 10, "area_km2": 1, "lon": [-1.0, -0.6], "lat": 52.0,
            "easting": [468_749, 496_206], "northing": [233_978, 234_397],
        }
    )  # fmt: skip
    world = world_of(tmp_path, zones, *straight(tmp_path))
    assert world.zones["x_km"].tolist() == [468.749, 496.206]
    assert world.travel.off_road_km.max() < 0.06


def test_zones_in_kilometres_and_roads_in_degrees_have_nothing_in_common(tmp_path):
    zones = zones_in_degrees(3).drop(columns=["lon", "lat"]).assign(x_km=[10, 20, 38], y_km=20)
    with pytest.raises(DataError, match="roads are known in degrees only, zones in kilometres only"):
        world_of(tmp_path, zones, *straight(tmp_path))
    world = world_of(tmp_path, zones, *straight(tmp_path, degrees=False))
    assert world.travel.off_road_km.max() < 0.4


def test_pace_is_the_share_of_the_speed_that_is_driven(tmp_path):
    roads = straight(tmp_path)
    full, slow = (world_of(tmp_path, zones_in_degrees(3), *roads, pace=pace).travel for pace in (1.0, 0.5))
    trip = [travel.minutes(*travel.zone_places()[::2]) for travel in (full, slow)]
    off = sum(place[2][1] for place in full.zone_places()[::2])
    assert trip[1] - off == pytest.approx(2 * (trip[0] - off), rel=1e-3)


def test_zones_far_from_any_road_are_named(tmp_path):
    zones = zones_in_degrees(6)
    zones.loc[2, "lat"] = 52.03
    world = world_of(tmp_path, zones, *straight(tmp_path))
    assert world.notes == ("centres of zones lie more than 2 km from any road of the network: z2 (3.3 km)",)


@pytest.fixture(params=CIRCUITY)
def roads(request):
    """Folder of real roads."""
    if not os.environ.get("ARMSIM_DATA"):
        pytest.skip("ARMSIM_DATA is not set: real roads are not at hand")
    return Path(os.environ["ARMSIM_DATA"]) / request.param


def test_real_roads_serve_a_scenario(roads, tmp_path):
    """Zones beside a hundred nodes: none unreachable, speeds between walking and the limit."""
    nodes, edges = roads / "nodes.csv.gz", roads / "edges.csv.gz"
    tables = read_road_tables(nodes, edges)
    assert circuity(tables) == pytest.approx(CIRCUITY[roads.name], abs=0.03)
    known = pd.read_csv(nodes)
    some = known.iloc[:: len(known) // 100]
    zones = pd.DataFrame(
        {
            "zone": some["node_id"], "population": 100, "area_km2": 1,
            "lon": some["lon"] + 0.001, "lat": some["lat"] + 0.001,
        }
    )  # fmt: skip
    travel = world_of(tmp_path, zones, nodes, edges, pace=0.75).travel
    assert travel.unreachable == ()
    assert travel.off_road_km.max() < 1.0
    minutes = travel.minutes_to_zones(travel.zone_places())
    x, y = travel.zone_x, travel.zone_y
    km = np.hypot(x[:, None] - x, y[:, None] - y)
    far = km > 3.0
    speed = 60 * km[far] / minutes[far]
    assert np.isfinite(minutes).all()
    assert 20 < np.median(speed) < 60
    assert speed.max() < 115
