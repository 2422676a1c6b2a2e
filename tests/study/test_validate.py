"""A force held against a log of what it did, which was simulated too: so the answer is known."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from armsim.analysis.agreement.margins import Verdict
from armsim.config.loader import load_scenario
from armsim.errors import DataError, ScenarioError
from armsim.study.runner import run_study
from armsim.study.validate import files
from armsim.study.validate.question import Asked, held_to
from armsim.study.validate.run import hold, plan

from . import logged


@pytest.fixture(scope="module")
def force(tmp_path_factory) -> tuple[Path, Path]:
    return logged.write(tmp_path_factory.mktemp("force"))


def asked(force, *sets, **more) -> Asked:
    scenario, mapping = force

    def load(given):
        return load_scenario(
            scenario, sets=("demand.trace={log: log.yaml, per_unit: {officers: 2}}", *sets, *given)
        )

    return Asked(load, scenario.parent, mapping, **more)


def found_of(force, root, *sets, replications=3, **more):
    made = plan(asked(force, *sets, **more), replications)
    return hold(made, run_study(made.study, root))


@pytest.fixture(scope="module")
def same(force, tmp_path_factory):
    return found_of(force, tmp_path_factory.mktemp("runs"))


def test_a_force_that_made_the_log_is_found_to_agree_with_it(same):
    verdicts = {one.measure: one.verdict for one in same.agreement.overall}
    assert verdicts["first_arrival_median"] is Verdict.AGREES
    assert verdicts["attended"] is Verdict.AGREES
    assert Verdict.DIFFERS not in verdicts.values()
    assert {
        "first_response_median", "second_arrival_p90", "turnout_median", "travel_p90", "scene_median",
        "busy_p90", "same_base", "units_busy", "first_arrival_within",
    } <= set(verdicts)  # fmt: skip
    assert same.failing == []
    assert same.headline.startswith("The simulation reproduces") or "not shown" in same.headline
    assert (same.days, same.within) == (12, (15.0, 20.0))


def test_each_kind_of_unit_has_a_first_arrival_of_its_own(same):
    rows = {one.cell: one for one in same.agreement.of("kind", "first_arrival_median")}
    assert set(rows) == {"car", "van"}
    assert rows["car"].count > rows["van"].count >= 30
    come = {one.cell: one for one in same.agreement.of("kind", "attended")}
    assert 0.1 < come["van"].log < come["car"].log < 1
    assert Verdict.DIFFERS not in {one.verdict for one in (*rows.values(), *come.values())}


def test_a_log_with_every_stamp_hides_nothing(same):
    assert same.cannot == ()
    assert same.agreement.concurrency.log is not None


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        ("travel.acceleration=0.1 km/min2", "first_arrival_median"),
        ("dispatch.mobilisation.at_base={median: 3 min, p90: 6 min}", "turnout_median"),
        ("demand.types.call.on_scene={median: 40 min, p90: 100 min}", "units_busy"),
    ],
)
def test_a_force_that_is_not_the_log_s_is_found_to_differ(force, tmp_path, change, measure):
    found = found_of(force, tmp_path, change, replications=2, primary=(measure,))
    assert [one.measure for one in found.failing] == [measure]
    assert found.headline.startswith("The simulation does not reproduce this log")


def test_a_unit_is_committed_until_its_paperwork_is_done(force, tmp_path):
    """Ten minutes of paperwork are ten minutes more for every unit; work on scene stays as long."""
    found = [found_of(force, tmp_path, f"demand.paperwork={one} min", replications=1) for one in (0, 10)]
    busy, scene = (
        [next(one.simulated for one in each.agreement.overall if one.measure == name) for each in found]
        for name in ("busy_median", "scene_median")
    )
    assert busy[1] - busy[0] == pytest.approx(10, abs=1.0)
    assert scene[1] == pytest.approx(scene[0], abs=1.0)


def test_a_part_of_the_log_is_held_against_the_same_part(force, tmp_path):
    days = {"first": date(2018, 3, 7), "until": date(2018, 3, 14)}
    found = found_of(force, tmp_path, replications=2, **days)
    assert (found.first, found.days) == (date(2018, 3, 7), 7)
    assert 0 < found.incidents < 0.75 * 20000 / 365 * 12
    assert any("Only 7 days" in one for one in found.remarks)


def test_margins_of_the_scenario_and_of_the_command_line(force):
    loaded = asked(force, "validation.margins={first_arrival_median: 20 s, turnout_p90: 9%}").load(())
    held = held_to(loaded, ("first_arrival_median=5%",), ("same_base",), (8.0,))
    assert held.margins["first_arrival_median"].words == "5%"
    assert held.margins["turnout_p90"].words == "9%"
    assert held.stated == {"first_arrival_median": "command line", "turnout_p90": "scenario"}
    assert (held.primary, held.within) == (("same_base",), (8.0,))


def test_every_wrong_margin_is_told_where_it_is_written(force):
    loaded = asked(
        force, "validation={margins: {first_arival_p90: 3%, first_arrival_within: 3%}, primary: [nobody]}"
    ).load(())
    with pytest.raises(ScenarioError) as caught:
        held_to(loaded)
    paths = [one.path for one in caught.value.problems]
    assert paths == [
        "validation.margins.first_arival_p90", "validation.margins.first_arrival_within",
        "validation.primary.0",
    ]  # fmt: skip
    assert "did you mean first_arrival_p90?" in caught.value.problems[0].message


@pytest.mark.parametrize("text", ["first_arrival_median", "nobody=3%", "first_arrival_median=3 pp"])
def test_a_wrong_margin_of_the_command_line_is_refused(force, text):
    with pytest.raises(ValueError, match=text.partition("=")[0]):
        held_to(asked(force).load(()), (text,))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"first": date(2018, 3, 9), "until": date(2018, 3, 9)}, "holds no day"),
        ({"first": date(2018, 2, 1)}, "reaches beyond the log"),
        ({"until": date(2019, 4, 1)}, "at most 366"),
    ],
)
def test_a_window_that_does_not_fit_is_refused(force, days, words):
    with pytest.raises(DataError, match=words):
        plan(asked(force, **days))


def test_a_log_without_arrivals_is_refused_before_anything_is_run(force, tmp_path):
    scenario, mapping = force
    text = mapping.read_text()
    bare = scenario.parent / "bare.yaml"
    bare.write_text(text[: text.index("units:")] + "units:\n  - unit: unit\n")

    def load(given):
        return load_scenario(scenario, sets=given)

    with pytest.raises(DataError, match="nothing to hold the simulation against"):
        plan(Asked(load, scenario.parent, bare))


def test_demand_that_is_not_the_log_s_is_refused(force, tmp_path):
    more = "threat.levels={SEVERE: {demand: {call: 1.5}}}"
    with pytest.raises((DataError, ScenarioError)):
        found_of(force, tmp_path, more, replications=1)


def test_files_hold_every_finding_and_are_the_same_each_time(same, force, tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    files.write(same, first)
    files.write(found_of(force, tmp_path / "runs"), second)
    for name in (files.JSON, files.CSV, files.MATRIX):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    lines = (first / files.CSV).read_text().splitlines()
    assert len(lines) == 1 + len(same.agreement.findings)


def test_simulated_arrivals_are_numbered_in_order(same, force, tmp_path):
    sent = same.agreement.dispatch
    assert sent.matrix.groupby("area")["simulated"].sum().to_numpy() == pytest.approx(1.0)
    kinds = {one.name: one for one in same.agreement.kinds}
    first, second = (kinds[name].simulated.curve() for name in ("first_arrival", "second_arrival"))
    assert np.interp(0.5, first[1], first[0]) < np.interp(0.5, second[1], second[0])
