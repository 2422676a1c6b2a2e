from dataclasses import replace

import numpy as np
import pytest

from armsim.analysis import hours
from armsim.analysis.hours import daily, people_totals
from armsim.domain import DutyKind, ThreatLevel

from .people_logs import LogUnit, Place, duty_row, officer_row, people_log, people_world

ARV, CAR = 0, 1
UNITS = (LogUnit(0, ARV, Place(2)), LogUnit(1, CAR, Place(0)))


@pytest.fixture
def no_history(monkeypatch):
    """Nobody was rostered before the log."""
    monkeypatch.setattr(hours, "rostered_before", lambda world, mine, days: np.zeros(days))


CHANGES = {"threat": {"timeline": ({"level": "SEVERE"}, {"at": "12 h", "level": "CRITICAL"})}}


def totals(duties, world=None, **log):
    world = world or people_world(**(CHANGES if "levels" in log else {}))
    return people_totals(people_log(duties, units=UNITS, **log), world)


def test_a_log_without_officers_has_no_figures_of_people():
    log = people_log([])
    log.tables["officer_duty"] = {}
    assert people_totals(log, people_world()) == {}


def test_duties_are_summed_by_team_force_and_level():
    levels = ((ThreatLevel.SEVERE, 0.0, 1440.0), (ThreatLevel.CRITICAL, 1440.0, 2880.0))
    found = totals(
        [
            officer_row(0, 8, 8),
            officer_row(1, 8, 8, DutyKind.ABSENT_SICK),
            officer_row(2, 8, 8),
            officer_row(3, 32, 8, DutyKind.REST_DAY_CANCELLED, notice=60.0),
            officer_row(4, 32, 8),
            officer_row(5, 40, 4, DutyKind.VOLUNTARY),
        ],
        levels=levels,
    )
    assert found["people_duty_minutes:team=response"] == 3 * 480
    assert found["people_duty_minutes:team=response:force=ash"] == 2 * 480
    assert found["people_duty_minutes:team=response:force=birch"] == 480
    assert found["people_duty_minutes:team=response:level=SEVERE"] == 480
    assert found["people_duty_minutes:team=response:level=CRITICAL"] == 2 * 480
    assert found["people_duty_minutes:team=specials"] == 240
    assert found["people_cancelled:team=response:level=CRITICAL"] == 1
    assert found["people_notice:team=response"] == 1
    assert (found["people_rostered:team=arv"], found["people_paraded:team=arv"]) == (2, 1)
    assert (found["people_on_duty:team=response"], found["people_rostered:team=response"]) == (3, 2)
    assert found["people_pay_rest_day:team=response"] == 720
    assert "people_cancelled:team=arv" not in found


def test_weeks_in_post_are_parted_by_level_and_an_empty_post_has_none():
    levels = ((ThreatLevel.SEVERE, 0.0, 720.0), (ThreatLevel.CRITICAL, 720.0, 2880.0))
    found = totals([officer_row(0, 8, 8)], levels=levels)
    assert found["people_officers:team=arv"] == 1
    assert found["people_weeks:team=arv"] == pytest.approx(2 / 7)
    assert found["people_weeks:team=arv:level=SEVERE"] == pytest.approx(0.5 / 7)
    assert found["people_weeks:team=arv:level=CRITICAL"] == pytest.approx(1.5 / 7)
    assert (
        found["people_lost:team=arv"] == 1
    )  # the debt of the other officer, who is not in post, is left out
    assert "people_weeks:team=response" not in found


def test_training_and_court_are_work_and_leave_is_not():
    # Planned absences of the team in order of name: leave, training.
    duties = [
        officer_row(0, 8, 8, DutyKind.ABSENT_PLANNED, cause=0),
        officer_row(0, 32, 8, DutyKind.ABSENT_PLANNED, cause=1),
    ]
    found = totals(duties)
    assert found["people_work_minutes:team=arv"] == 480
    assert "people_duty_minutes:team=arv" not in found


