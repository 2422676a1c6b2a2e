"""The life of an incident: one function for each turning point, called by alarms.

Every decision is taken inside the call that makes it: counts, statuses and queues are right again before
the call returns, and events only say that a minute has come.
"""

from __future__ import annotations

from collections.abc import Callable

from armsim.domain import Outcome
from armsim.engine import milestones
from armsim.engine.aftermath import (
    DIVERTED,
    NEVER,
    RELIEVED,
    SHIFT_LIMIT,
    WORK_DONE,
    Aftermath,
    cancel,
    forget_alarms,
)
from armsim.engine.clock import ARRIVAL, ROSTER, TURNING_POINT, UNIT_FREE, WORK_ENDS, Alarm, Clock
from armsim.engine.control_room import ControlRoom
from armsim.engine.desk import CommandDesk
from armsim.engine.fleet import Fleet
from armsim.engine.incident import FIRST_ARMED, Deployment, Incident, add, subtract
from armsim.engine.recorder import Recorder
from armsim.engine.unit import FOLLOW_ON, HOLDING, MOBILISING, ON_POST, ON_SCENE, Unit
from armsim.model.travel.leg import Leg

Luck = Callable[[int, int], tuple[float, float]]


class Casework:
    """Turning points of incidents and posts, and of the units on them.

    Args:
        clock: the run's time.
        fleet: the units.
        room: chooses units and keeps the queue.
        recorder: the log.
        paperwork: minutes every unit needs after a job.
        luck: turn-out and trip luck of an incident's n-th unit, beyond those drawn with the incident.
    """

    def __init__(
        self, clock: Clock, fleet: Fleet, room: ControlRoom, recorder: Recorder, paperwork: float, luck: Luck
    ) -> None:
        self.clock = clock
        self.fleet = fleet
        self.room = room
        self.recorder = recorder
        self.aftermath = Aftermath(fleet, recorder, paperwork)
        self.luck = luck
        self.arv_kinds = {unit.rules.code for unit in fleet.units if unit.rules.arv}
        self.desk: CommandDesk
        self.open: dict[int, Incident] = {}
        self.open_counted = 0
        self._watch_at = NEVER
        self.window = 0.0

    # --- from grading to sending ----------------------------------------------------------------------

    def graded(self, incident: Incident) -> None:
        """The incident is ready for units: ask for authority where it is needed, and send."""
        now = self.clock.now
        self.open[incident.number] = incident
        drawn = incident.drawn
        if 0.0 <= drawn.received_at < self.window:
            self.open_counted += 1
        if incident.lost_at < now:
            self._close(incident, Outcome.LOST, now)
            return
        if drawn.stand_down_at == drawn.stand_down_at:  # not NaN
            at = max(now, drawn.stand_down_at)
            Alarm(self.clock, at, TURNING_POINT + incident.number, self._stand_down, incident)
        if drawn.authorisation == drawn.authorisation:
            self.desk.ask(incident, now)
            incident.refresh_wanted()
        if incident.rules.booked is not None and not self._may_start(incident, now):
            return
        self.attend(incident, now)

    def _may_start(self, incident: Incident, now: float) -> bool:
        """Booked work starts only when enough response vehicles would be left; else it is put off."""
        keep_free, retry, attempts = incident.rules.booked or (0, 0.0, 0)
        free = sum(
            self.fleet.free(self.fleet.pools[kind], now)
            for kind, _, _ in incident.rules.kinds
            if kind in self.arv_kinds
        )
        if free >= incident.needs[3] + keep_free:
            return True
        incident.attempts += 1
        if incident.attempts >= attempts:
            self._close(incident, Outcome.LOST, now)
        else:
            incident.postponed += 1
            Alarm(self.clock, now + retry, TURNING_POINT + incident.number, self._try_again, incident)
        return False

    def _try_again(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        if incident.closed_at is None and self._may_start(incident, self.clock.now):
            self.attend(incident, self.clock.now)

    def attend(self, incident: Incident, now: float) -> bool:
        """Send what may be sent; what is still short waits in the queue. True if anybody was sent."""
        picks = self.room.choose(incident, now) if incident.wanted else []
        abandoned = [self._send(deployment, now) for deployment in picks]
        if incident.wanted:
            self.room.enqueue(incident)
            self._watch_patience(incident)
            self._watch_units()
        else:
            self.room.dequeue(incident)
        for left in abandoned:
            if left is not None:
                self.attend(left, now)
        return bool(picks)

    def _watch_patience(self, incident: Incident) -> None:
        if incident.lost_alarm is None and incident.lost_at == incident.lost_at:
            at = max(self.clock.now, incident.lost_at)
            incident.lost_alarm = Alarm(
                self.clock, at, TURNING_POINT + incident.number, self._patience_ends, incident
            )

    def _send(self, deployment: Deployment, now: float) -> Incident | None:
        """Send a unit; the incident that it was taken off, if that still needs somebody."""
        incident, unit = deployment.incident, deployment.unit
        status_before = deployment.status_before = unit.status
        abandoned = self._take_off(unit, now)
        turn_out_z, trip_z = self._luck(incident, deployment.ordinal)
        rules, travel, destination = self.room.rules, self.fleet.travel, incident.place
        turn_out = rules.turn_out[status_before]
        deployment.mobile_at = mobile_at = now + turn_out.minutes(turn_out_z)
        place = travel.position(unit.leg, now)
        noise = rules.noise.factor(travel.road_km(place, destination), trip_z)
        arrives = mobile_at + (deployment.expected - turn_out.mean) * noise
        leg = Leg(place, destination, mobile_at, arrives)
        self.fleet.enter(unit, MOBILISING, now, mobile_at, False, leg)
        unit.job = deployment
        incident.deployments.append(deployment)
        incident.sent += 1
        subtract(incident.short, unit.brings)
        incident.refresh_wanted()
        deployment.alarm = Alarm(self.clock, arrives, ARRIVAL + unit.number, self._arrival, deployment)
        if incident.rules.patience_ends_assigned:
            cancel(incident.lost_alarm)
        elif incident.first_arrival_at is None and arrives > incident.lost_at:
            self._watch_patience(incident)
        return abandoned

    def _luck(self, incident: Incident, ordinal: int) -> tuple[float, float]:
        drawn = incident.drawn
        if ordinal < len(drawn.trip_z):
            return drawn.turnout_z[ordinal], drawn.trip_z[ordinal]
        return self.luck(incident.number, ordinal)

    def _take_off(self, unit: Unit, now: float) -> Incident | None:
        """Take a unit off what it is doing; the incident it leaves, if that still needs somebody."""
        deployment = unit.job
        if deployment is None or unit.status == FOLLOW_ON:
            return None
        return self._withdraw(deployment, now, DIVERTED)

    # --- on the scene ---------------------------------------------------------------------------------

    def _arrival(self, alarm: Alarm) -> None:
        deployment: Deployment = alarm.subject
        incident, unit = deployment.incident, deployment.unit
        now = self.clock.now
        deployment.arrived_at = now
        if unit.recorded:
            self.fleet.look(unit, now)  # mobilising, then en route: two rows
        if unit.rules.armed and incident.authority_asked and incident.authorised_at is None:
            self.fleet.enter(unit, HOLDING, now, NEVER, False, unit.leg)
        else:
            self.fleet.enter(unit, ON_POST if incident.rules.post else ON_SCENE, now, NEVER, False, unit.leg)
            self._at_work(deployment, now)
        self._watch_shift_end(deployment, now)

    def _at_work(self, deployment: Deployment, now: float) -> None:
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
        if incident.rules.post:
            self._relieve_one(incident, deployment, now)
            incident.count_filled(now)
            return
        self._start_or_go_on(incident, now)
        if incident.work_ends is not None:
            stay = incident.rules.later_units_stay
            if stay < 1 and len(incident.deployments) > 1 and incident.deployments[0] is not deployment:
                at = now + stay * (incident.work_ends - now)
                deployment.leave_alarm = Alarm(
                    self.clock, at, WORK_ENDS + unit.number, self._leaves_early, deployment
                )
        if incident.rules.relieved:
            self._relieve_one(incident, deployment, now)

    def _start_or_go_on(self, incident: Incident, now: float) -> None:
        """Work starts at its milestone or a while after the first arrival; it goes on with units back."""
        if incident.work_ends is not None:
            return
        rules = incident.rules
        start = incident.reached[rules.work_from]
        if start is None:
            latest = (incident.first_arrival_at or now) + rules.work_at_latest
            if now < latest:
                if incident.work_alarm is None:
                    incident.work_alarm = Alarm(
                        self.clock, latest, WORK_ENDS + incident.number, self._work_starts_anyway, incident
                    )
                return
        cancel(incident.work_alarm)
        incident.work_ends = now + incident.work_left
        incident.work_alarm = Alarm(
            self.clock, incident.work_ends, WORK_ENDS + incident.number, self._work_ends, incident
        )

    def _work_starts_anyway(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        incident.work_alarm = None
        if any(incident.there):
            self._start_or_go_on(incident, self.clock.now)

    def _work_ends(self, alarm: Alarm) -> None:
        self._close(alarm.subject, Outcome.ATTENDED, self.clock.now)

    def _leaves_early(self, alarm: Alarm) -> None:
        deployment: Deployment = alarm.subject
        incident = deployment.incident
        brings = deployment.unit.brings
        if incident.wanted or incident.there[0] <= brings[0]:
            return  # somebody is missing, or nobody else is there: it stays to the end
        now = self.clock.now
        incident.deployments.remove(deployment)
        subtract(incident.there, brings)
        self.aftermath.release(deployment, now, WORK_DONE)
        self.offer(now)

    # --- authority and ends ---------------------------------------------------------------------------

    def authorised(self, incident: Incident, now: float) -> None:
        """Authority is given: holding units go to work, and those that waited for it are sent."""
        incident.authorised_at = now
        for deployment in list(incident.deployments):
            if deployment.unit.status == HOLDING:
                unit = deployment.unit
                self.fleet.enter(unit, ON_SCENE, now, NEVER, False, unit.leg)
                self._at_work(deployment, now)
        before = incident.wanted
        incident.refresh_wanted()
        if incident.wanted != before:
            self.attend(incident, now)

    def _stand_down(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        if incident.closed_at is None and incident.reached[FIRST_ARMED] is None:
            incident.stood_down = True
            arrived = incident.first_arrival_at is not None
            self._close(incident, Outcome.ATTENDED if arrived else Outcome.STOOD_DOWN, self.clock.now)

    def _patience_ends(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        if incident.closed_at is None and incident.first_arrival_at is None:
            self._close(incident, Outcome.LOST, self.clock.now)

    def post_closes(self, incident: Incident) -> None:
        """A post is wanted no longer."""
        incident.there = [0, 0, 0, 0]
        incident.count_filled(self.clock.now)
        self._close(incident, Outcome.ATTENDED, self.clock.now)

    def _close(self, incident: Incident, outcome: Outcome, now: float) -> None:
        """End an incident: release its units in order of sending, then offer the queue once."""
        cancel(incident.work_alarm)
        cancel(incident.lost_alarm)
        incident.work_alarm = incident.lost_alarm = None
        self.room.dequeue(incident)
        incident.closed_at = now
        incident.outcome = int(outcome)
        deployments, incident.deployments = incident.deployments, []
        follow_on = incident.drawn.follow_on
        first = None
        if follow_on:
            first = next((d for d in deployments if d.arrived_at is not None), None)
        if incident.alone_since is not None:
            incident.alone_minutes += now - incident.alone_since
        freed = False
        for deployment in deployments:
            if deployment.arrived_at is None or deployment.unit.status == HOLDING:
                self.aftermath.turn_back(deployment, now)
                freed = True
            else:
                busy = follow_on if deployment is first else 0.0
                freed |= self.aftermath.release(deployment, now, WORK_DONE, busy)
        del self.open[incident.number]
        drawn = incident.drawn
        if 0.0 <= drawn.received_at < self.window:
            self.open_counted -= 1
        if not incident.rules.post:
            self.recorder.incident(incident, milestones.firearms_outcome(incident), drawn.graded_at)
        if freed:
            self.offer(now)
        elif self.room.queue:
            self._watch_units()

    # --- withdrawal, relief and shift ends ------------------------------------------------------------

    def _withdraw(self, deployment: Deployment, now: float, end: int) -> Incident | None:
        """Take a unit off an incident; the incident comes back if it is still open and short."""
        incident, unit = deployment.incident, deployment.unit
        forget_alarms(deployment)
        self.fleet.look(unit, now)
        self.recorder.deployment(deployment, now, end)
        incident.deployments.remove(deployment)
        brings = unit.brings
        if not deployment.relieving:
            add(incident.short, brings)
        if unit.status in (ON_SCENE, ON_POST):
            subtract(incident.there, brings)
            if not any(incident.there):
                self._pause(incident, now)
            if incident.rules.post:
                incident.count_filled(now)
        incident.requeued += 1
        incident.refresh_wanted()
        return incident if incident.wanted else None

    def _pause(self, incident: Incident, now: float) -> None:
        incident.alone_since = now
        if incident.work_ends is not None:
            incident.work_left = incident.work_ends - now
            incident.work_ends = None
            cancel(incident.work_alarm)
            incident.work_alarm = None

    def _watch_shift_end(self, deployment: Deployment, now: float) -> None:
        """Ask for relief at the end of the shift, or leave at the limit, where the job may last so long."""
        incident, unit = deployment.incident, deployment.unit
        rules = incident.rules
        if rules.post or rules.relieved:
            at = max(now, unit.ends)
            deployment.limit_alarm = Alarm(self.clock, at, ROSTER + unit.number, self._relief_due, deployment)
            return
        limit = unit.ends + self.room.rules.overrun_limit
        may_last = incident.work_ends if incident.work_ends is not None else now + incident.work_left
        if may_last + rules.work_at_latest > limit:
            at = max(now, limit)
            deployment.limit_alarm = Alarm(
                self.clock, at, ROSTER + unit.number, self._limit_reached, deployment
            )

    def _relief_due(self, alarm: Alarm) -> None:
        deployment: Deployment = alarm.subject
        incident, unit = deployment.incident, deployment.unit
        now = self.clock.now
        deployment.relieving = True
        add(incident.short, unit.brings)
        incident.refresh_wanted()
        limit = max(now, unit.ends + self.room.rules.overrun_limit)
        deployment.limit_alarm = Alarm(
            self.clock, limit, ROSTER + unit.number, self._limit_reached, deployment
        )
        self.attend(incident, now)

    def _relieve_one(self, incident: Incident, arrived: Deployment, now: float) -> None:
        holder = next((d for d in incident.deployments if d.relieving and d is not arrived), None)
        if holder is not None:
            incident.deployments.remove(holder)
            subtract(incident.there, holder.unit.brings)
            self.aftermath.release(holder, now, RELIEVED)

    def _limit_reached(self, alarm: Alarm) -> None:
        now = self.clock.now
        incident = self._withdraw(alarm.subject, now, SHIFT_LIMIT)
        self.fleet.next(alarm.subject.unit, now)
        if incident is not None:
            self.attend(incident, now)

    def offer(self, now: float) -> None:
        """Go through the queue: each incident takes the free units that add to it."""
        room = self.room
        if not room.queue:
            return
        masks: dict[int, int] = {}
        for incident in list(room.queue):
            grade = incident.rules.grade
            if grade not in masks:
                masks[grade] = room.obtainable(grade, now)
            if incident.queued and incident.wanted & masks[grade] and self.attend(incident, now):
                masks.clear()
        if room.queue:
            self._watch_units()

    def _watch_units(self) -> None:
        """While somebody waits, look again when the next unit's phase ends by the clock.

        When nobody waits, a unit that comes free needs no event: it is rolled when somebody looks.
        """
        at = min([pool.timers[0][0] for pool in self.fleet.pools])
        if at < self._watch_at:
            self._watch_at = at
            Alarm(self.clock, max(at, self.clock.now), UNIT_FREE, self._look_again, None)

    def _look_again(self, _: Alarm) -> None:
        now = self.clock.now
        if now < self._watch_at:
            return  # an earlier look has replaced this one
        self._watch_at = NEVER
        for pool in self.fleet.pools:
            self.fleet.roll(pool, now)
        self.offer(now)
