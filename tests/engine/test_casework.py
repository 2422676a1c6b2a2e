"""Turning points, each told as a story on a line 20 km long where a kilometre takes a minute."""

import numpy as np
import pytest

from armsim.domain import FirearmsOutcome, Outcome, UnitStatus
from armsim.engine.aftermath import DIVERTED, RELIEVED, SHIFT_LIMIT, TURNED_BACK, WORK_DONE

from .reading import deployments, statuses
from .reading import incident as row

WHEN = ("MOBILISING", "EN_ROUTE", "ON_SCENE")
NEEDS_ARV = (0, 0, 0, 1)


def test_the_ordinary_course_of_an_incident(tell, play) -> None:
    log = play(tell().incident("job", 100.0, 10.0))
    incident, (sent,) = row(log, 0), deployments(log, 0)
    assert (sent["assigned_at"], sent["mobile_at"], sent["status_before"]) == (
        100.0,
        102.0,
        UnitStatus.AVAILABLE_AT_BASE,
    )
    assert (incident["first_officer_at"], incident["closed_at"]) == pytest.approx((112.0, 142.0), abs=0.01)
    assert (incident["outcome"], incident["sent"], incident["requeued"]) == (Outcome.ATTENDED, 1, 0)
    assert [status for status, _, _ in statuses(log, 0)] == [
        UnitStatus.AVAILABLE_AT_BASE, UnitStatus.MOBILISING, UnitStatus.EN_ROUTE, UnitStatus.ON_SCENE,
        UnitStatus.RETURNING, UnitStatus.AVAILABLE_AT_BASE,
    ]  # fmt: skip


def test_a_diversion_keeps_age_and_the_work_that_is_left(tell, play) -> None:
    rule = {"to": "G1", "off": ("G2",), "when": WHEN}
    story = tell(types={"low": {"grade": "G2"}, "high": {"grade": "G1"}}, dispatch={"diversion": (rule,)})
    story.incident("low", 0.0, 10.0, work=60.0).incident("low", 20.0, 10.0).incident(
        "high", 32.0, 10.0, work=5.0
    )
    log = play(story)
    low, first, again = row(log, 0), *deployments(log, 0)
    assert (first["end"], first["released_at"], again["end"]) == (DIVERTED, 32.0, WORK_DONE)
    # Of 60 minutes of work 20 were done by 32; the urgent job takes 2 minutes of turn-out and 5 of work, and
    # the unit, told on its way home, is back after one more.
    assert low["requeued"] == 1
    assert again["assigned_at"] == pytest.approx(39.0)
    assert low["first_officer_at"] == pytest.approx(12.0, abs=0.01)
    assert low["closed_at"] == pytest.approx(39.0 + 1 + 40.0, abs=0.01)
    assert low["unattended_minutes"] == pytest.approx(8.0, abs=0.01)
    # It kept its age: the younger one of its grade waited for it.
    assert row(log, 1)["first_officer_at"] > low["closed_at"]


def test_no_diversion_from_work_of_its_own_grade_or_in_another_status(tell, play) -> None:
    rule = {"to": "G1", "off": ("G2",), "when": ("EN_ROUTE",)}
    story = tell(types={"low": {"grade": "G2"}, "high": {"grade": "G1"}}, dispatch={"diversion": (rule,)})
    story.incident("low", 0.0, 10.0).incident("high", 20.0, 10.0).incident("high", 43.0, 0.0)
    log = play(story)
    assert [row(log, number)["requeued"] for number in range(3)] == [0, 0, 0]
    assert deployments(log, 1)[0]["assigned_at"] == pytest.approx(42.0, abs=0.01)


def firearms(arv, **other):
    kind = {"grade": "FIREARMS", "attendance": {"arv": 1}, "on_scene_from": "first_armed"} | other
    return {"types": {"guns": kind}, "units": {"arv": arv}}


def test_a_stand_down_before_the_armed_unit_turns_it_back(tell, play, arv) -> None:
    story = tell(**firearms(arv)).incident(
        "guns", 0.0, 20.0, needs=NEEDS_ARV, authorisation=1.0, stand_down_at=12.0
    )
    log = play(story)
    incident, (sent,) = row(log, 0), deployments(log, 0)
    assert (incident["closed_at"], incident["outcome"]) == (12.0, Outcome.STOOD_DOWN)
    assert incident["firearms_outcome"] == FirearmsOutcome.STOOD_DOWN
    assert (sent["end"], sent["released_at"]) == (TURNED_BACK, 12.0)
    assert np.isnan(sent["arrived_at"])
    # Ten kilometres out, ten minutes back.
    assert statuses(log, 0)[2][0] == UnitStatus.RETURNING
    assert statuses(log, 0)[2][1:] == pytest.approx((12.0, 22.0), abs=0.01)


