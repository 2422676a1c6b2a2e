"""The two real logs are read as their descriptions say, and the larger one is replayed."""

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from armsim.config.loader import load_scenario
from armsim.model.demand import draw_incidents
from armsim.model.logs import INTERVALS, Log, read_log
from armsim.model.world import build_world
from armsim.streams import Streams

DATA = os.environ.get("ARMSIM_DATA")
HERE = Path(__file__).parent

pytestmark = pytest.mark.skipif(not DATA, reason="ARMSIM_DATA is not set: the reference data are not here")


def real(name: str, folder: str) -> Log:
    return read_log(HERE / f"{name}.log.yaml", folder=Path(DATA or "") / folder)


def seconds(minutes, share: float) -> float:
    return float(minutes.quantile(share) * 60)


def test_london_has_attendance_and_says_what_does_not_follow_from_it() -> None:
    log = real("london", "london_fire_2017q1")
    assert (log.rows, len(log.incidents), len(log.rejected), log.days) == (23_505, 23_505, 0, 90)
    assert log.clocks == {"attendance"}
    assert any("no dispatch stamp" in note and "call handling cannot be fitted" in note for note in log.notes)
    assert log.incidents["units_sent"].mean() == pytest.approx(1.54, abs=0.005)
    first = log.units[log.units["ordinal"] == 1]["attendance"]
    second = log.units[log.units["ordinal"] == 2]["attendance"]
    # The description counts the first and second pump of the record; a few seconds arrive before the first.
    assert seconds(first, 0.5) == pytest.approx(299, abs=3)
    assert seconds(first, 0.9) == pytest.approx(475, abs=3)
    assert seconds(second, 0.5) == pytest.approx(373, abs=3)
    assert seconds(second, 0.9) == pytest.approx(586, abs=3)
    storm = log.incidents["received"].dt.date.value_counts()
    assert (storm.idxmax().isoformat(), storm.max()) == ("2017-02-23", 525)
    assert len(log.bases) == 103
    assert log.bases["units"].sum() == 143


def test_san_francisco_has_every_clock_and_three_impossible_rows() -> None:
    log = real("sf", "sf_fire_ems_week_2017")
    assert (log.rows, len(log.incidents), len(log.rejected), log.days) == (7_704, 3_560, 3, 8)
    assert sorted(log.rejected["reason"]) == [
        "arrived before it was mobile", "clear before it was arrived", "clear before it was arrived",
    ]  # fmt: skip
    assert log.clocks == set(INTERVALS)
    published = {
        "to_dispatch": (119, 328), "turnout": (49, 124), "travel": (227, 759), "attendance": (296, 798),
        "scene": (780, 1896), "busy": (1056, 5159),
    }  # fmt: skip
    for name, (median, p90) in published.items():
        assert seconds(log.units[name], 0.5) == pytest.approx(median, abs=2)
        assert seconds(log.units[name], 0.9) == pytest.approx(p90, rel=0.005)
    assert log.incidents["units_sent"].mean() == pytest.approx(2.16, abs=0.005)
    away = np.hypot(log.incidents["x_km"], log.incidents["y_km"])
    assert away.median() < 5  # kilometres about the middle of the city


SCENARIO = """
armsim: 1
title: London replayed
start: 2017-03-01
window: 31 days
region: {force: [metropolitan, city-of-london]}
bases: {main: {sites: {Middle: {x_km: 530, y_km: 180}}}}
travel: {kind: crow_fly, acceleration: 0.5 km/min2, cruising_speed: 65 km/h}
demand:
  types:
    call: {grade: G1, attendance: {officers: 1}, on_scene: {median: 30 min, p90: 90 min}}
  trace: {log: london.log.yaml, types: {"*": call}, per_unit: {officers: 4}}
units: {pump: {standing: {Middle: 1}, bases: main, serves: [G1]}}
dispatch: {policy: {kind: nearest}, mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 1 min}}}
threat: {timeline: [{level: SEVERE}]}
"""


def test_a_month_of_london_is_replayed_exactly_and_quickly(tmp_path) -> None:
    folder = Path(DATA or "") / "london_fire_2017q1"
    mapping = (HERE / "london.log.yaml").read_text()
    for name in ("incidents.csv.gz", "stations.csv"):
        mapping = mapping.replace(name, str(folder / name))
    (tmp_path / "london.log.yaml").write_text(mapping)
    (tmp_path / "s.yaml").write_text(SCENARIO)
    loaded = load_scenario(tmp_path / "s.yaml")
    world = build_world(loaded.scenario, loaded.folder)
    begun = time.process_time()
    table = draw_incidents(world, Streams(1, 0), 0.0, 31 * 1440.0)
    assert time.process_time() - begun < 2.0
    log = read_log(tmp_path / "london.log.yaml").incidents
    march = log[log["received"].dt.month == 3]
    assert len(march) > 7_500
    assert 0 <= len(march) - len(table) <= 3  # beyond the zones, as the world's notes say
    wall = (march["received"] - pd.Timestamp("2017-03-01")).dt.total_seconds() / 60.0
    assert np.isin(np.round(table.received_at, 3), np.round(wall, 3)).all()
    assert len(np.unique(table.key)) == len(table)
    sent = march["units_sent"].dropna()
    assert table.needs[:, 0].sum() == pytest.approx(4 * sent.sum(), rel=0.01)
    assert {str(folder / "incidents.csv.gz"), "london.log.yaml"} <= set(loaded.files())
