import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from armsim.cli import main

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")
LEVER = "units.arv.vehicles=1..3"


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(TINY)
    return tmp_path


def call(*words):
    return CliRunner().invoke(main, ["find", "tiny.yaml", "-q", "-j", "1", "-n", "4", *words])


def test_found_is_0_and_out_of_reach_is_1(tiny):
    done = call("--lever", LEVER, "--target", "no_arv_free <= 100%", "--format", "json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["answer"] == "units.arv.vehicles=1"
    assert [one["option"] for one in told["values"]] == [f"units.arv.vehicles={n}" for n in (1, 2, 3)]
    (folder,) = Path("results").iterdir()
    assert json.loads((folder / "find.json").read_text()) == told
    said = json.loads((folder / "manifest.json").read_text())["command"]
    assert said.startswith("armsim find tiny.yaml --lever units.arv.vehicles=1..3 --target ")
    assert sorted(path.name for path in (folder / "figures").iterdir()) == [
        "find.csv",
        "find.png",
        "find.svg",
    ]
    never = call("--lever", LEVER, "--target", "arvs_free > 50", "--no-charts")
    assert never.exit_code == 1, never.stderr
    assert never.stdout.startswith("No value of units.arv.vehicles from 1 to 3 meets")
    assert list(Path("results").iterdir()) == [folder]


def test_shards_run_every_value_and_the_last_one_answers(tiny):
    words = ("--lever", LEVER, "--target", "no_arv_free <= 100%", "--no-charts", "-n", "10")
    first = call(*words, "--shard", "1/2")
    assert (first.exit_code, first.stdout) == (0, "")
    assert "15 replications run, 15 replications of other shards are left" in first.stderr
    last = call(*words, "--shard", "2/2")
    assert last.stdout.startswith("1 is the least value of units.arv.vehicles")
    assert call(*words).stdout == last.stdout


def test_bases_are_placed(tiny):
    words = ("--place", "all=2", "--target", "within_target:armed >= 1%", "-n", "8")
    done = call(*words)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("2 bases of all as proposed meet Within target (armed) at least 1.0%")
    judged = [folder for folder in Path("results").iterdir() if (folder / "place.json").exists()]
    assert len(judged) == 1
    assert (judged[0] / "figures" / "difference_within_target.svg").exists()
    unmet = call(*words[:3], "within_target:armed > 100%", *words[4:], "--no-charts")
    assert unmet.exit_code == 1, unmet.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--target", "no_arv_free<=1"), "either what to turn"),
        (("--lever", LEVER, "--place", "all=2", "--target", "no_arv_free<=1"), "either what to turn"),
        (("--lever", "x", "--target", "no_arv_free<=1"), "is no lever"),
        (("--lever", LEVER, "--target", "no_arv_fre<=1"), "did you mean no_arv_free?"),
        (("--place", "all", "--target", "within_target:armed>=1%"), "as in arv=3"),
        (("--place", "all=2", "--target", "within_target:armed>=1%", "--within", "far"), "such as '8 min'"),
        (("--lever", "units.arv.vehicle=1..3", "--target", "no_arv_free<=1"), "units.arv.vehicle"),
    ],
)
def test_what_is_refused(tiny, words, message):
    done = call(*words)
    assert done.exit_code == 2
    assert message in done.stderr
    assert not Path("results").exists()
