"""What surges add to demand that is drawn."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from armsim.model.escalation import Rows
from armsim.model.kinds import Kind
from armsim.model.profiles import hourly_grid
from armsim.model.surge_fit import zones_of
from armsim.model.world import World


def surged(world: World, kind: Kind, force: int, begin: float, end: float) -> Iterator[Rows]:
    """What the surges of a scenario add to a type that is drawn, in a force.

    A surge of scale s adds incidents at (s - 1) times the rate that holds, level multiplier included, from
    streams of its own: the incidents of the scenario without it are all still there.
    """
    scenario = world.scenario
    for name, surge in scenario.demand.surge.items():
        if surge.scale is None or surge.until is None or (surge.types and kind.name not in surge.types):
            continue
        zones = zones_of(world.ground, surge)
        if not zones[world.ground.own[force]].any():
            continue
        cuts = (*kind.levels.starts, surge.since, surge.until)
        grid = hourly_grid(scenario.start, begin, end, cuts)
        inside = (grid.starts >= surge.since) & (grid.starts < surge.until)
        times = np.where(inside, kind.at_levels(grid.starts) * (surge.scale - 1.0), 0.0)
        yield kind.more(grid, force, ("surge", name), times, zones)
