"""Command desks and call takers: how many places there are when, by force.

Times are minutes since the window opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.desk import DeskConfig, ForceDesk, LevelDesk, ManagersOnDuty, TakersOnDuty
from armsim.config.schema.forces import Bloc
from armsim.domain import MINUTES_PER_DAY, ThreatLevel
from armsim.model.profiles import week_minutes
from armsim.model.threat import Timeline
from armsim.model.world import World

Ints = NDArray[np.int64]
_WEEK = int(7 * MINUTES_PER_DAY)


@dataclass(frozen=True, slots=True)
class Staffing:
    """A number of places that changes at given minutes.

    Attributes:
        starts: minutes, rising; the first is the beginning of the run.
        places: number from each start on.
    """

    starts: tuple[float, ...]
    places: tuple[int, ...]

    def spells(self, start: float, end: float) -> Iterator[tuple[int, float, float]]:
        """Places, start and end of each spell, cut to [*start*, *end*)."""
        ends = (*self.starts[1:], np.inf)
        for places, since, until in zip(self.places, self.starts, ends, strict=True):
            if max(since, start) < min(until, end):
                yield places, max(since, start), min(until, end)


@dataclass(frozen=True, slots=True)
class Desk:
    """A command desk.

    Attributes:
        forces: codes of the forces in which it authorises, ascending.
        staffing: tasks that it carries at once.
    """

    forces: tuple[int, ...]
    staffing: Staffing


def desk_config(world: World, force: int) -> DeskConfig:
    """What the scenario says of the desk and call takers of a force."""
    own = world.force_settings[force].desk
    return world.scenario.desk if own is None else own


def desks(world: World, levels: Timeline, begin: float, end: float) -> tuple[Desk, ...]:
    """Every desk, in order of its first force: one a force, or one for a bloc that shares it.

    A joint desk carries as many tasks as the desks of its members together.

    Args:
        world: the world.
        levels: the replication's threat levels.
        begin: minute at which the run begins.
        end: minute at which it ends.
    """
    made = []
    for forces in _groups(world):
        own = [_staffing(world, _by_level(world, force), levels, begin, end) for force in forces]
        made.append(Desk(forces, _together(own)))
    return tuple(made)


def call_takers(world: World, levels: Timeline, begin: float, end: float) -> tuple[Staffing | None, ...]:
    """Call takers of each force, in order of code; ``None`` where there are as many as it takes."""
    found: list[Staffing | None] = []
    for force in range(len(world.forces)):
        handling = desk_config(world, force).call_handling
        if handling is None:
            found.append(None)
        else:
            everywhere = (_weekly(handling.takers),) * len(ThreatLevel)
            found.append(_staffing(world, everywhere, levels, begin, end))
    return tuple(found)


def _groups(world: World) -> list[tuple[int, ...]]:
    """Forces by desk."""
    joint = {
        name
        for name, bloc in world.scenario.aid.blocs.items()
        if isinstance(bloc, Bloc) and bloc.desk == "joint"
    }
    groups: list[tuple[int, ...]] = []
    for name, forces in world.blocs.items():
        groups += [forces] if name in joint else [(force,) for force in forces]
    return sorted(groups)


def _by_level(world: World, force: int) -> tuple[Ints, ...]:
    """Tasks that a force's desk carries at each minute of the week, by level."""
    desk = desk_config(world, force)
    settings = world.scenario.threat.levels
    found = []
    for level in ThreatLevel:
        if isinstance(desk, ForceDesk):
            special = desk.levels.get(level.name)  # type: ignore[call-overload]
        else:
            setting = settings.get(level.name)  # type: ignore[call-overload]
            special = None if setting is None else setting.desk
        found.append(_tasks(desk, special))
    return tuple(found)


def _tasks(desk: DeskConfig, special: LevelDesk | None) -> Ints:
    """Tasks carried at each minute of the week, shape (10080,)."""
    written = desk if special is None else special
    if written.capacity is not None:
        return _weekly(written.capacity)
    each = desk.tasks_each if written.tasks_each is None else written.tasks_each
    return each * _weekly(1 if written.managers is None else written.managers)


def _weekly(people: int | Sequence[ManagersOnDuty] | Sequence[TakersOnDuty]) -> Ints:
    """People on duty at each minute of the week, shape (10080,)."""
    if isinstance(people, int):
        return np.full(_WEEK, people)
    count = np.zeros(_WEEK, dtype=np.int64)
    for entry in people:
        number = entry.managers if isinstance(entry, ManagersOnDuty) else entry.takers
        count[week_minutes(sorted(set(entry.days)), entry.hours)] += number
    return count


def _staffing(world: World, weekly: Sequence[Ints], levels: Timeline, begin: float, end: float) -> Staffing:
    """The places of a week at each level, along the levels and days of the run."""
    offset = world.scenario.start.weekday() * MINUTES_PER_DAY
    changes: list[tuple[float, int]] = []
    for level, since, until in levels.spells(begin, end):
        week = weekly[level]
        first = int(np.floor(since + offset))
        changes.append((since, int(week[first % _WEEK])))
        minutes = np.arange(first + 1, int(np.ceil(until + offset)))
        step = np.flatnonzero(week[minutes % _WEEK] != week[(minutes - 1) % _WEEK])
        changes += [(float(minutes[at] - offset), int(week[minutes[at] % _WEEK])) for at in step]
    kept = [one for index, one in enumerate(changes) if not index or one[1] != changes[index - 1][1]]
    return Staffing(tuple(start for start, _ in kept), tuple(places for _, places in kept))


def _together(parts: Sequence[Staffing]) -> Staffing:
    """The places of all *parts* added up."""
    if len(parts) == 1:
        return parts[0]
    starts = np.unique(np.concatenate([part.starts for part in parts]))
    places = np.zeros(len(starts), dtype=np.int64)
    for part in parts:
        places += np.array(part.places)[np.searchsorted(part.starts, starts, side="right") - 1]
    return Staffing(tuple(starts.tolist()), tuple(places.tolist()))
