"""What happens on the scene: arrival, work, relief, the end of a shift, leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from armsim.domain import Outcome
from armsim.engine import milestones
from armsim.engine.aftermath import NEVER, RELIEVED, SHIFT_LIMIT, WORK_DONE, cancel
from armsim.engine.clock import ROSTER, TURNING_POINT, WORK_ENDS, Alarm
from armsim.engine.incident import AUTHORITY, Deployment, Incident, add, first_there, subtract
from armsim.engine.unit import HOLDING, ON_POST, ON_SCENE

if TYPE_CHECKING:
    from armsim.engine.casework import Casework


class Scene:
    """Turning points of units on a scene.

    Args:
        casework: ends incidents, sends and withdraws units.
    """

    def __init__(self, casework: Casework) -> None:
        self._casework = casework
        self._clock = casework.clock
        self._fleet = casework.fleet
        self._aftermath = casework.aftermath

    def arrival(self, alarm: Alarm) -> None:
        """A unit is there: it works, or holds until authority is given."""
        deployment: Deployment = alarm.subject
        incident, unit = deployment.incident, deployment.unit
        now = self._clock.now
        deployment.arrived_at = now
        if unit.recorded:
            self._fleet.look(unit, now)  # mobilising, then en route: two rows
        if unit.rules.armed and incident.authority_asked and incident.authorised_at is None:
            self._fleet.enter(unit, HOLDING, now, NEVER, False, unit.leg)
            if incident.first_arrival_at is None:
                self._casework.watch_patience(incident)
        else:
            self._fleet.enter(unit, ON_POST if incident.rules.post else ON_SCENE, now, NEVER, False, unit.leg)
            self.at_work(deployment, now)
        self.watch_shift_end(deployment, now)

    def at_work(self, deployment: Deployment, now: float) -> None:
        """The unit counts on the scene: milestones, work, early leaving, relief of another."""
        incident, unit = deployment.incident, deployment.unit
        add(incident.there, unit.brings)
        if incident.first_arrival_at is None:
            incident.first_arrival_at = now
            cancel(incident.lost_alarm)
        elif incident.alone_since is not None:
            incident.alone_minutes += now - incident.alone_since
            incident.alone_since = None
        milestones.reach(incident, unit, now)
        if unit.rules.armed and incident.drawn.crew_off and incident.off_crew is None:
            incident.off_crew = unit
        rules = incident.rules
        if rules.containment_after is not None:
            self.contain(incident, now)
        if rules.relieved:
            self._relieve_one(incident, deployment, now)
        if rules.post:
            incident.count_filled(now)
            return
        if rules.singly:
            self._works_alone(deployment, now)
        else:
            self._start_or_go_on(deployment, now)
            if rules.later_units_stay < 1:
                self._may_leave_early(deployment, now)

    # --- the second wave ------------------------------------------------------------------------------

    def contain(self, incident: Incident, now: float) -> None:
        """Ask for the second wave when its milestone is reached; note when both waves are there."""
        rules = incident.rules
        if incident.second_wave:
            wanted = zip(incident.there, incident.needs, incident.drawn.containment, strict=True)
            if incident.contained_at is None and all(has >= a + b for has, a, b in wanted):
                incident.contained_at = now
            return
        after = rules.containment_after
        reached = incident.authorised_at if after == AUTHORITY else incident.reached[after or 0]
        if reached is not None:
            incident.second_wave = True
            at = now + rules.containment_delay
            Alarm(self._clock, at, TURNING_POINT + incident.number, self._second_wave, incident)

    def _second_wave(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        if incident.closed_at is None:
            rows = zip(incident.short, incident.drawn.containment, strict=True)
            incident.short = [short + more for short, more in rows]
            incident.refresh_wanted()
            self._casework.attend(incident, self._clock.now)

    # --- work in common -------------------------------------------------------------------------------

    def _start_or_go_on(self, deployment: Deployment, now: float) -> None:
        """Work starts at its milestone or a while after the first arrival; it goes on with units back."""
        incident = deployment.incident
        if incident.work_ends is not None:
            return
        rules = incident.rules
        if incident.reached[rules.work_from] is None:
            latest = (incident.first_arrival_at or now) + rules.work_at_latest
            if now < latest:
                if incident.work_alarm is None:
                    incident.work_alarm = Alarm(
                        self._clock, latest, WORK_ENDS + incident.number, self._starts_anyway, incident
                    )
                return
        if (rules.factor_by_kind or rules.factor_by_base) and not incident.factored:
            incident.factored = True
            incident.work_left *= rules.work_factor((first_there(incident.deployments) or deployment).unit)
        cancel(incident.work_alarm)
        incident.work_ends = now + incident.work_left
        incident.work_alarm = Alarm(
            self._clock, incident.work_ends, WORK_ENDS + incident.number, self._work_ends, incident
        )

    def _starts_anyway(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        incident.work_alarm = None
        if any(incident.there):
            self._start_or_go_on(incident.deployments[0], self._clock.now)

    def _work_ends(self, alarm: Alarm) -> None:
        self._casework.close(alarm.subject, Outcome.ATTENDED, self._clock.now)

    def _may_leave_early(self, deployment: Deployment, now: float) -> None:
        incident = deployment.incident
        if incident.work_ends is None or incident.deployments[0] is deployment:
            return
        if len(incident.deployments) > 1:
            at = now + incident.rules.later_units_stay * (incident.work_ends - now)
            rank = WORK_ENDS + deployment.unit.number
            deployment.leave_alarm = Alarm(self._clock, at, rank, self._leaves_early, deployment)

    def _leaves_early(self, alarm: Alarm) -> None:
        deployment: Deployment = alarm.subject
        incident = deployment.incident
        brings = deployment.unit.brings
        if incident.wanted or incident.there[0] <= brings[0]:
            return  # somebody is missing, or nobody else is there: it stays to the end
        now = self._clock.now
        incident.deployments.remove(deployment)
        subtract(incident.there, brings)
        self._let_go(deployment, now, WORK_DONE)

    # --- work of each unit alone ----------------------------------------------------------------------

    def _works_alone(self, deployment: Deployment, now: float) -> None:
        """A piece of work that another left undone, or one of its own."""
        incident, unit = deployment.incident, deployment.unit
        works, ordinal = incident.drawn.works, deployment.ordinal
        if incident.work_over:
            work, *incident.work_over = incident.work_over
        else:
            if ordinal < len(works):
                drawn = works[ordinal]
            elif incident.rules.more_work is not None:
                drawn = incident.rules.more_work(incident.drawn.key, ordinal)
            else:
                drawn = incident.drawn.work
            work = drawn * incident.rules.work_factor(unit)
        deployment.work_until = now + work
        rank = WORK_ENDS + unit.number
        deployment.leave_alarm = Alarm(self._clock, now + work, rank, self._leaves_alone, deployment)

    def _leaves_alone(self, alarm: Alarm) -> None:
        deployment: Deployment = alarm.subject
        incident = deployment.incident
        now = self._clock.now
        if len(incident.deployments) == 1 and not incident.wanted:
            self._casework.close(incident, Outcome.ATTENDED, now)
            return
        incident.deployments.remove(deployment)
        subtract(incident.there, deployment.unit.brings)
        if not any(incident.there):
            incident.alone_since = now
        self._let_go(deployment, now, WORK_DONE)

    def _let_go(self, deployment: Deployment, now: float, end: int) -> None:
        """Release a unit that leaves before the incident ends, and offer it to whoever waits."""
        room = deployment.unit.pool.bloc
        if self._aftermath.release(deployment, now, end):
            self._casework.offer(self._casework.rooms[room], now)
        elif deployment.incident.room.queue or self._casework.take_over is not None:
            self._casework.watch_units(deployment.incident.room)

    # --- leaving, relief and shift ends ---------------------------------------------------------------

    def left(self, deployment: Deployment, now: float) -> None:
        """A unit was taken off the scene: its piece of work is left, or all work pauses when nobody stays."""
        incident = deployment.incident
        if deployment.work_until is not None:
            incident.work_over = [*incident.work_over, deployment.work_until - now]
        if not any(incident.there):
            incident.alone_since = now
            if incident.work_ends is not None:
                incident.work_left = incident.work_ends - now
                incident.work_ends = None
                cancel(incident.work_alarm)
                incident.work_alarm = None
        if incident.rules.post:
            incident.count_filled(now)

    def watch_shift_end(self, deployment: Deployment, now: float) -> None:
        """Ask for relief at the end of the shift, or leave at the limit, where the job may last so long."""
        incident, unit = deployment.incident, deployment.unit
        rules = incident.rules
        if deployment.relieving:
            return
        cancel(deployment.limit_alarm)
        rank = ROSTER + unit.number
        if rules.post or rules.relieved:
            at = max(now, unit.ends)
            deployment.limit_alarm = Alarm(self._clock, at, rank, self._relief_due, deployment)
            return
        limit = unit.ends + incident.room.rules.overrun_limit
        ends = deployment.work_until if deployment.work_until is not None else incident.work_ends
        may_last = ends if ends is not None else now + incident.work_left
        if unit.status == HOLDING or may_last + rules.work_at_latest > limit:
            at = max(now, limit)
            deployment.limit_alarm = Alarm(self._clock, at, rank, self._limit_reached, deployment)

    def _relief_due(self, alarm: Alarm) -> None:
        deployment: Deployment = alarm.subject
        incident, unit = deployment.incident, deployment.unit
        now = self._clock.now
        deployment.relieving = True
        add(incident.short, unit.brings)
        incident.refresh_wanted()
        limit = max(now, unit.ends + incident.room.rules.overrun_limit)
        rank = ROSTER + unit.number
        deployment.limit_alarm = Alarm(self._clock, limit, rank, self._limit_reached, deployment)
        self._casework.attend(incident, now)

    def _relieve_one(self, incident: Incident, arrived: Deployment, now: float) -> None:
        holder = next((d for d in incident.deployments if d.relieving and d is not arrived), None)
        if holder is not None:
            incident.deployments.remove(holder)
            subtract(incident.there, holder.unit.brings)
            if holder.work_until is not None:
                incident.work_over = [*incident.work_over, holder.work_until - now]
            self._aftermath.release(holder, now, RELIEVED)

    def _limit_reached(self, alarm: Alarm) -> None:
        deployment: Deployment = alarm.subject
        now = self._clock.now
        incident = self._casework.withdraw(deployment, now, SHIFT_LIMIT)
        self._fleet.next(deployment.unit, now)
        if incident is not None:
            self._casework.attend(incident, now)
