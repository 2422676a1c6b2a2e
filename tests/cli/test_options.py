"""Options of a file on the command line: all of them run, some chosen, listed, checked, in few tables."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from armsim.analysis.cost_per_point import CostPerPoint
from armsim.analysis.intervals import Estimate
from armsim.analysis.metrics import summarise
from armsim.api import Results
from armsim.cli import main
from armsim.cli.closeness import say_cost_per_point
from armsim.cli.table_options import ROOM_FOR_LIMITS, option_tables

TOWN = """\
armsim: 1
title: Town
start: "2018-03-05"
window: 1 day
cool_down: 4 h
region: {generated: {name: Town, people: 100000, area: 400, rural_share: 0.3, zones: 10, cities: 1, towns: 2}}
bases: {all: {p_median: 1}}
travel: {kind: crow_fly, acceleration: 0.245 km/min2, cruising_speed: 63 km/h}
demand:
  types:
    armed: {grade: FIREARMS, annual: 36500, attendance: {arv: 1}, on_scene: {exactly: 5 min}}
    call: {grade: G1, annual: 36500, attendance: {officers: 1}, on_scene: {exactly: 5 min}}
patterns: {day: {teams: 1, shifts: {D: "24 h"}, cycle: [D], days_between_teams: 1}}
teams: {arv: {kind: pattern, establishment: 6, pattern: day}}
units: {arv: {team: arv, bases: all, vehicles: 1, arv: true, armed: true, serves: [FIREARMS, G1]}}
dispatch: {policy: {kind: nearest}, mobilisation: {on_patrol: {exactly: 1 min}, at_base: {exactly: 2 min}}}
threat: {timeline: [{level: SEVERE}]}
targets: {grade_1: {milestone: first_officer, grades: [G1], urban: 15 min, rural: 20 min}}
study: {replications: 2, seed: 3}
options: {now: [], more ARVs: [more]}
conditions: {calm: [], CRITICAL held: [critical]}
overrides:
  more: {description: Two vehicles more, set: {units.arv.vehicles: 3}}
  critical: {description: CRITICAL from the start, set: {threat.timeline: [{level: CRITICAL}]}}
