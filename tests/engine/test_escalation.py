"""An open incident turns into another, which takes over its units."""

from math import isnan

import pytest

from armsim.domain import Outcome, UnitStatus
from armsim.engine.aftermath import ESCALATED, TURNED_BACK, WORK_DONE

from .reading import deployments, incident, statuses, units_sent

KINDS = {"small": {"grade": "G2"}, "big": {"grade": "G1"}, "guns": {"grade": "FIREARMS"}}
ARV = (0, 0, 0, 1)


def big(at, km, **other):
    return {"kind": "big", "at": at, "km": km, **other}


@pytest.fixture
def two(tell, car):
    return tell(types=KINDS, units={"car": car | {"standing": {"West": 2}}})


def test_units_on_the_scene_count_at_once_and_more_are_sent(two) -> None:
    child = big(30.0, 10.0, handling=5.0, needs=(2, 0, 0, 0), work=60.0)
    log = two.incident("small", 0.0, 10.0, work=90.0, becomes=child).play()
    parent, child = incident(log, 0), incident(log, 1)
    assert (parent["outcome"], parent["closed_at"]) == (Outcome.ESCALATED, 35.0)
    assert (child["parent"], child["received_at"], child["graded_at"]) == (0, 30.0, 35.0)
    assert child["first_officer_at"] == 35.0
    assert child["full_at"] == pytest.approx(47.0, abs=0.01)
    assert (child["outcome"], child["closed_at"], child["sent"]) == (Outcome.ATTENDED, 95.0, 2)
    (before,) = deployments(log, 0)
    assert (before["unit"], before["released_at"], before["end"]) == (0, 35.0, ESCALATED)
    on, more = deployments(log, 1)
    assert (on["unit"], on["assigned_at"], on["arrived_at"], on["end"]) == (0, 35.0, 35.0, WORK_DONE)
    assert (more["unit"], more["assigned_at"], more["released_at"]) == (1, 35.0, 95.0)
    assert log.tables["incidents"]["outcome"].tolist().count(Outcome.ESCALATED) == 1


@pytest.mark.parametrize(("at", "mobile_at"), [(1.0, 2.0), (10.0, 10.0)])
def test_units_on_their_way_go_on_and_arrive(two, at, mobile_at) -> None:
    log = two.incident("small", 0.0, 20.0, becomes=big(at, 20.0)).play()
    (before,), (on,) = deployments(log, 0), deployments(log, 1)
    assert (before["released_at"], before["end"]) == (at, ESCALATED)
    assert isnan(before["arrived_at"])
    assert (on["assigned_at"], on["mobile_at"]) == (at, mobile_at)
    assert on["arrived_at"] == pytest.approx(22.0, abs=0.01)
    assert incident(log, 1)["closed_at"] == pytest.approx(52.0, abs=0.01)
    names = [status for status, _, _ in statuses(log, 0)]
    assert names[-3:] == [UnitStatus.ON_SCENE, UnitStatus.RETURNING, UnitStatus.AVAILABLE_AT_BASE]
    table = log.tables["unit_status"]
    way = (table["unit"] == 0) & (table["status"] == UnitStatus.EN_ROUTE)
    assert table["incident"][way].tolist() == ([1] if at < 2.0 else [0, 1])


def test_armed_units_hold_until_the_child_has_authority(tell, car, arv) -> None:
    units = {"arv": arv | {"standing": {"West": 1}}, "car": car}
    child = {"kind": "guns", "at": 20.0, "km": 0.0, "needs": (1, 0, 0, 1), "authorisation": 6.0}
    story = tell(types=KINDS, units=units)
    log = story.incident("small", 0.0, 0.0, needs=(3, 0, 0, 0), work=90.0, becomes=child).play()
    told = incident(log, 1)
    assert units_sent(log, 1) == [(0, 20.0), (1, 20.0)]
    assert (told["first_officer_at"], told["authorised_at"], told["first_armed_at"]) == (20.0, 26.0, 26.0)
    assert (UnitStatus.HOLDING, 20.0, 26.0) in statuses(log, 0)
    assert UnitStatus.HOLDING not in [status for status, _, _ in statuses(log, 1)]
    assert told["closed_at"] == 20.0 + 30.0


