"""A study that is given an attack runs each replication with and without it."""

import numpy as np
import pytest

from armsim.analysis.measure import measure
from armsim.analysis.recovery import without_attack
from armsim.config.loader import load_scenario
from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.study.plan import Study
from armsim.study.runner import execute
from armsim.study.worlds import world_of

ATTACK = """
attacks:
  raid:
    sites: 2
    apart: {exactly: 5 min}
    incident: siege
    desk_tasks: {number: 30, service: {exactly: 10 min}, over: 30 min}
"""
SIEGE = "    siege: {grade: FIREARMS, annual: 0, attendance: {arv: 1}, on_scene: {exactly: 90 min}}\n"


@pytest.fixture
def raided(tiny):
    text = tiny.read_text().replace("  types:\n", "  types:\n" + SIEGE)
    text = text.replace("attendance: {arv: 1}, on_scene: {exactly: 40 min}", (
        "attendance: {arv: 1}, on_scene: {exactly: 40 min}, priority: 1, authorisation: {exactly: 1 min}"
    ))  # fmt: skip
    text = text.replace("seed: 3}", "seed: 3, given: {attack: raid, at: 6 h}}")
    tiny.write_text(text + ATTACK)
    return tiny


def test_until_the_attack_both_runs_are_one(raided):
    world = world_of(load_scenario(raided))
    calm = without_attack(world)
    with_it, without = (simulate(one, 3, 0, Record.METRICS).tables["incidents"] for one in (world, calm))
    assert (with_it["attack"] >= 0).sum() == 2
    assert not (without["attack"] >= 0).any()
    early = [one["received_at"][one["closed_at"] < 360] for one in (with_it, without)]
    np.testing.assert_array_equal(*early)
    ordinary = [one["received_at"][one["attack"] < 0] for one in (with_it, without)]
    np.testing.assert_array_equal(*map(np.sort, ordinary))


def test_recovery_and_waits_are_kept_by_replication(raided, tmp_path):
    ended = execute(Study({"raid": load_scenario(raided)}, 3), tmp_path)
    assert ended.failures == ()
    totals = ended.results.option().totals
    world = world_of(load_scenario(raided))
    calm = without_attack(world)
    for index in range(3):
        logs = [simulate(one, 3, index, Record.METRICS) for one in (world, calm)]
        own = measure(*logs[:1], world, logs[1]).totals
        assert totals.loc[index, "recovery_minutes"] == own["recovery_minutes"]
    recovered = totals["recovered"] > 0
    assert recovered.any()
    assert (totals["recovery_minutes"][recovered] + 60 <= 1440 - 360).all()
    # Both sieges take an ARV for 90 min and more, and come before anything else.
    assert (totals["recovery_minutes"] >= 90).all()
    waits = {name: totals[f"aftermath_minutes:attack={name}"].sum() for name in ("with", "without")}
    assert waits["with"] > waits["without"] > 0


def test_sites_are_told_apart(raided, tmp_path):
    summary = execute(Study({"raid": load_scenario(raided)}, 3), tmp_path).results.summary()
    rows = summary[(summary["metric"] == "attack_response_p50") & (summary["milestone"] == "first_armed")]
    assert dict(zip(rows["site"], rows["n"], strict=True)) == {"": 6, "1": 3, "2": 3}
    recovery = summary[summary["metric"] == "recovery_p50"]
    assert recovery["n"].tolist() == [3]


def test_a_study_without_one_has_no_recovery(tiny, tmp_path):
    results = execute(Study({"now": load_scenario(tiny)}, 1), tmp_path).results
    assert "recovered" not in results.option().totals
    names = set(results.summary()["metric"])
    assert not names & {"recovery_p50", "not_recovered", "attack_response_p50", "authorisation_after_attack"}
