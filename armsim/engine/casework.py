"""The life of an incident from grading to its end: authority, sending, waiting, closing.

One function for each turning point, called by alarms. Every decision is taken inside the call that makes it:
counts, statuses and queues are right again before the call returns, and events only say that a minute has
come. What happens on the scene is in :mod:`armsim.engine.scene`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from armsim.domain import Outcome
from armsim.engine import milestones
from armsim.engine.aftermath import DIVERTED, NEVER, WORK_DONE, Aftermath, cancel, forget_alarms
from armsim.engine.clock import ARRIVAL, TURNING_POINT, UNIT_FREE, Alarm, Clock
from armsim.engine.control_room import ControlRoom
from armsim.engine.desk import CommandDesk
from armsim.engine.fleet import Fleet
from armsim.engine.incident import (
    AUTHORITY,
    FIRST_ARMED,
    NAN,
    Deployment,
    Incident,
    add,
    first_there,
    lines_short,
    subtract,
)
from armsim.engine.pool import Pool
from armsim.engine.recorder import Recorder
from armsim.engine.scene import Scene
from armsim.engine.unit import FOLLOW_ON, HOLDING, MOBILISING, ON_POST, ON_SCENE, Unit
from armsim.model.travel.leg import Leg

if TYPE_CHECKING:
    from armsim.engine.take_over import TakeOver

Luck = Callable[[int, int, Sequence[float]], tuple[float, float]]


class Casework:
    """Turning points of incidents and posts.

    Args:
        clock: the run's time.
        fleet: the units.
        rooms: control rooms, by bloc.
        recorder: the log.
        paperwork: minutes every unit needs after a job.
        luck: turn-out and trip luck of an incident's n-th unit, by its key, beyond those drawn with it, whose
            trip luck it is given.
        window: end of the observation window, minutes.
    """

    def __init__(
        self,
        clock: Clock,
        fleet: Fleet,
        rooms: Sequence[ControlRoom],
        recorder: Recorder,
        paperwork: float,
        luck: Luck,
        window: float,
    ) -> None:
        self.clock = clock
        self.fleet = fleet
        self.rooms = rooms
        self.recorder = recorder
        self.aftermath = Aftermath(fleet, recorder, paperwork)
        self.scene = Scene(self)
        self.luck = luck
        self.window = window
        self.arv_kinds = {unit.rules.code for unit in fleet.units if unit.rules.arv}
        self.desks: list[CommandDesk] = []
        self.escalates: Callable[[Incident], None] | None = None
        self.take_over: TakeOver | None = None
        self.open: dict[int, Incident] = {}
        self.open_counted = 0

    # --- from grading to sending ----------------------------------------------------------------------

    def graded(self, incident: Incident) -> None:
        """The incident is ready for units: ask for authority where it is needed, and send."""
        now = self.clock.now
        if incident.lost_at < now:
            self._opened(incident)
            incident.was_graded = False
            self.close(incident, Outcome.LOST, incident.lost_at)
            return
        self.begin(incident, now)
        if incident.rules.booked is None or self._may_start(incident, now):
            self.attend(incident, now)

    def _opened(self, incident: Incident) -> None:
        self.open[incident.number] = incident
        self.open_counted += self._is_counted(incident)

    def _is_counted(self, incident: Incident) -> bool:
        return 0.0 <= incident.drawn.received_at < self.window

    def begin(self, incident: Incident, now: float) -> None:
        """Open an incident: set its alarms, and ask for authority where it is needed."""
        self._opened(incident)
        drawn = incident.drawn
        if drawn.stand_down_at == drawn.stand_down_at:  # not NaN
            at = max(now, drawn.stand_down_at)
            Alarm(self.clock, at, TURNING_POINT + incident.number, self._stand_down, incident)
        if self.escalates is not None and drawn.child >= 0:
            self.escalates(incident)
        if drawn.authorisation == drawn.authorisation:
            self.desks[drawn.force].ask(incident, now)
            incident.refresh_wanted()

    def _may_start(self, incident: Incident, now: float) -> bool:
        """Booked work starts only when enough response vehicles would be left; else it is put off."""
        keep_free, retry, attempts = incident.rules.booked or (0, 0.0, 0)
        pools = incident.room.pools
        free = sum(
            self.fleet.free(pools[kind], now) for kind, _, _ in incident.rules.kinds if kind in self.arv_kinds
        )
        if free >= incident.needs[3] + keep_free:
            return True
        incident.attempts += 1
        if incident.attempts >= attempts:
            self.close(incident, Outcome.LOST, now)
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
        room = incident.room
        if incident.wanted and not (room.queue and room.blocks(incident)):
            picks = room.choose(incident, now)
        else:
            picks = []
        abandoned = [self._send(deployment, now) for deployment in picks]
        if picks and incident.rules.partial:
            incident.short = [min(count, 0) for count in incident.short]
            incident.refresh_wanted()
        if incident.wanted:
            room.enqueue(incident)
            self.watch_patience(incident)
            self.watch_units(room)
        else:
            room.dequeue(incident)
        for left in abandoned:
            if left is not None:
                self.attend(left, now)
        return bool(picks)

    def watch_patience(self, incident: Incident) -> None:
        """Set the alarm of the end of its patience, once, if nothing has ended it."""
        if incident.rules.patience_ends_assigned and incident.sent:
            return
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
        room, travel, destination = incident.room, self.fleet.travel, incident.place
        if room.aid is not None:
            deployment.delay = room.aid.settle(unit, incident.drawn.force, now)
        drawn, ordinal = incident.drawn, deployment.ordinal
        if ordinal < len(drawn.trip_z):
            turn_out_z, trip_z = drawn.turnout_z[ordinal], drawn.trip_z[ordinal]
        else:
            turn_out_z, trip_z = self.luck(drawn.key, ordinal, drawn.trip_z)
        rules = room.rules
        turn_out = rules.turn_out[status_before]
        mobile_at = now + deployment.delay + turn_out.minutes(turn_out_z)
        deployment.mobile_at = mobile_at
        place = travel.position(unit.leg, now)
        noise = rules.noise.factor(travel.road_km(place, destination), trip_z)
        mean = deployment.expected - turn_out.mean - deployment.delay
        hours = self.fleet.time_factor(mobile_at) / self.fleet.time_factor(now)  # the speed at departure
        arrives = mobile_at + mean * hours * noise
        leg = Leg(place, destination, mobile_at, arrives)
        self.fleet.enter(unit, MOBILISING, now, mobile_at, False, leg)
        unit.job = deployment
        incident.deployments.append(deployment)
        incident.sent += 1
        subtract(incident.short, unit.brings)
        incident.refresh_wanted()
        deployment.alarm = Alarm(self.clock, arrives, ARRIVAL + unit.number, self.scene.arrival, deployment)
        if incident.rules.patience_ends_assigned:
            cancel(incident.lost_alarm)
        elif incident.first_arrival_at is None and arrives > incident.lost_at:
            self.watch_patience(incident)
        if self.take_over is not None:
            self.watch_units(room)
        return abandoned

    def _take_off(self, unit: Unit, now: float) -> Incident | None:
        """Take a unit off what it is doing; the incident it leaves, if that still needs somebody."""
        deployment = unit.job
        if deployment is None or unit.status == FOLLOW_ON:
            return None
        return self.withdraw(deployment, now, DIVERTED)

    # --- authority and ends ---------------------------------------------------------------------------

    def authorised(self, incident: Incident, now: float) -> None:
        """Authority is given: holding units go to work, and those that waited for it are sent."""
        incident.authorised_at = now
        if incident.rules.containment_after == AUTHORITY:
            self.scene.contain(incident, now)
        for deployment in list(incident.deployments):
            if deployment.unit.status == HOLDING:
                unit = deployment.unit
                self.fleet.enter(unit, ON_SCENE, now, NEVER, False, unit.leg)
                self.scene.at_work(deployment, now)
                self.scene.watch_shift_end(deployment, now)
        before, blocked = incident.wanted, incident.queued and incident.rules.together
        incident.refresh_wanted()
        if incident.wanted != before:
            self.attend(incident, now)
            if blocked and not incident.queued:
                self.offer(incident.room, now)

    def _stand_down(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        if incident.closed_at is None and incident.reached[FIRST_ARMED] is None:
            incident.stood_down = True
            arrived = incident.first_arrival_at is not None
            self.close(incident, Outcome.ATTENDED if arrived else Outcome.STOOD_DOWN, self.clock.now)

    def _patience_ends(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        if incident.closed_at is None and incident.first_arrival_at is None:
            self.close(incident, Outcome.LOST, self.clock.now)

    def post_closes(self, incident: Incident) -> None:
        """A post is wanted no longer."""
        incident.there = [0, 0, 0, 0]
        incident.count_filled(self.clock.now)
        self.close(incident, Outcome.ATTENDED, self.clock.now)

    def close(self, incident: Incident, outcome: Outcome, now: float) -> None:
        """End an incident: release its units in order of sending, then offer the queue once."""
        room = incident.room
        deployments, incident.deployments = incident.deployments, []
        follow_on = incident.drawn.follow_on
        first = first_there(deployments) if follow_on else None
        freed = False
        for deployment in deployments:
            if deployment.arrived_at is None or deployment.unit.status == HOLDING:
                self.aftermath.turn_back(deployment, now)
                freed = True
            else:
                busy = follow_on if deployment is first else 0.0
                freed |= self.aftermath.release(deployment, now, WORK_DONE, busy)
        was_waiting = incident.queued
        self.end(incident, outcome, now)
        if freed or (was_waiting and incident.rules.together):
            self.offer(room, now)
        elif room.queue or self.take_over is not None:
            self.watch_units(room)

    def end(self, incident: Incident, outcome: Outcome, now: float) -> None:
        """The incident is over; its units are somebody else's by now."""
        cancel(incident.work_alarm)
        cancel(incident.lost_alarm)
        incident.work_alarm = incident.lost_alarm = None
        incident.room.dequeue(incident)
        incident.closed_at = now
        incident.outcome = int(outcome)
        if incident.alone_since is not None:
            incident.alone_minutes += now - incident.alone_since
        del self.open[incident.number]
        self.open_counted -= self._is_counted(incident)
        if not incident.rules.post:
            graded_at = incident.drawn.graded_at if incident.was_graded else NAN
            self.recorder.incident(incident, milestones.firearms_outcome(incident), graded_at)

    # --- withdrawal -----------------------------------------------------------------------------------

    def withdraw(self, deployment: Deployment, now: float, end: int) -> Incident | None:
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
            self.scene.left(deployment, now)
        incident.requeued += 1
        if not incident.deployments and not lines_short(incident.short):
            # Others came for what it brought and have done their part: somebody must finish its own.
            rows = zip(incident.short, brings, incident.needs, strict=True)
            incident.short = [max(short, min(has, need)) for short, has, need in rows]
            if not lines_short(incident.short):
                incident.short = list(incident.needs)
        incident.refresh_wanted()
        return incident if incident.wanted else None

    def swap(self, deployment: Deployment, taker: Deployment, now: float, end: int) -> None:
        """Send *taker* in the place of a unit that is on its way, which is free then."""
        unit, room = deployment.unit, deployment.incident.room
        self.withdraw(deployment, now, end)
        deployment.incident.requeued -= 1  # it is not abandoned
        self._send(taker, now)
        self.fleet.next(unit, now)
        if not taker.incident.wanted:
            room.dequeue(taker.incident)
        self._serve(self.rooms[unit.pool.bloc], now)

    # --- the queue ------------------------------------------------------------------------------------

    def offer(self, room: ControlRoom, now: float) -> None:
        """A unit of *room* is free: go through its queue, and through those of rooms that may borrow."""
        self._serve(room, now)
        if self.take_over is not None:
            self.take_over.look(room, now)
        if room.aid is not None:
            for other in self.rooms:
                if other is not room:
                    self._serve(other, now)

    def offer_all(self, now: float) -> None:
        """Go through every queue."""
        for room in self.rooms:
            self._serve(room, now)

    def _serve(self, room: ControlRoom, now: float) -> None:
        """Go through a queue: each incident takes the free units that add to it."""
        if not room.queue:
            return
        masks: dict[int, int] = {}
        for incident in list(room.queue):
            grade = incident.rules.grade
            if grade not in masks:
                masks[grade] = room.obtainable(grade, now)
            if incident.queued and incident.wanted & masks[grade] and self.attend(incident, now):
                masks.clear()
            if incident.queued and incident.rules.together:
                break  # those behind it wait too
        if room.queue:
            self.watch_units(room)

    def watch_units(self, room: ControlRoom) -> None:
        """While somebody waits, look again when the next unit's phase ends by the clock.

        When nobody waits, a unit that comes free needs no event: it is rolled when somebody looks.
        """
        at = min([pool.timers[0][0] for pool in self._in_reach(room)])
        if at < room.watch_at:
            room.watch_at = at
            Alarm(self.clock, max(at, self.clock.now), UNIT_FREE, self._look_again, room)

    def _in_reach(self, room: ControlRoom) -> Sequence[Pool]:
        """Pools that *room* may have units of."""
        return room.pools if room.aid is None else self.fleet.pools

    def _look_again(self, alarm: Alarm) -> None:
        room: ControlRoom = alarm.subject
        now = self.clock.now
        if now < room.watch_at:
            return  # an earlier look has replaced this one
        room.watch_at = NEVER
        for pool in self._in_reach(room):
            self.fleet.roll(pool, now)
        self._serve(room, now)
        if self.take_over is not None:
            self.take_over.look(room, now)
