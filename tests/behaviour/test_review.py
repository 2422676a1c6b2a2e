"""Options of the shipped review in pairs: each moves what it should and leaves alone what it cannot reach."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from armsim.config.loader import load_scenario
from armsim.domain import Record, UnitStatus
from armsim.engine.simulation import simulate
from armsim.study.worlds import world_of

REVIEW = Path(__file__).parents[2] / "scenarios" / "review.yaml"
SHORT = ("window=5 days", "warm_up=12 h", "cool_down=12 h")
KEPT = ("units.arv.serves=[FIREARMS, PLANNED, POST]",)
INCIDENT = ("type", "grade", "zone", "x", "y", "received_at", "graded_at")
ARMED = ("authorised_at", "first_armed_at")
MORE = ("more_armed_officers", "more_vehicles")
CED = [("more_ced",), ("specials_with_ced",), ("students_with_ced",)]


@cache
def run(overrides=(), sets=()):
    loaded = load_scenario(REVIEW, overrides, (*SHORT, *sets))
    return simulate(world_of(loaded), 7, 0, Record.FULL)


def on_duty(log, what):
    """Hours of units on duty times *what* they bring, in the window and after it."""
    duty = log.tables["duty"]
    return float((duty[what] * (duty["end"] - np.maximum(duty["start"], 0))).clip(min=0).sum() / 60)


def hours_of(log, kind):
    """Hours of units of a kind as planned: overruns are a matter of luck with jobs."""
    duty = log.tables["duty"]
    numbers = [number for number, unit in enumerate(log.units) if unit.kind == kind]
    mine = np.isin(duty["unit"], numbers)
    return float((duty["planned_end"] - duty["start"])[mine].sum() / 60)


@pytest.mark.parametrize("overrides", [MORE, ("arm_at_bases",), *CED, ("critical_held",)])
def test_incidents_are_the_same_under_every_option(overrides):
    plain, other = run().tables["incidents"], run(overrides).tables["incidents"]
    for column in INCIDENT:
        np.testing.assert_array_equal(plain[column], other[column])


@pytest.mark.parametrize("overrides", CED)
def test_a_ced_option_adds_carriers_and_no_officer(overrides):
    plain, other = run(), run(overrides)
    assert on_duty(other, "ced") > on_duty(plain, "ced")
    for column in ("unit", "start", "planned_end", "officers", "armed_officers", "arv"):
        np.testing.assert_array_equal(plain.tables["duty"][column], other.tables["duty"][column])


@pytest.mark.parametrize("overrides", CED)
def test_with_arvs_kept_from_routine_work_ceds_do_not_touch_armed_response(overrides):
    plain, other = run((), KEPT).tables["incidents"], run(overrides, KEPT).tables["incidents"]
    for column in ARMED:
        np.testing.assert_array_equal(plain[column], other[column])
    assert np.isfinite(plain["first_armed_at"]).sum() > 3


def test_specials_carry_on_the_evenings_of_the_weekend():
    """Special patrols carry in more duties of Friday to Sunday than of the rest of the week."""
    log = month("specials_with_ced")
    duty, kinds = log.tables["duty"], kinds_of("specials_with_ced")
    special = np.isin(
        duty["unit"], [n for n, unit in enumerate(log.units) if kinds[unit.kind] == "special_patrol"]
    )
    carried = special & (duty["ced"] > 0)
    day = (duty["start"][carried] // 1440) % 7
    assert carried.sum() > 0
    assert np.isin(day, [4, 5, 6]).mean() > 0.5


def kinds_of(*overrides):
    return list(world_of(load_scenario(REVIEW, overrides, SHORT)).kinds)


def month(override):
    loaded = load_scenario(REVIEW, [override], ("window=28 days", "warm_up=1 h", "cool_down=1 h"))
    return simulate(world_of(loaded), 7, 0, Record.FULL)


def test_more_armed_officers_crew_more_arvs_and_are_missed_elsewhere():
    kinds = kinds_of()
    plain, other = run(), run(MORE)
    assert on_duty(other, "arv") > 1.15 * on_duty(plain, "arv")
    for kind in ("response_car", "npt_patrol"):
        assert hours_of(other, kinds.index(kind)) < hours_of(plain, kinds.index(kind))
    assert hours_of(other, kinds.index("special_patrol")) == hours_of(plain, kinds.index("special_patrol"))


def test_vehicles_alone_crew_nobody_but_spare_a_wait():
    officers, both = run(("more_armed_officers",)), run(MORE)
    assert on_duty(both, "arv") > on_duty(officers, "arv")
    count = [np.sum(one.tables["duty"]["arv"] > 0) for one in (officers, both)]
    assert count[1] >= count[0]


def test_armed_pairs_come_out_of_response_cars_and_leave_arvs_alone():
    plain, other = run(), run(("arm_at_bases",))
    pairs = hours_of(other, kinds_of("arm_at_bases").index("armed_response_pair"))
    assert pairs > 100
    cars = [
        hours_of(one, kinds_of(*names).index("response_car"))
        for one, names in ((plain, ()), (other, ("arm_at_bases",)))
    ]
    assert cars[1] < cars[0]
    counts = [np.sum(one.tables["duty"]["arv"] > 0) for one in (plain, other)]
    assert counts[0] == counts[1]


def pairs_of(log):
    kind = kinds_of("arm_at_bases").index("armed_response_pair")
    return [number for number, unit in enumerate(log.units) if unit.kind == kind]


def test_pairs_go_to_firearms_incidents_and_nothing_else():
    log = month("arm_at_bases")
    sent = log.tables["deployments"]
    mine = sent["incident"][np.isin(sent["unit"], pairs_of(log))].astype(int)
    assert len(mine) > 0
    assert set(log.tables["incidents"]["grade"][mine]) == {0}


def test_at_critical_pairs_fill_posts():
    log = run(("arm_at_bases", "critical_held"))
    status = log.tables["unit_status"]
    assert np.any(np.isin(status["unit"], pairs_of(log)) & (status["status"] == UnitStatus.ON_POST))


def test_at_critical_rest_is_lost_and_neighbourhood_officers_fill_posts():
    plain, other = run(), run(("critical_held",))
    cancelled = [np.sum(one.tables["officer_duty"]["kind"] == 1) for one in (plain, other)]
    assert cancelled[0] == 0 < cancelled[1]
    kind = kinds_of().index("npt_patrol")
    status = other.tables["unit_status"]
    npt = np.isin(status["unit"], [n for n, unit in enumerate(other.units) if unit.kind == kind])
    assert np.any(npt & (status["status"] == UnitStatus.ON_POST))
    assert not np.any(plain.tables["unit_status"]["status"] == UnitStatus.ON_POST)
