"""How units go: as available, together, in part."""

from math import isnan

import pytest

from armsim.domain import Outcome

from .reading import deployments, incident, units_sent

PAIR = (2, 0, 0, 0)
KINDS = {
    "job": {"grade": "G2"},
    "pair": {"grade": "G2", "send": "together"},
    "part": {"grade": "G2", "send": "partial"},
    "urgent": {"grade": "G1"},
}


@pytest.fixture
def two(tell, car):
    """Two single-crewed cars at km 0, where every trip takes the two minutes of the turn-out."""
    return lambda **kinds: tell(types=KINDS | kinds, units={"car": car | {"standing": {"West": 2}}})


def test_as_available_takes_who_is_free_and_the_rest_when_it_comes(two) -> None:
    full = {"grade": "G2", "on_scene_from": "full_attendance", "on_scene_at_latest": "10 h"}
    story = two(full=full).incident("job", 0.0, 0.0, work=50.0).incident("full", 10.0, 0.0, needs=PAIR)
    log = story.play()
    assert units_sent(log, 1) == [(1, 10.0), (0, 52.0)]
    told = incident(log, 1)
    assert (told["first_officer_at"], told["full_at"], told["closed_at"]) == (12.0, 54.0, 84.0)


def test_as_available_lets_pass_those_who_can_use_what_it_cannot(tell, car, arv) -> None:
    kinds = {"guns": {"grade": "FIREARMS"}, "low": {"grade": "G2"}}
    units = {"arv": arv | {"standing": {"West": 1}}, "car": car | {"standing": {"West": 1}}}
    story = tell(types=kinds, units=units)
    story.incident("guns", 0.0, 0.0, needs=(0, 0, 0, 1), work=100.0)
    story.incident("guns", 5.0, 0.0, needs=(0, 0, 0, 1), work=10.0).incident("low", 6.0, 0.0)
    log = story.play()
    assert [units_sent(log, number) for number in (1, 2)] == [[(0, 102.0)], [(1, 6.0)]]


def test_one_that_was_sent_a_unit_is_not_lost_for_want_of_another(two) -> None:
    job = {"grade": "G2", "patience_ends": "assignment"}
    story = two(job=job).incident("urgent", 0.0, 0.0, work=50.0)
    log = story.incident("job", 10.0, 0.0, needs=PAIR, lost_at=11.0).play()
    assert (incident(log, 1)["outcome"], incident(log, 1)["closed_at"]) == (Outcome.ATTENDED, 42.0)


def test_together_waits_for_all_and_holds_up_those_behind_it(two) -> None:
    story = two().incident("job", 0.0, 0.0, work=50.0).incident("pair", 10.0, 0.0, needs=PAIR, work=20.0)
    log = story.incident("job", 20.0, 0.0, work=5.0).play()
    # Car 1 stands free from 0 to 52, and neither the pair nor the one graded after it takes it.
    assert units_sent(log, 1) == [(1, 52.0), (0, 52.0)]
    assert [one["arrived_at"] for one in deployments(log, 1)] == [54.0, 54.0]
    assert incident(log, 1)["closed_at"] == 74.0
    assert units_sent(log, 2) == [(0, 74.0)]


def test_together_does_not_hold_up_those_before_it(two) -> None:
    story = two().incident("job", 0.0, 0.0, work=50.0).incident("pair", 10.0, 0.0, needs=PAIR)
    log = story.incident("urgent", 20.0, 0.0, work=5.0).play()
    assert units_sent(log, 2) == [(1, 20.0)]
    assert units_sent(log, 1) == [(1, 52.0), (0, 52.0)]


@pytest.mark.parametrize("ends", ["lost_at", "stand_down_at"])
def test_those_behind_go_on_when_the_blocker_ends(two, ends) -> None:
    story = two().incident("job", 0.0, 0.0, work=50.0).incident("pair", 10.0, 0.0, needs=PAIR, **{ends: 30.0})
    log = story.incident("job", 20.0, 0.0).incident("job", 25.0, 0.0).play()
    assert incident(log, 1)["closed_at"] == 30.0
    assert [units_sent(log, number) for number in (1, 2, 3)] == [[], [(1, 30.0)], [(0, 52.0)]]


def test_those_behind_go_on_when_authority_lets_the_blocker_go(tell, car, arv) -> None:
    kinds = {
        "guns": {"grade": "FIREARMS", "send": "together", "wait_for_authority": True},
        "job": {"grade": "G2"},
    }
    units = {
        "arv": arv | {"serves": ("FIREARMS",), "standing": {"West": 1}},
        "car": car | {"serves": ("G2",)},
    }
    story = tell(types=kinds, units=units)
    # Officers are wanted at once; only the ARV could bring them, and it does not move before authority.
    story.incident("guns", 0.0, 0.0, needs=(2, 0, 0, 1), authorisation=20.0)
    log = story.incident("job", 5.0, 0.0).play()
    assert [units_sent(log, number) for number in (0, 1)] == [[(0, 20.0)], [(1, 20.0)]]


def test_what_is_missing_in_part_is_never_sent(two) -> None:
    story = two().incident("job", 0.0, 0.0, work=20.0).incident("part", 10.0, 0.0, needs=PAIR, work=50.0)
    log = story.play()
    assert units_sent(log, 1) == [(1, 10.0)]  # car 0 is free from 22
    told = incident(log, 1)
    assert (told["outcome"], told["closed_at"]) == (Outcome.ATTENDED, 62.0)
    assert isnan(told["full_at"])


def test_in_part_does_not_go_with_nobody(two) -> None:
    story = two().incident("job", 0.0, 0.0, work=20.0).incident("job", 1.0, 0.0, work=20.0)
    log = story.incident("part", 10.0, 0.0, needs=PAIR, work=50.0).play()
    assert units_sent(log, 2) == [(0, 22.0)]  # and not car 1, free a minute later


def test_in_part_with_no_patience_is_lost_when_nobody_is_free(two) -> None:
    part = KINDS["part"] | {"patience_ends": "assignment"}
    story = two(part=part).incident("part", 0.0, 0.0, needs=PAIR, lost_at=0.0, work=20.0)
    log = story.incident("part", 10.0, 0.0, lost_at=10.0).play()
    assert (incident(log, 0)["outcome"], len(units_sent(log, 0))) == (Outcome.ATTENDED, 2)
    lost = incident(log, 1)
    assert (lost["outcome"], lost["closed_at"], lost["sent"]) == (Outcome.LOST, 10.0, 0)


def test_in_part_a_unit_taken_off_is_replaced_and_the_missing_one_still_is_not(tell, car) -> None:
    rule = {"to": "G1", "off": ("G2",), "when": ("ON_SCENE",)}
    units = {"car": car | {"standing": {"West": 2}}}
    story = tell(types=KINDS, units=units, dispatch={"diversion": (rule,)})
    story.incident("urgent", 0.0, 0.0, work=48.0).incident("part", 1.0, 0.0, needs=PAIR, work=60.0)
    log = story.incident("urgent", 20.0, 0.0, work=100.0).play()
    # Car 1 leaves at 20 with 43 minutes to do; car 0 comes at 50 and does them alone.
    assert units_sent(log, 1) == [(1, 1.0), (0, 50.0)]
    assert incident(log, 1)["closed_at"] == 52.0 + 43.0
