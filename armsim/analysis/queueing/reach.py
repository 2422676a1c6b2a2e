"""How far free units are from where incidents happen: travel of units that stand, and of units that rove.

A standing unit is at its base when free. A roving one is at a point of its patrol; the dispatcher sees where
it is, so that the nearest of n free ones is a minimum of n draws, not a fixed order of bases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.queueing.crews import Cell
from armsim.domain import Grade
from armsim.model.patrol import beat_weights
from armsim.model.travel import SquareRootLaw
from armsim.model.world import World

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Minutes of ordinary driving at which chances are worked out; the second makes no way take no time.
GRID: Floats = np.concatenate(
    [[0.0, 0.01, 0.5], np.arange(1, 30, 1.0), np.arange(30, 60, 3.0), np.arange(60, 181, 15.0)]
)
#: Points that stand for a patrol.
_POINTS = 64
#: Mean distance between two points of a disc, in radii: 128 / (45 pi).
_INSIDE = 128 / (45 * np.pi)
_CERTAIN = 1e-12


@dataclass(frozen=True, eq=False)
class Reach:
    """Where the free units of some cells are from the zones of an area.

    Attributes:
        curves: chance that a free unit of a cell is within each of ``GRID`` minutes of a zone, shape (cells,
            zones, grid); ordinary driving, by mean times.
        minutes: mean minutes of a free unit of a cell to a zone, shape (cells, zones).
    """

    curves: Floats
    minutes: Floats

    @classmethod
    def of(cls, world: World, cells: Sequence[Cell], area: Ints) -> Reach:
        """Of units that stand or patrol as the scenario says, to the zones *area*.

        Kinds that are sent to posts only get no curve: they are within reach of nothing.
        """
        known: dict[tuple[object, ...], Floats] = {}
        curves = np.zeros((len(cells), len(area), len(GRID)))
        for row, cell in zip(curves, cells, strict=True):
            kind = world.scenario.units[world.kinds[cell.kind]]
            if set(kind.serves) == {Grade.POST.name}:
                continue
            key = (cell.base.group, cell.base.force, cell.base.name, repr(kind.roving))
            if key not in known:
                known[key] = _curve(world, cell, _stands(world, cell), area)
            row[:] = known[key]
        return cls(curves, _area_above(curves))

    @cached_property
    def _missing(self) -> Floats:
        """Logarithm of the chance that a free unit of a cell is not within the grid's minutes."""
        return np.asarray(np.log(np.maximum(1 - self.curves, _CERTAIN)))

    def part(self, cells: Ints) -> Reach:
        """The reach of some of the cells."""
        return Reach(self.curves[cells], self.minutes[cells])

    def none_within(self, free: Floats) -> Floats:
        """Chance that no unit is within each of ``GRID`` minutes of each zone; shape (..., zones, grid).

        Args:
            free: number of free units of each cell, shape (..., cells); a mean stands for units that are free
                independently.
        """
        return np.asarray(np.exp(np.tensordot(free, self._missing, axes=1)))

    def none_within_of(self, units: Floats, available: Floats) -> Floats:
        """The same where each unit of a cell is available with a chance of its own, independently.

        Args:
            units: units on duty, by cell.
            available: chance that one is free and may be sent, by cell.
        """
        missing = np.log(np.maximum(1 - available[:, None, None] * self.curves, _CERTAIN))
        return np.asarray(np.exp(np.tensordot(units, missing, axes=1)))


def mean_minutes(none: Floats, nobody: float = 0.0) -> Floats:
    """Mean minutes to each zone, given that somebody is free; shape (zones,).

    Args:
        none: chance that no unit is within each of ``GRID`` minutes, shape (zones, grid).
        nobody: the part of it that is for want of any free unit.
    """
    left = np.maximum(none - nobody, 0.0) / max(1 - nobody, _CERTAIN)
    return np.asarray(np.trapezoid(left, GRID, axis=-1))


def within(none: Floats, minutes: Floats) -> Floats:
    """Chance that a unit is within *minutes* of each zone; both of shape (..., zones)."""
    at = np.clip(np.searchsorted(GRID, minutes, side="right") - 1, 0, len(GRID) - 2)
    part = np.clip((minutes - GRID[at]) / (GRID[at + 1] - GRID[at]), 0.0, 1.0)
    rows = np.arange(len(none))
    missing = (1 - part) * none[rows, at] + part * none[rows, at + 1]
    return np.where(minutes >= 0, 1 - missing, 0.0)


def _area_above(curves: Floats) -> Floats:
    return np.asarray(np.trapezoid(1 - curves, GRID, axis=-1))


def _stands(world: World, cell: Cell) -> Ints:
    """Zones that stand for where free units of a cell are: equally likely points; none at its base."""
    patrol = world.scenario.units[world.kinds[cell.kind]].roving
    if patrol is None:
        return np.empty(0, dtype=np.int64)
    upto = np.cumsum(beat_weights(world, patrol, cell.base))
    middles = (np.arange(_POINTS) + 0.5) / _POINTS
    return world.area(cell.base.force)[np.searchsorted(upto / upto[-1], middles)]


def _curve(world: World, cell: Cell, starts: Ints, area: Ints) -> Floats:
    """Chance of being within the grid's minutes of each zone; shape (zones, grid)."""
    centroids = world.travel.zone_places()
    origins = [centroids[zone] for zone in starts.tolist()] or [cell.base.place]
    minutes = world.travel.minutes_to_zones(origins)[:, area].astype(np.float64)
    same = np.array(starts.tolist() or [cell.base.zone])[:, None] == area
    inside = _inside(world, area)
    minutes = np.where(same, np.maximum(minutes, inside), minutes)
    return np.asarray((minutes[:, :, None] <= GRID).mean(axis=0))


def _inside(world: World, area: Ints) -> Floats:
    """Mean minutes between two points of each zone, as though it were a disc."""
    radius = np.sqrt(world.zone_arrays["area_km2"][area] / np.pi)
    config = world.scenario.travel
    law = SquareRootLaw(config.acceleration, config.cruising_speed, config.circuity)
    return np.asarray(law.of_array(_INSIDE * radius))
