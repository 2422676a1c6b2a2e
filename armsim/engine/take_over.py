"""Take-over: a free unit that is nearer by enough takes the job of one that is still on its way."""

from __future__ import annotations

from math import inf

from armsim.domain import AssignmentReason
from armsim.engine.aftermath import TAKEN_OVER
from armsim.engine.casework import Casework
from armsim.engine.control_room import ControlRoom
from armsim.engine.incident import NAN, Deployment, Incident, mask_of

#: Reason logged with an assignment that took over another's job.
TAKE_OVER = int(AssignmentReason.TAKE_OVER)


class TakeOver:
    """Looks for jobs under way that a free unit would reach sooner.

    A job is taken over once at most, and only for a saving of *saving* minutes or more: nothing swings back.

    Args:
        casework: where incidents are worked.
        saving: least saving, minutes.
    """

    def __init__(self, casework: Casework, saving: float) -> None:
        self._casework = casework
        self._saving = saving

    def under_way(self, room: ControlRoom) -> list[Deployment]:
        """Jobs of a room that could be taken over: units on the way, in order of the incidents."""
        incidents = sorted(one for one in self._casework.open.values() if one.room is room)
        return [
            deployment
            for incident in incidents
            if not incident.rules.post
            for deployment in incident.deployments
            if deployment.arrived_at is None and not deployment.taken_over
        ]

    def look(self, room: ControlRoom, now: float) -> None:
        """Let free units of *room* take over what they would reach sooner by enough."""
        while self._swaps_one(room, now):
            pass
        if self.under_way(room):
            self._casework.watch_units(room)

    def _swaps_one(self, room: ControlRoom, now: float) -> bool:
        """Let the first job be taken over that can be; false if none can."""
        for deployment in self.under_way(room):
            taker = self._sooner(deployment, room, now)
            if taker is not None:
                self._casework.swap(deployment, taker, now, TAKEN_OVER)
                return True
        return False

    def _sooner(self, deployment: Deployment, room: ControlRoom, now: float) -> Deployment | None:
        """The best free unit that brings as much and saves enough, as a deployment; ``None`` if none does."""
        incident, given = deployment.incident, deployment.unit.brings
        left = room.minutes_left(deployment, now) - self._saving
        if left <= 0:
            return None
        found = room.candidates(self._asking(incident, deployment), now)
        costs = room.policy.costs(incident, found)
        fit = [
            cost
            if unit.free
            and unit.pool is room.pools[unit.code]
            and all(has >= had for has, had in zip(unit.brings, given, strict=True))
            else inf
            for unit, cost in zip(found.units, costs, strict=True)
        ]
        best = min(fit, default=inf)
        if best == inf:
            return None
        index = room.best(fit, best, found.units)
        if found.minutes[index] > left:
            return None
        taker = Deployment(
            incident,
            found.units[index],
            incident.sent,
            now,
            found.minutes[index],
            NAN,
            len(fit) - 1,
            TAKE_OVER,
        )
        taker.taken_over = True
        return taker

    def _asking(self, incident: Incident, deployment: Deployment) -> Incident:
        """The incident as if the unit on its way had not been sent."""
        asking = Incident(incident.rules, incident.drawn, incident.room)
        asking.wanted = mask_of(deployment.unit.brings) & mask_of(incident.needs)
        return asking
