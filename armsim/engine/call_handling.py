"""Limited call takers: a call waits for one, and is graded when it has been handled.

Without a limit an incident simply enters when it is graded, and nothing here is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np

from armsim.engine.clock import NEW_INCIDENT, Alarm, Clock
from armsim.engine.incident import Incident
from armsim.engine.places import Places
from armsim.model.demand import IncidentTable
from armsim.model.desks import Staffing, call_takers
from armsim.model.threat import Timeline
from armsim.model.world import World

#: Changes in the numbers of call takers come after those of the desks.
_AFTER_DESKS = 1 << 16


class CallRoom:
    """The call takers of every force.

    A call that loses patience before its turn is lost and takes no time.

    Args:
        clock: the run's time.
        takers: call takers by force over time; ``None`` for as many as it takes.
        graded: called with an incident that has been graded, or lost before.
    """

    def __init__(
        self, clock: Clock, takers: tuple[Staffing | None, ...], graded: Callable[[Incident], None]
    ) -> None:
        self._clock = clock
        self._graded = graded
        self._places: list[Places[Incident] | None] = [
            None if one is None else Places(clock, one, _AFTER_DESKS + force, self._take)
            for force, one in enumerate(takers)
        ]
        self._ungraded: dict[int, Incident] = {}

    def call(self, incident: Incident) -> None:
        """A call comes in."""
        self._ungraded[incident.number] = incident
        places = self._places[incident.drawn.force]
        if places is None:
            self._take(incident, self._clock.now)
        else:
            places.ask(incident.order, incident, self._clock.now)

    def ungraded(self) -> list[Incident]:
        """Incidents received and not graded yet, in order of number."""
        return [self._ungraded[number] for number in sorted(self._ungraded)]

    def _take(self, incident: Incident, now: float) -> bool:
        drawn = incident.drawn
        if incident.lost_at < now:
            del self._ungraded[incident.number]
            self._graded(incident)
            return False
        if now > drawn.received_at:
            graded_at = now + (drawn.graded_at - drawn.received_at)
            incident.drawn = drawn._replace(graded_at=graded_at)
        at = incident.drawn.graded_at
        Alarm(self._clock, at, NEW_INCIDENT + incident.number, self._handled, incident)
        return True

    def _handled(self, alarm: Alarm) -> None:
        incident: Incident = alarm.subject
        del self._ungraded[incident.number]
        self._graded(incident)
        places = self._places[incident.drawn.force]
        if places is not None:
            places.leave(self._clock.now)


def build_call_room(
    world: World, clock: Clock, levels: Timeline, graded: Callable[[Incident], None]
) -> CallRoom | None:
    """The call takers; ``None`` where every force has as many as it takes.

    Args:
        world: the world.
        clock: the run's time, at its beginning.
        levels: the replication's threat levels.
        graded: called with an incident that has been graded, or lost before.
    """
    end = world.scenario.window + world.scenario.cool_down
    takers = call_takers(world, levels, clock.now, end)
    return CallRoom(clock, takers, graded) if any(one is not None for one in takers) else None


def by_received(table: IncidentTable) -> IncidentTable:
    """*table* in the order in which the calls come in."""
    order = np.lexsort((table.number, table.received_at))
    columns = {
        one.name: getattr(table, one.name)[order]
        for one in fields(table)
        if one.name not in ("places", "children")
    }
    return replace(table, places=[table.places[row] for row in order.tolist()], **columns)
