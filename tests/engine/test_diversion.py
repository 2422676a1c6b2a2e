"""Diversion inside a grade: only from a lower priority to a higher one."""

import pytest

from armsim.engine.aftermath import DIVERTED, WORK_DONE

from .reading import deployments, incident, units_sent

KINDS = {
    "first": {"grade": "G2", "priority": 1},
    "second": {"grade": "G2", "priority": 2},
    "urgent": {"grade": "G1"},
}


def rule(**other):
    return {"dispatch": {"diversion": ({"to": "G2", "when": ("EN_ROUTE", "ON_SCENE")} | other,)}}


@pytest.mark.parametrize(("kind", "taken"), [("first", True), ("second", False)])
def test_to_a_higher_priority_of_the_same_grade(tell, kind, taken) -> None:
    story = tell(types=KINDS, **rule(within_grade=True)).incident("second", 0.0, 0.0, work=40.0)
    log = story.incident(kind, 12.0, 0.0, work=6.0).play()
    if not taken:
        assert units_sent(log, 1) == [(0, 42.0)]
        return
    assert [one["end"] for one in deployments(log, 0)] == [DIVERTED, WORK_DONE]
    assert incident(log, 1)["closed_at"] == 20.0
    # It was 10 minutes at the second job: the other 30 follow a turn-out of 2.
    assert incident(log, 0)["closed_at"] == 20.0 + 2.0 + 30.0


def test_not_from_a_higher_priority_nor_from_a_higher_grade(tell) -> None:
    story = tell(types=KINDS, **rule(within_grade=True)).incident("first", 0.0, 0.0)
    story.incident("second", 5.0, 0.0).incident("urgent", 40.0, 0.0).incident("first", 70.0, 0.0)
    log = story.play()
    assert [incident(log, number)["requeued"] for number in range(4)] == [0, 0, 0, 0]


def test_a_rule_without_it_leaves_its_own_grade_alone(tell) -> None:
    log = (
        tell(types=KINDS, **rule(off=("G3",))).incident("second", 0.0, 0.0).incident("first", 5.0, 0.0).play()
    )
    assert units_sent(log, 1) == [(0, 32.0)]
