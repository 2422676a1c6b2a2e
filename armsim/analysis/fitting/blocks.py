"""Intervals from days redrawn: whole days are the blocks, because what happens in one day hangs together.

A day drawn twice counts twice. Days are taken as independent of each other: a run of busy days is not seen.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from armsim.analysis.intervals import Estimate

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def redrawn_days(rng: np.random.Generator, days: int, draws: int) -> Floats:
    """How often each day counts in each bootstrap sample, shape (draws, days); rows sum to *days*."""
    return rng.multinomial(days, np.full(days, 1.0 / days), size=draws).astype(np.float64)


def tally(group: Ints, groups: int, values: ArrayLike | None = None) -> Floats:
    """Sum of *values* by day or other group, or the number of rows without them, shape (groups,)."""
    given = None if values is None else np.asarray(values, dtype=np.float64)
    return np.bincount(group, weights=given, minlength=groups).astype(np.float64)


def limits(values: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """Percentile limits of bootstrap values; NaN where fewer than half of them exist."""
    found = np.asarray(values, dtype=np.float64)
    known = found[np.isfinite(found)]
    if len(known) < max(2, len(found) / 2):
        return math.nan, math.nan
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def estimate(value: float, values: ArrayLike, days: int, count: float, level: float = 0.95) -> Estimate:
    """An estimate with percentile limits; ``replications`` are the days it rests on; of one day none."""
    low, high = limits(values, level) if days > 1 else (math.nan, math.nan)
    return Estimate(value, low, high, days, count)


def ratio(above: Floats, below: Floats, weights: Floats, level: float = 0.95) -> Estimate:
    """Sum over sum, with limits from days redrawn.

    Args:
        above: numerator of each day, shape (days,).
        below: denominator of each day, shape (days,), 0 or more.
        weights: of :func:`redrawn_days`.
        level: confidence level.
    """
    total = float(below.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(above.sum() / total) if total > 0 else math.nan
        draws = (weights @ above) / (weights @ below)
    return estimate(value, draws, int((below > 0).sum()), total, level)


def weighted_quantiles(values: Floats, weights: Floats, shares: ArrayLike) -> Floats:
    """Quantiles of *values* of which each counts *weights* times: the least value that reaches the share."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    at = np.searchsorted(reached, np.asarray(shares, dtype=np.float64) * reached[-1] - 1e-9)
    return np.asarray(values[order][np.minimum(at, len(values) - 1)])


def quantile_estimates(
    values: Floats, day: Ints, weights: Floats, shares: ArrayLike, level: float = 0.95
) -> list[Estimate]:
    """Quantiles with limits from days redrawn.

    Args:
        values: shape (n,).
        day: day of each, index into the columns of *weights*.
        weights: of :func:`redrawn_days`.
        shares: which quantiles.
        level: confidence level.
    """
    wanted = np.asarray(shares, dtype=np.float64)
    if len(values) == 0:
        return [Estimate(math.nan, math.nan, math.nan, 0, 0.0)] * len(wanted)
    order = np.argsort(values, kind="stable")
    ordered, days = values[order], day[order]
    exact = weighted_quantiles(ordered, np.ones(len(ordered)), wanted)
    draws = np.full((len(weights), len(wanted)), np.nan)
    for index, row in enumerate(weights):
        own = row[days]
        if own.any():
            draws[index] = weighted_quantiles(ordered, own, wanted)
    seen = len(np.unique(days))
    return [
        estimate(float(exact[k]), draws[:, k], seen, float(len(values)), level) for k in range(len(wanted))
    ]
