"""Charts to be explored: what stands in their specifications."""

import json
import struct
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from armsim.analysis.intervals import Estimate
from armsim.domain import ThreatLevel
from armsim.report.page import interactive

pytest.importorskip("altair", reason="the extra interactive is not installed")


def features(spec):
    """Zones of the map's first layer."""
    name = spec["layer"][0].get("data", spec.get("data"))
    return name["values"] if "values" in name else spec["datasets"][name["name"]]


@pytest.fixture(scope="module")
def specs(view):
    return interactive.charts(view)


def test_the_map_has_the_minutes_of_every_run_and_level(view, specs):
    layers = interactive._layers(view)
    assert [(name, level.name) for name, level in layers] == [
        ("now @ SEVERE held", "SEVERE"),
        ("more ARVs @ SEVERE held", "SEVERE"),
        ("now @ two days CRITICAL", "SEVERE"),
        ("now @ two days CRITICAL", "CRITICAL"),
        ("more ARVs @ two days CRITICAL", "SEVERE"),
        ("more ARVs @ two days CRITICAL", "CRITICAL"),
    ]
    zones = features(specs["map"])
    assert len(zones) == 12
    for index, minutes in enumerate(layers.values()):
        assert [zone["properties"][f"m{index}"] for zone in zones] == np.round(minutes, 1).tolist()


def test_rings_close_and_run_clockwise(specs):
    for zone in features(specs["map"]):
        ring = np.array(zone["geometry"]["coordinates"][0][0])
        assert (ring[0] == ring[-1]).all()
        x, y = ring.T
        assert np.sum((x[1:] - x[:-1]) * (y[1:] + y[:-1])) > 0


def test_zones_with_outlines_are_drawn_by_them(view):
    """A square with a square hole, as well-known binary; the hole runs the other way round."""
    square, hole = [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)], [(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)]
    rings = b"".join(struct.pack("<I", 5) + np.array(one, dtype="<f8").tobytes() for one in (square, hole))
    zones = view.results.zones.head(1).assign(outline=[struct.pack("<BII", 1, 3, 2) + rings])
    made = interactive._ground(zones, {"m0": np.array([7.04])})
    outer, inner = made[0]["geometry"]["coordinates"][0]
    assert outer == [[0, 4], [4, 4], [4, 0], [0, 0], [0, 4]]
    assert inner == [[1, 1], [2, 1], [2, 2], [1, 2], [1, 1]]
    assert made[0]["properties"]["m0"] == 7.0


def test_many_zones_are_points_and_many_figures_those_of_the_first_runs(view, monkeypatch):
    monkeypatch.setattr(interactive, "_MANY_ZONES", 5)
    monkeypatch.setattr(interactive, "_MOST_CELLS", 50)
    zones = features(interactive.charts(view)["map"])
    assert {zone["geometry"]["type"] for zone in zones} == {"Point"}
    assert sorted(zones[0]["properties"]) == ["m0", "m1", "m2", "people", "zone"]


def test_curves_rise_to_the_share_of_the_run(view, specs):
    rows = next(iter(specs["curves"]["datasets"].values()))
    mine = [row for row in rows if row["r"] == 1 and row["m"] == 1]
    assert [row["t"] for row in mine] == list(range(61))
    curve = view.option("more ARVs @ SEVERE held").curve("first_armed", grade="FIREARMS")
    assert mine[20]["s"] == pytest.approx(curve.share(1200), abs=1e-4)
    assert all(later["s"] >= earlier["s"] for earlier, later in pairwise(mine))


def test_hours_hold_shares_in_percent(specs):
    rows = next(iter(specs["hours"]["datasets"].values()))
    free = [row for row in rows if row["m"] == max(one["m"] for one in rows)]
    assert {row["hour"] for row in free} == set(range(24))
    assert all(0 <= row["value"] <= 100 for row in free)


def test_a_run_without_figures_has_no_charts_to_explore(view):
    name = "now @ SEVERE held"
    data = view.option(name)
    totals = data.totals[["minutes:level=SEVERE"]]
    empty = replace(data, responses=data.responses.iloc[:0], totals=totals, potential=data.potential * np.nan)
    bare = replace(view, results=replace(view.results, data={name: empty}))
    specs = interactive.charts(bare)
    assert "map" not in specs
    assert "curves" not in specs
    json.dumps(specs, allow_nan=False)


def test_the_script_is_whole_and_ends_no_element():
    text = interactive.script()
    assert "vegaEmbed" in text
    assert "</script" not in text
    assert text == interactive.script()


def test_bases_are_those_of_the_run_chosen(view):
    """One option has a base more; it is on the map of that option only."""
    manifest = dict(view.manifest)
    more = {"name": "A base more", "group": "arv", "x_km": 1.0, "y_km": 2.0, "arv": True}
    bases = {
        name: [*ones, more] if name.startswith("more") else ones for name, ones in manifest["bases"].items()
    }
    other = replace(view, results=replace(view.results, manifest=manifest | {"bases": bases}))
    spec = interactive.charts(other)["map"]
    places = {
        one["properties"]["zone"]: one["properties"]["in"]
        for one in features({**spec, "layer": spec["layer"][1:]})
    }
    assert places.pop("ARV base: A base more (illustrative)") == [1, 4, 5]
    assert places
    assert all(runs == [0, 1, 2, 3, 4, 5] for runs in places.values())


def test_an_hour_with_too_few_incidents_breaks_the_line_and_an_open_interval_is_drawn(view, monkeypatch):
    class Curve:
        def __init__(self, count, high):
            self.count, self.high = count, high

        def quantile_interval(self, p, confidence):
            return Estimate(600.0, 540.0, self.high, 4, self.count)

    curves = {
        (ThreatLevel.SEVERE, 0): Curve(500, 720.0),
        (ThreatLevel.SEVERE, 1): Curve(20, 720.0),
        (ThreatLevel.SEVERE, 2): Curve(500, float("inf")),
    }
    monkeypatch.setattr(interactive.gather, "hour_curves", lambda *given: curves)
    rows = list(interactive._response_rows(view, view.option("now @ SEVERE held"), 0))
    assert [row["hour"] for row in rows] == list(range(24))
    told = [(row["value"], row["low"], row["top"], row["high"]) for row in rows[:3]]
    assert told == [
        (10.0, 9.0, 12.0, "12.0"),
        (None, None, None, "cannot be told"),
        (10.0, 9.0, 12.0, "not reached"),
    ]


def test_targets_are_on_the_curves_and_a_run_alone_is_no_baseline(view, specs):
    def lines(spec):
        return [row for rows in spec["datasets"].values() for row in rows if "words" in row]

    def look(spec):
        return spec["layer"][1]["encoding"]["strokeDash"]["scale"]["range"]

    assert {(row["t"], row["words"]) for row in lines(specs["curves"])} == {
        (15.0, "Target, firearms urban: 15"),
        (20.0, "rural: 20"),
    }
    assert look(specs["curves"]) == [[6, 3], [1, 0]]
    name = "now @ SEVERE held"
    alone = replace(view, results=replace(view.results, data={name: view.option(name)}))
    assert look(interactive.charts(alone)["curves"]) == [[1, 0], [1, 0]]
