"""``armsim validate`` on the command line: what it writes, prints and ends with."""

import json
import re

import pytest
from click.testing import CliRunner

from armsim.cli import main

from ..study import logged  # noqa: TID252 (one maker of logs for the tests of three folders)

TRACE = "demand.trace={log: log.yaml, per_unit: {officers: 2}}"


@pytest.fixture(scope="module")
def force(tmp_path_factory):
    return logged.write(tmp_path_factory.mktemp("force"))


def call(force, folder, *words):
    scenario, mapping = force
    args = ["validate", str(scenario), "--log", str(mapping), "--set", TRACE, "-j", "1", "-q"]
    return CliRunner().invoke(main, [*args, "-o", str(folder), *words])


@pytest.fixture(scope="module")
def done(force, tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "held"
    return folder, call(force, folder, "-n", "2", "--within", "6", "--margin", "first_arrival_median=9%")


def test_it_writes_a_page_and_figures_and_says_what_it_found(done):
    folder, result = done
    assert result.exit_code == 0, result.output
    assert {path.name for path in folder.iterdir()} == {
        "validation.html", "validation.json", "validation.csv", "dispatch_matrix.csv", "runs",
    }  # fmt: skip
    assert "First arrival, from dispatch, within 6 min" in result.stdout
    assert "agrees within 9%" in result.stdout
    assert "validation.html" in result.stderr
    told = json.loads((folder / "validation.json").read_text())
    assert told["stated"] == {"first_arrival_median": "command line"}
    assert told["within_minutes"] == [6.0]
    assert told["run"]["replications"] == 2
    measures = {one["measure"]: one for one in told["findings"] if not one["group"]}
    median = measures["first_arrival_median"]
    assert median["low"] <= median["difference"] <= median["high"]
    assert median["difference"] == pytest.approx(median["simulated"] / median["log"] - 1)


def test_the_page_stands_alone_and_says_how_it_was_compared(done):
    text = (done[0] / "validation.html").read_text()
    assert not re.search(r'(src|href)="(https?:)?//', text)
    for words in (
        "Verdict by measure", "Log and simulation", "Who is sent where", "How it was compared",
        "two one-sided tests", "SHA-256 of log.csv", "First arrival, from dispatch, within 6 min",
    ):  # fmt: skip
        assert words in text, words
    assert text.count("<svg") >= 4


def test_the_same_command_again_runs_nothing_and_writes_the_same(done, force):
    folder, _ = done
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    parts = {path: path.stat().st_mtime_ns for path in folder.glob("runs/*/parts/**/*") if path.is_file()}
    words = ("-n", "2", "--within", "6", "--margin", "first_arrival_median=9%", "--format", "json")
    again = call(force, folder, *words)
    assert again.exit_code == 0
    assert json.loads(again.stdout) == json.loads(before["validation.json"])
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert {path: path.stat().st_mtime_ns for path in parts} == parts


def test_a_primary_measure_that_differs_ends_with_code_1(force, tmp_path):
    slow = "dispatch.mobilisation.at_base={median: 4 min, p90: 6 min}"
    result = call(force, tmp_path, "-n", "1", "--set", slow, "--primary", "turnout_median", "--no-page")
    assert result.exit_code == 1
    assert "does not reproduce this log: turn-out, median differs by more than 10%" in result.stdout
    assert not (tmp_path / "validation.html").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--margin", "nobody=3%"), "no measure is called 'nobody'"),
        (("--margin", "first_arrival_median=3"), "must be written as 8%"),
        (("--primary", "frist_arrival_p90"), "did you mean first_arrival_p90?"),
        (("--from", "2018-01-01"), "reaches beyond the log"),
        (("--from", "2018-03-09", "--until", "2018-03-09"), "holds no day"),
        (("--from", "March"), "does not match the format"),
        (("--set", "demand.trace.types={other: call}"), "demand.trace"),
        (("--set", "validation.margins={turnout_p90: 3 pp}"), "validation.margins.turnout_p90"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(force, tmp_path, words, said):
    folder = tmp_path / "out"
    result = call(force, folder, *words)
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert "Traceback" not in result.stderr
    assert not folder.exists()


def test_a_log_that_is_not_there(force, tmp_path):
    result = CliRunner().invoke(main, ["validate", str(force[0]), "--log", str(tmp_path / "no.yaml")])
    assert result.exit_code == 2
    assert "no.yaml" in result.stderr
