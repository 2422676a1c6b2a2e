"""Where incidents happen, zone by zone: a kernel density of the log against a law of residents.

**Kernel.** Every incident is spread over the zones around its own in proportion to exp(-d²/2h²) times what
the zone carries (its area, or its residents), d between centroids; the shares of each incident sum to 1, so
that nothing leaks over the edge of the region. Bandwidth h and carrier are those under which days left out
are most likely (ten groups of days; likelihood cross-validation). One incident's worth is spread by
residents, so that no zone with residents has weight 0.

**Residents.** Expected incidents are proportional to residents x (residents within 3 km) ** beta: the law of
``Weight``; beta by Poisson regression, its limits from days redrawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.special import xlogy

from armsim.analysis.fitting.blocks import Floats, Ints, estimate, tally
from armsim.analysis.fitting.poisson import fit_poisson
from armsim.analysis.intervals import Estimate

#: Bandwidths tried, km; 0 leaves every incident in its zone.
BANDWIDTHS = (0.0, 0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0)
CARRIERS = ("area", "residents")
FOLDS = 10
_EVEN = 1e-5
#: Limits of beta: those of the scenario format.
BETA = (-1.0, 3.0)
#: Rows of the kernel that are held at once, as cells of 8 bytes.
_CELLS = 2_000_000
_COLUMN = {"area": "area_km2", "residents": "population"}


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """Zones as the fits see them: centroids in km, area, residents, residents within 3 km; shape (zones,)."""

    x: Floats
    y: Floats
    area_km2: Floats
    population: Floats
    people_3km: Floats


@dataclass(frozen=True, eq=False)
class SpatialFit:
    """Two ways to spread incidents over zones.

    Attributes:
        kernel: shares by the kernel, shape (zones,), sum 1.
        bandwidth: km; 0 is none.
        carrier: ``area`` or ``residents``.
        by_residents: shares by the law of residents.
        beta: its exponent.
        counts: incidents of each zone.
        left_out: mean log-likelihood, above residents alone, of incidents of days that were left out: of the
            kernel, and of the law of residents.
    """

    kernel: Floats
    bandwidth: float
    carrier: str
    by_residents: Floats
    beta: Estimate
    counts: Floats
    left_out: tuple[float, float]


def fit_spatial(
    zone: Ints, day: Ints, zones: ZoneTable, weights: Floats, level: float = 0.95
) -> SpatialFit | None:
    """Fit both; ``None`` with fewer than two incidents a group of days.

    Args:
        zone: index of the zone of each incident.
        day: its day, index into the columns of *weights*.
        zones: the zones.
        weights: days redrawn.
        level: confidence level.
    """
    if len(zone) < 2 * FOLDS:
        return None
    size = len(zones.x)
    counts = tally(zone, size)
    folds = np.zeros((FOLDS, size))
    np.add.at(folds, (day % FOLDS, zone), 1.0)
    floor = residents_alone(zones)
    scores: dict[tuple[str, float], float] = {}
    for carrier in CARRIERS:
        for bandwidth in BANDWIDTHS:
            spread = _spread(counts - folds, zones, carrier, bandwidth)
            scores[carrier, bandwidth] = float(xlogy(folds, _shares(spread, floor)).sum())
    carrier, bandwidth = max(scores, key=lambda one: scores[one])
    kernel = _shares(_spread(counts[None, :], zones, carrier, bandwidth), floor)[0]
    shares, beta = _by_residents(zone, day, zones, weights, level)
    alone = float(xlogy(counts, _law_shares(zones, 0.0)).sum())
    law = sum(float(xlogy(fold, _law_shares(zones, _beta(zones, counts - fold)[0])).sum()) for fold in folds)
    left_out = tuple((score - alone) / counts.sum() for score in (scores[carrier, bandwidth], law))
    return SpatialFit(kernel, bandwidth, carrier, shares, beta, counts, (left_out[0], left_out[1]))


def by_residents_alone(zones: ZoneTable) -> Floats:
    """Shares by residents, which gains are counted from."""
    return _law_shares(zones, 0.0)


def residents_alone(zones: ZoneTable) -> Floats:
    """Shares by residents; equal ones where nobody lives anywhere."""
    people = zones.population if zones.population.sum() > 0 else np.ones(len(zones.x))
    return np.asarray(people / people.sum())


def _shares(spread: Floats, floor: Floats) -> Floats:
    """Shares of rows of incidents, one more incident spread by *floor*."""
    more = spread + floor
    return np.asarray(more / more.sum(axis=1, keepdims=True))


def _spread(rows: Floats, zones: ZoneTable, carrier: str, bandwidth: float) -> Floats:
    """Incidents of each row of counts, shape (rows, zones), moved by the kernel."""
    if bandwidth == 0:
        return rows
    size = len(zones.x)
    carried = np.asarray(getattr(zones, _COLUMN[carrier]), dtype=np.float64)
    out = np.zeros_like(rows)
    step = max(1, _CELLS // size)
    for first in range(0, size, step):
        block = slice(first, first + step)
        squared = (zones.x[block, None] - zones.x) ** 2 + (zones.y[block, None] - zones.y) ** 2
        kernel = np.exp(-squared / (2 * bandwidth**2)) * carried
        total = kernel.sum(axis=1, keepdims=True)
        # An incident with nothing around it that carries stays where it is.
        lonely = total[:, 0] <= 0
        kernel[lonely, np.flatnonzero(lonely) + first] = 1.0
        total[lonely] = 1.0
        out += rows[:, block] @ (kernel / total)
    return out


def _beta(zones: ZoneTable, counts: Floats, start: Floats | None = None) -> tuple[float, Floats]:
    """The exponent that fits counts of zones, and where to start the next fit from; 0 where it has no say."""
    near = np.log(np.maximum(zones.people_3km, 1.0))
    lived_in = zones.population > 0
    if not counts[lived_in].any() or np.ptp(near[lived_in]) == 0:
        return 0.0, np.zeros(2)
    design = np.column_stack([np.ones(len(near)), near - near.mean()])
    found = fit_poisson(design, counts, zones.population, start).coefficients
    return float(np.clip(found[1], *BETA)), found


def _law_shares(zones: ZoneTable, beta: float) -> Floats:
    """Shares by the law of residents; a hundred-thousandth is spread evenly, for zones where nobody lives."""
    shares = residents_alone(zones) * np.maximum(zones.people_3km, 1.0) ** beta
    return np.asarray((1 - _EVEN) * shares / shares.sum() + _EVEN / len(shares))


def _by_residents(
    zone: Ints, day: Ints, zones: ZoneTable, weights: Floats, level: float
) -> tuple[Floats, Estimate]:
    """Shares by the law of residents, and beta."""
    size = len(zones.x)
    value, found = _beta(zones, tally(zone, size))
    draws = [_beta(zones, tally(zone, size, row[day]), found)[0] for row in weights]
    exponent = estimate(value, draws, len(np.unique(day)), float(len(zone)), level)
    return _law_shares(zones, value), exponent


def log_likelihood(shares: Floats, zone: Ints) -> Floats:
    """Log share of the zone of each incident; a zone without weight counts as one in ten million."""
    return np.asarray(np.log(np.maximum(shares[zone], 1e-7)))


def nearest_zones(x: Floats, y: Floats, zones: ZoneTable) -> NDArray[np.int64]:
    """Zone whose centroid is nearest to each point, -1 for none.

    A point outside every zone is told by its distance from the nearest centroid: more than 1 km and three
    radii of a disc of that zone's area.
    """
    found = np.full(len(x), -1, dtype=np.int64)
    known = np.isfinite(x) & np.isfinite(y)
    if known.any():
        away, index = cKDTree(np.column_stack([zones.x, zones.y])).query(np.column_stack([x, y])[known])
        reach = 1.0 + 3.0 * np.sqrt(zones.area_km2 / np.pi)
        found[known] = np.where(away <= reach[index], index, -1)
    return found