"""
RUNS = ["now @ calm", "more ARVs @ calm", "now @ CRITICAL held", "more ARVs @ CRITICAL held"]


@pytest.fixture(autouse=True)
def town(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("town.yaml").write_text(TOWN)


def call(*words):
    return CliRunner().invoke(main, words)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """The run of the whole file, and what it printed."""
    root = tmp_path_factory.mktemp("ran")
    (root / "town.yaml").write_text(TOWN)
    return call("run", str(root / "town.yaml"), "-o", str(root / "results"), "-j", "1", "--no-charts")


def folder_of(result):
    assert result.exit_code == 0, result.stderr
    return Path(result.stdout.strip())


def test_all_options_run_under_all_conditions_the_first_of_the_file_first(ran):
    manifest = json.loads((folder_of(ran) / "manifest.json").read_text())
    assert manifest["options"] == RUNS
    assert manifest["overrides"]["more ARVs @ CRITICAL held"] == ["critical", "more"]
    metrics = pd.read_parquet(folder_of(ran) / "metrics.parquet")
    assert set(metrics["option"]) == set(RUNS)


def test_incidents_are_the_same_and_more_vehicles_answer_sooner(ran):
    results = Results.open(folder_of(ran))
    counts = {
        name: one.totals.filter(like="incidents:").sum(axis=1).tolist() for name, one in results.data.items()
    }
    assert counts["now @ calm"] == counts["more ARVs @ calm"]
    waits = {
        name: one.curve("first_armed", grade="FIREARMS").quantile(0.9) for name, one in results.data.items()
    }
    assert waits["more ARVs @ calm"] < waits["now @ calm"]


def test_a_table_for_each_condition_and_a_row_for_each_option(ran):
    lines = [line for line in ran.stderr.splitlines() if line.strip()]
    titles = [line.strip() for line in lines if line.strip() in {"Town: calm", "Town: CRITICAL held"}]
    assert titles == ["Town: calm", "Town: CRITICAL held"]
    assert sum(line.startswith(("│ now ", "│ more ARVs ")) for line in lines) == 4
    assert "2 replications on the same incidents" in ran.stderr
    assert "armsim compare" in ran.stderr


def test_figures_of_the_tables_are_those_of_the_summary(ran):
    results = Results.open(folder_of(ran))
    rows = summarise(results.data["more ARVs @ calm"], ["no_arv_free"])
    value = rows[(rows["level"] == "") & (rows["hour"] == "")]["value"].item()
    for width in (80, ROOM_FOR_LIMITS):
        table = option_tables(results, width)[0]
        (column,) = (one for one in table.columns if str(one.header).startswith("No ARV free"))
        cell = list(column.cells)[1]
        assert str(cell).split("\n")[0] == f"{100 * value:.2f}"
        assert ("\n" in str(cell)) == (width == ROOM_FOR_LIMITS)


@pytest.mark.parametrize(
    ("points", "said"),
    [(2.0, "a point of grade_1 costs £1,000 (£900 to £1,100) a year"), (-2.0, "fewer are within grade_1")],
)
def test_what_a_point_within_target_costs_is_said_against_the_first_of_the_condition(
    ran, points, said, monkeypatch, capsys
):
    asked = []

    def price(option, baseline, target):
        asked.append((option.name, baseline.name, target.milestone))
        found = [Estimate(value, 0.9 * value, 1.1 * value, 2, 2) for value in (2000.0, points, 1000.0)]
        return CostPerPoint(*found, defined=True)

    monkeypatch.setattr("armsim.analysis.cost_per_point.cost_per_point", price)
    say_cost_per_point(Results.open(ran.stdout.strip()))
    assert asked == [(RUNS[1], RUNS[0], "first_officer"), (RUNS[3], RUNS[2], "first_officer")]
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[0] for line in lines] == [RUNS[1], RUNS[3]]
    assert all(said in line for line in lines)


@pytest.fixture
def drawn(monkeypatch):
    """Where the charts of which option would go, in place of drawing them."""
    from armsim.report import charts

    seen = []

    def note(results, folder, option):
        seen.append((folder.relative_to(results.folder).as_posix(), option))
        return []

    monkeypatch.setattr(charts, "draw_all", note)
    return seen


FEW = ("run", "town.yaml", "-n", "1", "-q", "-j", "1")
ONE = ("--option", "more ARVs", "--condition", "calm")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            (),
            [
                ("figures/now %40 calm", "now @ calm"),
                ("figures/now %40 CRITICAL held", "now @ CRITICAL held"),
            ],
        ),
        (("--condition", "calm"), [("figures", "now @ calm")]),
        (
            ("--condition", "calm", "--charts", "all"),
            [("figures/now %40 calm", "now @ calm"), ("figures/more ARVs %40 calm", "more ARVs @ calm")],
        ),
        (("--charts", "none"), []),
        (("--no-charts",), []),
    ],
)
def test_charts_are_of_the_first_option_under_each_condition_unless_asked(drawn, words, expected):
    folder_of(call(*FEW, *words))
    assert drawn == expected


def test_some_are_chosen_in_the_order_of_the_file():
    words = ("--option", "more ARVs", "--option", "now", "--condition", "CRITICAL held", "--dry-run")
    result = call("run", "town.yaml", *words)
    names = [line.split(":")[0] for line in result.stderr.splitlines()]
    assert names == ["now @ CRITICAL held", "more ARVs @ CRITICAL held"]


def test_with_makes_one_option_of_its_own():
    result = call("run", "town.yaml", "--with", "more", "--dry-run")
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == ["town+more"]
    refused = call("run", "town.yaml", "--with", "more", "--option", "now")
    assert refused.exit_code == 2
    assert "--with makes an option of its own" in refused.stderr


def test_a_set_holds_for_every_option():
    plain = call("run", "town.yaml", "--dry-run")
    changed = call("run", "town.yaml", "--dry-run", "--set", "units.arv.handicap.G1=5 min")
    assert plain.stdout != changed.stdout
    assert len(changed.stderr.splitlines()) == 4


def test_what_is_not_in_the_file_ends_with_two():
    result = call("run", "town.yaml", "--option", "more ARV", "--condition", "busy")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "--option more ARV  no option has this name; did you mean more ARVs?",
        "--condition busy  no condition has this name; expected one of: CRITICAL held, calm",
        "2 problems in 2 files. Nothing was run.",
    ]


def test_the_command_that_goes_on_names_what_was_chosen():
    folder = folder_of(call(*FEW, *ONE, "--charts", "none"))
    command = json.loads((folder / "manifest.json").read_text())["command"]
    assert command.startswith("armsim run town.yaml --option 'more ARVs' --condition calm -o results")


def test_check_and_list_say_what_is_compared():
    checked = call("check", "town.yaml")
    assert checked.exit_code == 0
    assert checked.stderr.endswith("; 2 options (now, more ARVs) under 2 conditions (calm, CRITICAL held)\n")
    listed = call("show", "town.yaml", "--list").stdout.splitlines()
    assert listed == [
        "option now: as the file says",
        "option more ARVs: more",
        "condition calm: as the file says",
        "condition CRITICAL held: critical",
        "more: Two vehicles more",
        "critical: CRITICAL from the start",
    ]


def test_a_note_of_several_options_is_said_once():
    Path("town.yaml").write_text(TOWN.replace("{units.arv.vehicles: 3}", "{teams.arv.ced_devices: 3}"))
    result = call("check", "town.yaml")
    assert result.exit_code == 0
    assert (
        sum("not used, as ced_share gives nobody a CED" in line for line in result.stderr.splitlines()) == 1
    )


def test_options_are_no_settings_of_what_is_shown():
    shown = call("show", "town.yaml").stdout
    assert "options" not in shown
    assert "conditions" not in shown
