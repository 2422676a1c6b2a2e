"""A log made from known laws: they come back, the fragment is laid over a scenario, nothing is hidden."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
import yaml

from armsim.analysis.fitting.laws import at_share
from armsim.config.loader import load_runs, load_scenario
from armsim.config.source import read as read_file
from armsim.config.tree import from_document, plain
from armsim.errors import DataError
from armsim.study.calibrate import Settings, calibrate
from armsim.study.calibrate.laid import read_below
from armsim.study.calibrate.words import figures
from armsim.study.sweep_design import Ground, factors

from .made_log import HOURS, LAW, TWO_UNITS, made_log, made_zones

QUICK = Settings(draws=40)
UNDER = """
armsim: 1
title: Made up
start: "2018-03-05"
window: 1 day
cool_down: 4 h
region: {zones: {file: zones.csv}}
bases: {all: {sites: {north: {x_km: 0, y_km: 3}, south: {x_km: 2, y_km: -3}}}}
travel: {kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h,
         blue_light_time_factor: {G1: 0.8}}
demand:
  types:
    fire: {grade: G1, annual_per_100k: 50, attendance: {officers: {1: 0.5, 5: 0.5}},
           on_scene: {exactly: 40 min}}
    rescue: {grade: G2, annual: 7300, weight: {column: area_km2}, attendance: {officers: 1},
             on_scene: {median: 30 min, p90: 60 min}, call_handling: {mean: 3 min, cv: 0.5}}
units:
  pump: {standing: {north: 6, south: 6}, crew: 1, bases: all, serves: [G1, G2]}
dispatch:
  policy: {kind: nearest}
  mobilisation: {on_patrol: {exactly: 1 min}, at_base: {median: 2 min, p90: 3 min}}
