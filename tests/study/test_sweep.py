"""A sweep played by the ordinary engine, over a scenario with a planted decisive assumption."""

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from armsim.cli import main
from armsim.study.sweep import NOISE

PLANTED = Path(__file__).with_name("planted_sweep.yaml")
REVIEW = Path(__file__).parents[2] / "scenarios" / "review.yaml"
CALL = "demand.types.armed.call_handling.exactly"
FIGURE = "Median response (first armed, FIREARMS)"


def call(*words):
    return CliRunner().invoke(main, ["sweep", *map(str, words)])


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    root = tmp_path_factory.mktemp("sweep")
    skipped = ("--skip", "demand.types.armed.attendance", "--skip", "targets.armed.rural")
    result = call(PLANTED, "-o", root, "-j", 1, *skipped)
    assert result.exit_code == 0, result.output
    (folder,) = root.iterdir()
    return result, folder


def test_the_planted_assumption_is_named_and_the_ranking_does_not_survive(swept):
    """Three minutes of the new room against two as the file says, and six at the high end."""
    result, folder = swept
    first = result.stdout.splitlines()[0]
    said = f"it does not survive: {CALL} = 6 min puts new control room before now by 3.0 min"
    assert first.startswith(f"Ranking by {FIGURE}: {said}")
    told = json.loads((folder / "sweep.json").read_text())
    assert [(one["survives"], one["overturned_by"]) for one in told["rankings"]] == [(False, [CALL])]


def test_figures_at_both_ends_are_paired_with_the_file(swept):
    table = pd.read_csv(swept[1] / "sweep.csv").set_index(["option", "path"])
    row = table.loc[("now", CALL)]
    assert (row["low_difference"], row["high_difference"]) == (pytest.approx(-1), pytest.approx(4))
    assert row["low_value"] == pytest.approx(row["base_value"] - 1)
    assert ("new control room", CALL) not in table.index
    urban = table.loc[("now", "targets.armed.urban")]
    assert urban["high_verdict"] == "unchanged"
    assert urban["low_verdict"] == "the file's own value"
    assert (urban["swing"], bool(urban["clear"])) == (0, False)
    circuity = table.loc[("new control room", "travel.circuity")]
    assert circuity["low_low"] < circuity["low_difference"] < circuity["low_high"] < 0
    assert set(table["note"]) == {NOISE}
    assert table.loc["now"].index[0] == CALL


def test_every_table_says_what_intervals_show(swept):
    result, folder = swept
    titles = [
        line for line in result.stdout.splitlines() if line.startswith((FIGURE, "Ranking by", "Not swept"))
    ]
    tables = sum("┏" in line for line in result.stdout.splitlines())
    assert tables == 3
    assert len(titles) >= tables
    assert result.stdout.count(NOISE) == tables + 1
    for name in ("sweep", "sweep_ranking"):
        assert set(pd.read_csv(folder / f"{name}.csv")["note"]) == {NOISE}


def test_the_tornado_is_drawn_for_the_first_option(swept):
    files = sorted(path.name for path in (swept[1] / "figures").iterdir())
    assert files == [f"tornado_response_p50_first_armed_FIREARMS.{kind}" for kind in ("csv", "png", "svg")]


def test_the_same_command_runs_nothing_again_and_another_design_goes_on_in_the_folder(swept):
    _, folder = swept
    again = call(PLANTED, "-o", folder.parent, "-j", 1, "--factor", CALL, "--format", "json")
    assert "as the file says: 0 of 10 replications run now" in again.stderr
    assert f"{CALL} = 6 min: 0 of 5 replications run now" in again.stderr
    assert json.loads(again.stdout)["rankings"][0]["survives"] is False
    walked = call(
        PLANTED, "-o", folder.parent, "-j", 1, "--factor", CALL, "--factor", "travel.circuity",
        "--design", "morris", "--trajectories", 2, "--format", "md",
    )  # fmt: skip
    assert walked.exit_code == 0, walked.output
    assert "as the file says: 0 of 10 replications run now" in walked.stderr
    assert "0 of 10 replications run now" in walked.stderr
    effects = pd.read_csv(folder / "morris.csv").set_index(["option", "of", "path"])
    assert effects.loc[("now", "the figure", CALL), "mu_star"] == pytest.approx(5)
    assert effects.loc[("new control room", "less now", CALL), "mu_star"] == pytest.approx(5)
    assert effects.loc[("new control room", "less now", "travel.circuity"), "mu_star"] == 0
    assert f"those with {CALL} = 6 min" in walked.stdout


def test_a_dry_run_says_what_is_swept_and_what_is_not(tmp_path):
    result = call(PLANTED, "-o", tmp_path / "none", "--dry-run")
    assert result.exit_code == 0
    assert f"{CALL}: 1 min to 6 min, the file says 2 min, in 1 of the runs" in result.stderr
    assert "not swept: bases.all.p_median: both ends of its range are 1" in result.stderr
    assert "5 assumptions, 10 settings besides the file: at most 18 runs of 5 replications" in result.stderr
    assert not (tmp_path / "none").exists()


def test_what_cannot_be_swept_ends_with_two(tmp_path):
    for words, said in (
        (
            ["--factor", "travel.cruising_speed"],
            "no assumption can be swept: travel.cruising_speed: its low end",
        ),
        (["--factor", "nothing"], "no source with a range stands at or below 'nothing'"),
        (["--trajectories", 3], "--trajectories are those of --design morris"),
        (["--metric", "response_p9"], "did you mean response_p90?"),
    ):
        result = call(PLANTED, "-o", tmp_path, *words)
        assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_the_review_is_swept_on_a_reduced_design(tmp_path):
    result = call(
        REVIEW, "-o", tmp_path, "-j", 1, "-n", 4, "--option", "now", "--option", "more ARVs",
        "--condition", "SEVERE held", "--factor", "units.arv.vehicles", "--metric", "no_arv_free",
        "--metric", "within_target:target=grade_1", "--set", "window=1 day", "--set", "warm_up=0 min",
        "--no-charts", "--format", "json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [one["figure"] for one in told["rankings"]] == ["No ARV free", "Within target (grade 1)"]
    assert {one["option"] for one in told["effects"]} == {"now"}
    assert all(one["low_end"] == "6" and one["high_end"] == "9" for one in told["effects"])


def test_one_option_has_no_ranking_and_a_setting_that_cannot_be_run_is_said_to_be_so(tmp_path):
    """Ten zones cannot hold fifty bases, which only their geography tells."""
    file = tmp_path / "lost.yaml"
    file.write_text(
        PLANTED.read_text().replace('"one base", low: 1, high: 1', '"one base", low: 1, high: 50')
    )
    result = call(
        file, "-o", tmp_path, "-j", 1, "-n", 2, "--option", "now", "--factor", "bases", "-q", "--no-charts",
        "--format", "json",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["sentences"][0] == "One option was run, so there is no ranking."
    assert told["sentences"][2] == "Settings that could not be run: 1, such as bases.all.p_median = 50."
    assert told["not_swept"] == [
        {"path": "bases.all.p_median = 50", "reason": "the number of bases must be between 1 and 10, got 50"}
    ]
    assert told["effects"][0]["high_verdict"] == "could not be run"
