"""Where units should stand: maximal expected cover (MEXCLP, Daskin 1983, Transportation Science 17).

With each unit busy a fraction q of the time, independently, the k-th unit in reach of a zone of weight d is
worth d (1 - q) q**(k - 1). As that falls with k, the program fills the k of a zone in order by itself. With
q = 0 it is the maximal covering location problem (Church and ReVelle 1974).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, kron, vstack

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Located:
    """Units placed.

    Attributes:
        sites: index of the site of each unit, ascending; a site stands as often as it has units.
        cover: expected cover, as a share of all weight.
        gap: by how much more of all weight the best could at most cover; 0.0 when proven.
        proven: no other choice covers more.
    """

    sites: tuple[int, ...]
    cover: float
    gap: float
    proven: bool


def mexclp(
    covers: ArrayLike,
    weight: ArrayLike,
    units: int,
    busy: float,
    *,
    most: int | None = None,
    seconds: float = 30.0,
) -> Located:
    """Sites of *units* units that cover most in expectation.

    Args:
        covers: whether a unit at a site is in reach of a zone, shape (zones, sites).
        weight: of each zone, shape (zones,), 0 or more, not all 0.
        units: how many units, 1 or more.
        busy: fraction of the time that a unit is busy (q), from 0 to below 1.
        most: units at one site; any number when left out.
        seconds: time limit of the program; the best choice found by then is kept, with its gap.

    Raises:
        ValueError: shapes differ, a number is out of range, or the units do not fit the sites.
    """
    reach = np.asarray(covers, dtype=bool)
    share = np.asarray(weight, dtype=np.float64)
    room = units if most is None else min(most, units)
    _refuse(reach, share, units, busy, room)
    share = share / share.sum()
    sets, which = np.unique(reach, axis=0, return_inverse=True)
    mass = np.bincount(which.ravel(), weights=share, minlength=len(sets)).astype(np.float64)
    useful = sets.any(axis=1) & (mass > 0)
    greedy = _greedy(reach, share, units, busy, room)
    if not useful.any():
        return Located(greedy, 0.0, 0.0, True)
    solved = _program(sets[useful], mass[useful], units, busy, room, seconds)
    sites, cover, bound = greedy, expected_cover(reach, share, greedy, busy), 1.0
    if solved.x is not None:
        found = _listed(np.rint(solved.x[: reach.shape[1]]).astype(np.int64))
        bound = -float(solved.mip_dual_bound)
        better = expected_cover(reach, share, found, busy)
        if better > cover + _SAME:
            sites, cover = found, better
    gap = max(bound - cover, 0.0)
    return Located(sites, cover, gap if gap > _SAME else 0.0, gap <= _SAME)


def expected_cover(covers: ArrayLike, weight: ArrayLike, sites: ArrayLike, busy: float) -> float:
    """Expected cover of units at *sites*, as a share of all weight: sum of d (1 - q**k) for k units in reach.

    Args:
        covers: as in :func:`mexclp`.
        weight: as in :func:`mexclp`.
        sites: index of the site of each unit.
        busy: fraction of the time that a unit is busy.
    """
    reach, share = np.asarray(covers, dtype=bool), np.asarray(weight, dtype=np.float64)
    count = reach[:, np.asarray(sites, dtype=np.int64)].sum(axis=1)
    return float(share @ (1 - np.float64(busy) ** count) / share.sum())


def _refuse(reach: Bools, share: Floats, units: int, busy: float, room: int) -> None:
    if reach.ndim != 2 or share.shape != reach.shape[:1]:
        raise ValueError(f"cover of shape {reach.shape} does not fit {share.shape} weights")
    if not (np.isfinite(share).all() and (share >= 0).all() and share.sum() > 0):
        raise ValueError("weights must be finite, 0 or more, and not all 0")
    if not 0 <= busy < 1:
        raise ValueError(f"the fraction of time busy must be from 0 to below 1, got {busy}")
    if not 1 <= units <= room * reach.shape[1]:
        raise ValueError(f"{units} units do not fit {reach.shape[1]} sites with up to {room} at each")


def _greedy(reach: Bools, share: Floats, units: int, busy: float, room: int) -> tuple[int, ...]:
    """Each unit where it adds most: what is kept when the program finds nothing in its time."""
    count, held = np.zeros(len(share), dtype=np.int64), np.zeros(reach.shape[1], dtype=np.int64)
    for _ in range(units):
        gains = (share * np.float64(busy) ** count) @ reach
        gains[held >= room] = -1.0
        best = int(gains.argmax())
        held[best] += 1
        count += reach[:, best]
    return _listed(held)


def _listed(held: Ints) -> tuple[int, ...]:
    return tuple(np.arange(len(held)).repeat(held).tolist())


def _program(sets: Bools, mass: Floats, units: int, busy: float, room: int, seconds: float) -> Any:
    """The program over sets of sites in reach: units at each site integer, then the k of each set."""
    groups, sites = sets.shape
    worth = mass[:, None] * (1 - busy) * np.float64(busy) ** np.arange(units)
    filled = kron(csr_array(np.eye(groups)), np.ones((1, units)))
    rows = vstack(
        [
            hstack([csr_array(np.ones((1, sites))), csr_array((1, groups * units))]),
            hstack([csr_array(-sets.astype(np.float64)), filled]),
        ]
    ).tocsc()
    low = np.concatenate([[units], np.full(groups, -np.inf)])
    high = np.concatenate([[units], np.zeros(groups)])
    upper = np.concatenate([np.full(sites, room), np.ones(groups * units)])
    return milp(
        np.concatenate([np.zeros(sites), -worth.ravel()]),
        integrality=np.concatenate([np.ones(sites), np.zeros(groups * units)]),
        bounds=Bounds(0, upper),
        constraints=LinearConstraint(rows, low, high),
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