def test_a_stand_down_after_the_armed_unit_is_nothing(tell, play, arv) -> None:
    log = play(
        tell(**firearms(arv)).incident(
            "guns", 0.0, 5.0, needs=NEEDS_ARV, authorisation=1.0, stand_down_at=12.0
        )
    )
    incident = row(log, 0)
    assert incident["outcome"] == Outcome.ATTENDED
    assert incident["firearms_outcome"] == FirearmsOutcome.AUTHORISED_OPERATION
    assert incident["closed_at"] == pytest.approx(37.0, abs=0.01)


def test_patience_that_ends_with_the_arrival(tell, play) -> None:
    log = play(tell().incident("job", 0.0, 20.0, lost_at=21.0).incident("job", 60.0, 1.0, lost_at=70.0))
    assert (row(log, 0)["outcome"], row(log, 0)["closed_at"]) == (Outcome.LOST, 21.0)
    assert deployments(log, 0)[0]["end"] == TURNED_BACK
    assert row(log, 1)["outcome"] == Outcome.ATTENDED


def test_patience_that_ends_with_the_sending(tell, play) -> None:
    story = tell(types={"job": {"patience_ends": "assignment"}})
    story.incident("job", 0.0, 20.0, lost_at=0.0).incident("job", 10.0, 20.0, lost_at=40.0)
    log = play(story)
    assert row(log, 0)["outcome"] == Outcome.ATTENDED
    assert (row(log, 1)["outcome"], row(log, 1)["closed_at"], row(log, 1)["sent"]) == (Outcome.LOST, 40.0, 0)


def test_what_was_lost_before_it_was_graded_sends_nobody(tell, play) -> None:
    log = play(tell().incident("job", 0.0, 5.0, handling=30.0, lost_at=10.0))
    assert (row(log, 0)["outcome"], row(log, 0)["sent"]) == (Outcome.LOST, 0)


def test_held_until_authority_is_given(tell, play, arv) -> None:
    log = play(tell(**firearms(arv)).incident("guns", 0.0, 5.0, needs=NEEDS_ARV, authorisation=20.0))
    incident = row(log, 0)
    assert deployments(log, 0)[0]["arrived_at"] == pytest.approx(7.0, abs=0.01)
    assert [status for status, _, _ in statuses(log, 0)][2:4] == [UnitStatus.HOLDING, UnitStatus.ON_SCENE]
    assert (incident["authorised_at"], incident["first_armed_at"]) == (20.0, 20.0)
    assert incident["closed_at"] == 50.0


def test_armed_units_that_wait_for_authority_do_not_move(tell, play, arv) -> None:
    story = tell(**firearms(arv, wait_for_authority=True))
    log = play(story.incident("guns", 0.0, 5.0, needs=NEEDS_ARV, authorisation=20.0))
    assert deployments(log, 0)[0]["assigned_at"] == 20.0
    assert row(log, 0)["first_armed_at"] == pytest.approx(27.0, abs=0.01)


SHIFTS = {
    "patterns": {
        "two": {
            "teams": 2,
            "shifts": {"D": "00:00-08:00", "E": "06:00-20:00"},
            "cycle": ("D", "E"),
            "days_between_teams": 1,
        }
    },
    "teams": {"crews": {"kind": "pattern", "establishment": 2, "pattern": "two"}},
}


def shift_car(car, **other):
    kind = {key: value for key, value in car.items() if key != "standing"} | {"team": "crews"} | other
    return {"units": {"car": kind}, "bases": {"all": {"sites": {"West": {"zone": "A"}}}}, **SHIFTS}


