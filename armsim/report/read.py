"""Small readings off curves and per-replication sums that several charts share."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.intervals import Estimate, FloatArray, jackknife_variance, ratio_of_sums, t_quantile


def in_minutes(seconds: Estimate) -> Estimate:
    """The same estimate in minutes."""
    return Estimate(
        seconds.value / 60, seconds.low / 60, seconds.high / 60, seconds.replications, seconds.count
    )


def at_seconds(seconds: NDArray[np.int64], column: FloatArray, grid: NDArray[np.float64]) -> FloatArray:
    """A rising step function read at each point of a grid; 0 before its first step.

    Args:
        seconds: shape (U,), where it steps.
        column: shape (U,), its value from there on.
        grid: shape (G,), seconds.
    """
    return np.concatenate(([0.0], column))[np.searchsorted(seconds, grid, side="right")]


def time_share(sums: FloatArray, confidence: float) -> Estimate:
    """A share of time as a ratio of sums, with limits that stay between 0 and 1.

    Args:
        sums: shape (R, 2), minutes that are meant and all minutes.
        confidence: confidence level.
    """
    share = ratio_of_sums(sums[:, 0], sums[:, 1], confidence)
    low, high = (float(limit) for limit in np.clip((share.low, share.high), 0.0, 1.0))
    return replace(share, low=low, high=high)


def ratio_difference(first: FloatArray, second: FloatArray, confidence: float) -> Estimate:
    """Second ratio of sums less the first, paired by replication, with delete-one jackknife limits.

    Args:
        first: shape (R, 2), numerators and denominators.
        second: the same for the other population.
        confidence: confidence level.

    Returns:
        The difference. Limits are NaN below two replications, or where leaving one out changes nothing.
        Only replications in which both denominators are above 0 count.
    """
    both = (first[:, 1] > 0) & (second[:, 1] > 0)
    first, second = first[both], second[both]
    size = len(first)
    if size == 0:
        return Estimate(math.nan, math.nan, math.nan, 0, 0)
    whole = _ratio(second.sum(axis=0)) - _ratio(first.sum(axis=0))
    half = math.nan
    if size > 1:
        left_out = _ratio(second.sum(axis=0) - second) - _ratio(first.sum(axis=0) - first)
        variance = float(jackknife_variance(left_out - whole))
        half = t_quantile(confidence, size - 1) * math.sqrt(variance) if variance > 0 else math.nan
    value = float(whole)
    return Estimate(value, value - half, value + half, size, size)


def mean_band(values: FloatArray, confidence: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean over replications at each point with Student's t limits.

    Args:
        values: shape (R, H); NaN where a replication has no figure.
        confidence: confidence level.

    Returns:
        Mean, low and high, each of shape (H,); limits are NaN below two replications.
    """
    known = ~np.isnan(values)
    size = known.sum(axis=0)
    total = np.where(known, values, 0.0).sum(axis=0)
    mean = np.divide(total, size, out=np.full(len(total), math.nan), where=size > 0)
    squares = np.where(known, values - mean, 0.0) ** 2
    variance = squares.sum(axis=0) / np.maximum(size - 1, 1) / np.maximum(size, 1)
    reach = np.array([t_quantile(confidence, int(count) - 1) for count in size])
    half = reach * np.sqrt(variance)
    return mean, mean - half, mean + half


def _ratio(sums: FloatArray) -> FloatArray:
    return np.asarray(sums[..., 0] / sums[..., 1], dtype=np.float64)
