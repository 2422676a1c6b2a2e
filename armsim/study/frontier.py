"""The frontier of response against cost: what each response costs at least."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from armsim.analysis.intervals import Estimate
from armsim.analysis.money import TOTAL, cost_table
from armsim.analysis.option import OptionData

Bools = NDArray[np.bool_]


def cost_a_year(data: OptionData) -> Estimate:
    """Pounds a year of an option with limits; NaN where its scenario prices nothing a year."""
    table = cost_table(data)
    rows = table[(table["when"] == "a year") & (table["item"] == TOTAL)]
    size = len(data.totals)
    if rows.empty:
        return Estimate(math.nan, math.nan, math.nan, size, size)
    pounds, low, high = (float(rows[name].iloc[0]) for name in ("pounds", "low", "high"))
    return Estimate(pounds, low, high, size, size)


def dominated(cost: ArrayLike, value: ArrayLike, higher_is_better: bool) -> Bools:
    """Which options another one beats: no dearer, no worse, and one of the two for certain by these figures.

    Args:
        cost: of each option, shape (n,).
        value: response figure of each, shape (n,).
        higher_is_better: whether a higher figure is.

    Returns:
        Shape (n,). An option whose cost or figure is NaN is beaten by nobody and beats nobody; two options
        that are alike in both do not beat each other. Figures are taken as they are, without their limits.
    """
    pounds = np.asarray(cost, dtype=np.float64)
    worse = np.asarray(value, dtype=np.float64) * (-1.0 if higher_is_better else 1.0)
    no_dearer, no_worse = pounds[:, None] <= pounds, worse[:, None] <= worse
    better = (pounds[:, None] < pounds) | (worse[:, None] < worse)
    return np.asarray((no_dearer & no_worse & better).any(axis=0))
