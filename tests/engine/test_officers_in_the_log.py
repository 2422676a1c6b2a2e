"""Officers in the log: they go off duty with their unit; breaks lost; neighbourhood units are watched."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from armsim.config.loader import load_scenario
from armsim.domain import DUTY_COLUMNS, OFFICER_COLUMNS, OFFICER_DUTY_COLUMNS, DutyKind, Record, UnitStatus
from armsim.engine.simulation import simulate
from armsim.study.worlds import world_of

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BREAKS = {"length": "40 min", "earliest": "60 min", "latest": "180 min"}
PATTERNS = {
    "days": {
        "teams": 1, "days_between_teams": 1, "cycle": ("D", "-"), "shifts": {"D": "08:00-16:00"},
    }
}  # fmt: skip
TEAM = {"kind": "pattern", "establishment": 3, "pattern": "days"}


def duty_rows(log):
    table = log.tables["duty"]
    assert tuple(table) == DUTY_COLUMNS
    return table


def crewed(tell, car, role="RESPONSE", **kind):
    """One car of two officers at East, a third left over, from 08:00 to 16:00 on the first of two days."""
    unit = {name: value for name, value in car.items() if name != "standing"}
    unit |= {"team": "beat", "crew": 2} | kind
    return tell(units={"car": unit}, teams={"beat": TEAM | {"role": role}}, patterns=PATTERNS)


@pytest.mark.parametrize(
    ("work", "lost"),
    [
        (60.0, 0),  # back at 112 and the window is open until 180
        (140.0, 1),  # back at 192
    ],
)
def test_a_break_is_lost_when_its_window_closes_on_a_busy_unit(tell, play, car, work, lost):
    log = play(tell(units={"car": car | {"breaks": BREAKS}}).incident("job", 50.0, 0.0, work=work))
    assert duty_rows(log)["breaks_lost"].tolist() == [lost]


def test_a_break_that_a_call_cuts_short_is_lost(tell, play, car):
    parts = {"units": {"car": car | {"breaks": BREAKS}}}
    rule = {"to": "G1", "when": ("REFRESHMENTS",)}
    kept = play(tell(**parts).incident("job", 80.0, 0.0))
    cut = play(tell(**parts, dispatch={"diversion": (rule,)}).incident("job", 80.0, 0.0))
    assert (duty_rows(kept)["breaks_lost"].tolist(), duty_rows(cut)["breaks_lost"].tolist()) == ([0], [1])


def test_a_break_is_lost_once_whatever_keeps_the_unit_busy(tell, play, car):
    story = tell(units={"car": car | {"breaks": BREAKS}})
    log = play(story.incident("job", 50.0, 0.0, work=5000.0))
    assert duty_rows(log)["breaks_lost"].tolist() == [1]


def test_a_kind_without_breaks_loses_none(tell, play, car):
    log = play(tell(units={"car": car}).incident("job", 50.0, 0.0, work=5000.0))
    assert duty_rows(log)["breaks_lost"].tolist() == [0]


def test_a_crew_goes_off_duty_with_its_unit(tell, play, car):
    log = play(crewed(tell, car).incident("job", 950.0, 20.0, work=30.0))
    table, duty = log.tables["officer_duty"], duty_rows(log)
    assert tuple(table) == OFFICER_DUTY_COLUMNS and tuple(log.tables["officers"]) == OFFICER_COLUMNS
    assert duty["planned_end"].tolist() == [960.0] and duty["end"].tolist() == [982.0]
    assert table["officer"].tolist() == [0.0, 1.0, 2.0] and table["duty"].tolist() == [0.0, 0.0, -1.0]
    assert table["planned_end"].tolist() == [960.0] * 3 and table["end"].tolist() == [982.0, 982.0, 960.0]
    assert set(table["kind"]) == {float(DutyKind.ROSTERED)}


def test_an_hours_long_hand_over_keeps_the_unit_at_its_base(tell, play, car):
    log = play(crewed(tell, car, handover="2 h").incident("job", 500.0, 0.0))
    sent = log.tables["deployments"]["assigned_at"]
    assert sent.tolist() == [600.0] and log.tables["officer_duty"]["start"].tolist() == [480.0] * 3


@pytest.mark.parametrize(("role", "seen"), [("RESPONSE", set()), ("NPT", {0.0})])
def test_neighbourhood_units_are_watched_at_every_level_of_recording(tell, car, role, seen):
    story = crewed(tell, car, role).incident("job", 500.0, 0.0)
    log = simulate(story.world, 1, 0, Record.METRICS, story.table())
    table = log.tables["unit_status"]
    assert set(table["unit"]) == seen
    at_work = table["status"] == UnitStatus.ON_SCENE
    assert at_work.sum() == len(seen)
    full = simulate(story.world, 1, 0, Record.FULL, story.table())
    for name in ("officers", "officer_duty", "duty"):
        for column, values in full.tables[name].items():
            assert np.array_equal(log.tables[name][column], values, equal_nan=True)


def test_minutes_of_officers_are_minutes_of_their_units():
    """In a run with overruns, breaks, waiting for vehicles and a change of level."""
    sets = ("window=2 days", "warm_up=6 h", "cool_down=6 h", "units.response_car.handover=10 min")
    sets += ("threat.timeline=[{level: SEVERE}, {level: CRITICAL, at: 1 day}]",)
    world = world_of(load_scenario(SCENARIOS / "critical.yaml", sets=sets))
    log = simulate(world, 1, 0, Record.METRICS)
    duty, table = log.tables["duty"], log.tables["officer_duty"]
    seated = table["duty"] >= 0
    row = table["duty"][seated].astype(int)
    start = np.maximum(table["start"][seated], duty["start"][row])
    inside = np.minimum(table["end"][seated], duty["end"][row]) - start
    minutes = np.bincount(row, weights=inside, minlength=len(duty["unit"]))
    # Standing units, if any, have no officers of a team.
    teams = np.array([world.scenario.units[world.kinds[unit.kind]].team is not None for unit in log.units])
    mine = teams[duty["unit"].astype(int)]
    assert minutes[mine] == pytest.approx((duty["officers"] * (duty["end"] - duty["start"]))[mine])
    assert (np.bincount(row, minlength=len(mine))[mine] == duty["officers"][mine]).all()
    assert (duty["end"] > duty["planned_end"]).any() and duty["breaks_lost"].any()
    assert set(duty["breaks_lost"]) == {0.0, 1.0}
