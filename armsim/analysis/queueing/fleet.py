"""A fleet at one hour: who of it is busy, by base, and how soon a free unit is at each zone.

The hypercube model with the hour's load, exact for small fleets and by Larson's approximation for the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.queueing.approximate import approximate
from armsim.analysis.queueing.hypercube import Solution, System, solve
from armsim.analysis.queueing.reach import Reach

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Units up to which the fleet of an hour is solved exactly.
EXACT_UNITS = 8
#: Highest utilisation that a long run is worked out for; a busier hour passes before it gets there.
MOST_BUSY = 0.97
#: Units that a zone asks in turn, of a large fleet.
_CHOICES = 16
_SETTLED = 1e-6


@dataclass(frozen=True, eq=False)
class Hour:
    """A fleet in the long run of one hour's load.

    Attributes:
        units: whole units of each cell, shape (cells,).
        busy: share of the time that a unit of each cell is busy, shape (cells,).
        free: numbers of free units of each cell, shape (combinations, cells); none from the approximation.
        chance: chance of each combination.
        exact: whether it was solved exactly.
    """

    units: Ints
    busy: Floats
    free: Ints
    chance: Floats
    exact: bool

    @property
    def nobody(self) -> float:
        """Chance that no unit is free."""
        if self.exact:
            return float(self.chance[~self.free.any(axis=1)].sum())
        return float(np.prod(self.busy**self.units))

    def none_within(self, reach: Reach) -> Floats:
        """Chance that no free unit is within each of the grid's minutes of each zone; shape (zones, grid)."""
        if not self.exact:
            return reach.none_within_of(self.units.astype(float), 1 - self.busy)
        return np.asarray(np.tensordot(self.chance, reach.none_within(self.free.astype(float)), axes=1))


def whole_units(on_duty: Floats) -> Ints:
    """Mean numbers as whole ones with the same sum, rounded, by largest remainder; one at least."""
    total = max(round(float(on_duty.sum())), 1)
    scaled = on_duty * total / on_duty.sum()
    found = np.floor(scaled).astype(np.int64)
    order = np.argsort(found - scaled, kind="stable")
    found[order[: total - int(found.sum())]] += 1
    return np.asarray(found)


def at_hour(on_duty: Floats, load: float, demand: Floats, reach: Reach) -> Hour:
    """The fleet with an hour's load.

    The number of units is made whole and the load with it, so that their ratio stays.

    Args:
        on_duty: mean units of each cell, not all 0; shape (cells,).
        load: erlangs; a ratio above ``MOST_BUSY`` is taken as that.
        demand: shares of the zones in the work, shape (zones,).
        reach: travel of the cells.
    """
    units = whole_units(on_duty)
    ratio = min(load / float(on_duty.sum()), MOST_BUSY)
    cell = np.repeat(np.arange(len(units)), units)
    if ratio <= 0:
        return Hour(units, np.zeros(len(units)), units[None, :], np.ones(1), True)
    system = System(demand * ratio * len(cell), _lists(units, reach.minutes), np.ones(len(cell)), True)
    exact = len(cell) <= EXACT_UNITS
    found = solve(system, _SETTLED / len(cell)) if exact else approximate(system, len(cell), _SETTLED)
    busy = np.bincount(cell, weights=found.utilisation, minlength=len(units)) / np.maximum(units, 1)
    free, chance = _free(found, cell, units) if exact else (units[None, :], np.ones(1))
    return Hour(units, busy, free, chance, exact)


def _lists(units: Ints, minutes: Floats) -> Ints:
    """Units in the order in which each zone asks them: nearest cell first, units of a cell by turns."""
    # Cells that are equally far from everywhere (they rove over the same ground) take turns as one.
    _, group = np.unique(minutes.round(6), axis=0, return_inverse=True)
    cell = np.repeat(np.arange(len(units)), units)
    mine = group.ravel()[cell]
    size = np.bincount(mine)
    number = np.empty(len(cell), dtype=np.int64)
    for one in range(len(size)):
        number[mine == one] = np.arange(size[one])
    zone = np.arange(minutes.shape[1])[:, None]
    first = np.array([np.flatnonzero(group.ravel() == one)[0] for one in range(group.max() + 1)])
    rank = np.argsort(np.argsort(minutes[first], axis=0, kind="stable"), axis=0)
    sizes = np.pad(size, (0, len(first) - len(size)))
    key = rank.T[:, mine] * len(cell) + (number - zone) % sizes[mine]
    most = len(cell) if len(cell) <= EXACT_UNITS else min(len(cell), _CHOICES)
    near = np.argpartition(key, most - 1, axis=1)[:, :most]
    return np.asarray(np.take_along_axis(near, np.take_along_axis(key, near, 1).argsort(axis=1), 1))


def _free(found: Solution, cell: Ints, units: Ints) -> tuple[Ints, Floats]:
    """Numbers of free units by cell, and the chance of each combination; what waits has none free."""
    states = np.arange(len(found.states))
    idle = 1 - ((states[:, None] >> np.arange(len(cell))) & 1)
    counts = np.zeros((len(states), len(units)), dtype=np.int64)
    for unit, at in enumerate(cell.tolist()):
        counts[:, at] += idle[:, unit]
    combinations, place = np.unique(counts, axis=0, return_inverse=True)
    chance = np.bincount(place.ravel(), weights=found.states, minlength=len(combinations))
    chance[~combinations.any(axis=1)] += 1 - found.states.sum()
    return combinations, np.asarray(chance, dtype=np.float64)
