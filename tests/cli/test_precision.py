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
    return CliRunner().invoke(main, ["run", "tiny.yaml", "-q", "--no-charts", "-j", "1", *words])


def test_a_run_ends_when_it_is_close_enough_or_at_the_cap(tiny):
    done = call("--precision", "no_arv_free=50 pp", "-n", "8")
    assert done.exit_code == 0, done.stderr
    assert "tiny: no_arv_free: half-width" in done.stderr
    assert "not within it" not in done.stderr
    capped = call("--precision", "no_arv_free=0.001 pp", "-n", "8")
    assert "not within it after 8 replications" in capped.stderr


def test_what_is_no_bound_is_refused(tiny):
    assert "did you mean no_arv_free?" in call("--precision", "no_arv_fre=1 pp").stderr
    assert "gives no bound" in call("--precision", "no_arv_free").stderr
    shard = call("--precision", "no_arv_free=1 pp", "--shard", "1/2")
    assert shard.exit_code == 2
    assert "cannot be judged by a shard" in shard.stderr
