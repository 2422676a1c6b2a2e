"""Limited call takers: who is answered when, what is lost meanwhile, and closed forms."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy.stats import t as student

from armsim.engine.call_handling import CallRoom, build_call_room, by_received
from armsim.engine.clock import NEW_INCIDENT, Clock
from armsim.engine.incident import Drawn, Incident
from armsim.model.desks import Staffing
from armsim.model.threat import ThreatLevel, Timeline

NAN = float("nan")


def call(
    number: int, at: float, handling: float, grade: int = 1, lost_at: float = NAN, force: int = 0
) -> Incident:
    drawn = Drawn(
        number, 0, 0, 0, (0.0, 0.0, -1), 0, at, at + handling, (1, 0, 0, 0), 1.0, lost_at=lost_at, force=force
    )
    return Incident(SimpleNamespace(grade=grade), drawn, SimpleNamespace())


class Room:
    """A call room and what it grades."""

    def __init__(self, *takers: Staffing | None) -> None:
        self.clock = Clock()
        self.graded: list[tuple[int, float]] = []
        self.room = CallRoom(self.clock, takers, self._graded)

    def _graded(self, incident: Incident) -> None:
        self.graded.append((incident.number, self.clock.now))

    def run(self, *calls: Incident, until: float | None = None) -> list[tuple[int, float]]:
        feed = [(one.drawn.received_at, one.number, self.room.call, one) for one in calls]
        self.clock.feed(NEW_INCIDENT, sorted(feed, key=lambda item: item[:2]))
        self.clock.run(until=until)
        return self.graded


def fixed(takers: int) -> Staffing:
    return Staffing((0.0,), (takers,))


def test_a_call_waits_for_a_taker_and_is_graded_when_it_has_been_handled() -> None:
    calls = [call(0, 1.0, 10.0), call(1, 2.0, 4.0), call(2, 3.0, 5.0)]
    assert Room(fixed(1)).run(*calls) == [(0, 11.0), (1, 15.0), (2, 20.0)]
    assert [one.drawn.graded_at for one in calls] == [11.0, 15.0, 20.0]
    assert [one.drawn.received_at for one in calls] == [1.0, 2.0, 3.0]


def test_the_queue_goes_by_grade_then_age_and_interrupts_nobody() -> None:
    calls = [call(0, 1.0, 10.0, grade=5), call(1, 2.0, 4.0, grade=3), call(2, 3.0, 5.0), call(3, 4.0, 1.0)]
    assert Room(fixed(1)).run(*calls) == [(0, 11.0), (2, 16.0), (3, 17.0), (1, 21.0)]


def test_a_force_without_a_limit_answers_at_once() -> None:
    calls = [call(number, 1.0, 10.0, force=number % 2) for number in range(4)]
    assert Room(fixed(1), None).run(*calls) == [(0, 11.0), (1, 11.0), (3, 11.0), (2, 21.0)]


def test_a_call_that_loses_patience_takes_no_time() -> None:
    run = Room(fixed(1))
    calls = [call(0, 1.0, 10.0), call(1, 2.0, 4.0, lost_at=9.0), call(2, 3.0, 5.0)]
    assert run.run(*calls) == [(0, 11.0), (1, 11.0), (2, 16.0)]
    assert run.room.ungraded() == []


def test_more_takers_come_and_those_who_go_finish_their_call() -> None:
    calls = [call(number, 0.0, 10.0) for number in range(6)]
    graded = Room(Staffing((0.0, 4.0, 12.0), (1, 2, 1))).run(*calls)
    assert graded == [(0, 10.0), (1, 14.0), (2, 20.0), (3, 30.0), (4, 40.0), (5, 50.0)]


def test_those_not_graded_are_known() -> None:
    run = Room(fixed(1))
    run.run(*(call(number, float(number), 10.0) for number in range(4)), until=15.0)
    assert [one.number for one in run.room.ungraded()] == [1, 2, 3]


def test_unhurried_takers_change_no_moment() -> None:
    """As many takers as calls: the very minutes that were drawn, to the last digit."""
    rng = np.random.default_rng(3)
    at, handling = rng.random(200) * 100.0, rng.random(200) * 10.0
    calls = [call(number, at[number], handling[number]) for number in range(200)]
    drawn = [one.drawn for one in calls]
    graded = dict(Room(fixed(200)).run(*calls))
    assert [one.drawn for one in calls] == drawn
    assert [graded[number] for number in range(200)] == [one.graded_at for one in drawn]


@pytest.mark.parametrize("takers", [2, 5])
def test_callers_wait_as_erlang_says(takers: int) -> None:
    load, runs, calls = 0.7, 10, 2000
    shares, means = [], []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        at = np.cumsum(rng.exponential(4.0 / (takers * load), calls))
        handling = rng.exponential(4.0, calls)
        told = [call(number, at[number], handling[number]) for number in range(calls)]
        Room(fixed(takers)).run(*told)
        waits = np.array([one.drawn.graded_at for one in told]) - at - handling
        shares.append((waits[200:] > 1e-9).mean())
        means.append(waits[200:].mean())
    loss = 1.0
    for k in range(1, takers + 1):
        loss = takers * load * loss / (k + takers * load * loss)
    wait = loss / (1 - load * (1 - loss))
    for values, exact, sharp in ((shares, wait, 0.15), (means, wait * 4.0 / (takers * (1 - load)), 0.3)):
        half = student.ppf(0.995, runs - 1) * np.std(values, ddof=1) / math.sqrt(runs)
        assert half < sharp * exact
        assert abs(np.mean(values) - exact) < half


def test_nobody_is_limited_unless_the_scenario_says_so(make_world: Any) -> None:
    levels = Timeline((0.0,), (ThreatLevel.LOW,))
    assert build_call_room(make_world(), Clock(), levels, print) is None
    assert build_call_room(make_world(desk={"call_handling": {"takers": 2}}), Clock(), levels, print)


def test_the_table_in_the_order_of_the_calls(tell: Any) -> None:
    story = tell()
    for at, handling, km in ((0.0, 30.0, 1.0), (5.0, 1.0, 2.0), (5.0, 2.0, 3.0), (3.0, 9.0, 4.0)):
        story.incident("job", at, km, handling=handling)
    ordered = by_received(story.table())
    assert ordered.received_at.tolist() == [0.0, 3.0, 5.0, 5.0]
    assert ordered.x.tolist() == [1.0, 4.0, 2.0, 3.0]
    assert [place[0] for place in ordered.places] == [1.0, 4.0, 2.0, 3.0]
    assert ordered.number.tolist() == [3, 2, 0, 1]
    assert ordered.graded_at.tolist() == [30.0, 12.0, 6.0, 7.0]
