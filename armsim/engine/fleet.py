"""The fleet: the only place where a unit's status changes, and where it is recorded as it changes.

What a free unit does is told by the clock alone (patrol to the next point, drive home, go off duty), so it
needs no events: the fleet rolls a unit forward when somebody looks. Looking changes nothing but when the
rows are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING

from armsim.domain import MINUTES_PER_HOUR
from armsim.engine.pool import BUSY_GROUP, FREE_GROUP, OFF, Pool
from armsim.engine.recorder import Recorder
from armsim.engine.unit import (
    AVAILABLE_AT_BASE,
    EN_ROUTE,
    MOBILISING,
    NOBODY,
    OFF_DUTY,
    ON_PATROL,
    REFRESHMENTS,
    REPOSITIONING,
    RETURNING,
    Unit,
)
from armsim.model.travel.base import TravelModel
from armsim.model.travel.leg import Leg, Place

if TYPE_CHECKING:
    from armsim.engine.cover import CoverGroup

NO_INCIDENT = -1


class Fleet:
    """All units.

    Args:
        units: every unit of the run, in order of number.
        pools: by bloc, one for each kind of unit in order of its code.
        bloc_of: by code of a force, the index of its bloc.
        travel: where units are.
        hours: multiplier of ordinary travel minutes for each hour of the run (speed by hour of the week).
        begin: minute at which the first of these hours begins.
        recorder: where status intervals and duty go.
        homeward: minutes before its end of duty at which a free unit makes for its own base.
    """

    def __init__(
        self,
        units: list[Unit],
        pools: tuple[tuple[Pool, ...], ...],
        bloc_of: Sequence[int],
        travel: TravelModel,
        hours: list[float],
        begin: float,
        recorder: Recorder,
        homeward: float,
    ) -> None:
        self.units = units
        self.homeward = homeward
        self.pools = tuple(pool for bloc in pools for pool in bloc)
        self.travel = travel
        self.hours = hours
        self.begin = begin
        self.recorder = recorder
        self.trails = recorder.trails
        #: By number of a unit: those that it covers with, if it waits elsewhere than at its own base.
        self.cover: dict[int, CoverGroup] = {}
        for unit in units:
            unit.pool = unit.home_pool = pools[bloc_of[unit.force]][unit.code]
            unit.group = unit.pool.groups[OFF]
            unit.group[unit] = unit.leg

    def time_factor(self, minute: float) -> float:
        """Multiplier of ordinary travel minutes at *minute*."""
        return self.hours[int((minute - self.begin) // MINUTES_PER_HOUR)]

    # --- the door -------------------------------------------------------------------------------------

    def enter(self, unit: Unit, status: int, now: float, until: float, free: bool, leg: Leg) -> None:
        """Put *unit* into *status* from *now*; record the interval that ends."""
        if unit.recorded and now > unit.since:
            job = unit.job
            self.recorder.status(
                unit.number, unit.status, unit.since, now, NO_INCIDENT if job is None else job.incident.number
            )
        if unit.status == REFRESHMENTS and now < unit.until and status != REFRESHMENTS:
            self.recorder.break_lost(unit.duty)
        pool = unit.pool
        if free:
            group = pool.groups[FREE_GROUP[status]]
            if not unit.free:
                unit.free_since = now
            pool.first_end = min(pool.first_end, unit.ends)
            if until < pool.free_due:
                pool.free_due = until
                pool.due = min(pool.due, until)
        else:
            group = pool.groups[BUSY_GROUP[status]]
            if until != inf and status != MOBILISING:
                heappush(pool.timers, (until, unit.number))
                pool.due = min(pool.due, until)
        if group is not unit.group:
            del unit.group[unit]
            unit.group = group
        group[unit] = leg
        unit.free = free
        unit.status = status
        unit.since = now
        unit.until = until
        if leg is not unit.leg:
            unit.leg = leg
            if self.trails is not None:
                self.trails.leg(unit.number, now, leg)

    # --- rolling forward ------------------------------------------------------------------------------

    def look(self, unit: Unit, now: float) -> None:
        """Roll *unit* through the phases that ended by *now*."""
        while unit.until <= now:
            at = unit.until
            status = unit.status
            if status == MOBILISING:
                self.enter(unit, EN_ROUTE, at, inf, False, unit.leg)
            elif at >= unit.ends and unit.job is None:
                self._go_off(unit, at)
            elif (not unit.free and status != RETURNING) or at >= unit.break_at or at >= unit.lent_until:
                self.next(unit, at)
            elif status == ON_PATROL:
                self._next_point(unit, at)
            else:
                self.wait(unit, at, unit.leg.destination)

    def roll(self, pool: Pool, now: float) -> None:
        """Roll the units of *pool* whose phases ended by *now*; for when ``pool.due`` has come."""
        timers = pool.timers
        while timers[0][0] <= now:
            unit = self.units[heappop(timers)[1]]
            if unit.until <= now:
                self.look(unit, now)
        if pool.free_due <= now:
            for unit in [unit for group in (pool.wheel, pool.home) for unit in group if unit.until <= now]:
                self.look(unit, now)
            untils = [unit.until for group in (pool.wheel, pool.home) for unit in group]
            pool.free_due = min(untils, default=inf)
        pool.due = min(pool.free_due, timers[0][0])

    def free(self, pool: Pool, now: float) -> int:
        """Number of free units of *pool* at *now*."""
        if pool.due <= now:
            self.roll(pool, now)
        return len(pool.wheel) + len(pool.home)

    def find_first_end(self, pool: Pool) -> None:
        """Find the earliest end of duty among the free units of *pool*."""
        ends = [unit.ends for group in (pool.wheel, pool.home) for unit in group]
        pool.first_end = min(ends, default=inf)

    def _next_point(self, unit: Unit, at: float) -> None:
        """Patrol goes on to the point of the slot that begins at *at*; no row, as the status stays."""
        home_from = unit.ends - self.homeward
        if at >= home_from:
            self.wait(unit, at, unit.base)
            return
        travel, leg, points, pool = self.travel, unit.leg, unit.points, unit.pool
        unit.slot = slot = unit.slot + 1
        origin = leg.destination if leg.arrives <= at else travel.position(leg, at)
        point = points[slot % len(points)]
        unit.leg = pool.wheel[unit] = travel.trip(origin, point, at, self.time_factor(at))
        if self.trails is not None:
            self.trails.leg(unit.number, at, unit.leg)
        until = unit.slot_origin + (slot + 1) * unit.rules.patrol_slot
        unit.until = min(until, home_from, unit.break_at)

    # --- what a unit does next ------------------------------------------------------------------------

    def parade(
        self, unit: Unit, now: float, ends: float, brings: tuple[int, int, int, int], duty: int
    ) -> None:
        """Start a duty period at the base."""
        unit.ends = ends
        unit.brings = brings
        unit.offers = sum(1 << line for line, count in enumerate(brings) if count)
        unit.duty = duty
        unit.slot_origin = now
        unit.tour += 1
        if unit.tours:
            unit.points = unit.tours[unit.tour % len(unit.tours)]
        unit.leg = Leg.at(unit.base)
        self.resume(unit, now)

    def next(self, unit: Unit, now: float) -> None:
        """A unit without work takes the break it is owed, or goes back to what free units do."""
        if unit.lent_until <= now:
            self.come_home(unit, now)
        if unit.break_at <= now:
            owed = now < unit.break_closes and now < unit.ends
            unit.break_at = inf
            if owed:
                if unit.number in self.cover:
                    self.cover[unit.number].settle(unit, now)
                self._take_break(unit, now)
                unit.job = None
                return
            if unit.break_closes > unit.slot_origin:
                self.recorder.break_lost(unit.duty)
        self.resume(unit, now)
        unit.job = None

    def _take_break(self, unit: Unit, now: float) -> None:
        place = self.travel.position(unit.leg, now)
        until = min(now + unit.rules.break_length, max(now, unit.ends))
        self.enter(unit, REFRESHMENTS, now, until, False, Leg.at(place))

    def resume(self, unit: Unit, now: float) -> None:
        """Patrol, go home or stay, or go off duty when the shift is over."""
        leg = unit.leg
        place = leg.destination if leg.arrives <= now else self.travel.position(leg, now)
        if now >= unit.ends:
            self._go_off(unit, now)
        elif unit.lent_until != inf:
            until = min(unit.ends, unit.break_at, unit.lent_until)
            self.enter(unit, ON_PATROL, now, until, True, Leg.at(place))
            # Its own bloc, which may wait for it, has it back then.
            heappush(unit.pool.timers, (until, unit.number))
        elif unit.rules.patrol_slot and now < unit.ends - self.homeward:
            length, points = unit.rules.patrol_slot, unit.points
            unit.slot = slot = int((now - unit.slot_origin) / length + 1e-9)
            until = min(unit.slot_origin + (slot + 1) * length, unit.ends - self.homeward, unit.break_at)
            leg = self.travel.trip(place, points[slot % len(points)], now, self.time_factor(now))
            self.enter(unit, ON_PATROL, now, until, True, leg)
        elif unit.number in self.cover:
            self.wait(unit, now, self.cover[unit.number].base_for(unit, now))
        else:
            self.wait(unit, now, unit.base)

    def wait(self, unit: Unit, now: float, base: Place) -> None:
        """Drive to *base* and wait there; to its own, where it would have to leave another at once for it."""
        place = self.travel.position(unit.leg, now)
        leg = self.travel.trip(place, base, now, self.time_factor(now))
        home_from = unit.ends - self.homeward
        if base != unit.base and (leg.arrives >= home_from or now >= home_from):
            base, leg = unit.base, self._home(unit, place, now)
        rest = min(unit.ends if base == unit.base else home_from, unit.break_at)
        if place == base:
            self.enter(unit, AVAILABLE_AT_BASE, now, rest, True, Leg.at(place))
        elif unit.rules.home_first:
            self.enter(unit, RETURNING, now, leg.arrives, False, leg)
        else:
            status = RETURNING if base == unit.base else REPOSITIONING
            self.enter(unit, status, now, min(leg.arrives, rest), True, leg)

    def _home(self, unit: Unit, place: tuple[float, float, object], now: float) -> Leg:
        return self.travel.trip(place, unit.base, now, self.time_factor(now))

    def _go_off(self, unit: Unit, at: float) -> None:
        """Off duty at the base, or drive there first."""
        if unit.number in self.cover:
            self.cover[unit.number].settle(unit, at)
        if unit.lent_until != inf:
            self.come_home(unit, at)
        place = self.travel.position(unit.leg, at)
        if place == unit.base:
            self.enter(unit, OFF_DUTY, at, inf, False, Leg.at(unit.base))
            self.recorder.duty_ends(unit.duty, at)
            unit.brings = NOBODY
            unit.offers = 0
        else:
            home = self._home(unit, place, at)
            self.enter(unit, RETURNING, at, home.arrives, False, home)

    def lend(self, unit: Unit, pool: Pool, force: int, now: float, until: float) -> None:
        """Let *unit* work in another bloc's *pool*, for *force*, from its next status on."""
        unit.pool = pool
        unit.lent_to = force
        unit.lent_at = now
        unit.lent_until = until

    def come_home(self, unit: Unit, now: float) -> None:
        """A lent unit works in its own bloc's pool again from its next status on."""
        self.recorder.aid(unit, now)
        unit.pool = unit.home_pool
        unit.lent_until = inf

    def flush(self, horizon: float) -> None:
        """Roll every unit to the end of the run and record its last interval."""
        for unit in self.units:
            self.look(unit, horizon)
            if unit.lent_until != inf:
                self.recorder.aid(unit, horizon)
            if unit.status != OFF_DUTY:
                if unit.ends < horizon:
                    self.recorder.duty_ends(unit.duty, horizon)
                if unit.break_at <= horizon and min(unit.break_closes, unit.ends) <= horizon:
                    self.recorder.break_lost(unit.duty)
            if unit.since < horizon:
                self.enter(unit, unit.status, horizon, unit.until, unit.free, unit.leg)
