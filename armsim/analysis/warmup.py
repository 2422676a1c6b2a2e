"""Whether the warm-up was long enough: MSER-5 on the mean curve of the replications."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from armsim.analysis.intervals import FloatArray, mean_interval

_BATCH = 5
#: Part of the largest value below which a difference is what subtracting the profile leaves by rounding.
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class WarmUpCheck:
    """What MSER-5 makes of a warm-up.

    Attributes:
        given: bins of warm-up that the run had.
        wanted: bins that MSER-5 would cut.
        hit_limit: the cut fell on half the series, so the run does not show where the start's influence ends.
        too_short: the warm-up looks too short.
    """

    given: int
    wanted: int
    hit_limit: bool
    too_short: bool


def mser5(values: ArrayLike) -> tuple[int, bool]:
    """How much of the start of a series to cut, by the marginal standard error rule on batch means of five.

    The cut d minimises the sum over i > d of (Y_i - mean of Y beyond d)^2 / (n - d)^2, for d up to n/2, where
    Y are the n batch means (White 1997). Values after the last full batch are not read.

    Args:
        values: shape (T,), at least ten, none of them NaN; a mean over replications, not one run.

    Returns:
        Number of values to cut, a multiple of five, the smallest such where several do as well; and whether
        it is the largest that was allowed, which says that the series is too short.

    Raises:
        ValueError: fewer than ten values, or a NaN.
    """
    series = np.asarray(values, dtype=np.float64)
    if series.ndim != 1 or len(series) < 2 * _BATCH or np.isnan(series).any():
        raise ValueError(f"MSER-5 needs one row of 10 or more numbers, got shape {series.shape}")
    batches = series[: len(series) // _BATCH * _BATCH].reshape(-1, _BATCH).mean(axis=1)
    limit = len(batches) // 2
    cut = int(np.argmin([_marginal_error(batches[d:]) for d in range(limit + 1)]))
    return cut * _BATCH, cut == limit


def _marginal_error(rest: FloatArray) -> float:
    return float(rest.var()) / len(rest)


def check_warm_up(series: ArrayLike, warm_up: int, cycle: int = 1, level: float = 0.99) -> WarmUpCheck:
    """Judge a warm-up from a figure followed through time, such as units busy in each hour.

    Each replication's own profile in the later half is taken off first, phase by phase, so that the daily
    wave is not mistaken for the start's influence. MSER-5 alone cries wolf, the more so the fewer cycles the
    later half has, as their own profile fits them. What it would cut beyond the warm-up must therefore also
    differ from the later half by more than chance, and by more than any stretch of the same length in the
    later half does: weekends differ from other days.

    Args:
        series: shape (R, T), one row a replication, from the start of the warm-up; all at one threat level.
        warm_up: bins of it that are warm-up.
        cycle: bins after which demand and duty repeat, such as 24 for hours of a day; 1 for none.
        level: confidence level of that difference, which counts replications as the unit.

    Returns:
        The check. With one replication MSER-5's word stands alone.

    Raises:
        ValueError: fewer than ten bins, a NaN, or less than one cycle in the later half.
    """
    values = np.asarray(series, dtype=np.float64)
    excess = values - _profile(values, cycle)
    excess[np.abs(excess) <= _ROUNDING * np.abs(values).max(initial=0.0)] = 0.0
    wanted, hit_limit = mser5(excess.mean(axis=0))
    if wanted <= warm_up:
        return WarmUpCheck(warm_up, wanted, hit_limit, too_short=False)
    difference = mean_interval(excess[:, warm_up:wanted].mean(axis=1), level)
    chance = difference.low <= 0 <= difference.high
    usual = abs(difference.value) <= _largest_stretch(excess.mean(axis=0), wanted - warm_up)
    return WarmUpCheck(warm_up, wanted, hit_limit, too_short=not (chance or usual))


def _largest_stretch(series: FloatArray, length: int) -> float:
    """Largest mean, by size, of *length* neighbours in the later half; 0 when it holds no such stretch."""
    later = series[len(series) // 2 :]
    sums = np.concatenate(([0.0], np.cumsum(later)))
    means = (sums[length:] - sums[: max(len(sums) - length, 0)]) / length
    return float(np.abs(means).max(initial=0.0))


def _profile(values: FloatArray, cycle: int) -> FloatArray:
    """Each row's mean at each phase of the cycle over the later half, laid along the whole row."""
    replications, bins = values.shape
    cycles = bins // 2 // cycle
    if cycles < 1:
        raise ValueError(f"the later half of {bins} bins holds no whole cycle of {cycle}")
    start = bins - cycles * cycle
    profile = values[:, start:].reshape(replications, cycles, cycle).mean(axis=1)
    return np.asarray(profile[:, (np.arange(bins) - start) % cycle], dtype=np.float64)
