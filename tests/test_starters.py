"""Every one of the 43 starters passes its checks without a remark, and runs into CRITICAL."""

import numpy as np
import pytest

from armsim.config.loader import load_scenario
from armsim.domain import Record
from armsim.engine.simulation import simulate
from armsim.model.geography import force_names, resolve_force
from armsim.model.starter.rules import force_sizes
from armsim.study.begin import for_force
from armsim.study.worlds import world_of

FORCES = [slug for slug, _ in force_names()]
#: A day whose last 12 hours are at CRITICAL.
SHORT = (
    "window=18 h", "warm_up=6 h", "cool_down=6 h",
    "threat.timeline=[{level: SEVERE}, {level: CRITICAL, at: 6 h}]",
)  # fmt: skip


@pytest.mark.parametrize("force", FORCES)
def test_checks_and_runs(force, tmp_path):
    file = for_force(tmp_path / "new", force)
    assert load_scenario(file).notes == ()
    loaded = load_scenario(file, sets=SHORT)
    world, sizes = world_of(loaded), force_sizes()[force]
    assert int(world.zones["population"].sum()) == sizes.figures.people
    assert set(world.zones["force"]) == {resolve_force(force)}
    assert [len(world.bases[group]) for group in ("response", "arv")] == [
        sizes.response_bases,
        sizes.arv_bases,
    ]
    tables = simulate(world, loaded.scenario.study.seed, 0, Record.FULL).tables
    incidents = tables["incidents"]
    assert np.isfinite(incidents["first_officer_at"]).mean() > 0.9
    counted = (incidents["received_at"] >= 0) & (incidents["received_at"] < loaded.scenario.window)
    expected = (sizes.immediate + sizes.priority + sizes.ced_relevant) / 365.25 * 0.75
    assert 0.4 * expected < counted.sum() < 1.8 * expected
    wanted = tables["posts"]["wanted_minutes"]
    assert wanted.sum() > 0


@pytest.mark.parametrize("force", ["city-of-london", "cumbria", "west-midlands"])
def test_every_override_is_valid_and_changes_something(force, tmp_path):
    plain = load_scenario(for_force(tmp_path / "new", force))
    assert {"critical_spell", "critical_held", "one_more_arv_crew"} <= plain.composed.overrides.keys()
    same = set()
    for override in plain.composed.overrides:
        changed = plain.with_override(override)
        assert changed.notes == (), override
        if changed.digest == plain.digest:
            same.add(override)
    assert same == ({"arv_crew_of_three"} if force_sizes()[force].crew == 3 else set())


@pytest.mark.parametrize("level", ["CRITICAL", "LOW"])
def test_a_starter_is_held_at_the_level_asked_for(level, tmp_path):
    file = for_force(tmp_path / "new", "cumbria", level)
    loaded = load_scenario(file)
    assert [(one.at, one.level) for one in loaded.scenario.threat.timeline] == [(0, level)]
    back = load_scenario(file, ["severe_held"]).scenario.threat.timeline
    assert [one.level for one in back] == ["SEVERE"]
    assert f"{level.lower()}_held" not in loaded.composed.overrides
    log = simulate(world_of(load_scenario(file, sets=SHORT[:3])), 1, 0, Record.METRICS)
    assert (log.tables["posts"]["wanted_minutes"].sum() > 0) == (level == "CRITICAL")
