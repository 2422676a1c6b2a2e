"""Escalation: an open incident turns into another, which takes over its units."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from armsim.domain import Outcome
from armsim.engine.aftermath import ESCALATED, NEVER, forget_alarms
from armsim.engine.casework import Casework
from armsim.engine.clock import ARRIVAL, TURNING_POINT, Alarm
from armsim.engine.incident import NAN, Deployment, Incident, subtract
from armsim.engine.unit import HOLDING, ON_SCENE


class Escalation:
    """Turns parents into children.

    Args:
        casework: where incidents are worked.
        graded_at: when each child is graded, by row of the children's table.
        make: makes the child of a row.
    """

    def __init__(
        self, casework: Casework, graded_at: NDArray[np.float64], make: Callable[[int], Incident]
    ) -> None:
        self._casework = casework
        self._graded_at = graded_at
        self._make = make

    def watch(self, parent: Incident) -> None:
        """Set the alarm at which *parent* escalates, if it is still open then."""
        at = float(self._graded_at[parent.drawn.child])
        clock = self._casework.clock
        Alarm(clock, max(at, clock.now), TURNING_POINT + parent.number, self._escalates, parent)

    def _escalates(self, alarm: Alarm) -> None:
        parent: Incident = alarm.subject
        if parent.closed_at is not None:
            return
        casework = self._casework
        now = casework.clock.now
        child = self._make(parent.drawn.child)
        casework.begin(child, now)
        deployments, parent.deployments = parent.deployments, []
        for deployment in deployments:
            self._goes_over(deployment, child, now)
        child.refresh_wanted()
        blocked = parent.queued and parent.rules.together
        casework.end(parent, Outcome.ESCALATED, now)
        casework.attend(child, now)
        if blocked:
            casework.offer(parent.room, now)

    def _goes_over(self, old: Deployment, child: Incident, now: float) -> None:
        """A unit works for the child from now on: where it is if it has arrived, else on its way."""
        casework, unit = self._casework, old.unit
        forget_alarms(old)
        casework.fleet.look(unit, now)
        casework.recorder.deployment(old, now, ESCALATED)
        there = old.arrived_at is not None
        expected = 0.0 if there else unit.leg.arrives - now
        new = Deployment(child, unit, child.sent, now, expected, NAN, 0, old.reason)
        new.mobile_at = max(now, old.mobile_at)
        child.deployments.append(new)
        child.sent += 1
        subtract(child.short, unit.brings)
        waits = unit.rules.armed and child.waits_for_authority
        status = (HOLDING if waits else ON_SCENE) if there else unit.status
        casework.fleet.enter(unit, status, now, NEVER if there else unit.until, False, unit.leg)
        unit.job = new
        if there:
            new.arrived_at = now
            if not waits:
                casework.scene.at_work(new, now)
            casework.scene.watch_shift_end(new, now)
        else:
            new.alarm = Alarm(
                casework.clock, unit.leg.arrives, ARRIVAL + unit.number, casework.scene.arrival, new
            )
            if unit.leg.arrives > child.lost_at:
                casework.watch_patience(child)
