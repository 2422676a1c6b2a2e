"""Potential response: how soon the first obtainable ARV could be at every zone, whether asked for or not.

Zones have too few incidents of their own; this reads every zone at every survey.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from armsim.analysis.availability import arv_units, spells
from armsim.domain import ThreatLevel, UnitStatus
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

#: Cells of a table by zone made in one call: 1 MB, as what leaves the processor's cache takes twice as long.
_CALL_CELLS = 1 << 17
#: Cells of a table by zone kept at once: 64 MB.
_BLOCK_CELLS = 1 << 24
_IN_THE_VEHICLE = (
    UnitStatus.ON_PATROL, UnitStatus.RETURNING, UnitStatus.REPOSITIONING, UnitStatus.MOBILISING,
    UnitStatus.EN_ROUTE,
)  # fmt: skip

Floats = NDArray[np.float32]
Columns = dict[str, NDArray[Any]]


def potential_response(log: Log, world: World) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Sum over surveys of the expected minutes of the first obtainable ARV to each zone.

    Mean turn-out plus mean travel with blue lights, at the ordinary speed: speed by hour of the week is left
    out, so that maps of two levels are comparable. Surveys that found no ARV are counted elsewhere.

    Returns:
        Sums, shape (zones, levels), and the number of surveys summed, shape (levels,).
    """
    zones = len(world.zones)
    sums, count = np.zeros((zones, len(ThreatLevel))), np.zeros(len(ThreatLevel), dtype=np.int64)
    survey = log.tables["survey"]
    seen = np.flatnonzero(arv_units(log, world)[survey["unit"].astype(np.intp)] & (survey["obtainable"] >= 1))
    if not len(seen):
        return sums, count
    rows = seen[np.argsort(survey["minute"][seen], kind="stable")]
    minute = survey["minute"][rows]
    first = np.flatnonzero(np.concatenate(([True], np.diff(minute) > 0)))
    starts = np.array([start for _, start, _ in spells(log, world)])
    levels = np.array([level for level, _, _ in spells(log, world)])
    level = levels[np.clip(np.searchsorted(starts, minute[first], side="right") - 1, 0, None)]
    for low, high in _blocks(first, len(rows), zones):
        at, until = first[low], first[high] if high < len(first) else len(rows)
        own = {name: column[rows[at:until]] for name, column in survey.items()}
        _add(sums, own, first[low:high] - at, level[low:high], world)
    count += np.bincount(level, minlength=len(count))
    return sums, count


def _add(
    sums: NDArray[np.float64], own: Columns, first: NDArray[np.intp], level: NDArray[Any], world: World
) -> None:
    """Add the soonest minutes of some surveys, whose rows begin at *first*, to the sums by level."""
    turn_out = _turn_out(world, own["status"])
    begins, stay = _stays(own, turn_out)
    travel = _travel({name: column[begins] for name, column in own.items()}, world)
    travel += turn_out[begins, np.newaxis]
    several = _in_columns(first, stay)
    step = max(1, _CALL_CELLS // travel.shape[1])
    for low in range(0, len(first), step):
        span = slice(low, low + step)
        soonest = travel.take(several[0, span], axis=0)
        for others in several[1:, span]:
            np.minimum(soonest, travel.take(others, axis=0), out=soonest)
        for one in np.unique(level[span]):
            sums[:, one] += soonest[level[span] == one].sum(axis=0, dtype=np.float64)


def _stays(own: Columns, turn_out: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that begin a stay, of one unit at one place with one turn-out, and the stay of each row."""
    order = np.argsort(own["unit"], kind="stable")
    new = np.zeros(len(order), dtype=bool)
    new[:1] = True
    for column in (own["unit"], own["place_a"], own["place_b"], own["place_c"], turn_out):
        ordered = column[order]
        new[1:] |= ordered[1:] != ordered[:-1]
    stay = np.empty(len(order), dtype=np.intp)
    stay[order] = np.cumsum(new) - 1
    return order[new], stay


def _in_columns(first: NDArray[np.intp], stay: NDArray[np.intp]) -> NDArray[np.intp]:
    """Stays that each survey found, shape (most, surveys); those that found fewer name their first again."""
    found = np.diff(np.concatenate((first, [len(stay)])))
    rank = np.arange(int(found.max()))[:, np.newaxis]
    return np.asarray(stay[np.where(rank < found, first + rank, first)], dtype=np.intp)


def _travel(spots: Columns, world: World) -> Floats:
    """Minutes with blue lights from each whereabouts to each zone, shape (whereabouts, zones)."""
    x, y, zones = spots["place_a"], spots["place_b"], spots["place_c"].astype(np.int64)
    if world.scenario.travel.kind == "matrix":  # in mid-trip it has no zone of its own: take the nearest
        centroids = cKDTree(np.column_stack([world.zone_arrays["x_km"], world.zone_arrays["y_km"]]))
        zones = np.where(zones < 0, centroids.query(np.column_stack([x, y]))[1], zones)
    places = world.travel.places(x, y, zones)
    travel = np.empty((len(places), len(world.zones)), dtype=np.float32)
    step = max(1, _CALL_CELLS // travel.shape[1])
    for low in range(0, len(places), step):
        travel[low : low + step] = world.travel.minutes_to_zones(places[low : low + step])
    travel *= np.float32(world.scenario.travel.blue_light_time_factor.get("FIREARMS", 1.0))
    return travel


def _turn_out(world: World, status: NDArray[np.float64]) -> Floats:
    mobilisation = world.scenario.dispatch.mobilisation
    moving = np.isin(status, _IN_THE_VEHICLE)
    minutes = np.where(moving, mobilisation.on_patrol.expected, mobilisation.at_base.expected)
    return np.asarray(minutes, dtype=np.float32)


def _blocks(first: NDArray[np.intp], rows: int, zones: int) -> Iterator[tuple[int, int]]:
    """Spans of surveys whose rows make at most a block of cells, or one survey each."""
    per_survey = np.diff(np.concatenate((first, [rows])))
    step = max(1, _BLOCK_CELLS // (zones * int(per_survey.max())))
    return ((low, min(low + step, len(first))) for low in range(0, len(first), step))
