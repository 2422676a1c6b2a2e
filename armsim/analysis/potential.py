"""Potential response: how soon the first obtainable ARV could be at every zone, whether asked for or not.

Zones have too few incidents of their own; this reads every zone at every survey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from armsim.analysis.availability import arv_units, spells
from armsim.domain import ThreatLevel, UnitStatus
from armsim.model.world import World

if TYPE_CHECKING:
    from armsim.analysis.measure import Log

#: Cells of the survey-rows-by-zones table worked on at once: 8 MB.
_CHUNK_CELLS = 1 << 21
_IN_THE_VEHICLE = (
    UnitStatus.ON_PATROL, UnitStatus.RETURNING, UnitStatus.REPOSITIONING, UnitStatus.MOBILISING,
    UnitStatus.EN_ROUTE,
)  # fmt: skip


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
    seen = arv_units(log, world)[survey["unit"].astype(np.intp)] & (survey["obtainable"] >= 1)
    if not seen.any():
        return sums, count
    rows = np.flatnonzero(seen)
    rows = rows[np.argsort(survey["minute"][rows], kind="stable")]
    minute = survey["minute"][rows]
    first = np.flatnonzero(np.concatenate(([True], np.diff(minute) > 0)))
    starts = np.array([start for _, start, _ in spells(log, world)])
    levels = np.array([level for level, _, _ in spells(log, world)])
    level = levels[np.clip(np.searchsorted(starts, minute[first], side="right") - 1, 0, None)]
    travel, place = _travel(log, world, rows)
    turn_out = _turn_out(world, survey["status"][rows])
    for low, high in _chunks(first, len(rows), zones):
        at, until = first[low], first[high] if high < len(first) else len(rows)
        minutes = travel[place[at:until]] + turn_out[at:until, np.newaxis]
        soonest = np.minimum.reduceat(minutes, first[low:high] - at, axis=0)
        for one in np.unique(level[low:high]):
            sums[:, one] += soonest[level[low:high] == one].sum(axis=0, dtype=np.float64)
    count += np.bincount(level, minlength=len(count))
    return sums, count


def _travel(log: Log, world: World, rows: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Minutes from each distinct whereabouts to each zone, and which of them each survey row is at."""
    survey = log.tables["survey"]
    spot = np.column_stack([survey[name][rows] for name in ("place_a", "place_b", "place_c")])
    distinct, place = np.unique(spot, axis=0, return_inverse=True)
    zones = distinct[:, 2].astype(np.int64)
    if world.scenario.travel.kind == "matrix":  # in mid-trip it has no zone of its own: take the nearest
        centroids = cKDTree(np.column_stack([world.zone_arrays["x_km"], world.zone_arrays["y_km"]]))
        zones = np.where(zones < 0, centroids.query(distinct[:, :2])[1], zones)
    places = world.travel.places(distinct[:, 0], distinct[:, 1], zones)
    factor = world.scenario.travel.blue_light_time_factor.get("FIREARMS", 1.0)
    travel = world.travel.minutes_to_zones(places) * np.float32(factor)
    return np.asarray(travel, dtype=np.float32), np.asarray(place, dtype=np.intp).reshape(-1)


def _turn_out(world: World, status: NDArray[np.float64]) -> NDArray[np.float32]:
    mobilisation = world.scenario.dispatch.mobilisation
    moving = np.isin(status, _IN_THE_VEHICLE)
    minutes = np.where(moving, mobilisation.on_patrol.expected, mobilisation.at_base.expected)
    return np.asarray(minutes, dtype=np.float32)


def _chunks(first: NDArray[np.intp], rows: int, zones: int) -> list[tuple[int, int]]:
    """Spans of surveys whose rows make at most a chunk of cells, or one survey each."""
    per_survey = np.diff(np.concatenate((first, [rows])))
    step = max(1, _CHUNK_CELLS // (zones * max(1, int(per_survey.max()))))
    return [(low, min(low + step, len(first))) for low in range(0, len(first), step)]
