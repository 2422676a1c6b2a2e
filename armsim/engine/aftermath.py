"""What a unit does when it leaves a job: paperwork, work elsewhere, or free again at once."""

from __future__ import annotations

from math import inf

from armsim.domain import DeploymentEnd
from armsim.engine.clock import Alarm
from armsim.engine.fleet import Fleet
from armsim.engine.incident import Deployment
from armsim.engine.recorder import Recorder
from armsim.engine.unit import FOLLOW_ON, UNAVAILABLE

#: How a deployment ended, as logged.
WORK_DONE, DIVERTED, TURNED_BACK, RELIEVED, SHIFT_LIMIT, OPEN, ESCALATED, TAKEN_OVER = map(int, DeploymentEnd)
NEVER = inf


class Aftermath:
    """Turning points of a unit after a job.

    Args:
        fleet: the units.
        recorder: the log.
        paperwork: minutes every unit needs after a job.
    """

    def __init__(self, fleet: Fleet, recorder: Recorder, paperwork: float) -> None:
        self._fleet = fleet
        self._recorder = recorder
        self._paperwork = paperwork

    def release(self, deployment: Deployment, now: float, end: int, follow_on: float = 0.0) -> bool:
        """A unit leaves the scene: work elsewhere, paperwork, or free at once (then true)."""
        incident, unit = deployment.incident, deployment.unit
        forget_alarms(deployment)
        self._recorder.deployment(deployment, now, end)
        if incident.off_crew is unit:
            self._fleet.enter(unit, UNAVAILABLE, now, max(now, unit.ends), False, unit.leg)
            return False
        busy = follow_on if incident.rules.post else follow_on + self._paperwork
        if busy > 0:
            self._fleet.enter(unit, FOLLOW_ON, now, now + busy, False, unit.leg)
            return False
        self._fleet.next(unit, now)
        return True

    def turn_back(self, deployment: Deployment, now: float) -> None:
        """A unit that has not arrived, or holds, is not wanted any more."""
        unit = deployment.unit
        forget_alarms(deployment)
        self._fleet.look(unit, now)
        self._recorder.deployment(deployment, now, TURNED_BACK)
        self._fleet.next(unit, now)


def cancel(alarm: Alarm | None) -> None:
    """Cancel an alarm, if there is one."""
    if alarm is not None:
        alarm.cancel()


def forget_alarms(deployment: Deployment) -> None:
    """Cancel what a deployment still waits for; it and its alarms then point at each other no longer."""
    if deployment.alarm is not None:
        deployment.alarm.cancel()
        deployment.alarm = None
    if deployment.leave_alarm is not None:
        deployment.leave_alarm.cancel()
        deployment.leave_alarm = None
    if deployment.limit_alarm is not None:
        deployment.limit_alarm.cancel()
        deployment.limit_alarm = None
