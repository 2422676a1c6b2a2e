"""``armsim explain``: tables and JSON of one scenario, an hour of it, a run beside it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from armsim.cli import main
from armsim.config.loader import load_scenario
from armsim.study.plan import Study
from armsim.study.runner import run_study

MM4 = str(Path(__file__).parents[1] / "theory" / "mm4.yaml")


def explained(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


def test_tables_name_the_bottleneck_and_the_limits() -> None:
    done = explained(MM4, "--by-hour")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "M/M/4 first come first served: theory at LOW, the whole week"
    assert lines[1].startswith("No bottleneck yet; the first would be car, Mon 00:00, 70% busy.")
    assert "Where theory does not apply:" in lines
    assert sum(line.startswith("│ 13:00") for line in lines) == 2
    assert done.stderr == ""


def test_json_holds_the_figures_and_no_nan() -> None:
    done = explained(MM4, "--format", "json", "--set", "demand.types.call.annual=100000")
    found = json.loads(done.stdout, parse_constant=lambda text: pytest.fail(f"{text} is no JSON"))
    area = found["areas"][0]
    assert [kind["kind"] for kind in area["kinds"]] == ["car"]
    assert len(area["kinds"][0]["on_duty_by_hour"]) == 168
    assert area["kinds"][0]["overloaded"] == 168
    assert area["grades"][0]["wait"] is None
    assert found["said"][0].startswith("First bottleneck: car")
    assert found["beside_run"] == []


def test_one_hour() -> None:
    done = explained(MM4, "--hour", "fri 22", "--format", "json")
    found = json.loads(done.stdout)
    assert (found["hours"], found["slices"]) == ("Fri 22:00", ["Fri 22:00"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--hour", "25"], "no hour"),
        (["--hour", "3", "--by-hour"], "exclude each other"),
        (["--hour", "3", "--run", "there"], "leave --hour out"),
        (["--run", "nowhere"], "no such run folder"),
        (["--level", "HIGH"], "HIGH"),
        (["--with", "nothing"], "nothing"),
    ],
)
def test_refused(arguments: list[str], words: str) -> None:
    done = explained(MM4, *arguments)
    assert done.exit_code == 2
    assert words in done.stderr


def test_a_run_beside_theory_warns_where_they_differ(tmp_path: Path) -> None:
    # Half of the calls want two officers, who come one by one: theory counts them as calls of their own.
    sets = ["demand.types.call.attendance={officers: {1: 0.5, 2: 0.5}}", "window=20 days"]
    sets += ["demand.types.call.annual=30000", "study.record=metrics"]
    results = run_study(Study({"now": load_scenario(MM4, sets=sets)}, 4), tmp_path)
    arguments = [word for one in sets for word in ("--set", one)]
    done = explained(MM4, *arguments, "--run", str(results.folder), "--format", "json")
    assert done.exit_code == 0
    pairs = json.loads(done.stdout)["beside_run"]
    assert [pair["figure"] for pair in pairs] == ["G2: mean response"]
    assert pairs[0]["differs"]
    assert "Warning: G2: mean response: theory" in done.stderr
    assert "Theory and simulation" in explained(MM4, *arguments, "--run", str(results.folder)).stdout
