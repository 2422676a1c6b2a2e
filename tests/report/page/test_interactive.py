"""Charts to be explored: what stands in their specifications."""

import json
import struct
from itertools import pairwise

import numpy as np
import pytest

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
    from dataclasses import replace

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
