"""Settings that closed forms need (returns, factors of work, exponential trips), and limits while holding."""

from math import log
from statistics import NormalDist, fmean

import pytest

from armsim.domain import Outcome, UnitStatus
from armsim.engine.aftermath import RELIEVED, SHIFT_LIMIT

from .reading import deployments, incident, statuses, units_sent


@pytest.mark.parametrize(
    ("returns", "at", "minutes"), [("home_first", 52.0, 11.0), ("dispatchable", 45.0, 3.0)]
)
def test_a_unit_that_goes_home_first_is_free_at_its_base_and_then_serves_the_queue(
    tell, car, returns, at, minutes
) -> None:
    story = tell(units={"car": car | {"returns": returns}})
    played = story.incident("job", 0.0, 10.0).incident("job", 45.0, 9.0).play()
    (second,) = deployments(played, 1)
    home = (UnitStatus.AVAILABLE_AT_BASE, UnitStatus.RETURNING)
    assert second["status_before"] == home[returns == "dispatchable"]
    assert second["assigned_at"] == pytest.approx(at, abs=0.02)
    # From the base 2 and 9 minutes; at 45, on its way back at km 7, 1 and 2.
    assert second["arrived_at"] - second["assigned_at"] == pytest.approx(minutes, abs=0.02)


def test_home_first_while_nobody_waits(tell, car) -> None:
    played = tell(units={"car": car | {"returns": "home_first"}}).incident("job", 0.0, 10.0).play()
    last = statuses(played, 0)[-2:]
    assert [status for status, _, _ in last] == [UnitStatus.RETURNING, UnitStatus.AVAILABLE_AT_BASE]
    assert last[0][1:] == pytest.approx((42.0, 52.0), abs=0.02)


@pytest.mark.parametrize(
    ("factor", "work"), [({"East": 0.5}, 15.0), ({"West": 0.5}, 30.0), ({"car": 2.0}, 60.0)]
)
def test_work_in_common_has_the_factor_of_the_first_unit_there(tell, car, factor, work) -> None:
    units = {"car": car | {"standing": {"East": 1, "West": 1}}}
    story = tell(types={"job": {"on_scene_factor": factor}}, units=units)
    # The western car is sent first, at 1; the eastern one, free at 5, is there at 8 and before it.
    story.incident("job", 0.0, 20.0, work=3.0 / factor.get("East", factor.get("car", 1.0)))
    played = story.incident("job", 1.0, 19.0, needs=(2, 0, 0, 0)).play()
    assert units_sent(played, 1) == [(1, 1.0), (0, 5.0)]
    told = incident(played, 1)
    assert told["first_officer_at"] == pytest.approx(8.0, abs=0.01)
    assert told["closed_at"] == pytest.approx(8.0 + work, abs=0.01)


EXPONENTIAL = {
    "kind": "crow_fly",
    "circuity": 1,
    "acceleration": "1000 km/min2",
    "cruising_speed": "60 km/h",
    "trip_noise": {"law": "exponential"},
}


def test_exponential_trips_have_the_expected_minutes_as_their_mean(tell, car) -> None:
    number = 200
    story = tell(units={"car": car | {"standing": {"West": number}}}, travel=EXPONENTIAL)
    shares = [(index + 0.5) / number for index in range(number)]
    for share in shares:
        story.incident("job", 0.0, 10.0, trip_z=[NormalDist().inv_cdf(share)] * 4)
    played = story.play().tables["deployments"]
    trips = (played["arrived_at"] - played["mobile_at"]).tolist()
    assert played["expected_minutes"].tolist() == pytest.approx([12.0] * number, abs=0.01)
    assert trips == pytest.approx([-10 * log(1 - share) for share in shares], rel=1e-3)
    assert fmean(trips) == pytest.approx(10.0, rel=0.005)


def armed_shift(arv, guns):
    """Two teams of two ARVs, on from 00:00 to 08:00 and from 06:00 to 20:00."""
    kind = {key: value for key, value in arv.items() if key != "standing"} | {"team": "crews"}
    shifts = {"D": "00:00-08:00", "E": "06:00-20:00"}
    pattern = {"teams": 2, "shifts": shifts, "cycle": ("D", "E"), "days_between_teams": 1}
    return {
        "types": {"guns": {"grade": "FIREARMS", "on_scene_from": "first_armed"} | guns},
        "units": {"arv": kind},
        "bases": {"all": {"sites": {"West": {"zone": "A"}}}},
        "patterns": {"two": pattern},
        "teams": {"crews": {"kind": "pattern", "establishment": 8, "pattern": "two"}},
        "dispatch": {"overrun_limit": "60 min"},
    }


def test_a_unit_that_holds_leaves_at_its_limit_and_is_replaced(tell, arv) -> None:
    story = tell(**armed_shift(arv, {}))
    played = story.incident("guns", 300.0, 5.0, needs=(0, 0, 0, 1), authorisation=400.0).play()
    first, second = deployments(played, 0)
    assert first["arrived_at"] == pytest.approx(307.0, abs=0.01)
    assert (first["released_at"], first["end"]) == (540.0, SHIFT_LIMIT)
    assert second["assigned_at"] == 540.0
    told = incident(played, 0)
    assert (told["authorised_at"], told["first_armed_at"], told["closed_at"]) == (700.0, 700.0, 730.0)
    # Nobody had been at work yet, so the place was not left.
    assert (told["requeued"], told["unattended_minutes"], told["outcome"]) == (1, 0.0, Outcome.ATTENDED)
    held = [
        (start, end)
        for status, start, end in statuses(played, int(first["unit"]))
        if status == UnitStatus.HOLDING
    ]
    assert held == [(first["arrived_at"], 540.0)]


@pytest.mark.parametrize("authorisation", [100.0, 195.0])
def test_a_unit_that_held_is_relieved_once(tell, arv, authorisation) -> None:
    """Authority before the end of its shift at 480, or after it and before the relief comes."""
    story = tell(**armed_shift(arv, {"relieved": True}))
    told = {"needs": (0, 0, 0, 1), "authorisation": authorisation, "work": 500.0}
    played = story.incident("guns", 300.0, 20.0, **told).play()
    first, second = deployments(played, 0)
    assert (first["end"], second["assigned_at"]) == (RELIEVED, 480.0)
    assert first["released_at"] == second["arrived_at"] == pytest.approx(502.0, abs=0.02)
    assert incident(played, 0)["closed_at"] == 300.0 + authorisation + 500.0
