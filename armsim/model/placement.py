"""Where illustrative bases go: the p-median, p sites with the least mean distance from residents.

Three steps, each of which can only tighten the answer:

1. interchange (Teitz and Bart 1968, Operations Research 16): from several starts, make the best swap of an
   open for a closed site until none helps;
2. a Lagrangian lower bound (Cornuejols, Fisher and Nemhauser 1977, Management Science 23) by subgradient
   steps, which says how far from the optimum the sites can be and which variables no better answer can use;
3. the remaining variables as a mixed-integer program for HiGHS, when there are few enough of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack
from scipy.spatial.distance import cdist

from armsim.model.cache import Arrays, cached_arrays
from armsim.streams import Streams

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: The proof is tried when at most this many site and assignment variables are left after step 2;
#: HiGHS then needs seconds and well under 1 GB.
MOST_VARIABLES = 60_000
_RANDOM_STARTS = 12
_BOUND_STEPS = 1000
#: Relative difference below which two costs are the same, and below which a bound proves a cost.
_SAME = 1e-9
_PROVEN = 1e-6


@dataclass(frozen=True, slots=True)
class Placement:
    """Sites chosen, and how sure we are that none are better.

    Attributes:
        sites: indices of the chosen sites, ascending.
        mean_km: weighted mean distance from a zone to its nearest site (in the unit of the distances given).
        gap: how much lower, relative to ``mean_km``, the optimum could at most be; 0.0 when proven.
        proven: no other choice has a lower mean, by more than a millionth of it.
    """

    sites: tuple[int, ...]
    mean_km: float
    gap: float
    proven: bool


def placed(
    x_km: ArrayLike, y_km: ArrayLike, weight: ArrayLike, p: int, *, prove_seconds: float = 10.0
) -> Placement:
    """As :func:`p_median`, remembered on disk for the same input."""
    parts = [np.ascontiguousarray(part, dtype=np.float64).tobytes() for part in (x_km, y_km, weight)]
    rules = f"{MOST_VARIABLES} {_RANDOM_STARTS} {_BOUND_STEPS} {prove_seconds!r}"

    def build() -> Arrays:
        fresh = p_median(x_km, y_km, weight, p, prove_seconds=prove_seconds)
        numbers = np.array([fresh.mean_km, fresh.gap, float(fresh.proven)])
        return {"sites": np.array(fresh.sites, dtype=np.int64), "numbers": numbers}

    kept = cached_arrays("p_median", [*parts, str(p), rules], build)
    mean_km, gap, proven = kept["numbers"].tolist()
    return Placement(tuple(kept["sites"].tolist()), mean_km, gap, bool(proven))


def p_median(
    x_km: ArrayLike, y_km: ArrayLike, weight: ArrayLike, p: int, *, prove_seconds: float = 10.0
) -> Placement:
    """The *p* zones that, as bases, give the least weighted mean straight-line distance.

    Args:
        x_km: eastings of the zones, shape (n,); every zone is a possible site.
        y_km: northings, shape (n,).
        weight: weights such as residents, shape (n,), 0 or more, not all 0.
        p: number of sites, 1 to n.
        prove_seconds: time limit of the proof; 0 leaves it out. The heuristic and the bound do not depend on
            the machine; a proof that times out keeps the better sites known by then.

    Returns:
        The placement; the same input gives the same sites wherever the proof ends within its time.

    Raises:
        ValueError: shapes differ, a value is not finite or a weight negative, or *p* is out of range.
    """
    points = np.column_stack([np.asarray(x_km, dtype=np.float64), np.asarray(y_km, dtype=np.float64)])
    if not np.isfinite(points).all():
        raise ValueError("coordinates must be finite")
    return p_median_of(cdist(points, points), weight, p, prove_seconds=prove_seconds)


def p_median_of(distance: ArrayLike, weight: ArrayLike, p: int, *, prove_seconds: float = 10.0) -> Placement:
    """The p-median of any matrix of distances or times.

    Args:
        distance: from each zone to each possible site, shape (zones, sites), finite, 0 or more.
        weight: of each zone, shape (zones,), 0 or more, not all 0.
        p: number of sites, 1 to the number of columns.
        prove_seconds: as in :func:`p_median`.

    Raises:
        ValueError: as in :func:`p_median`.
    """
    between = np.asarray(distance, dtype=np.float64)
    share = np.asarray(weight, dtype=np.float64)
    _refuse(between, share, p)
    # Zones without weight choose nothing, and would fill the program with free variables.
    cost = between[share > 0] * (share[share > 0] / share.sum())[:, None]
    sites = min((_interchange(cost, start) for start in _starts(cost, p)), key=lambda one: _rank(cost, one))
    bound, multipliers = _lower_bound(cost, p, _total(cost, sites))
    if prove_seconds > 0 and not _reached(bound, _total(cost, sites)):
        better, proved = _prove(cost, p, sites, bound, multipliers, prove_seconds)
        bound = max(bound, proved)
        if _total(cost, better) < _total(cost, sites) * (1 - _SAME):
            sites = better
    mean = _total(cost, sites)
    if _reached(bound, mean):
        return Placement(tuple(sites.tolist()), mean, 0.0, True)
    return Placement(tuple(sites.tolist()), mean, (mean - bound) / mean, False)


def _refuse(distance: Floats, weight: Floats, p: int) -> None:
    if distance.ndim != 2 or weight.shape != distance.shape[:1]:
        raise ValueError(f"{distance.shape} distances do not fit {weight.shape} weights")
    if not (np.isfinite(distance).all() and (distance >= 0).all()):
        raise ValueError("distances must be finite and 0 or more")
    if not (np.isfinite(weight).all() and (weight >= 0).all() and weight.sum() > 0):
        raise ValueError("weights must be finite, 0 or more, and not all 0")
    if not 1 <= p <= distance.shape[1]:
        raise ValueError(f"the number of bases must be between 1 and {distance.shape[1]}, got {p}")


def _total(cost: Floats, sites: Ints) -> float:
    return float(cost[:, sites].min(axis=1).sum())


def _rank(cost: Floats, sites: Ints) -> tuple[float, tuple[int, ...]]:
    """Order of preference: lower cost, then lower indices, so that ties do not hang on rounding."""
    return round(_total(cost, sites), 12), tuple(sites.tolist())


def _reached(bound: float, total: float) -> bool:
    return total - bound <= _PROVEN * total


def _starts(cost: Floats, p: int) -> Iterator[Ints]:
    """Starting sites: greedy addition, then the same random ones every time."""
    nearest = np.full(len(cost), np.inf)
    greedy: list[int] = []
    for _ in range(p):
        gains = np.minimum(cost, nearest[:, None]).sum(axis=0)
        gains[greedy] = np.inf
        greedy.append(int(gains.argmin()))
        nearest = np.minimum(nearest, cost[:, greedy[-1]])
    yield np.array(greedy, dtype=np.intp)
    rng = Streams(0, 0).generator("p_median", "starts")
    for _ in range(_RANDOM_STARTS):
        yield rng.choice(cost.shape[1], size=p, replace=False)


def _interchange(cost: Floats, start: Ints) -> Ints:
    """Swap until no swap of one open for one closed site lowers the cost; the sites, ascending."""
    sites = np.sort(start)
    while len(sites) < cost.shape[1]:
        change = _swap_changes(cost, sites)
        added, removed = np.unravel_index(change.argmin(), change.shape)
        if change[added, removed] >= -_SAME * _total(cost, sites):
            break
        sites[removed] = added
        sites.sort()
    return sites


def _swap_changes(cost: Floats, sites: Ints) -> Floats:
    """Change of cost when site i (row) opens and the k-th open one (column) closes; inf where i is open."""
    own = cost[:, sites]
    nearest = own.argmin(axis=1)
    first = own.min(axis=1)
    # With one site open, closing it leaves nothing but the new one.
    second = np.partition(own, 1, axis=1)[:, 1] if len(sites) > 1 else np.full(len(cost), np.inf)
    with_new = np.minimum(cost, first[:, None])
    instead = np.minimum(cost, second[:, None]) - with_new
    members = csr_array((np.ones(len(cost)), (nearest, np.arange(len(cost)))), shape=(len(sites), len(cost)))
    change: Floats = (with_new.sum(axis=0) - first.sum())[:, None] + (members @ instead).T
    change[sites] = np.inf
    return change


def _lower_bound(cost: Floats, p: int, total: float) -> tuple[float, Floats]:
    """A bound below every choice of *p* sites, and the multipliers that give it.

    For multipliers u, each site is worth the sum over zones of min(0, cost - u); the bound is the sum of u
    and of the p best sites' worth.
    """
    u = np.partition(cost, min(1, cost.shape[1] - 1), axis=1)[:, min(1, cost.shape[1] - 1)].copy()
    best, best_u, step, stale = -np.inf, u, 1.0, 0
    for _ in range(_BOUND_STEPS):
        saving = np.minimum(cost - u[:, None], 0.0)
        worth = saving.sum(axis=0)
        chosen = np.argsort(worth, kind="stable")[:p]
        bound = float(u.sum() + worth[chosen].sum())
        stale += 1
        if bound > best:
            best, best_u, stale = bound, u, 0
        if _reached(best, total):
            break
        slope = 1.0 - (saving[:, chosen] < 0).sum(axis=1)
        if not slope.any():
            break
        if stale == 15:
            step, stale, u = step / 2, 0, best_u
            continue
        u = u + step * (1.01 * total - bound) / float(slope @ slope) * slope
    return best, best_u


def _prove(cost: Floats, p: int, sites: Ints, bound: float, u: Floats, seconds: float) -> tuple[Ints, float]:
    """Solve what step 2 left open; sites (perhaps better) and a lower bound (perhaps higher).

    A variable is left out when using it costs more than the sites in hand: with multipliers u, opening site
    j adds at least worth_j - (the p-th worth) to the bound, and giving it zone i adds at least cost_ij - u_i.
    """
    total = _total(cost, sites)
    worth = np.minimum(cost - u[:, None], 0.0).sum(axis=0)
    extra = np.maximum(worth - np.partition(worth, p - 1)[p - 1], 0.0)
    useful = bound + extra + np.maximum(cost - u[:, None], 0.0) <= total * (1 + _SAME)
    candidates = np.flatnonzero(bound + extra <= total * (1 + _SAME))
    zone, site = np.nonzero(useful[:, candidates])
    if len(candidates) + len(zone) > MOST_VARIABLES:
        return sites, bound
    solved = _program(cost[zone, candidates[site]], zone, site, (len(cost), len(candidates)), p, seconds)
    found = sites if solved.x is None else candidates[np.flatnonzero(solved.x[: len(candidates)] > 0.5)]
    if len(found) != p:
        found = sites
    return found, bound if solved.mip_dual_bound is None else min(solved.mip_dual_bound, _total(cost, found))


def _program(price: Floats, zone: Ints, site: Ints, shape: tuple[int, int], p: int, seconds: float) -> Any:
    """The p-median over the pairs (*zone*, *site*) of a *shape* matrix: sites integer, pairs continuous."""
    zones, sites = shape
    pairs = len(zone)
    each = np.arange(pairs)
    ones = np.ones(pairs)
    opened = hstack([coo_array(np.ones((1, sites))), coo_array((1, pairs))])
    served = hstack([coo_array((zones, sites)), coo_array((ones, (zone, each)), shape=(zones, pairs))])
    linked = hstack(
        [
            coo_array((-ones, (each, site)), shape=(pairs, sites)),
            coo_array((ones, (each, each)), shape=(pairs, pairs)),
        ]
    )
    rows = vstack([opened, served, linked]).tocsc()
    low = np.concatenate([[p], np.ones(zones), np.full(pairs, -np.inf)])
    high = np.concatenate([[p], np.ones(zones), np.zeros(pairs)])
    return milp(
        np.concatenate([np.zeros(sites), price]),
        integrality=np.concatenate([np.ones(sites), np.zeros(pairs)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(rows, low, high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
