"""Limits of one difference, and of several at once, from resamples.

Single limits are the difference plus and minus Student's t times the standard deviation over resamples.
Simultaneous limits replace t by the level that the largest of all studentised deviations keeps to (max-t):
figures that move together pay for fewer comparisons than they are. With few replications the resample does
not show that largest deviation, and Bonferroni's bound is used instead.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import ndtr, stdtrit

from armsim.analysis.intervals import FloatArray, t_quantile

#: Below so many replications, or so many resamples that hold every figure, Bonferroni.
MIN_REPLICATIONS, MIN_RESAMPLES = 20, 200
#: Differences below this part of the figures are rounding.
_ROUNDING = 1e-10


class Reach(NamedTuple):
    """Multipliers of the standard errors that hold for all figures at once.

    Attributes:
        multipliers: shape (K,).
        method: how they were found.
    """

    multipliers: FloatArray
    method: Literal["max-t", "Bonferroni", "single"]


def standard_error(values: FloatArray, size: int) -> float:
    """Standard error of a figure from its resamples.

    Args:
        values: shape (B,); infinite where not reached.
        size: replications behind it; the resample's deviation is taken up by size / (size - 1).

    Returns:
        NaN below two replications and where more than 5% of the resamples have no finite value: then there
        are no limits. Fewer are left out.
    """
    told = values[np.isfinite(values)]
    if size < 2 or len(told) < 0.95 * len(values) or len(told) < 2:
        return math.nan
    return float(told.std(ddof=1)) * math.sqrt(size / (size - 1))


def reach(deviations: FloatArray, sizes: FloatArray, level: float) -> Reach:
    """Multipliers for simultaneous limits of several figures.

    Args:
        deviations: shape (B, K), resampled figures less their mean, over their standard deviation.
        sizes: shape (K,), replications behind each.
        level: confidence that all limits hold together.

    Returns:
        Max-t multipliers: the *level* quantile of the largest absolute deviation in a resample, moved from
        the normal to Student's distribution of each figure's degrees of freedom. Never below single limits,
        never above Bonferroni's.
    """
    count = deviations.shape[1]
    single = np.array([t_quantile(level, size - 1) for size in sizes])
    if count <= 1:
        return Reach(single, "single")
    bound = np.array([t_quantile(1 - (1 - level) / count, size - 1) for size in sizes])
    whole = deviations[np.isfinite(deviations).all(axis=1)]
    if len(whole) < MIN_RESAMPLES or sizes.min() < MIN_REPLICATIONS:
        return Reach(bound, "Bonferroni")
    largest = float(np.quantile(np.abs(whole).max(axis=1), level))
    return Reach(np.clip(stdtrit(sizes - 1, ndtr(largest)), single, bound), "max-t")


def unchanged(values: FloatArray, other: FloatArray) -> bool:
    """Whether two figures are the same under every resample, rounding apart: the option cannot reach it."""
    with np.errstate(invalid="ignore"):
        apart = np.abs(values - other)
    alike = (values == other) | (apart <= _ROUNDING * np.maximum(np.abs(values), 1e-300))
    return bool(np.all(alike | (np.isnan(values) & np.isnan(other))))
