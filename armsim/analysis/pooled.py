"""From a figure to a number per replication, for rules that are about means of replications.

A share, a ratio or a quantile is no mean. What replication i adds to a figure is (n - 1) times the figure of
all n less the figure without i (``differences.influences``): of a ratio r that is Y - r X over the mean of X,
to order 1/n; of a quantile, whether its incidents lie beyond the pooled quantile, over the slope of the curve
there. Where a rule compares means, pooled figures are compared, of which these numbers are the linear part.
"""

from __future__ import annotations

import math

import numpy as np

from armsim.analysis.differences import influences, resampled
from armsim.analysis.figure import Figure
from armsim.analysis.intervals import FloatArray
from armsim.analysis.option import OptionData
from armsim.analysis.resampled import chosen
from armsim.errors import ArmsimError


def pooled_value(data: OptionData, figure: Figure) -> float:
    """The figure over all replications.

    Raises:
        ArmsimError: the option has none, or several, or too few incidents for one.
    """
    found = resampled(data, np.ones((1, len(data.totals))), [figure])
    begin = f"{figure.text} of {data.name!r}"
    if not found:
        raise ArmsimError(f"{begin}: there is no such figure")
    if len(found) > 1:
        labels = [":".join(f"{group}={value}" for group, value in key.labels) for key in found]
        raise ArmsimError(f"{begin} is {len(found)} figures; name one: {', '.join(labels)}")
    one = next(iter(found.values()))
    value, size = float(one.values[0]), len(data.totals)
    if not one.shown:
        raise ArmsimError(f"{begin}: too few incidents in {size} replications to be told")
    if not math.isfinite(value):
        raise ArmsimError(f"{begin}: not reached in {size} replications")
    return value


def per_replication(data: OptionData, figure: Figure) -> FloatArray:
    """What each replication adds to a figure, shape (replications,); their mean is about 0.

    Raises:
        ArmsimError: the figure gives no finite number for each replication.
    """
    every = influences(data, [figure])
    numbers = next((one for key, one in every.items() if figure.means(key.metric, dict(key.labels))), None)
    if numbers is None or not np.isfinite(numbers).all():
        raise ArmsimError(f"{figure.text} of {data.name!r}: gives no number for each replication")
    return numbers


def first_replications(data: OptionData, count: int) -> OptionData:
    """The option with those of its first *count* replications that are there."""
    there = data.totals.index[data.totals.index < count]
    return chosen(data, [int(index) for index in there])
