"""``armsim verify`` as a command."""

import json

from click.testing import CliRunner

from armsim.cli import main

POOL = {
    "id": "pool",
    "model": {
        "zones": [{"id": "Z1", "rate": 0.1}],
        "units": [{"id": "U1"}, {"id": "U2"}],
        "travel_time": {"U1": [3.0], "U2": [3.5]},
        "service": {"distribution": "exponential", "mean": 10.0},
        "policy": {"queue": "loss"},
    },
    "expected": {"p_loss": 0.2, "mean_unit_utilisation": 0.4},
}


def run(tmp_path, case, *options):
    path = tmp_path / "cases.json"
    path.write_text(json.dumps({"schema": "armsim-verification/1", "cases": [case]}))
    return CliRunner().invoke(main, ["verify", str(path), "--quick", "-j", "1", *options])


def test_right_figures_are_accepted(tmp_path):
    done = run(tmp_path, POOL)
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[0].split() == [
        "case",
        "metric",
        "exact",
        "simulated",
        "99%",
        "interval",
        "z",
        "verdict",
    ]
    assert "1 cases, 2 metrics" in done.stderr


def test_a_wrong_figure_is_not(tmp_path):
    done = run(tmp_path, POOL | {"expected": {"p_loss": 0.25, "larson_Q_3_half": [1]}}, "--format", "json")
    assert done.exit_code == 1
    verdict, *draws = json.loads(done.stdout)
    assert (verdict["case"], verdict["metric"], verdict["exact"], verdict["verdict"]) == (
        "pool",
        "p_loss",
        0.25,
        "wrong",
    )
    assert [one["metric"].split(":")[0] for one in draws] == ["draws"] * 4
    assert "NOT accepted" in done.stderr
    assert "larson_Q_3_half  not simulated" in done.stderr


def test_a_bad_file_ends_with_2_and_names_case_field_and_place(tmp_path):
    done = run(tmp_path, POOL | {"expected": {"p_lost": 0.2}})
    assert done.exit_code == 2
    assert "cases.json:1:" in done.stderr
    assert "pool.expected.p_lost  unknown quantity p_lost; did you mean p_loss?" in done.stderr
    missing = CliRunner().invoke(main, ["verify", str(tmp_path / "none.json")])
    assert missing.exit_code == 2
