"""What a unit does when it leaves a job, and the break it is owed: paperwork, work elsewhere, free again."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from armsim.engine.clock import UNIT_FREE, Alarm, Clock
from armsim.engine.fleet import Fleet
from armsim.engine.incident import Deployment
from armsim.engine.recorder import Recorder
from armsim.engine.unit import FOLLOW_ON, REFRESHMENTS, UNAVAILABLE, Unit
from armsim.model.travel.leg import Leg

#: How a deployment ended, as logged.
WORK_DONE, DIVERTED, TURNED_BACK, RELIEVED, SHIFT_LIMIT, OPEN = range(6)
NEVER = inf


class Aftermath:
    """Turning points of a unit between jobs.

    Args:
        clock: the run's time.
        fleet: the units.
        recorder: the log.
        paperwork: minutes every unit needs after a job.
        offer: called with the minute when a unit comes free, so that the queue may have it.
    """

    def __init__(
        self,
        clock: Clock,
        fleet: Fleet,
        recorder: Recorder,
        paperwork: float,
        offer: Callable[[float], None],
    ) -> None:
        self._clock = clock
        self._fleet = fleet
        self._recorder = recorder
        self._paperwork = paperwork
        self._offer = offer

    def release(self, deployment: Deployment, now: float, end: int, follow_on: float = 0.0) -> None:
        """A unit leaves the scene: work elsewhere, paperwork, or free at once."""
        incident, unit = deployment.incident, deployment.unit
        forget_alarms(deployment)
        self._recorder.deployment(deployment, now, end)
        if incident.crew_off and unit.rules.armed:
            incident.crew_off = False
            self._fleet.enter(unit, UNAVAILABLE, now, NEVER, False, unit.leg)
            Alarm(self._clock, max(now, unit.ends), UNIT_FREE + unit.number, self._off_for_the_tour, unit)
            return
        busy = follow_on if incident.rules.post else follow_on + self._paperwork
        if busy > 0:
            self._fleet.enter(unit, FOLLOW_ON, now, NEVER, False, unit.leg)
            deployment.alarm = Alarm(
                self._clock, now + busy, UNIT_FREE + unit.number, self._free_again, deployment
            )
        else:
            self.next(unit, now)

    def turn_back(self, deployment: Deployment, now: float) -> None:
        """A unit that has not arrived, or holds, is not wanted any more."""
        unit = deployment.unit
        forget_alarms(deployment)
        self._fleet.look(unit, now)
        self._recorder.deployment(deployment, now, TURNED_BACK)
        self.next(unit, now)

    def _off_for_the_tour(self, alarm: Alarm) -> None:
        self.next(alarm.subject, self._clock.now)

    def _free_again(self, alarm: Alarm) -> None:
        now = self._clock.now
        self.next(alarm.subject.unit, now)
        self._offer(now)

    def next(self, unit: Unit, now: float) -> None:
        """A unit without work takes the break it is owed, or goes back to what free units do."""
        if now < unit.break_until and now < unit.ends:
            self._take_break(unit, now)
        else:
            self._fleet.resume(unit, now)
        unit.job = None

    def break_due(self, subject: tuple[Unit, float]) -> None:
        """A unit's refreshment break is due; it may be taken until its window closes."""
        unit, closes = subject
        now = self._clock.now
        self._fleet.look(unit, now)
        if now >= unit.ends:
            return
        if unit.free:
            self._take_break(unit, now)
        else:
            unit.break_until = closes

    def _take_break(self, unit: Unit, now: float) -> None:
        unit.break_until = -NEVER
        place = self._fleet.travel.position(unit.leg, now)
        self._fleet.enter(unit, REFRESHMENTS, now, NEVER, False, Leg.at(place))
        at = min(now + unit.rules.break_length, max(now, unit.ends))
        Alarm(self._clock, at, UNIT_FREE + unit.number, self._break_ends, (unit, now))

    def _break_ends(self, alarm: Alarm) -> None:
        unit, began = alarm.subject
        if unit.status == REFRESHMENTS and unit.since == began:
            now = self._clock.now
            self._fleet.resume(unit, now)
            self._offer(now)


def cancel(alarm: Alarm | None) -> None:
    """Cancel an alarm, if there is one."""
    if alarm is not None:
        alarm.cancel()


def forget_alarms(deployment: Deployment) -> None:
    """Cancel what a deployment still waits for."""
    for alarm in (deployment.alarm, deployment.leave_alarm, deployment.limit_alarm):
        if alarm is not None:
            alarm.cancel()