threat: {timeline: [{level: SEVERE}]}
study: {replications: 2, seed: 3}
"""


@pytest.fixture(scope="module")
def log():
    return made_log()


@pytest.fixture(scope="module")
def small():
    return made_log(days=28, seed=2)


@pytest.fixture(scope="module")
def made(log):
    return calibrate(log, made_zones(), settings=QUICK)


@pytest.fixture(scope="module")
def folder(made, tmp_path_factory):
    here = tmp_path_factory.mktemp("calibrated")
    made.write(here)
    made_zones().drop(columns="people_3km").to_csv(here / "zones.csv", index=False)
    (here / "under.yaml").write_text(UNDER)
    (here / "laid.yaml").write_text("extends: [under.yaml, calibrated.yaml]\ntitle: Laid over\n")
    return here


def test_the_last_quarter_is_left_for_the_test(made):
    assert made.ground.train.span == (date(2018, 3, 5), date(2018, 5, 7))
    assert made.ground.test.span == (date(2018, 5, 7), date(2018, 5, 28))


def test_what_the_log_was_made_from_comes_back(made):
    types = made.fragment["demand"]["types"]
    rate = made.sections[0].lines[0].value
    assert abs(rate.value - 12 * 365.25) < 2 * rate.half_width < 0.2 * rate.value
    assert types["fire"]["annual"] == pytest.approx(rate.value, rel=1e-4)
    fit = made.travel
    assert fit.acceleration == pytest.approx(LAW.acceleration, rel=0.1)
    assert fit.turn_out is None
    turn_out = made.times.laws["turn-out", "all"]
    assert turn_out.used == "lognormal"
    assert at_share(turn_out.law, 0.5) == pytest.approx(1.0, abs=0.06)
    scene = made.times.laws["scene", "fire"]
    assert scene.family == "gamma"
    assert scene.law.expected == pytest.approx(20.0, rel=0.1)
    assert at_share(made.times.laws["call handling", "rescue"].law, 0.5) == pytest.approx(2.0, rel=0.1)
    assert made.units["fire"].mean.value == pytest.approx(1 + TWO_UNITS, abs=0.05)
    assert made.arrivals.spread.cv.value < 0.15
    rates = made.arrivals.profiles["fire"].rates.reshape(7, 24).mean(axis=0)
    assert np.abs(rates - HOURS / HOURS.mean()).max() < 0.3


def test_limits_hold_what_the_log_was_made_from(made):
    limits = made.travel.limits["acceleration"]
    assert limits.low < LAW.acceleration < limits.high
    mean = made.times.laws["turn-out", "all"].observed[0]
    assert mean.low < np.exp(0.125) < mean.high


def test_the_test_period_is_foreseen_and_moves_no_fit(log, made):
    checks = [check for section in made.sections for check in section.checks]
    assert len(checks) > 15
    assert sum(check.agrees is not False for check in checks) / len(checks) > 0.7
    late = log.incidents["received"] >= "2018-05-07"
    other = replace(log, incidents=log.incidents.assign(type=log.incidents["type"].where(~late, "fire")))
    again = calibrate(other, made_zones(), settings=QUICK)
    assert again.values == made.values


def test_laid_over_a_scenario_it_passes_every_check(folder, made):
    laid = load_scenario(folder / "laid.yaml").scenario
    fire = laid.demand.types["fire"]
    assert fire.annual == made.fragment["demand"]["types"]["fire"]["annual"]
    assert fire.annual_per_100k is None
    assert fire.on_scene.exactly is None
    assert sum(fire.attendance["officers"].values()) == pytest.approx(1.0)
    assert fire.attendance["officers"][5] == 0
    assert laid.travel.acceleration == pytest.approx(made.travel.acceleration, rel=1e-3)
    assert laid.travel.blue_light_time_factor["G1"] == 1
    assert laid.dispatch.mobilisation.at_base.expected == pytest.approx(
        made.times.laws["turn-out", "all"].law.expected, rel=1e-3
    )
    assert read_below(folder / "under.yaml").problems(made.fragment, "calibrated.yaml") == ()


def test_the_file_says_what_the_fragment_says(folder, made):
    read = yaml.safe_load((folder / "calibrated.yaml").read_text())
    assert json.loads(json.dumps(read)) == json.loads(json.dumps(made.fragment))


def test_every_number_has_a_source_and_a_sweep_runs_over_the_ranges(folder, made):
    swept, left = factors(Ground(load_runs(folder / "laid.yaml")))
    paths = {one.path for one in swept}
    assert {
        "demand.types.fire.annual",
        "travel.acceleration",
        "demand.types.rescue.attendance.officers",
    } <= paths
    assert any(path.startswith("dispatch.mobilisation.at_base.") for path in paths)
    assert [one for one in left if "makes no scenario" in str(one)] == []
    for entry in made.fragment["sources"].values():
        assert "calibrated from made-up log" in entry["source"]


def test_a_type_that_the_scenario_does_not_have_is_told(folder, small):
    other = replace(small, incidents=small.incidents.assign(type="flood"))
    found = calibrate(other, settings=QUICK)
    problems = read_below(folder / "under.yaml").problems(found.fragment, "calibrated.yaml")
    assert any("flood" in one.path and "grade" in f"{one.path} {one.message}" for one in problems)


def test_the_same_seed_gives_the_same_bytes(small, tmp_path):
    for name in "ab":
        calibrate(small, made_zones(), settings=QUICK).write(tmp_path / name)
    for name in ("calibrated.yaml", "calibration.json", "calibration.md"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_what_the_log_cannot_give_is_listed_and_not_written():
    log = made_log(days=21, turn_out=False)
    log = replace(log, units=log.units.assign(to_dispatch=np.nan))
    found = calibrate(log, settings=QUICK)
    said = " ".join(text for section in found.sections for text in section.missing)
    for words in ("no zones were given", "season", "call handling", "work on the scene", "turn-out alone"):
        assert words in said
    fire = found.fragment["demand"]["types"]["fire"]
    assert "on_scene" not in fire
    assert "call_handling" not in fire
    assert "weight" not in fire
    # Turn-out is fitted with the law, and is no less than it was.
    assert found.travel.turn_out == pytest.approx(np.exp(0.125), abs=0.5)
    mean = found.fragment["dispatch"]["mobilisation"]["on_patrol"]["mean"]
    assert float(mean.removesuffix(" s")) == pytest.approx(found.travel.turn_out * 60, rel=1e-3)


def test_a_log_without_bases_has_no_travel_law(small):
    found = calibrate(replace(small, bases=small.bases.iloc[:0]), settings=QUICK)
    assert found.travel is None
    assert "travel" not in found.fragment
    assert any("table of bases" in text for section in found.sections for text in section.missing)


def test_units_count_as_the_capability_that_is_asked_for(small):
    found = calibrate(small, settings=replace(QUICK, units_as="arv", per_unit=2))
    counts = found.fragment["demand"]["types"]["fire"]["attendance"]["arv"]
    assert sorted(size for size, share in counts.items() if share) == [2, 4]


def test_a_day_of_twice_the_demand_is_a_surge_candidate(small):
    log = replace(small, bases=small.bases.iloc[:0])
    day = log.incidents["received"].dt.normalize() == "2018-03-21"
    more = log.incidents[day]
    twice = [log.incidents, *(more.assign(incident=more["incident"] + mark) for mark in "ab")]
    rows = pd.concat(twice).sort_values("received", ignore_index=True)
    found = calibrate(replace(log, incidents=rows), settings=QUICK)
    notes = " ".join(text for section in found.sections for text in section.notes)
    assert "surge candidate: Wednesday 21 March 2018" in notes
    assert found.arrivals.ordinary(21).sum() == 20


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ({"train": (date(2018, 5, 1), date(2018, 5, 1))}, "has no day"),
        ({"train": (date(2019, 5, 1), date(2019, 6, 1)), "test": None}, "no incident from 2019-05-01"),
        (
            {"train": (date(2018, 3, 5), date(2018, 5, 1)), "test": (date(2018, 4, 1), date(2018, 5, 20))},
            "overlaps",
        ),
    ],
)
def test_periods_that_make_no_sense_are_refused(log, spans, said):
    with pytest.raises(DataError, match=said):
        calibrate(log, settings=QUICK, **spans)


def test_an_empty_log_is_refused(log):
    with pytest.raises(DataError, match="no incidents"):
        calibrate(replace(log, incidents=log.incidents.iloc[:0]), settings=QUICK)


def test_figures():
    assert (figures(1234.56), figures(0.012345, 3), figures(98_765.4, 5)) == (1235, 0.0123, 98765)
    with pytest.raises(ValueError, match="no value"):
        figures(float("nan"))


def test_names_of_types_may_be_long_or_strange(small, folder):
    """They are written as our reader reads them; a source is left out where no path can name its value."""
    long, strange = "Medical, breathing problems; " * 4, 'a.b "x": #y'
    names = [long.strip(), strange, "no"]
    kinds = [names[row % 3] for row in range(len(small.incidents))]
    other = replace(small, incidents=small.incidents.assign(type=kinds), bases=small.bases.iloc[:0])
    found = calibrate(other, settings=QUICK)
    found.write(folder / "strange")
    read = plain(from_document(read_file(folder / "strange" / "calibrated.yaml")))
    assert set(read["demand"]["types"]) == set(names)
    assert json.dumps(read, sort_keys=True) == json.dumps(
        json.loads(json.dumps(found.fragment)), sort_keys=True
    )
    ours = [path for path in read["sources"] if path.startswith(f"demand.types.{long.strip()}")]
    assert ours
    assert not any('"x"' in path for path in read["sources"])