def test_an_armed_unit_on_its_way_holds_when_it_comes(tell, arv) -> None:
    units = {"arv": arv | {"standing": {"West": 1}}}
    child = {"kind": "guns", "at": 5.0, "km": 10.0, "needs": ARV, "authorisation": 20.0}
    log = tell(types=KINDS, units=units).incident("small", 0.0, 10.0, becomes=child).play()
    assert deployments(log, 1)[0]["arrived_at"] == pytest.approx(12.0, abs=0.01)
    assert incident(log, 1)["first_armed_at"] == 25.0


def test_a_parent_that_is_over_turns_into_nothing(two) -> None:
    log = two.incident("small", 0.0, 10.0, becomes=big(50.0, 10.0)).play()
    assert log.tables["incidents"]["incident"].tolist() == [0]
    assert incident(log, 0)["outcome"] == Outcome.ATTENDED


def test_a_chain_of_two(two) -> None:
    last = {"kind": "guns", "at": 25.0, "km": 0.0, "needs": (2, 0, 0, 0), "work": 10.0}
    log = two.incident("small", 0.0, 0.0, work=90.0, becomes=big(15.0, 0.0, becomes=last)).play()
    table = log.tables["incidents"]
    assert table["outcome"].tolist() == [Outcome.ESCALATED, Outcome.ESCALATED, Outcome.ATTENDED]
    assert table["parent"].tolist() == [-1, 0, 1]
    assert table["closed_at"].tolist() == [15.0, 25.0, 35.0]
    assert [[int(one["unit"]) for one in deployments(log, number)] for number in range(3)] == [
        [0], [0], [0, 1],
    ]  # fmt: skip


def test_a_parent_that_nobody_has_reached_in_the_queue(two) -> None:
    two.incident("big", 0.0, 0.0, work=50.0).incident("big", 0.0, 0.0, work=60.0)
    log = two.incident("small", 5.0, 0.0, becomes=big(10.0, 0.0, work=8.0)).play()
    assert incident(log, 2)["outcome"] == Outcome.ESCALATED
    assert (units_sent(log, 2), units_sent(log, 3)) == ([], [(0, 52.0)])


def test_the_patience_of_the_child_runs_on_for_those_on_their_way(two) -> None:
    log = two.incident("small", 0.0, 20.0, becomes=big(5.0, 20.0, lost_at=15.0)).play()
    assert (incident(log, 1)["outcome"], incident(log, 1)["closed_at"]) == (Outcome.LOST, 15.0)
    assert deployments(log, 1)[0]["end"] == TURNED_BACK


def test_those_behind_a_parent_that_waits_to_go_together_go_on(tell, car) -> None:
    kinds = KINDS | {"trio": {"grade": "G2", "send": "together"}}
    story = tell(types=kinds, units={"car": car | {"standing": {"West": 2}}})
    story.incident("trio", 0.0, 0.0, needs=(3, 0, 0, 0), becomes=big(20.0, 0.0))
    log = story.incident("small", 5.0, 0.0).play()
    assert [units_sent(log, number) for number in (0, 2, 1)] == [[], [(0, 20.0)], [(1, 20.0)]]


def test_work_goes_on_from_the_start_and_by_the_child_s_rules(tell, car) -> None:
    """Of the parent's 30 minutes 18 are done; the child has 40 of its own, from full attendance."""
    kinds = KINDS | {"big": {"grade": "G1", "on_scene_from": "full_attendance"}}
    story = tell(types=kinds, units={"car": car | {"standing": {"East": 1, "West": 1}}})
    log = story.incident("small", 0.0, 0.0, becomes=big(20.0, 0.0, needs=(2, 0, 0, 0), work=40.0)).play()
    assert incident(log, 1)["closed_at"] == pytest.approx(20.0 + 22.0 + 40.0, abs=0.01)
