"""How units go: as available, together, in part."""

import pytest

from armsim.domain import Outcome

from .reading import deployments, incident, units_sent

PAIR = (2, 0, 0, 0)


@pytest.fixture
def two(car):
    """Two single-crewed cars at km 0."""
    return {"car": car | {"standing": {"West": 2}}}


def test_as_available_takes_who_is_free_and_the_rest_when_it_comes(tell, play, two) -> None:
    story = tell(units=two).incident("job", 0.0, 0.0, work=50.0)
    log = play(story.incident("job", 10.0, 0.0, needs=PAIR, work=30.0))
    # Unit 0 is at work until 52; unit 1 goes at once and the work starts when it is there.
    assert units_sent(log, 1) == [(1, 10.0), (0, 42.0)] or units_sent(log, 1) == [(1, 10.0)]
    assert incident(log, 1)["first_officer_at"] == 12.0
    assert incident(log, 1)["closed_at"] == 42.0


def test_as_available_lets_others_pass_who_can_use_what_it_cannot(tell, play, car, arv) -> None:
    kinds = {"guns": {"grade": "FIREARMS"}, "low": {"grade": "G2"}}
    units = {"arv": arv | {"standing": {"West": 1}}, "car": car | {"standing": {"West": 1}}}
    story = tell(types=kinds, units=units)
    story.incident("guns", 0.0, 0.0, needs=(0, 0, 0, 1), work=100.0)
    story.incident("guns", 5.0, 0.0, needs=(0, 0, 0, 1), work=10.0).incident("low", 6.0, 0.0)
    log = play(story)
    assert units_sent(log, 1) == [(0, 102.0)]
    assert units_sent(log, 2) == [(1, 6.0)]


def together(tell, units, **other):
    kinds = {"pair": {"grade": "G2", "send": "together"}, "job": {"grade": "G2"}, "urgent": {"grade": "G1"}}
    return tell(types=kinds, units=units, **other)


def test_together_waits_for_all_and_holds_up_those_behind_it(tell, play, two) -> None:
    story = together(tell, two).incident("job", 0.0, 0.0, work=50.0)
    story.incident("pair", 10.0, 0.0, needs=PAIR, work=20.0).incident("job", 20.0, 0.0, work=5.0)
    log = play(story)
    # A car stands free from 0 to 52, and neither the pair's job nor the one behind it takes it.
    assert units_sent(log, 1) == [(0, 52.0), (1, 52.0)] or units_sent(log, 1) == [(1, 52.0), (0, 52.0)]
    (first, second) = deployments(log, 1)
    assert {first["mobile_at"], second["mobile_at"]} == {53.0 if False else 54.0, 54.0}
    assert units_sent(log, 2)[0][1] == incident(log, 1)["closed_at"] == 74.0
