"""``armsim sustain`` on the command line: what it prints and writes, and its exit codes."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from armsim.cli import main
from armsim.study import runner

HAND = Path(__file__).parents[1] / "study" / "hand_posture.yaml"


@pytest.fixture
def hand(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copy(HAND, "hand.yaml")
    return "hand.yaml"


def call(*words):
    return CliRunner().invoke(main, ["sustain", *words])


def test_table_json_chart_and_the_same_run_without_a_limit(hand):
    first = call(hand, "--days", "30", "-n", "1", "-j", "1")
    assert first.exit_code == 0, first.stderr
    lines = first.stdout.splitlines()
    assert lines[0] == "CRITICAL can be held for 17 days: then rest days lost to an officer pass 3.4."
    assert any(line.split("│")[1:5:3] == [" rest_days        ", "             17 "] for line in lines)
    folder = next(Path("results").iterdir())
    assert sorted(path.name for path in (folder / "figures").iterdir()) == [
        "sustain.csv", "sustain.png", "sustain.svg",
    ]  # fmt: skip
    parts = {path: path.stat().st_mtime_ns for path in folder.glob("parts/**/*") if path.is_file()}
    second = call(hand, "--days", "30", "-n", "1", "-j", "1", "--without", "rest_days", "--no-charts",
                  "--set", "sustain.hours=47", "--format", "json")  # fmt: skip
    told = json.loads(second.stdout)
    assert (told["days"], told["first_to_break"]) == (23, ["hours"])
    assert json.loads((folder / "sustain.json").read_text()) == told
    assert {path: path.stat().st_mtime_ns for path in parts} == parts


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--without", "rest"), "'rest' is no limit; there are rest_days, hours"),
        (tuple(f"--without={name}" for name in ("rest_days", "hours", "share_over_hours", "crewing")),
         "every limit is switched off"),
        (("--set", "units.arv.bases=al"), 'unknown group of bases "al"'),
        (("--level", "SEVERE"), "sets nothing at SEVERE"),
        (("--days", "366"), "366 is not in the range 1<=x<=365"),
    ],
)  # fmt: skip
def test_a_bad_command_or_scenario_ends_with_two_and_writes_nothing(hand, words, said):
    result = call(hand, *words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert not Path("results").exists()


def test_interrupted_ends_with_130_and_the_command(hand, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "_run", stop)
    result = call(hand, "--days", "9", "-n", "2", "--seed", "4", "--without", "hours")
    assert result.exit_code == 130
    assert "armsim sustain hand.yaml --without hours --days 9 -o results -n 2 --seed 4" in result.stderr


def test_a_replication_that_fails_ends_with_three(hand, monkeypatch):
    from armsim.engine import simulation

    played = simulation.simulate

    def fail(world, seed, index, record, *more):
        if index == 1:
            raise ValueError("made to fail")
        return played(world, seed, index, record, *more)

    monkeypatch.setattr(simulation, "simulate", fail)
    result = call(hand, "--days", "2", "-n", "2", "-j", "1", "--no-charts")
    assert result.exit_code == 3
    assert "made to fail" in result.stderr
    assert "CRITICAL can be held for all of the 2 days looked at" in result.stdout
