"""``armsim calibrate`` as an analyst types it."""

import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from armsim.cli import main

MAPPING = """
armsim_log: 1
name: A made-up town
files: calls.csv
rows: unit
time_zone: Europe/London
incident: {id: call, received: received, type: kind, x_km: x, y_km: y}
units:
  - base: base
    times: {dispatched: sent, mobile: moving, arrived: there, clear: clear, available: clear}
bases: {file: bases.csv, name: base, x_km: x, y_km: y}
"""
SCENARIO = """
armsim: 1
title: A made-up town
start: "2018-03-05"
window: 1 day
region:
  generated: {name: Testshire, people: 100000, area: 100, rural_share: 0.3, zones: 12, cities: 1, towns: 2}
bases: {all: {sites: {centre: {busiest: 1}}}}
travel: {kind: crow_fly, circuity: 1.25, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}
demand:
  types:
    alarm: {grade: G1, annual: 3650, attendance: {officers: 1}, on_scene: {exactly: 40 min}}
units: {car: {standing: {centre: 3}, bases: all, serves: [G1]}}
dispatch: {policy: {kind: nearest}, mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 2 min}}}
threat: {timeline: [{level: SEVERE}]}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    here = tmp_path_factory.mktemp("town")
    rng = np.random.default_rng(1)
    count, days = 500, 28
    received = pd.Timestamp("2018-01-08") + pd.to_timedelta(
        np.sort(rng.integers(0, days * 86400, count)), unit="s"
    )
    sent = received + pd.to_timedelta(rng.integers(30, 200, count), unit="s")
    moving = sent + pd.to_timedelta(rng.integers(20, 150, count), unit="s")
    there = moving + pd.to_timedelta(rng.integers(60, 900, count), unit="s")
    clear = there + pd.to_timedelta(rng.integers(300, 4000, count), unit="s")
    rows = {
        "call": [f"c{n}" for n in range(count)],
        "kind": "alarm",
        "base": rng.choice(["a", "b", "c"], count),
        "x": rng.uniform(0, 9, count).round(3),
        "y": rng.uniform(0, 9, count).round(3),
        "received": received,
        "sent": sent,
        "moving": moving,
        "there": there,
        "clear": clear,
    }
    pd.DataFrame(rows).to_csv(here / "calls.csv", index=False)
    pd.DataFrame({"base": ["a", "b", "c"], "x": [1, 5, 8], "y": [1, 8, 3]}).to_csv(
        here / "bases.csv", index=False
    )
    (here / "town.log.yaml").write_text(MAPPING)
    (here / "town.yaml").write_text(SCENARIO)
    return here


def run(*words):
    return CliRunner().invoke(main, ["calibrate", *map(str, words)])


def test_a_log_is_calibrated_and_the_scenario_extends_it(folder):
    out = folder / "out"
    done = run(
        folder / "town.log.yaml", "--region", folder / "town.yaml", "-o", out, "--draws", 40, "--no-charts"
    )
    assert done.exit_code == 0, done.output
    assert sorted(path.name for path in out.iterdir()) == [
        "calibrated.yaml", "calibration.json", "calibration.md",
    ]  # fmt: skip
    assert "Not in this log: season" in done.output
    assert "foreseen within chance" in done.output
    assert "would not pass" not in done.output
    (folder / "laid.yaml").write_text("extends: [town.yaml, out/calibrated.yaml]\n")
    checked = CliRunner().invoke(main, ["check", str(folder / "laid.yaml")])
    assert checked.exit_code == 0, checked.output
    told = json.loads((out / "calibration.json").read_text())
    assert told["settings"]["circuity"] == 1.25
    assert told["train"]["days"] == 21
    assert "Foreseen from the training period" in (out / "calibration.md").read_text()


def test_periods_and_json(folder):
    done = run(
        folder / "town.log.yaml", "--from", "2018-01-10", "--test-from", "2018-01-24",
        "--until", "2018-01-31", "-o", folder / "periods", "--draws", 40, "--no-charts",
        "--format", "json", "--units-as", "arv",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["train"]["from"], told["train"]["until"]) == ("2018-01-10", "2018-01-24")
    assert (told["test"]["from"], told["test"]["until"]) == ("2018-01-24", "2018-01-31")
    assert list(told["fragment"]["demand"]["types"]["alarm"]["attendance"]) == ["arv"]


def test_without_a_test_period(folder):
    done = run(
        folder / "town.log.yaml", "--until", "2018-02-01", "--test-from", "2018-02-01", "-o", folder / "none",
        "--draws", 40, "--no-charts",
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "There is no test period" in (folder / "none" / "calibration.md").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "2018-02-01", "--until", "2018-01-10"], "end (2018-01-10) before they begin"),
        (["--test-from", "2019-01-01"], "must lie after 2018-01-08"),
        (["--from", "2020-01-01", "--until", "2020-02-01"], "no incident from 2020-01-01"),
        (["--region", "nowhere.yaml"], "nowhere.yaml"),
        (["--draws", "3"], "40<=x<=10000"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(folder, words, said):
    done = run(folder / "town.log.yaml", *words, "-o", folder / "nothing")
    assert done.exit_code == 2, done.output
    assert said in done.output
    assert not (folder / "nothing").exists()


def test_a_mapping_that_is_not_there(folder):
    done = run(folder / "missing.log.yaml", "-o", folder / "nothing")
    assert done.exit_code == 2
    assert "missing.log.yaml" in done.output
