"""A run says whether its warm-up looks too short, from what each replication left, however it was run."""

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from armsim.analysis.run_in import judge, run_in
from armsim.cli import main
from armsim.config.loader import load_scenario
from armsim.study import store
from armsim.study.plan import Study
from armsim.study.results import Results
from armsim.study.runner import execute
from armsim.study.worlds import world_of

#: Jobs of 20 hours, 16 at a time on average, for 60 cars: an empty start wears off over two days.
BUSY = """
title: Long jobs
window: 6 days
demand:
  types:
    armed: {grade: FIREARMS, annual: 365, attendance: {arv: 1}, on_scene: {exactly: 40 min}}
    scene: {grade: G1, annual: 7300, attendance: {officers: 1}, on_scene: {exponential: 20 h}}
teams: {response: {kind: pattern, establishment: 60, pattern: day}}
units:
  car: {team: response, bases: all, serves: [G1]}
  arv: {serves: [FIREARMS]}
study: {replications: 16}
"""


@pytest.fixture
def busy(tiny):
    file = tiny.with_name("busy.yaml")
    file.write_text(f"extends: tiny.yaml{BUSY}")
    return file


def ran(file, root, *sets):
    return execute(Study({"now": load_scenario(file, sets=sets)}), root).folder


def test_a_heavy_load_of_long_jobs_without_warm_up_is_told(busy, tmp_path):
    results = Results.open(ran(busy, tmp_path))
    told = results.warm_up["now"]
    assert told.too_short
    assert 10 <= told.wanted <= 72
    start = "a warm-up of 0 h looks too short: incidents open still differ from later days; set warm_up to "
    assert told.words in (f"{start}{told.wanted} h or longer", f"{start}more than {told.wanted} h")
    assert results.manifest["notes"] == [f"now: {told.words}"]
    assert results.manifest["warm_up"] == {"now": told.as_dict()}


def test_the_same_with_three_days_of_warm_up_is_not(busy, tmp_path):
    results = Results.open(ran(busy, tmp_path, "warm_up=3 days"))
    assert not results.warm_up["now"].too_short
    assert "too short: incidents" not in results.warm_up["now"].words
    assert results.manifest["notes"] == []
    assert results.manifest["warm_up"]["now"]["too_short"] is False


def test_the_run_says_so_below_its_table(busy, tmp_path):
    done = CliRunner().invoke(main, ["run", str(busy), "--no-charts", "-j", "1", "-o", str(tmp_path / "out")])
    assert "A warm-up of 0 h looks too short: incidents open still differ" in " ".join(done.stderr.split())


def test_the_series_is_the_same_after_a_resume(busy, tmp_path):
    whole = ran(busy, tmp_path / "whole", "window=2 days")
    ran(busy, tmp_path / "parts", "window=2 days", "study.replications=3")
    resumed = ran(busy, tmp_path / "parts", "window=2 days")
    tables = [store.read_option(folder, "now").run_in for folder in (whole, resumed)]
    assert len(tables[0]) == 16 * 48
    pd.testing.assert_frame_equal(*tables)


def test_a_short_run_and_few_replications_cannot_be_judged(busy, tmp_path):
    folder = ran(busy, tmp_path, "window=3 days")
    told = Results.open(folder).warm_up["now"]
    assert (told.too_short, told.wanted) == (False, -1)
    assert "cannot be told: that takes 96 h" in told.words
    few = ran(busy, tmp_path, "window=6 days", "study.replications=4")
    assert "cannot be told: that takes 5 replications" in Results.open(few).warm_up["now"].words


class Log:
    """A log made by hand: two ARVs, four incidents."""

    replication, seed, officer_hours = 0, 1, {}

    def __init__(self, world, first_level_ends):
        self.units = [type("Unit", (), {"kind": world.kinds.index("arv")})()] * 2
        nan = np.nan
        self.tables = {
            "threat": {"level": np.array([3.0]), "end": np.array([first_level_ends])},
            "incidents": {
                "grade": np.array([1.0, 1.0, 2.0, 1.0]),  # the third is booked work
                "graded_at": np.array([-60.0, 30.0, -60.0, 170.0]),
                "closed_at": np.array([0.0, 75.0, 600.0, nan]),
            },
            "unit_status": {
                "unit": np.array([0.0, 0.0, 1.0]),
                "status": np.array([1.0, 4.0, 2.0]),
                "start": np.array([-60.0, 0.0, -30.0]),
                "end": np.array([0.0, 600.0, 90.0]),
            },
        }


def test_hourly_means_by_hand(busy):
    world = world_of(load_scenario(busy, sets=["warm_up=1 h"]))
    series = run_in(Log(world, 180.0), world)
    assert series["hour"].tolist() == [0, 1, 2, 3]
    assert series["open_incidents"].tolist() == [1.0, 0.5, 0.25, 10 / 60]
    assert series["arvs_free"].tolist() == [1.5, 1.0, 0.5, 0.0]


def test_only_the_first_level_and_season_are_followed(busy):
    world = world_of(load_scenario(busy, sets=["warm_up=1 h"]))
    assert len(run_in(Log(world, 100.0), world)["hour"]) == 2  # the third hour is cut by the change
    seasonal = world_of(
        load_scenario(busy, sets=["start='2018-05-30'", "demand.season={jun: 1.2}", "warm_up=0 h"])
    )
    assert len(run_in(Log(seasonal, 8640.0), seasonal)["hour"]) == 48
    long = world_of(load_scenario(busy, sets=["window=90 days", "warm_up=8 days"]))
    assert len(run_in(Log(long, 1e9), long)["hour"]) == 32 * 24


def test_replications_whose_first_level_ends_early_are_left_out(busy):
    scenario = load_scenario(busy).scenario
    lengths = [120, 120, 120, 120, 120, 30]
    table = pd.DataFrame(
        {
            "replication": np.repeat(np.arange(6), lengths),
            "hour": np.concatenate([np.arange(one) for one in lengths]),
        }
    )
    noise = np.random.default_rng(1).standard_normal(len(table))
    table["open_incidents"] = 10 + noise - 8 * np.exp(-table["hour"] / 12)
    table["arvs_free"] = 3.0
    assert judge(scenario, table).too_short
    debt = load_scenario(busy, sets=["teams.response.rest_days_owed=0.3"]).scenario
    assert judge(debt, table).words.removeprefix(judge(scenario, table).words) == (
        "; rest days owed to response when the window opens are given back in it whatever the warm-up "
        "(rest_days_owed: 0 leaves them out)"
    )
    table["open_incidents"] = 10 + noise - np.where(table["replication"] == 5, 9, 0)
    assert not judge(scenario, table).too_short
    table["open_incidents"] = 10.0
    assert judge(scenario, table).words == "a warm-up of 0 h looks long enough"
