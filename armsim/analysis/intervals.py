"""Estimates with limits, where the replication is the unit and never the incident.

Incidents inside a replication share its days, its crews and its queue, so intervals that treat them as
independent are far too narrow. All limits here show simulation noise only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its limits.

    Attributes:
        value: the point estimate; NaN when there is nothing to estimate from, or a quantile is not reached.
        low: lower limit; NaN when it cannot be told.
        high: upper limit; NaN when it cannot be told, infinity when a quantile's limit is not reached.
        replications: replications that carry data; the limits rest on these.
        count: incidents, or whatever the denominator counts, over all replications.
    """

    value: float
    low: float
    high: float
    replications: int
    count: float

    @property
    def half_width(self) -> float:
        """Half the distance between the limits; NaN or infinity where a limit is."""
        return (self.high - self.low) / 2


def t_quantile(level: float, degrees: float) -> float:
    """The multiplier of a standard error in a two-sided interval at *level*; NaN below one degree of freedom.

    Raises:
        ValueError: *level* is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    return float(stdtrit(degrees, (1 + level) / 2)) if degrees >= 1 else math.nan


def mean_interval(values: ArrayLike, level: float = 0.95) -> Estimate:
    """Mean of one figure per replication, with Student's t limits on R - 1 degrees of freedom.

    Args:
        values: shape (R,); a NaN is a replication in which the figure does not exist, and adds nothing.
        level: confidence level.

    Returns:
        The mean; its limits are NaN below two values and where all values are equal, because equal values
        say nothing about how far off the next one may be. ``count`` is the number of values.
    """
    given = np.asarray(values, dtype=np.float64)
    given = given[~np.isnan(given)]
    size = len(given)
    if size == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, 0)
    mean = float(given.mean())
    variance = float(given.var(ddof=1)) / size if size > 1 and np.ptp(given) > 0 else math.nan
    half = t_quantile(level, size - 1) * math.sqrt(variance)
    return Estimate(mean, mean - half, mean + half, size, size)


def ratio_of_sums(numerators: ArrayLike, denominators: ArrayLike, level: float = 0.95) -> Estimate:
    """Sum of numerators over sum of denominators, with limits by the delete-one jackknife over replications.

    Never the mean of the replications' own ratios, which gives a quiet replication the weight of a busy one.

    Args:
        numerators: shape (R,).
        denominators: shape (R,), 0 or more. A replication whose denominator is 0 adds nothing.
        level: confidence level.

    Returns:
        The ratio; its limits are NaN when fewer than two replications carry data and where all their ratios
        are equal. ``count`` is the sum of denominators.

    Raises:
        ValueError: the shapes differ or a denominator is negative.
    """
    upper, lower = np.asarray(numerators, dtype=np.float64), np.asarray(denominators, dtype=np.float64)
    if upper.shape != lower.shape or upper.ndim != 1:
        raise ValueError(f"numerators {upper.shape} and denominators {lower.shape} must be two equal rows")
    if (lower < 0).any():
        raise ValueError("denominators must be 0 or more")
    upper, lower = upper[lower > 0], lower[lower > 0]
    size, total = len(lower), float(lower.sum())
    if size == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, 0)
    ratio = float(upper.sum()) / total
    variance = math.nan
    if size > 1 and np.ptp(upper / lower) > 0:
        variance = float(jackknife_variance((upper.sum() - upper) / (total - lower) - ratio))
    half = t_quantile(level, size - 1) * math.sqrt(variance)
    return Estimate(ratio, ratio - half, ratio + half, size, total)


def jackknife_variance(deviations: FloatArray) -> FloatArray:
    """Variance of an estimate, (k - 1)/k times the sum of squares of its delete-one values about their mean.

    Args:
        deviations: shape (k, ...), each delete-one estimate less the full one (any common origin will do).

    Returns:
        Shape (...).
    """
    size = len(deviations)
    return np.asarray((size - 1) * deviations.var(axis=0), dtype=np.float64)
