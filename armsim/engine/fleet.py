"""The fleet: the only place where a unit's status changes, and where it is recorded as it changes.

What a free unit does is told by the clock alone (patrol to the next point, drive home, go off duty), so it
needs no events: the fleet rolls a unit forward when somebody looks. Looking changes nothing but when the
rows are written.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from armsim.engine.recorder import Recorder
from armsim.engine.unit import (
    AVAILABLE_AT_BASE,
    EN_ROUTE,
    MOBILISING,
    NOBODY,
    OFF_DUTY,
    ON_PATROL,
    REFRESHMENTS,
    RETURNING,
    Unit,
)
from armsim.model.travel.base import TravelModel
from armsim.model.travel.leg import Leg

NO_INCIDENT = -1
#: Groups of units on duty, so that a look for units to divert need not go through all of them.
FREE, MOVING, AT_WORK, ON_BREAK = range(4)
_GROUPS = tuple(
    {OFF_DUTY: -1, MOBILISING: MOVING, EN_ROUTE: MOVING, REFRESHMENTS: ON_BREAK}.get(status, AT_WORK)
    for status in range(13)
)


def group_of(status: int) -> int:
    """The group of a unit that is not free and in *status*; -1 off duty."""
    return _GROUPS[status]


class Fleet:
    """All units.

    Args:
        units: every unit of the run, in order of number.
        kinds: number of unit kinds.
        travel: where units are.
        time_factor: multiplier of ordinary travel minutes at a minute (speed by hour of the week).
        recorder: where status intervals and duty go.
    """

    def __init__(
        self,
        units: list[Unit],
        kinds: int,
        travel: TravelModel,
        time_factor: Callable[[float], float],
        recorder: Recorder,
    ) -> None:
        self.units = units
        self.travel = travel
        self.time_factor = time_factor
        self.recorder = recorder
        # Ordered sets: membership and order are those of a dictionary's keys.
        self.members: list[tuple[dict[Unit, None], ...]] = [tuple({} for _ in range(4)) for _ in range(kinds)]
        self.next_due = [inf] * kinds

    # --- the door -------------------------------------------------------------------------------------

    def enter(self, unit: Unit, status: int, now: float, until: float, free: bool, leg: Leg) -> None:
        """Put *unit* into *status* from *now*; record the interval that ends."""
        if unit.recorded and now > unit.since:
            job = unit.job
            self.recorder.status(
                unit.number, unit.status, unit.since, now, NO_INCIDENT if job is None else job.incident.number
            )
        group = FREE if free else _GROUPS[status]
        if group != unit.group:
            members = self.members[unit.rules.code]
            if unit.group >= 0:
                del members[unit.group][unit]
            if group >= 0:
                members[group][unit] = None
            unit.group = group
            unit.free = free
        if free and until < self.next_due[unit.rules.code]:
            self.next_due[unit.rules.code] = until
        unit.status = status
        unit.since = now
        unit.until = until
        unit.leg = leg

    # --- rolling forward ------------------------------------------------------------------------------

    def look(self, unit: Unit, now: float) -> None:
        """Roll *unit* through the phases that ended by *now*."""
        while unit.until <= now:
            at = unit.until
            status = unit.status
            if status == MOBILISING:
                self.enter(unit, EN_ROUTE, at, inf, False, unit.leg)
            elif at >= unit.ends:
                self._go_off(unit, at)
            elif status == ON_PATROL:
                self._next_point(unit, at)
            else:
                self.enter(unit, AVAILABLE_AT_BASE, at, unit.ends, True, unit.leg)

    def fresh(self, kind: int, now: float) -> dict[Unit, None]:
        """Free units of a kind at *now*; the collection must not be kept."""
        free = self.members[kind][FREE]
        if now >= self.next_due[kind]:
            for unit in [unit for unit in free if unit.until <= now]:
                self.look(unit, now)
            self.next_due[kind] = min([unit.until for unit in free], default=inf)
        return free

    def _next_point(self, unit: Unit, at: float) -> None:
        """Patrol goes on to the point of the slot that begins at *at*; no row, as the status stays."""
        travel = self.travel
        slot = unit.rules.patrol_slot
        index = int((at - unit.slot_origin) / slot + 0.5)
        leg = unit.leg
        origin = leg.destination if leg.arrives <= at else travel.position(leg, at)
        point = unit.point(index)
        unit.leg = travel.leg(origin, point, at, travel.minutes(origin, point) * self.time_factor(at))
        unit.until = min(unit.slot_origin + (index + 1) * slot, unit.ends)

    # --- what a unit does next ------------------------------------------------------------------------

    def parade(
        self, unit: Unit, now: float, ends: float, brings: tuple[int, int, int, int], duty: int
    ) -> None:
        """Start a duty period at the base."""
        unit.ends = ends
        unit.brings = brings
        unit.offers = sum(1 << line for line, count in enumerate(brings) if count)
        unit.duty = duty
        unit.break_until = -inf
        unit.slot_origin = now
        unit.tour += 1
        unit.leg = Leg.at(unit.base)
        self.resume(unit, now)

    def resume(self, unit: Unit, now: float) -> None:
        """Patrol, go home or stay, or go off duty when the shift is over."""
        leg = unit.leg
        place = leg.destination if leg.arrives <= now else self.travel.position(leg, now)
        if now >= unit.ends:
            self._go_off(unit, now)
        elif unit.rules.patrol_slot:
            slot = unit.rules.patrol_slot
            index = int((now - unit.slot_origin) / slot + 1e-9)
            point = unit.point(index)
            minutes = self.travel.minutes(place, point) * self.time_factor(now)
            until = min(unit.slot_origin + (index + 1) * slot, unit.ends)
            self.enter(unit, ON_PATROL, now, until, True, self.travel.leg(place, point, now, minutes))
        elif place == unit.base:
            self.enter(unit, AVAILABLE_AT_BASE, now, unit.ends, True, Leg.at(place))
        else:
            home = self._home(unit, place, now)
            self.enter(unit, RETURNING, now, min(home.arrives, unit.ends), True, home)

    def _home(self, unit: Unit, place: tuple[float, float, object], now: float) -> Leg:
        minutes = self.travel.minutes(place, unit.base) * self.time_factor(now)
        return self.travel.leg(place, unit.base, now, minutes)

    def _go_off(self, unit: Unit, at: float) -> None:
        """Off duty at the base, or drive there first."""
        place = self.travel.position(unit.leg, at)
        if place == unit.base:
            self.enter(unit, OFF_DUTY, at, inf, False, Leg.at(unit.base))
            self.recorder.duty_ends(unit.duty, at)
            unit.brings = NOBODY
            unit.offers = 0
        else:
            home = self._home(unit, place, at)
            self.enter(unit, RETURNING, at, home.arrives, False, home)

    def flush(self, horizon: float) -> None:
        """Roll every unit to the end of the run and record its last interval."""
        for unit in self.units:
            self.look(unit, horizon)
            if unit.since < horizon:
                self.enter(unit, unit.status, horizon, unit.until, unit.free, unit.leg)