def test_absence_is_told_by_cause():
    duties = [
        officer_row(0, -3, 8, DutyKind.ABSENT_PLANNED, cause=0),  # five hours of it inside
        officer_row(0, 32, 8, DutyKind.ABSENT_PLANNED, cause=1),
        officer_row(1, 8, 8, DutyKind.ABSENT_SICK),
        officer_row(1, 32, 8, DutyKind.ABSENT_NOT_DEPLOYABLE),
        officer_row(2, 8, 8, DutyKind.REST_GIVEN_BACK),
        officer_row(3, 8, 8, DutyKind.ON_COURSE),
        officer_row(3, 32, 8, DutyKind.REST_DAY_WORKED),
    ]
    found = totals(duties)
    head = "people_absent_minutes:team="
    assert {name.removeprefix(head): value for name, value in found.items() if name.startswith(head)} == {
        "arv:cause=leave": 300,
        "arv:cause=training": 480,
        "arv:cause=sickness": 480,
        "arv:cause=not_deployable": 480,
        "response:cause=rest_given_back": 480,
        "response:cause=on_course": 480,
    }
    assert found["people_rostered_minutes:team=arv"] == 300 + 3 * 480
    assert found["people_rostered_minutes:team=response"] == 2 * 480


def test_breaks_are_those_of_kinds_that_have_them_and_of_the_crew_of_the_duty():
    kind = {"bases": "all", "crew": 2, "serves": ("FIREARMS", "G1"), "standing": {"East": 2}}
    breaks = {"length": "40 min", "earliest": "3 h", "latest": "6 h"}
    world = people_world(
        units={
            "arv": {**kind, "armed": True, "arv": True, "breaks": breaks},
            "car": {**kind, "serves": ("G2",)},
        }
    )
    crews = [duty_row(0, 8, 8, breaks_lost=1), duty_row(0, 32, 8), duty_row(1, 8, 8, breaks_lost=0)]
    duties = [
        officer_row(0, 8, 8, duty=0),
        officer_row(1, 8, 8, duty=0),
        officer_row(0, 32, 8, duty=1),
        officer_row(1, 32, 8, duty=-1),
        officer_row(2, 8, 8, duty=2),
    ]
    found = totals(duties, world, crews=crews)
    assert (found["people_breaks:team=arv"], found["people_breaks_lost:team=arv"]) == (3, 2)
    assert "people_breaks:team=response" not in found


def keeping_on(longer, **duty):
    return people_world(
        threat={
            "timeline": ({"level": "SEVERE"}, {"at": "12 h", "level": "CRITICAL"}),
            "levels": {"CRITICAL": {"duty": {"keep_on": longer, **duty}}},
        }
    )


def test_officers_kept_on_are_paid_overtime_from_the_end_of_their_shift():
    levels = ((ThreatLevel.SEVERE, 0.0, 720.0), (ThreatLevel.CRITICAL, 720.0, 2880.0))
    duties = [
        officer_row(0, 8, 10),  # 08:00 to 16:00 and two hours more
        officer_row(1, 12, 8),  # started at the change
        officer_row(2, 3, 9),  # over when it came
        officer_row(5, 10, 5, DutyKind.VOLUNTARY),
    ]
    found = totals(duties, keeping_on("2 h"), levels=levels)
    assert found["people_overtime_casual:team=arv"] == 120
    assert "people_overtime_casual:team=response" not in found
    other = totals(duties, keeping_on("2 h", teams=("response",)), levels=levels)
    assert "people_overtime_casual:team=arv" not in other


def test_a_step_down_keeps_nobody_on():
    levels = ((ThreatLevel.CRITICAL, 0.0, 720.0), (ThreatLevel.SEVERE, 720.0, 2880.0))
    found = totals([officer_row(0, 8, 10)], keeping_on("2 h"), levels=levels)
    assert "people_overtime_casual:team=arv" not in found


