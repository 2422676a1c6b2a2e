"""Own beat first, then own force, then others."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from armsim.config.base import Model
from armsim.config.quantities import Duration
from armsim.model.policies.base import PolicyOptions
from armsim.model.policies.candidates import Candidates

if TYPE_CHECKING:
    from armsim.model.world import World

#: Minutes that put one step behind another whatever the trips; a post's order of kinds (steps of 100,000
#: minutes) still goes before it.
_ALWAYS = 1e4
BEAT, FORCE, OTHERS = range(3)


class HomeFirstOptions(PolicyOptions):
    """Options of ``home_first``."""

    by: Literal["beat", "force"] = "beat"
    """Home is the beat (the zones nearest to the unit's own base), or only the whole force."""
    lead: Duration | None = None
    """Minutes by which a unit one step farther from home must be nearer to go first; none never does."""


class HomeFirst:
    """Units of the own beat, then of the own force, then others; within each the least expected arrival.

    Steps: 0 the incident lies in the unit's beat, 1 in its force, 2 elsewhere. A price is the expected
    arrival, handicap included, plus ``lead`` for each step. The reserve is kept.
    """

    Options: type[Model] = HomeFirstOptions
    keeps_reserve = True
    RULES = ("own_beat", "own_force", "other_force", "nearer_by_lead")

    def __init__(self, options: HomeFirstOptions, world: World) -> None:
        self._step = _ALWAYS if options.lead is None else options.lead
        self._force_of_zone: list[int] = world.zone_force.tolist()
        self._beats = _beats(world) if options.by == "beat" else None

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:
        """Expected arrival, handicap and steps from home; infinity where the reserve would be touched."""
        rows = zip(candidates.arrivals(), candidates.held(), self._steps(incident, candidates), strict=True)
        return [inf if held else arrival + self._step * step for arrival, held, step in rows]

    def rule(self, incident: Any, candidates: Candidates, index: int) -> int:
        """Where the unit is at home, or that it went before one that is nearer to home."""
        steps = self._steps(incident, candidates)
        held = candidates.held()
        first = min(step for step, kept in zip(steps, held, strict=True) if not kept)
        return steps[index] if steps[index] == first else len(self.RULES) - 1

    def _steps(self, incident: Any, candidates: Candidates) -> list[int]:
        zone = incident.drawn.zone
        force = self._force_of_zone[zone]
        beats = self._beats
        if beats is None:
            return [FORCE if unit.force == force else OTHERS for unit in candidates.units]
        return [
            OTHERS
            if unit.force != force
            else BEAT
            if beats[unit.code, force][zone] == unit.base_name
            else FORCE
            for unit in candidates.units
        ]


def _beats(world: World) -> dict[tuple[int, int], list[str]]:
    """By unit kind and force: for each zone, the name of the force's base that is nearest."""
    x, y = (world.zone_arrays[name] for name in ("x_km", "y_km"))
    found = {}
    for code, kind in enumerate(world.kinds):
        group = world.bases[world.scenario.units[kind].bases]
        for force in {base.force for base in group}:
            bases = [base for base in group if base.force == force]
            squared = np.array([(x - base.place[0]) ** 2 + (y - base.place[1]) ** 2 for base in bases])
            found[code, force] = [bases[index].name for index in squared.argmin(axis=0).tolist()]
    return found
