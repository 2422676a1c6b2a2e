"""Which assumptions are swept, in which runs, and what Morris' effects are."""

import re
from pathlib import Path

import numpy as np
import pytest
from SALib.analyze import morris

from armsim.config.loader import load_runs
from armsim.study.sweep_design import Factor, Ground, Setting, factors, one_at_a_time
from armsim.study.sweep_morris import effects, problem, walk

PLANTED = Path(__file__).with_name("planted_sweep.yaml")
CALL = "demand.types.armed.call_handling.exactly"
ATTENDANCE = "demand.types.armed.attendance.arv"


@pytest.fixture(scope="module")
def ground():
    return Ground(load_runs(PLANTED))


@pytest.fixture(scope="module")
def found(ground):
    return factors(ground)


def factor(path="a", runs=("now",)):
    return Factor(path, "1", "2", "1", "assumption", runs)


def test_every_source_with_two_ends_that_are_values_is_a_factor_where_it_holds(found):
    both = ("now", "new control room")
    assert {one.path: (one.low, one.base, one.high, one.runs) for one in found[0]} == {
        CALL: ("1 min", "2 min", "6 min", ("now",)),
        "travel.circuity": ("1.2", "1.3", "1.4", both),
        ATTENDANCE: ("{1: 0.9, 2: 0.1}", "{1: 0.7, 2: 0.3}", "{1: 0.5, 2: 0.5}", both),
        "targets.armed.urban": ("15 min", "15 min", "20 min", both),
        "targets.armed.rural": ("20 min", "25 min", "30 min", ("new control room",)),
    }  # fmt: skip


def test_the_others_are_listed_with_the_reason(found):
    assert {one.path: one.reason for one in found[1]} == {
        "travel.cruising_speed": "its low end, 'walking pace', makes no scenario: "
        '"walking pace" is not a speed; write "63 km/h" or "30 mph"',
        "bases.all.p_median": "both ends of its range are 1",
        "window": "says where, how much is run or what is asked; such runs are no pairs",
    }


def test_a_value_is_set_as_written_and_an_option_keeps_its_own(ground, found):
    by_path = {one.path: one for one in found[0]}
    changed = ground.changed(Setting(((by_path[CALL], "high"),)))
    assert list(changed) == ["now"]
    assert changed["now"].scenario.demand.types["armed"].call_handling.exactly == 6.0
    arv = ground.changed(Setting(((by_path[ATTENDANCE], "low"),)))
    shares = {name: one.scenario.demand.types["armed"].attendance for name, one in arv.items()}
    assert list(shares) == ["now", "new control room"]
    assert [one["arv"] for one in shares.values()] == [{1: 0.9, 2: 0.1}] * 2


def test_an_end_that_the_file_has_already_changes_no_run(ground, found):
    urban = next(one for one in found[0] if one.path == "targets.armed.urban")
    assert ground.changed(Setting(((urban, "low"),))) == {}
    assert set(ground.changed(Setting(((urban, "high"),)))) == {"now", "new control room"}


def test_an_override_that_no_source_of_its_own_speaks_for_keeps_its_value(tmp_path):
    source = re.search(r" *sources:\n *targets.armed.rural.*\n", text := PLANTED.read_text())[0]
    ours = "  targets.armed.rural: {source: assumption, low: 10 min, high: 30 min}\n  window: {"
    text = text.replace(source, "").replace("  window: {", ours)
    file = tmp_path / "other.yaml"
    file.write_text(text)
    swept, _ = factors(Ground(load_runs(file)), ["targets.armed.rural"])
    assert [(one.base, one.runs) for one in swept] == [("20 min", ("now",))]


def test_beginnings_of_paths_choose_and_skip(ground):
    swept, left = factors(ground, ["travel", CALL], ["travel.cruising_speed"])
    assert [one.path for one in swept] == [CALL, "travel.circuity"]
    assert [tuple(one) for one in left] == [("travel.cruising_speed", "left out")]
    with pytest.raises(ValueError, match=r"did you mean travel\.circuity"):
        factors(ground, ["travel.circuty"])
    with pytest.raises(ValueError, match=r"at or below 'demand.types.arme'"):
        factors(ground, ["demand.types.arme"])


def test_one_at_a_time_is_low_then_high():
    names = [one.name for one in one_at_a_time([factor("a"), factor("b")])]
    assert names == ["a = 1", "a = 2", "b = 1", "b = 2"]


def test_effects_are_those_of_salib():
    three = [factor(name) for name in "abc"]
    steps = walk(three, 6, 11)
    x = steps.ends.reshape(-1, 3).astype(float)

    def figure(row):
        return 2 * row[0] - row[1] + 3 * row[0] * row[2]

    values = {
        index: np.full(3, figure([float(end == "high") for _, end in one.ends]))
        for index, one in enumerate(steps.settings)
    }
    ours = effects(steps, values, 10, 0.95)
    theirs = morris.analyze(problem(three), x, np.array([figure(row) for row in x]), num_levels=2, seed=1)
    for name in ("mu", "sigma"):
        assert [getattr(ours[one], name) for one in three] == pytest.approx(list(theirs[name]), abs=1e-12)
    assert [ours[one].mu_star.value for one in three] == pytest.approx(list(theirs["mu_star"]), abs=1e-12)
    assert [ours[one].number for one in three] == [6, 6, 6]


def test_limits_of_mu_star_come_from_the_resamples():
    steps = walk([factor("a"), factor("b")], 4, 1)
    noise = np.random.default_rng(2).normal(0, 0.1, 1001)
    noise[0] = 0.0
    values = {
        index: (5 + noise) * float(one.ends[0][1] == "high") for index, one in enumerate(steps.settings)
    }
    ours = effects(steps, values, 100, 0.95)
    half = 1.9842169516 * noise[1:].std(ddof=1) * np.sqrt(100 / 99)
    assert ours[steps.factors[0]].mu_star.value == pytest.approx(5)
    assert ours[steps.factors[0]].mu_star.half_width == pytest.approx(half, rel=1e-6)
    assert ours[steps.factors[1]].mu_star.value == 0.0


def test_effects_of_a_setting_that_was_not_run_are_left_out():
    steps = walk([factor("a"), factor("b")], 4, 1)
    values = {index: np.zeros(3) for index in range(len(steps.settings))}
    lost = int(steps.numbers()[0, 0])
    del values[lost]
    ours = effects(steps, values, 10, 0.95)
    pairs = np.stack([steps.numbers()[:, :-1], steps.numbers()[:, 1:]])
    assert sum(one.number for one in ours.values()) == 8 - int((pairs == lost).any(axis=0).sum())


def test_morris_needs_two_assumptions():
    with pytest.raises(ValueError, match="Morris needs two assumptions or more, there is 1"):
        walk([factor()], 4, 1)
