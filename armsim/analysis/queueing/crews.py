"""Crews on duty by hour of the week, read off the roster without a run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.domain import HOURS_PER_WEEK, MINUTES_PER_HOUR, MINUTES_PER_WEEK, ThreatLevel
from armsim.model.roster import Duty, duty
from armsim.model.threat import Timeline
from armsim.model.world import Base, World
from armsim.streams import Streams

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Weeks of roster that the means are taken over.
WEEKS = 5


@dataclass(frozen=True, eq=False)
class Cell:
    """Units of one kind at one base.

    Attributes:
        kind: code of the unit kind.
        base: where they start and finish duty.
        on_duty: mean number on duty by week and hour of the week from Monday 00:00, shape (weeks, 168).
    """

    kind: int
    base: Base
    on_duty: Floats


@dataclass(frozen=True, eq=False)
class Crews:
    """Crews that the roster forms while one threat level holds.

    Attributes:
        cells: by kind, force and name of the base.
        sizes: by code of the kind, share of unit-hours by number of officers, shape (most officers + 1,).
        carriers: by code of the kind, share of unit-hours with a CED on board.
        planned: by kind and force, crews planned for each one crewed; 1 where none is planned.
    """

    cells: tuple[Cell, ...]
    sizes: dict[int, Floats]
    carriers: dict[int, float]
    planned: dict[tuple[int, int], float]


def crews(world: World, level: ThreatLevel, weeks: int = WEEKS) -> Crews:
    """Crews on duty while *level* holds, in the first replication's roster from the start of the window.

    Args:
        world: the world.
        level: threat level that holds throughout.
        weeks: how many are looked at.
    """
    end = weeks * MINUTES_PER_WEEK
    found = duty(world, Streams(world.scenario.study.seed, 0), Timeline((0.0,), (level,)), 0.0, end)
    kind_of, cell_of, cells = _cells(found)
    made = [
        Cell(found.units[unit].kind, found.units[unit].base, _by_hour(found, cell_of == cell, world, weeks))
        for cell, unit in enumerate(cells)
    ]
    minutes = found.end - found.start
    sizes, carriers = {}, {}
    for kind in np.unique(kind_of).tolist():
        mine = kind_of == kind
        hours = np.bincount(found.officers[mine], weights=minutes[mine]).astype(np.float64)
        sizes[kind] = hours / hours.sum()
        carriers[kind] = float(minutes[mine & (found.ced > 0)].sum() / minutes[mine].sum())
    return Crews(tuple(made), sizes, carriers, _planned(found))


def _cells(found: Duty) -> tuple[Ints, Ints, list[int]]:
    """Kind and cell of each period of duty, and a unit of each cell."""
    names = [(unit.kind, unit.force, unit.base.name) for unit in found.units]
    used = sorted({names[unit] for unit in found.unit.tolist()})
    place = {name: cell for cell, name in enumerate(used)}
    of_unit = np.array([place.get(name, -1) for name in names], dtype=np.int64)
    kinds = np.array([unit.kind for unit in found.units], dtype=np.int64)
    return kinds[found.unit], of_unit[found.unit], [names.index(name) for name in used]


def _by_hour(found: Duty, mine: NDArray[np.bool_], world: World, weeks: int) -> Floats:
    """Mean number of units on duty in each hour, weeks from Monday 00:00; shape (weeks, 168)."""
    edges = np.arange(weeks * HOURS_PER_WEEK + 1, dtype=np.float64) * MINUTES_PER_HOUR
    upto = _elapsed(found.start[mine], edges) - _elapsed(found.end[mine], edges)
    # Sums of large numbers leave dust where nobody is on duty.
    hourly = np.round(np.diff(upto) / MINUTES_PER_HOUR, 9)
    return np.roll(hourly, 24 * world.scenario.start.weekday()).reshape(weeks, HOURS_PER_WEEK)


def _elapsed(moments: Floats, edges: Floats) -> Floats:
    """Sum over the moments of the minutes since each, at every edge."""
    ordered = np.sort(moments)
    sums = np.concatenate([[0.0], np.cumsum(ordered)])
    before = np.searchsorted(ordered, edges)
    return np.asarray(before * edges - sums[before], dtype=np.float64)


def _planned(found: Duty) -> dict[tuple[int, int], float]:
    table = found.shortfalls
    ratios: dict[tuple[int, int], float] = {}
    pairs = np.column_stack([table["kind"], table["force"]]).astype(np.int64)
    for kind, force in np.unique(pairs, axis=0).tolist():
        mine = (pairs[:, 0] == kind) & (pairs[:, 1] == force)
        planned, crewed = (float(table[name][mine].sum()) for name in ("planned", "crewed"))
        ratios[kind, force] = max(planned / crewed, 1.0) if crewed else 1.0
    return ratios
