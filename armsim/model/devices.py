"""CEDs of a team in a force as a limited stock: drawn at the start of duty, returned at its planned end."""

from __future__ import annotations

from heapq import heappop, heappush

import numpy as np

from armsim.config.schema.duty import Team
from armsim.errors import Problem, ScenarioError
from armsim.model.forces import ForceTeam, by_force
from armsim.model.patterns import Floats, Ints
from armsim.model.world import World


def stock(world: World, mine: ForceTeam) -> int | None:
    """CEDs of a team in its force; ``None`` where there are enough for all.

    Raises:
        ScenarioError: a plain number, and the team has officers in several forces; or an unknown force.
    """
    team: Team = world.scenario.teams[mine.name]
    homes = [other.code for other in world.force_teams if other.name == mine.name]
    try:
        return by_force(team.ced_devices, world.forces, homes)[mine.code]
    except (KeyError, ValueError) as error:
        raise ScenarioError([Problem(str(error.args[0]), f"teams.{mine.name}.ced_devices")]) from error


def shared(world: World, mine: ForceTeam, groups: list[tuple[Ints, Floats, Floats, Ints]]) -> list[Ints]:
    """CEDs that each unit of a team draws from its stock, group by group.

    Args:
        world: the world.
        mine: the team.
        groups: number, start, end and carriers of the units of each kind; carriers are 0 where it draws none.

    Raises:
        ScenarioError: as :func:`stock`.
    """
    devices = stock(world, mine)
    if not groups:
        return []
    unit, start, end, carriers = (np.concatenate(part) for part in zip(*groups, strict=True))
    given = drawn(devices, unit, start, end, carriers)
    return np.split(given, np.cumsum([len(group[0]) for group in groups])[:-1])


def drawn(devices: int | None, unit: Ints, start: Floats, end: Floats, carriers: Ints) -> Ints:
    """CEDs that each unit draws, one a carrier as far as they go, in order of start and unit number.

    One that is returned at a minute can be drawn at that minute.

    Args:
        devices: the stock; ``None`` for no limit.
        unit: number of each unit on duty.
        start: when it draws them.
        end: when it returns them.
        carriers: officers in it who may carry one.
    """
    if devices is None:
        return carriers
    given = np.zeros(len(unit), dtype=np.int64)
    left = devices
    out: list[tuple[float, int]] = []
    for row in np.lexsort((unit, start)).tolist():
        wanted = int(carriers[row])
        if not wanted:
            continue
        while out and out[0][0] <= start[row]:
            left += heappop(out)[1]
        count = min(wanted, left)
        left -= count
        given[row] = count
        heappush(out, (float(end[row]), count))
    return given
