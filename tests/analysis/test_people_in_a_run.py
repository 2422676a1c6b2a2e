"""Hours and rest read off real logs: of a posture worked out by hand, and of one with everything in it."""

import numpy as np
import pytest

from armsim.analysis.ced import ced_totals
from armsim.analysis.hours import book_of, daily, people_totals
from armsim.analysis.ledger import ledger
from armsim.domain import DutyKind, Record
from armsim.engine.simulation import simulate
from armsim.testing.small_world import small_world

FIVE = {
    "teams": 5,
    "cycle": tuple("EELLNN----"),
    "days_between_teams": 2,
    "shifts": {"E": "07:00-17:00", "L": "15:00-01:00", "N": "21:00-07:00"},
}
ARV = {"team": "arv", "crew": 2, "bases": "all", "arv": True, "armed": True, "serves": ("FIREARMS", "G1")}


def team(**more):
    return {"kind": "pattern", "establishment": {"ash": 50}, "pattern": "five", **more}


def world_of(duty, timeline=({"level": "CRITICAL"},), teams=None, **more):
    settings = {
        "window": "28 days",
        "cool_down": "0 min",
        "patterns": {"five": FIVE},
        "units": {"arv": ARV},
        **more,
    }
    threat = {"timeline": timeline, "levels": {"CRITICAL": {"duty": duty}}}
    return small_world(teams=teams or {"arv": team()}, threat=threat, **settings)


def test_the_hand_worked_case_comes_out_of_a_run():
    """12 h shifts, half of rest days worked, 42 h a week before: 5.6 rest days and 47.93 h a week."""
    world = world_of({"shift_length": "12 h", "rest_days_cancelled": 0.5})
    log = simulate(world, 1, 0, Record.METRICS)
    series = daily(log, world, ["arv"])
    assert series["rest_days_lost"] == pytest.approx(0.2 * np.arange(1, 29), rel=1e-12)
    assert series["hours"][-1] == pytest.approx((13 * 42 + 4 * 67.2) / 17, rel=1e-12)
    assert (series["planned"] == series["crewed"]).all()
    totals = people_totals(log, world)
    assert totals["people_lost:team=arv"] / 50 == pytest.approx(5.6, rel=1e-12)
    # Nobody is absent, nobody overruns, and everybody has a seat: hours are those that crews paraded.
    assert totals["people_duty_minutes:team=arv"] / 60 == pytest.approx(log.officer_hours["arv"], rel=1e-12)


EVERYTHING = {
    "shift_length": "12 h",
    "rest_days_cancelled": 0.25,
    "keep_on": "2 h",
    "recall": {"share": 0.3, "after": "2 h", "length": "6 h"},
    "suspend": ("training",),
}


@pytest.fixture(scope="module")
def busy():
    """A world and a log with every kind of duty and absence, and a spell of CRITICAL in the middle."""
    full = team(
        planned_absence={"leave": 0.12, "training": 0.05},
        sickness={"share": 0.05, "spell": "6 days"},
        non_deployable={"share": 0.08, "spell": "60 days"},
        rest_days_worked=0.1,
        rest_days_owed=1.5,
        ced_share=0.5,
    )
    timeline = (
        {"level": "SEVERE"},
        {"at": "9 days 18 h", "level": "CRITICAL"},
        {"at": "14 days", "level": "SEVERE"},
    )
    world = world_of(EVERYTHING, timeline, {"arv": full}, warm_up="2 days", start="2018-03-16")
    return world, simulate(world, 7, 3, Record.METRICS)


def test_sums_of_teams_are_sums_over_the_rows_of_the_log(busy):
    world, log = busy
    table, totals = log.tables["officer_duty"], people_totals(log, world)
    inside = (table["start"] >= 0) & (table["start"] < world.scenario.window)
    counts = np.bincount(table["kind"][inside].astype(int), minlength=len(DutyKind))
    for kind, name in {
        DutyKind.ROSTERED: "paraded", DutyKind.REST_DAY_CANCELLED: "cancelled",
        DutyKind.REST_DAY_WORKED: "worked", DutyKind.REST_GIVEN_BACK: "given_back",
    }.items():  # fmt: skip
        assert totals[f"people_{name}:team=arv"] == counts[kind] > 0
    assert counts[DutyKind.RECALLED] > 0
    recalled = inside & (table["kind"] == DutyKind.RECALLED)
    minutes = (table["end"] - table["start"])[recalled].sum()
    assert totals["people_overtime_recalled:team=arv"] == pytest.approx(minutes)


def test_every_minute_of_a_crew_is_in_the_ledger(busy):
    world, log = busy
    duty, book = log.tables["duty"], book_of(log, world)
    window = world.scenario.window
    crews = np.maximum(np.minimum(duty["end"], window) - np.maximum(duty["start"], 0), 0) * duty["officers"]
    table = log.tables["officer_duty"]
    alone = (table["duty"] < 0) & (book.kind < DutyKind.ABSENT_PLANNED)
    idle = np.maximum(np.minimum(table["end"], window) - np.maximum(table["start"], 0), 0)[alone]
    in_ledger = ledger(book).officers["duty_minutes"].sum()
    assert in_ledger == pytest.approx(crews.sum() + idle.sum(), rel=1e-9)


def test_rest_days_balance(busy):
    world, log = busy
    totals = people_totals(log, world)
    owed, paid = (totals.get(f"people_{name}:team=arv", 0.0) for name in ("owed", "paid"))
    given_back, opening = totals["people_given_back:team=arv"], 50 * 1.5
    assert owed + paid == totals["people_cancelled:team=arv"]
    assert totals["people_balance:team=arv"] == opening + owed - given_back
    assert totals["people_lost:team=arv"] == opening + owed + paid - given_back
    # The change came with four days' notice at most: all are paid.
    assert owed == 0


def test_officers_kept_on_stay_two_hours_longer(busy):
    world, log = busy
    book = book_of(log, world)
    moment = 1440.0 * 9 + 1080
    under_way = (
        (book.kind < DutyKind.ABSENT_PLANNED) & (book.start < moment) & (book.planned_end - 120 > moment)
    )
    assert under_way.sum() > 5
    assert book.kept_on.tolist() == (120.0 * under_way).tolist()
    own = book.planned_end - book.start - book.kept_on
    assert set(own[under_way]) == {600.0}


def test_a_level_parts_what_a_window_has(busy):
    world, log = busy
    totals = people_totals(log, world)
    for name in ("duty_minutes", "daily_rest", "pay_recalled", "rostered", "weeks"):
        whole = totals[f"people_{name}:team=arv"]
        parts = [totals.get(f"people_{name}:team=arv:level={level}", 0.0) for level in ("SEVERE", "CRITICAL")]
        assert sum(parts) == pytest.approx(whole)
    assert totals["people_weeks:team=arv:level=CRITICAL"] == pytest.approx(50 * 4 * 4.25 / 28)
    assert "people_cancelled:team=arv:level=SEVERE" not in totals


def test_armed_crews_carry_a_ced_each(busy):
    world, log = busy
    nothing = {"first_ced_at": np.zeros(0), "type": np.zeros(0), "level": np.zeros(0)}
    found = ced_totals(log, world, nothing)
    duty, window = log.tables["duty"], world.scenario.window
    inside = np.maximum(np.minimum(duty["end"], window) - np.maximum(duty["start"], 0), 0)
    cover = sum(found[f"ced_minutes:employment=REGULAR:area={area}"] for area in ("urban", "rural"))
    assert cover == pytest.approx((inside * duty["officers"]).sum())
    assert found["no_ced_minutes"] == 0
