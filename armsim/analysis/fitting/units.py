"""How many units an incident gets: the distribution of the number sent, and of incidents nobody came to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from armsim.analysis.fitting.blocks import Floats, Ints, ratio, tally
from armsim.analysis.intervals import Estimate

#: Numbers that fewer than this share of incidents exceed are put together at their mean.
_TAIL = 0.002


@dataclass(frozen=True, eq=False)
class UnitsFit:
    """Units of an incident.

    Attributes:
        shares: number of units: share of incidents; numbers from 1 on, shares sum to 1.
        limits: the same: with its interval.
        mean: units an incident.
        none: share of incidents in the log with no unit.
    """

    shares: dict[int, float]
    limits: dict[int, Estimate]
    mean: Estimate
    none: Estimate


def fit_units(units: Floats, day: Ints, weights: Floats, level: float = 0.95) -> UnitsFit | None:
    """Distribution of the units of an incident.

    The longest numbers, which together make up 0.2% of incidents, are put at their mean.

    Args:
        units: units of each incident, 0 for none, shape (n,); NaN (not recorded) is left out.
        day: day of each.
        weights: days redrawn, shape (draws, days).
        level: confidence level.

    Returns:
        The distribution over the incidents that had a unit; ``None`` when none had.
    """
    known = np.isfinite(units)
    number, day = np.round(units[known]).astype(np.int64), day[known]
    days = weights.shape[1]

    def per_day(values: ArrayLike) -> Floats:
        return tally(day, days, values)

    sent = number > 0
    if not sent.any():
        return None
    everybody, some = per_day(np.ones(len(day))), per_day(sent)
    number = _together(number)
    found = {}
    for size in np.unique(number[sent]).tolist():
        found[size] = ratio(per_day(number == size), some, weights, level)
    total = per_day(np.where(sent, units[known], 0.0))
    mean = ratio(total, some, weights, level)
    none = ratio(everybody - some, everybody, weights, level)
    return UnitsFit({size: one.value for size, one in found.items()}, found, mean, none)


def _together(number: Ints) -> Ints:
    """Numbers with the largest, few of them, replaced by their mean."""
    sent = number[number > 0]
    sizes = np.unique(sent)
    beyond = np.array([(sent >= size).mean() for size in sizes])
    rare = sizes[beyond <= _TAIL]
    if len(rare) < 2:
        return number
    tail = number >= rare[0]
    return np.where(tail, round(float(number[tail].mean())), number)


def share_never(arrived: ArrayLike, day: Ints, weights: Floats, level: float = 0.95) -> Estimate:
    """Share of unit responses that never arrived: *arrived* is 1 or 0 for each."""
    days = weights.shape[1]
    gone = tally(day, days, 1.0 - np.asarray(arrived, dtype=np.float64))
    return ratio(gone, tally(day, days), weights, level)