def test_the_apstra_gap_is_duties_asked_less_duties_worked_in_officers():
    kind = {"bases": "all", "crew": 2, "serves": ("FIREARMS", "G1")}
    arv = {**kind, "armed": True, "arv": True, "team": "arv"}
    world = people_world(units={"arv": arv, "car": {**kind, "serves": ("G2",), "team": "response"}})
    # Two crews of two planned in the window: four duties. Three of the roster's four are worked.
    shortfalls = [
        (ARV, 480.0, 1, 1, 0, 0),
        (ARV, 1920.0, 1, 0, 1, 0),
        (CAR, 480.0, 9, 9, 0, 0),
        (ARV, -60.0, 5, 5, 0, 0),
    ]
    duties = [
        officer_row(0, 8, 8),
        officer_row(1, 8, 8),
        officer_row(0, 32, 8),
        officer_row(1, 32, 8, DutyKind.ABSENT_SICK),
    ]
    found = totals(duties, world, shortfalls=shortfalls)
    assert found["people_apstra_gap:team=arv"] == pytest.approx(2 * (4 - 3))
    assert found["people_apstra_gap:team=arv:force=ash"] == pytest.approx(2 * (4 - 3))
    assert found["people_rostered:team=arv"] == 4  # so that the gap is half an officer
    assert "people_apstra_gap:team=response" not in found


@pytest.mark.usefixtures("no_history")
def test_the_daily_series_is_of_the_teams_asked_for_and_of_all_arv_crews():
    shortfalls = [
        (ARV, 480.0, 3, 2, 1, 0),
        (ARV, 1000.0, 1, 1, 0, 1),
        (CAR, 480.0, 7, 7, 0, 0),
        (ARV, 1920.0, 2, 1, 0, 0),
    ]
    duties = [
        officer_row(0, 8, 10),
        officer_row(1, 8, 8),
        officer_row(1, 32, 8, DutyKind.REST_DAY_CANCELLED),
        officer_row(2, 8, 23),
        officer_row(4, 8, 0.0, DutyKind.ABSENT_SICK),
    ]
    log = people_log(duties, units=UNITS, shortfalls=shortfalls)
    world = people_world(people={"hours": {"weekly_limit": "9 h", "reference_weeks": 1}})
    found = {name: values.tolist() for name, values in daily(log, world, ["arv"]).items()}
    assert found == {
        "rest_days_lost": [0.5, 1.0],
        "hours": [9.0, 13.0],
        "share_over_hours": [0.5, 1.0],
        "planned": [4.0, 2.0],
        "crewed": [3.0, 1.0],
    }
    both = daily(log, world, ["arv", "response"])
    assert both["hours"].tolist() == [34 / 4, 49 / 4]  # the long duty ends at 07:00
    assert np.isnan(daily(log, world, ["nobody"])["hours"]).all()


def test_the_roster_before_the_log_opens_the_average_and_the_run_of_days():
    # Six days and one off: the log begins after the rest day, and with two days of warm-up before it.
    week = {"teams": 1, "cycle": tuple("DDDDDD-"), "days_between_teams": 1, "shifts": {"D": "08:00-16:00"}}
    world = people_world(
        patterns={"plain": week}, start="2018-03-05", people={"hours": {"reference_weeks": 2}}
    )
    log = people_log([officer_row(0, 24 * day + 8, 8) for day in (0, 1)], units=UNITS)
    made = hours.book_of(log, world)
    rostered = [day % 7 != 6 for day in range(-14, 0)]
    assert np.diff(made.history[0]).tolist() == [480.0 * on for on in rostered]
    assert made.history[5].tolist() == [0.0] * 15  # a special constable
    assert made.row_of_days.tolist() == [0, 0, 0, 0, 0, 0]
    assert hours.book_of(log, later(world, 2)).row_of_days.tolist() == [5, 5, 5, 5, 5, 0]


def later(world, days):
    """The world with a warm-up, so that the log begins sooner by some days."""
    scenario = world.scenario.model_copy(update={"warm_up": 1440.0 * days})
    return replace(world, scenario=scenario)