def test_relief_on_the_spot(tell, play, car) -> None:
    story = tell(types={"job": {"relieved": True}}, **shift_car(car))
    # The day car is sent at 300; at 480 its shift ends and the early car leaves the base.
    log = play(story.incident("job", 300.0, 10.0, work=400.0))
    incident, (first, second) = row(log, 0), deployments(log, 0)
    assert (first["assigned_at"], second["assigned_at"]) == (300.0, 480.0)
    assert second["arrived_at"] == pytest.approx(492.0, abs=0.01)
    assert (first["end"], first["released_at"]) == (RELIEVED, second["arrived_at"])
    assert incident["closed_at"] == pytest.approx(712.0, abs=0.01)
    assert incident["unattended_minutes"] == 0.0
    ended = log.tables["duty"]["end"][log.tables["duty"]["start"] == 0.0]
    assert ended[0] == pytest.approx(502.0, abs=0.02)


def test_the_overrun_limit(tell, play, car) -> None:
    story = tell(**shift_car(car), dispatch={"overrun_limit": "60 min"})
    log = play(story.incident("job", 300.0, 10.0, work=400.0))
    incident, (first, second) = row(log, 0), deployments(log, 0)
    assert (first["end"], first["released_at"]) == (SHIFT_LIMIT, 540.0)
    assert second["assigned_at"] == 540.0
    # 228 of 400 minutes were done; 12 minutes with nobody there.
    assert incident["closed_at"] == pytest.approx(552.0 + 172.0, abs=0.02)
    assert incident["unattended_minutes"] == pytest.approx(12.0, abs=0.01)


def test_the_shift_margin_spares_units_from_lower_work_only(tell, play, car) -> None:
    story = tell(
        types={"high": {"grade": "G1"}, "low": {"grade": "G2"}},
        **shift_car(car),
        dispatch={"shift_margin": "30 min"},
    )
    story.incident("high", 460.0, 0.0, work=1.0).incident("low", 461.0, 1.0, work=1.0)
    log = play(story)
    day, early = 0, deployments(log, 1)[0]["unit"]
    assert deployments(log, 0)[0]["unit"] == day  # both are at the base and day has been free longer
    assert early != day


BREAKS = {"length": "40 min", "earliest": "60 min", "latest": "180 min"}


def test_a_break_is_taken_when_its_window_opens_and_is_lost_to_a_diversion(tell, play, car) -> None:
    rule = {"to": "G1", "when": ("REFRESHMENTS",)}
    parts = {"units": {"car": car | {"breaks": BREAKS}}}
    quiet = play(tell(**parts).incident("job", 80.0, 0.0))
    assert statuses(quiet, 0)[1] == (UnitStatus.REFRESHMENTS, 60.0, 100.0)
    assert deployments(quiet, 0)[0]["assigned_at"] == 100.0
    called = play(tell(**parts, dispatch={"diversion": (rule,)}).incident("job", 80.0, 0.0))
    assert deployments(called, 0)[0]["assigned_at"] == 80.0
    breaks = [(start, end) for status, start, end in statuses(called, 0) if status == UnitStatus.REFRESHMENTS]
    assert breaks == [(60.0, 80.0)]


def test_a_busy_unit_takes_its_break_after_the_job_while_the_window_is_open(tell, play, car) -> None:
    parts = {"units": {"car": car | {"breaks": BREAKS}}}
    soon = play(tell(**parts).incident("job", 50.0, 0.0, work=60.0))
    assert (UnitStatus.REFRESHMENTS, 112.0, 152.0) in statuses(soon, 0)
    late = play(tell(**parts).incident("job", 50.0, 0.0, work=140.0))
    assert UnitStatus.REFRESHMENTS not in [status for status, _, _ in statuses(late, 0)]


def test_booked_work_is_put_off_until_enough_units_are_free(tell, play, arv) -> None:
    booked = {
        "grade": "PLANNED",
        "attendance": {"arv": 1},
        "booked": {"keep_free": 1, "retry": "30 min", "attempts": 3},
    }
    units = {"arv": arv | {"standing": {"West": 2}}}
    kinds = {"raid": booked, "job": {"attendance": {"arv": 1}}}
    story = tell(types=kinds, units=units)
    story.incident("job", 0.0, 0.0, needs=NEEDS_ARV, work=40.0).incident("raid", 1.0, 0.0, needs=NEEDS_ARV)
    log = play(story)
    assert (row(log, 1)["postponed"], deployments(log, 1)[0]["assigned_at"]) == (2, 61.0)
    story = tell(types=kinds, units=units)
    story.incident("job", 0.0, 0.0, needs=NEEDS_ARV, work=400.0).incident("raid", 1.0, 0.0, needs=NEEDS_ARV)
    given_up = row(play(story), 1)
    assert (given_up["outcome"], given_up["closed_at"], given_up["sent"]) == (Outcome.LOST, 61.0, 0)


