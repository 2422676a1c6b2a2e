import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from armsim.cli import main

TINY = (Path(__file__).parents[1] / "tiny.yaml").read_text(encoding="utf-8")


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(TINY)
    return "tiny.yaml"


def call(*words):
    return CliRunner().invoke(main, words)


def test_check_says_what_is_there(tiny):
    result = call("check", tiny)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "tiny.yaml: no problems; 10 zones" in result.stderr


def test_problems_are_one_a_line_and_counted(tiny):
    Path(tiny).write_text(
        TINY.replace("bases: all, arv", "bases: al, arv").replace("pattern: day", "pattern: dya")
    )
    result = call("run", tiny)
    assert result.exit_code == 2
    lines = result.stderr.splitlines()
    assert len(lines) == 3
    assert 'units.arv.bases  unknown group of bases "al"' in lines[1]
    assert 'teams.arv.pattern  unknown pattern "dya"; did you mean day?' in lines[0]
    assert lines[2] == "2 problems in 1 file. Nothing was run."


def test_run_ends_with_its_folder_on_stdout(tiny):
    result = call("run", tiny, "-n", "2", "--no-charts")
    assert result.exit_code == 0, result.stderr
    folder = Path(result.stdout.strip())
    assert (folder / "metrics.parquet").is_file()
    assert "No ARV free" in result.stderr


def test_fail_if_ends_with_one_and_a_wrong_one_with_two(tiny):
    assert call("run", tiny, "-n", "1", "-q", "--no-charts", "--fail-if", "no_arv_free >= 0").exit_code == 1
    assert call("run", tiny, "-n", "1", "-q", "--no-charts", "--fail-if", "no_arv_free > 1").exit_code == 0
    wrong = call("run", tiny, "--fail-if", "no_arv_fre > 1")
    assert wrong.exit_code == 2
    assert "did you mean no_arv_free?" in wrong.stderr


def test_dry_run_writes_nothing(tiny):
    result = call("run", tiny, "--dry-run")
    assert result.exit_code == 0
    assert "7 of 7 replications to run, seed 3" in result.stderr
    assert not Path("results").exists()


def test_interrupted_ends_with_130_and_the_command(tiny, monkeypatch):
    from armsim.study import executors

    def stop(task, world):
        raise KeyboardInterrupt

    monkeypatch.setattr(executors, "run_chunk", stop)
    result = call("run", tiny, "-n", "3")
    assert result.exit_code == 130
    assert "armsim run tiny.yaml -o results -n 3 --seed 3 --record metrics" in result.stderr


def test_failed_replication_ends_with_3(tiny, monkeypatch):
    from armsim.engine import simulation

    def faulty(*_):
        raise ValueError("planted")

    monkeypatch.setattr(simulation, "simulate", faulty)
    result = call("run", tiny, "-n", "1")
    assert result.exit_code == 3
    assert "(seed 3) failed: ValueError: planted" in result.stderr
    assert re.search(r"again, alone: armsim replay results/tiny-[0-9a-f]{8} tiny 0$", result.stderr, re.M)
    (folder,) = Path("results").glob("tiny-*")
    again = call("replay", str(folder), "tiny", "0")
    assert again.exit_code == 3
    assert "replication 0 of option 'tiny' (seed 3) failed: ValueError: planted" in again.stderr


def test_show_diff_and_schema(tiny):
    Path("other.yaml").write_text(TINY.replace("window: 1 day", "window: 2 days"))
    assert call("show", tiny, "--diff", "other.yaml").stdout == 'window: "1 day" -> "2 days"\n'
    assert "# tiny.yaml:5" in call("show", tiny, "--origins").stdout
    assert '"$schema"' in call("schema").stdout
    assert "no_arv_free" in call("list", "metric").stdout
