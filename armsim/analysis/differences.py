"""Differences between two options, replication by replication, with limits for one or for all at once.

A figure of each option is worked out under the same resamples of the replications, so that a resample keeps
its pairs, and the difference is taken inside each. Ratios of sums, shares and quantiles go the same way, and
so does any other metric, by the slower road of resampling whole tables.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from armsim.analysis.figure import Figure
from armsim.analysis.intervals import Estimate, FloatArray, t_quantile
from armsim.analysis.metrics import Metric, metrics
from armsim.analysis.option import OptionData
from armsim.analysis.resampled import ResampledData, redrawn
from armsim.analysis.simultaneous import reach, standard_error, unchanged

#: Resamples of whole tables, where a metric cannot be worked out for all resamples together.
SLOW_RESAMPLES = 200
#: In words, less of a minute, a point or a pound is none.
_NOTHING = 1e-6


class Key(NamedTuple):
    """Which figure: a metric and its labels, sorted; groups without a value are left out."""

    metric: str
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Resampled:
    """A figure of one option under resamples.

    Attributes:
        values: shape (B + 1,), the figure itself first; NaN where not worked out.
        replications: replications that carry data.
        shown: whether there were incidents enough.
    """

    values: FloatArray
    replications: int
    shown: bool


@dataclass(frozen=True, eq=False)
class Difference:
    """A figure of an option less that of the baseline.

    Attributes:
        key: which figure.
        baseline: the baseline's figure.
        option: the option's figure.
        values: shape (B + 1,), the difference itself, then under each resample.
        single: the difference with limits that hold for it alone.
        error: its standard error; NaN where it cannot be told.
        same: whether the figures are equal under every resample.
        shown: whether there were incidents enough in both.
    """

    key: Key
    baseline: float
    option: float
    values: FloatArray
    single: Estimate
    error: float
    same: bool
    shown: bool


def resampled(data: OptionData, weights: FloatArray, wanted: Sequence[Figure]) -> dict[Key, Resampled]:
    """Figures of an option under resamples.

    Args:
        data: the option.
        weights: shape (B + 1, replications that ran), the first row ones; see ``resampled.draw_weights``.
        wanted: which figures.

    Returns:
        In the order of *wanted*; a figure that the option does not have is missing.

    Raises:
        KeyError: no metric of a name.
    """
    drawn = ResampledData.of(data, weights, [one.labels for one in wanted])
    known = metrics()
    found: dict[Key, Resampled] = {}
    for name in dict.fromkeys(one.metric for one in wanted):
        chosen = [one for one in wanted if one.metric == name]
        found |= _of_metric(known[name], chosen, data, drawn)
    return found


def influences(data: OptionData, wanted: Sequence[Figure]) -> dict[Key, FloatArray]:
    """What each replication adds to a figure: (R - 1) times the figure less the one without it.

    Their mean is about 0 and their variance over R that of the figure. Quantiles by their tangent.

    Returns:
        Arrays of shape (R,); a figure that can only be resampled table by table is missing.
    """
    size = len(data.totals)
    weights = np.vstack([np.ones(size), np.ones((size, size)) - np.eye(size)])
    drawn = ResampledData.of(data, weights, [one.labels for one in wanted], linear=True)
    known = metrics()
    found: dict[Key, FloatArray] = {}
    for name in dict.fromkeys(one.metric for one in wanted):
        for key, one in _rows(known[name], wanted, drawn, len(weights)):
            if one.values.shape == (len(weights),):
                found[key] = (size - 1) * (one.values[0] - one.values[1:])
    return found


def _of_metric(
    metric: Metric, wanted: Sequence[Figure], data: OptionData, drawn: ResampledData
) -> dict[Key, Resampled]:
    """Rows of one metric: all resamples at once where it can be, else table by table."""
    size = len(drawn.weights)
    fast = dict(_rows(metric, wanted, drawn, size))
    if fast and all(one.values.shape == (size,) for one in fast.values()):
        return fast
    exact = dict(_rows(metric, wanted, data, 1))
    return _slowly(metric, wanted, data, drawn, exact) if exact else {}


def _rows(
    metric: Metric, wanted: Sequence[Figure], data: OptionData, size: int
) -> Iterator[tuple[Key, Resampled]]:
    try:
        rows = list(metric.rows(data))
    except (TypeError, ValueError):
        if size == 1:
            raise
        return  # it asks of an array what can be asked of a number only
    for row in rows:
        if any(one.means(metric.name, row.labels) for one in wanted):
            labels = tuple(sorted((group, value) for group, value in row.labels.items() if value))
            values = np.atleast_1d(np.asarray(row.estimate.value, dtype=np.float64))
            yield Key(metric.name, labels), Resampled(values, row.estimate.replications, row.shown)


def _slowly(
    metric: Metric,
    wanted: Sequence[Figure],
    data: OptionData,
    drawn: ResampledData,
    exact: dict[Key, Resampled],
) -> dict[Key, Resampled]:
    """Each of the first resamples as a table of its own."""
    size = len(drawn.weights)
    values = {key: np.full(size, math.nan) for key in exact}
    for key, one in exact.items():
        values[key][0] = one.values[0]
    ran = data.totals.index.to_numpy()
    for index in range(1, min(size, SLOW_RESAMPLES + 1)):
        table = redrawn(data, drawn.weights[index][ran])
        for key, one in _rows(metric, wanted, table, 1):
            if key in values:
                values[key][index] = one.values[0]
    return {key: Resampled(values[key], one.replications, one.shown) for key, one in exact.items()}


def differences(
    baseline: Mapping[Key, Resampled], option: Mapping[Key, Resampled], level: float, paired: bool = True
) -> list[Difference]:
    """Differences of the figures that both have, in the order of the option.

    Args:
        baseline: its figures under the resamples.
        option: the same; under the same resamples when *paired*, under others when not.
        level: confidence of the single limits.
        paired: whether the replications are pairs. Without, the degrees of freedom are those of Welch at
            equal variances: the replications of both less two.
    """
    return [
        _difference(key, baseline[key], one, level, paired) for key, one in option.items() if key in baseline
    ]


def _difference(key: Key, first: Resampled, second: Resampled, level: float, paired: bool) -> Difference:
    with np.errstate(invalid="ignore"):
        values = second.values - first.values
    size = min(first.replications, second.replications)
    told = values[1:][~np.isnan(second.values[1:] + first.values[1:]) | np.isinf(second.values[1:])]
    error = standard_error(told, size)
    same = paired and unchanged(first.values, second.values)
    if error > 0 and unchanged(told, np.full(len(told), values[0])):
        error = 0.0  # the same in every resample but for rounding
    degrees = size - 1 if paired else first.replications + second.replications - 2
    half = t_quantile(level, degrees) * error if error > 0 else math.nan
    value = 0.0 if same else float(values[0])
    if not math.isfinite(value):
        value = half = math.nan
    single = Estimate(value, value - half, value + half, size, degrees + 1)
    shown = first.shown and second.shown
    return Difference(
        key, float(first.values[0]), float(second.values[0]), values, single, error, same, shown
    )


def at_once(found: Sequence[Difference], level: float) -> tuple[list[Estimate], str]:
    """Limits that hold for several differences together.

    Returns:
        Estimates in the order of *found*, and how they were found: ``max-t``, ``Bonferroni`` or ``single``.
        Differences without limits, those that are the same and those not shown are no part of the family.
    """
    family = [index for index, one in enumerate(found) if one.error > 0 and one.shown and not one.same]
    estimates = [one.single for one in found]
    if not family:
        return estimates, "single"
    values = np.stack([found[index].values[1:] for index in family], axis=1)
    values = np.where(np.isfinite(values), values, math.nan)
    with np.errstate(invalid="ignore"):
        deviations = (values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0, ddof=1)
    sizes = np.array([found[index].single.count for index in family])
    reached = reach(deviations, sizes, level)
    for index, multiplier in zip(family, reached.multipliers.tolist(), strict=True):
        one = found[index]
        half = multiplier * one.error
        value = one.single.value
        estimates[index] = Estimate(
            value, value - half, value + half, one.single.replications, one.single.count
        )
    return estimates, reached.method


def verdict(
    difference: Estimate,
    better: str,
    unit: str,
    margin: float | None,
    same: bool = False,
    exact: bool = False,
) -> str:
    """What a difference says, in words.

    ``better by 3.1 min (2.4 to 3.8)``, ``worse by``, ``higher by`` or ``lower by`` where no direction is
    better, ``no difference that matters`` with limits inside the stated margin, ``no clear difference``.

    Args:
        difference: option less baseline, with limits.
        better: ``lower``, ``higher`` or ``neither``.
        unit: of the metric.
        margin: the difference that does not matter; ``None`` where none is stated.
        same: the figures are equal in every replication.
        exact: they differ by the same in every resample, as prices do.
    """
    if same:
        return "unchanged"
    exact = exact and math.isfinite(difference.value)
    low, high = (difference.value,) * 2 if exact else (difference.low, difference.high)
    if math.isnan(low) or math.isnan(high):
        return "cannot be told"
    limits = f"{'' if exact else f'{quantity(low, unit)} to '}{quantity(high, unit, named=True)}"
    if margin is not None and -margin < low and high < margin:
        return f"no difference that matters ({limits}; margin {quantity(margin, unit, named=True)})"
    if exact:
        size = quantity(abs(difference.value), unit, named=True)
        return f"{_word(difference.value, better)} by {size} (in every replication)"
    if low <= 0 <= high:
        return f"no clear difference ({limits})"
    near, far = sorted((abs(low), abs(high)))
    size = quantity(abs(difference.value), unit, named=True)
    word = _word(difference.value, better)
    return f"{word} by {size} ({quantity(near, unit)} to {quantity(far, unit)})"


def _word(difference: float, better: str) -> str:
    up = difference > 0
    if better == "neither":
        return "higher" if up else "lower"
    return "better" if up == (better == "higher") else "worse"


def quantity(value: float, unit: str, named: bool = False) -> str:
    """A difference in words: shares in percentage points, ``min`` for minutes; enough decimals to be read."""
    scale, name = {"share": (100.0, "pp"), "minutes": (1.0, "min")}.get(unit, (1.0, unit))
    if abs(value * scale) < _NOTHING:
        value = 0.0
    size = abs(value * scale)
    if size >= 1000:
        text = f"{value * scale:,.0f}"
    else:
        decimals = 0 if size >= 100 else 1 if size >= 1 or size == 0 else 2 if size >= 0.1 else 3
        if 0 < size < 0.01:  # two figures that say something, and never -0.000
            decimals = 1 - math.floor(math.log10(size))
        text = f"{value * scale:.{decimals}f}"
    return f"{text} {name}" if named else text