def test_later_units_stay_for_a_share_of_the_work_that_is_left(tell, play, car) -> None:
    units = {"car": car | {"standing": {"East": 1, "West": 1}}}
    story = tell(types={"job": {"later_units_stay": 0.5}}, units=units)
    log = play(story.incident("job", 0.0, 5.0, needs=(2, 0, 0, 0), work=40.0))
    near, far = deployments(log, 0)
    assert near["arrived_at"] == pytest.approx(7.0, abs=0.01)
    assert far["arrived_at"] == pytest.approx(17.0, abs=0.01)
    assert far["released_at"] == pytest.approx(17.0 + 15.0, abs=0.01)
    assert row(log, 0)["closed_at"] == pytest.approx(47.0, abs=0.01)


def test_the_last_unit_on_the_scene_does_not_leave_early(tell, play, car) -> None:
    rule = {"to": "G1", "off": ("G2",), "when": WHEN}
    kinds = {"low": {"grade": "G2", "later_units_stay": 0.5}, "high": {"grade": "G1"}}
    units = {"car": car | {"standing": {"East": 1, "West": 1}}}
    story = tell(types=kinds, units=units, dispatch={"diversion": (rule,)})
    # The first unit is taken off at 22 and never comes back; the second carries the work to its end.
    story.incident("low", 0.0, 5.0, needs=(2, 0, 0, 0), work=40.0).incident("high", 22.0, 4.0, work=500.0)
    log = play(story)
    table = log.tables["unit_status"]
    there = (table["status"] == UnitStatus.ON_SCENE) & (table["incident"] == 0)
    assert row(log, 0)["outcome"] == Outcome.ATTENDED
    assert table["end"][there].max() == row(log, 0)["closed_at"]
    assert [sent["end"] for sent in deployments(log, 0)] == [DIVERTED, WORK_DONE]


def test_a_discharge_takes_the_crew_off_for_the_rest_of_its_tour(tell, play, arv) -> None:
    story = tell(**firearms(arv))
    story.incident("guns", 0.0, 5.0, needs=NEEDS_ARV, authorisation=1.0, crew_off=True)
    log = play(story.incident("guns", 60.0, 5.0, needs=NEEDS_ARV, authorisation=1.0))
    assert statuses(log, 0)[-1][0] == UnitStatus.UNAVAILABLE
    assert row(log, 1)["outcome"] == Outcome.OPEN_AT_END


def test_a_stand_down_needs_no_authority(tell, play, arv) -> None:
    log = play(tell(**firearms(arv)).incident("guns", 0.0, 20.0, needs=NEEDS_ARV, stand_down_at=12.0))
    assert row(log, 0)["outcome"] == Outcome.STOOD_DOWN


def test_a_reserve_that_the_policy_does_not_know_keeps_nobody_waiting(tell, play, car) -> None:
    """``nearest`` ignores the reserve when work comes in, so it must when a unit comes back."""
    story = tell(types={"low": {"grade": "G2"}}, dispatch={"reserve": {"car": {"G2": 1}}})
    log = play(story.incident("low", 0.0, 0.0).incident("low", 10.0, 0.0))
    assert deployments(log, 1)[0]["assigned_at"] == 32.0


def test_what_is_received_and_not_graded_at_the_end_is_in_the_log(tell, play) -> None:
    story = tell(cool_down="60 min").incident("job", 0.0, 0.0).incident("job", 2870.0, 0.0, handling=90.0)
    log = play(story)
    assert log.tables["incidents"]["outcome"].tolist() == [Outcome.ATTENDED, Outcome.OPEN_AT_END]


def test_everything_in_one_minute_goes_by_rank(tell, play, car) -> None:
    """Work ends, a new incident comes in and an older one waits, all at 32: age decides."""
    story = tell().incident("job", 0.0, 0.0).incident("job", 5.0, 0.0, work=1.0).incident("job", 32.0, 0.0)
    log = play(story)
    assert [deployments(log, number)[0]["assigned_at"] for number in range(3)] == [0.0, 32.0, 35.0]
