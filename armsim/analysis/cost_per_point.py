"""What a point of % within target costs: differences of two options, paired by replication."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.analysis.curve import incidence
from armsim.analysis.intervals import Estimate, jackknife_variance, t_quantile
from armsim.analysis.money import cost
from armsim.analysis.option import OptionData
from armsim.config.schema.scenario import Target

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class CostPerPoint:
    """Differences of an option from a baseline, and the one over the other.

    Attributes:
        pounds: pounds a year more.
        points: percentage points more within target.
        per_point: pounds a year for a point; NaN where it is not defined.
        defined: whether the limits of ``points`` leave out zero, without which no price can be put on it.
    """

    pounds: Estimate
    points: Estimate
    per_point: Estimate
    defined: bool

    @property
    def words(self) -> str:
        """The price of a point, or why there is none."""
        if not self.defined:
            return "not defined"
        one = self.per_point
        return f"{_pounds(one.value)} ({_pounds(one.low)} to {_pounds(one.high)})"


def _pounds(value: float) -> str:
    size = f"{abs(value):,.0f}"
    return f"-£{size}" if value < 0 and size != "0" else f"£{size}"


def cost_per_point(option: OptionData, baseline: OptionData, target: Target) -> CostPerPoint:
    """Annual cost of an option less the baseline's, over the points within target that it gains.

    Only replications that both have count, and each leaves both options together: limits are those of the
    delete-one jackknife over the pairs, with Student's t. They show simulation noise only. A gain below zero
    makes a negative price: more is paid for less, or less for more.
    """
    common = np.intersect1d(option.totals.index.to_numpy(), baseline.totals.index.to_numpy())
    level = option.scenario.study.confidence
    pounds = _left_out(_paid(option, common) - _paid(baseline, common))
    gained, without = (
        100.0 * (mine - other)
        for mine, other in zip(
            _within(option, target, common), _within(baseline, target, common), strict=True
        )
    )
    points = np.concatenate((gained, without))
    more = _limits(points, level)
    least = min(abs(more.low), abs(more.high))
    defined = bool(more.low * more.high > 0 and least > 0)
    ratio = np.full(len(points), math.nan)
    np.divide(pounds, points, out=ratio, where=defined & (points != 0))
    return CostPerPoint(_limits(pounds, level), more, _limits(ratio, level), defined)


def _paid(data: OptionData, common: Ints) -> Floats:
    """Annual cost in each of the common replications."""
    return np.asarray(cost(data)[np.searchsorted(data.totals.index.to_numpy(), common)])


def _left_out(values: Floats) -> Floats:
    """Mean of all, then without each."""
    size = len(values)
    without = (values.sum() - values) / (size - 1) if size > 1 else np.zeros(0)
    return np.concatenate(([values.mean() if size else math.nan], without))


def _within(data: OptionData, target: Target, common: Ints) -> tuple[Floats, Floats]:
    """Share within target over the common replications, shape (1,), and without each of them."""
    curve = data.target_curve(target)
    until = int(np.searchsorted(curve.seconds, 60 * max(target.urban, target.rural), side="right"))
    events, censored = (
        counts[common][:, :until].toarray()
        for counts in (curve.events_by_replication, curve.censored_by_replication)
    )
    people = curve.population_by_replication[common]
    whole = _share(events.sum(axis=0)[None], censored.sum(axis=0)[None], people.sum()[None])
    rest = people.sum() - people if len(common) > 1 else people[:0]
    owner = slice(None) if len(common) > 1 else slice(0, 0)
    return whole, _share(events.sum(axis=0) - events[owner], censored.sum(axis=0) - censored[owner], rest)


def _share(events: Ints, censored: Ints, people: Ints) -> Floats:
    """F at the last second of each row; 0 where nothing happened by then, NaN without incidents."""
    if not len(people):
        return np.zeros(0)
    share = (
        np.zeros(len(people))
        if not events.shape[1]
        else incidence(events, censored, np.maximum(people, 1)[:, None])[:, -1]
    )
    return np.where(people > 0, share, math.nan)


def _limits(values: Floats, level: float) -> Estimate:
    """The first value, with limits from the others, each without one replication; NaN below two of these.

    Where leaving one out changes nothing the figure is known exactly, and its limits are the figure.
    """
    value, without = float(values[0]), values[1:]
    size = len(without)
    half = (
        t_quantile(level, size - 1) * math.sqrt(float(jackknife_variance(without - value)))
        if size
        else math.nan
    )
    return Estimate(value, value - half, value + half, size, size)
