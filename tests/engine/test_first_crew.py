"""How many officers the first unit on a scene brought."""

from __future__ import annotations

import pytest

from armsim.domain import Outcome

from .reading import incident


def test_crew_of_the_unit_that_is_there_first(tell, play, car) -> None:
    pair = car | {"crew": 2, "standing": {"East": 1}}
    story = tell(units={"car": car, "pair": pair})
    story.incident("job", 0.0, 5.0, needs=(3, 0, 0, 0)).incident("job", 600.0, 16.0, needs=(3, 0, 0, 0))
    log = play(story)
    assert incident(log, 0)["first_crew"] == 1  # the car is there after 7 minutes, the pair after 17
    assert incident(log, 1)["first_crew"] == 2


def test_none_where_nobody_came(tell, play, car) -> None:
    log = play(tell(units={"car": car}).incident("job", 0.0, 20.0, stand_down_at=4.0))
    assert incident(log, 0)["outcome"] == Outcome.STOOD_DOWN
    assert incident(log, 0)["first_crew"] == 0


def test_what_an_incident_turns_into_takes_the_crew_over(tell, play, car) -> None:
    child = {"kind": "job", "at": 20.0, "km": 5.0}
    log = play(tell(units={"car": car}).incident("job", 0.0, 5.0, becomes=child))
    taken_over = incident(log, 1)
    assert (taken_over["first_crew"], taken_over["first_officer_at"]) == (1, pytest.approx(20.0))
