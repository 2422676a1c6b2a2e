"""Two ways to a smaller variance, measured: pairing options, and controls whose mean is known.

Both work on influences, what each replication adds to a figure (``differences.influences``), so they hold for
shares, ratios and quantiles alike.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from armsim.analysis.intervals import Estimate, FloatArray, t_quantile

#: Controls that take away less of the variance than this are not used.
LEAST_GAIN = 0.10


class Controlled(NamedTuple):
    """A figure with controls.

    Attributes:
        estimate: the figure, moved by what the controls explain when they pay, else as it was.
        gain: share of the variance that the controls take away, after paying for their coefficients; may be
            negative.
        used: whether they pay: *gain* above ``LEAST_GAIN``.
    """

    estimate: Estimate
    gain: float
    used: bool


def control_gain(influence: FloatArray, controls: FloatArray) -> float:
    """Share of the variance of a figure that a regression on controls takes away, net of its own cost.

    The residual variance with k controls on R replications is multiplied by (R - 2)/(R - k - 2), the loss for
    estimating coefficients (Lavenberg, Moeller & Welch 1982).

    Args:
        influence: shape (R,).
        controls: shape (R, k); columns that do not vary are left out.

    Returns:
        1 less the ratio of the variances; 0 without a control that varies, NaN with too few replications.
    """
    kept = controls[:, np.ptp(controls, axis=0) > 0]
    size, count = kept.shape
    if size <= count + 2:
        return math.nan
    whole = float(np.square(influence - influence.mean()).sum())
    if count == 0 or whole == 0:
        return 0.0
    rest = _residuals(influence, kept - kept.mean(axis=0))[1]
    left = float(np.square(rest).sum())
    return 1.0 - left / whole * float((size - 2) / (size - count - 2))


def controlled(
    value: float, influence: FloatArray, controls: FloatArray, means: FloatArray, level: float = 0.95
) -> Controlled:
    """A figure moved by controls with known means, where that takes away over a tenth of the variance.

    Args:
        value: the figure.
        influence: shape (R,), see the module.
        controls: shape (R, k), one row a replication, such as its incidents and its minutes of work.
        means: shape (k,), what they are on average in the model, known and not estimated from the same run.
        level: confidence level.
    """
    size, count = controls.shape
    gain = control_gain(influence, controls)
    used = bool(gain > LEAST_GAIN)
    degrees, shift, rest = size - 1, 0.0, influence - influence.mean()
    if used:
        slopes, rest = _residuals(influence, controls - controls.mean(axis=0))
        shift = float(slopes @ (controls.mean(axis=0) - means))
        degrees = size - count - 1
    error = math.sqrt(float(np.square(rest).sum()) / degrees / size)
    half = t_quantile(level, degrees) * error
    moved = value - shift
    return Controlled(Estimate(moved, moved - half, moved + half, size, size), gain, used)


def variance_ratio(
    paired: tuple[FloatArray, FloatArray], independent: tuple[FloatArray, FloatArray], level: float = 0.95
) -> Estimate:
    """How many times the variance of a difference is without pairing, at equal replications.

    Args:
        paired: influences of baseline and option, each of shape (R,), replication by replication.
        independent: the same from runs on independent seeds; their numbers of replications may differ.
        level: confidence level.

    Returns:
        The ratio. Limits are set on its logarithm, with the variance of a sample variance from the kurtosis
        of the influences. Infinite without limits where pairs do not differ at all; NaN with one replication.
    """
    if min(len(one) for one in (*paired, *independent)) < 2:
        return Estimate(math.nan, math.nan, math.nan, 1, 1)
    together = _variance(paired[1] - paired[0])
    apart = [_variance(one) for one in independent]
    size = min(len(paired[0]), *(len(one) for one in independent))
    above = sum(one[0] for one in apart)
    if together[0] == 0:
        return Estimate(math.inf if above > 0 else math.nan, math.nan, math.nan, size, size)
    ratio = above / together[0]
    noise = sum((one[0] / above) ** 2 * one[1] for one in apart) + together[1]
    half = t_quantile(level, size - 1) * math.sqrt(noise)
    return Estimate(ratio, ratio * math.exp(-half), ratio * math.exp(half), size, size)


def _variance(values: FloatArray) -> tuple[float, float]:
    """Variance, and the variance of its logarithm: (kurtosis - (n - 3)/(n - 1))/n."""
    size, spread = len(values), float(values.var(ddof=1))
    if spread == 0:
        return 0.0, 0.0
    kurtosis = float(np.mean((values - values.mean()) ** 4)) / float(values.var()) ** 2
    return spread, max(kurtosis - (size - 3) / (size - 1), 2 / size) / size


def _residuals(influence: FloatArray, centred: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Slopes of a regression on centred controls, and what it leaves."""
    about = influence - influence.mean()
    slopes = np.linalg.lstsq(centred, about, rcond=None)[0]
    return np.asarray(slopes, dtype=np.float64), np.asarray(about - centred @ slopes, dtype=np.float64)
