"""Cover moves carried out: free units of some kinds wait where their cover policy sends them."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np

from armsim.engine.clock import ROSTER, Clock
from armsim.engine.fleet import Fleet
from armsim.engine.unit import Unit
from armsim.model.cover import CoverPolicy, bases_for, cover_policies
from armsim.model.travel.leg import Place
from armsim.model.world import World

#: Reviews come after level changes, parades and posts of the same minute.
_REVIEW = 3 << 20


def watch_cover(world: World, fleet: Fleet, clock: Clock, end: float) -> None:
    """Let *fleet* send free units where their cover policies say, and review them as these ask."""
    groups = {}
    for (code, force), policy in cover_policies(world).items():
        units = [unit for unit in fleet.units if (unit.code, unit.force) == (code, force)]
        places = [base.place for base in bases_for(world, world.kinds[code], force)]
        groups[code, force] = CoverGroup(fleet, policy, units, places)
    fleet.cover = {unit.number: group for group in groups.values() for unit in group.units}
    for index, group in enumerate(groups.values()):
        every = group.policy.review_every
        if every > 0:
            clock.feed(ROSTER, _reviews(group, float(clock.now), every, end, _REVIEW + index))


def _reviews(
    group: CoverGroup, begin: float, every: float, end: float, number: int
) -> Iterator[tuple[float, int, Any, Any]]:
    for step in range(1, int((end - begin) / every) + 1):
        at = begin + step * every
        yield at, number, group.review, at


class CoverGroup:
    """Units of one kind and force, which cover for each other."""

    def __init__(self, fleet: Fleet, policy: CoverPolicy, units: list[Unit], places: list[Place]) -> None:
        self.fleet = fleet
        self.policy = policy
        self.units = units
        self.places = places
        # Bases at one spot count as one: a unit's base is told by where it goes.
        self._index = {place: number for number, place in reversed(list(enumerate(places)))}

    def base_for(self, unit: Unit, now: float) -> Place:
        """Where *unit*, which comes free or on duty, waits."""
        self.settle(unit, now)
        held = [0] * len(self.places)
        for other in self.units:
            if other is not unit and (base := self._base_of(other)) is not None:
                held[base] += 1
        return self.places[self.policy.goes_to(self._index[unit.base], held)]

    def review(self, now: float) -> None:
        """Move free units as the policy asks."""
        for unit in self.units:
            self.fleet.look(unit, now)
        free = [unit for unit in self.units if self._base_of(unit) is not None]
        at = [base for unit in free if (base := self._base_of(unit)) is not None]
        if not free:
            return
        travel = self.fleet.travel
        origins = [travel.position(unit.leg, now) for unit in free]
        minutes = np.array([[travel.minutes(place, base) for base in self.places] for place in origins])
        for unit, had, base in zip(free, at, self.policy.review(at, minutes), strict=True):
            if base != had:
                self.fleet.wait(unit, now, self.places[base])

    def _base_of(self, unit: Unit) -> int | None:
        """The base that a free unit is at or on the way to."""
        return self._index.get(unit.leg.destination) if unit.free and unit.lent_until == inf else None

    def settle(self, unit: Unit, now: float) -> None:
        """Roll the others to *now* in order of time, before *unit* comes free, has a break or goes off.

        A choice then does not hang on who looked when.
        """
        first = (unit.until, unit.number) if unit.until <= now else (now, inf)
        while True:
            due = min(
                (key for other in self.units if (key := (other.until, other.number)) < first), default=None
            )
            if due is None:
                return
            self.fleet.look(self.fleet.units[due[1]], due[0])
