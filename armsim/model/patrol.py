"""Patrol points: where each roving unit makes for, slot by slot, drawn before the run."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.duty import Patrol
from armsim.model.attributes import in_disc
from armsim.model.roster import Duty, Unit
from armsim.model.travel import Place
from armsim.model.world import Base, World
from armsim.streams import Streams

#: Slots drawn beyond the longest planned tour, for units that overrun.
_OVERRUN_SLOTS = 2


def patrol_points(world: World, duty: Duty, streams: Streams) -> dict[int, list[list[Place]]]:
    """Patrol points of every roving unit.

    Each unit has a stream of its own, used row by row: one more unit, or a longer run, moves no other point.

    Returns:
        Number of the unit: for each of its tours, the points slot by slot.
    """
    tours = np.bincount(duty.unit, minlength=len(duty.units)).tolist()
    longest = np.zeros(len(duty.units))
    np.maximum.at(longest, duty.unit, duty.end - duty.start)
    result: dict[int, list[list[Place]]] = {}
    groups: dict[tuple[int, int], list[Unit]] = {}
    for unit in duty.units:
        if tours[unit.number]:
            groups.setdefault((unit.kind, unit.force), []).append(unit)
    for (code, force), units in groups.items():
        patrol = world.scenario.units[world.kinds[code]].roving
        if patrol is None:
            continue
        area = world.area(force)
        slots = ceil(max(longest[unit.number] for unit in units) / patrol.slot) + _OVERRUN_SLOTS
        zones, uniforms = [], []
        shares: dict[str, NDArray[np.float64]] = {}
        for unit in units:
            drawn = streams.generator("patrol", unit.name).random((tours[unit.number] * slots, 3))
            if unit.base.name not in shares:
                beat = np.cumsum(beat_weights(world, patrol, unit.base))
                shares[unit.base.name] = beat / beat[-1]
            zones.append(area[np.searchsorted(shares[unit.base.name], drawn[:, 0], side="right")])
            uniforms.append(drawn[:, 1:])
        places = _places(world, np.concatenate(zones), np.concatenate(uniforms))
        first = 0
        for unit in units:
            count = tours[unit.number] * slots
            starts = range(first, first + count, slots)
            result[unit.number] = [places[start : start + slots] for start in starts]
            first += count
    return result


def beat_weights(world: World, patrol: Patrol, base: Base) -> NDArray[np.float64]:
    """Weights of the zones of the unit's force; a beat is those nearest to its own base of the force's."""
    weights = world.area_weights(base.force, patrol.weight)
    if patrol.area == "force":
        return weights
    bases = [at for at in world.bases[base.group] if at.force == base.force]
    area = world.area(base.force)
    x, y = (world.zone_arrays[name][area] for name in ("x_km", "y_km"))
    squared = np.array([(x - at.place[0]) ** 2 + (y - at.place[1]) ** 2 for at in bases])
    own = weights * (squared.argmin(axis=0) == bases.index(base))
    return own if own.any() else weights


def _places(world: World, zone: NDArray[np.int64], uniforms: NDArray[np.float64]) -> list[Place]:
    """Places uniform inside their zones."""
    x_km, y_km, area = (world.zones[name].to_numpy()[zone] for name in ("x_km", "y_km", "area_km2"))
    x, y = in_disc(x_km, y_km, area, uniforms)
    return world.travel.places(x, y, zone)
