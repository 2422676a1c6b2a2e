"""Laws of positive durations: lognormal, gamma, Weibull, exponential; fitted by maximum likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import (
    digamma,
    gammainc,
    gammaincc,
    gammaincinv,
    gammaln,
    log_ndtr,
    ndtr,
    ndtri,
    polygamma,
)
from scipy.special import (
    gamma as gamma_function,
)

from armsim.analysis.fitting.blocks import Floats

Parameters = tuple[float, ...]
_NEWTON = 40


@dataclass(frozen=True)
class Family:
    """A family of laws; *p* are its parameters, the scale last and in minutes.

    Attributes:
        name: its name.
        parameters: how many it has.
        fit: parameters that fit durations of which all are known.
        log_density: log density at durations above 0.
        log_beyond: log of the share beyond.
        share: share up to.
        quantile: duration at a share.
        mean: mean minutes.
    """

    name: str
    parameters: int
    fit: Callable[[Floats], Parameters]
    log_density: Callable[[Floats, Parameters], Floats]
    log_beyond: Callable[[Floats, Parameters], Floats]
    share: Callable[[Floats, Parameters], Floats]
    quantile: Callable[[Floats, Parameters], Floats]
    mean: Callable[[Parameters], float]

    def log_likelihood(self, known: Floats, cut: Floats, p: Parameters) -> float:
        """Log-likelihood of durations known and durations cut off."""
        return float(self.log_density(known, p).sum() + self.log_beyond(cut, p).sum())

    def fit_cut(self, known: Floats, cut: Floats, near: Parameters | None = None) -> Parameters:
        """Parameters that fit durations of which some were cut off.

        Args:
            known: durations that ended.
            cut: durations that lasted at least so long.
            near: parameters not far from those sought, which makes it quicker.
        """
        if not len(cut):
            return self.fit(known)
        first = np.log(self.fit(known) if near is None else near)
        wide = 0.3 if near is None else 0.05
        simplex = np.vstack([first, first + wide * np.eye(len(first))])
        values, times = np.unique(known, return_counts=True)
        beyond, cut_times = np.unique(cut, return_counts=True)

        def loss(logs: Floats) -> float:
            p = tuple(np.exp(logs).tolist())
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                value = -(times @ self.log_density(values, p) + cut_times @ self.log_beyond(beyond, p))
            return float(value) if np.isfinite(value) else 1e300

        options = {"xatol": 1e-4, "fatol": 1e-4, "initial_simplex": simplex}
        found = minimize(loss, first, method="Nelder-Mead", options=options)
        return tuple(np.exp(found.x).tolist())


def _fit_lognormal(values: Floats) -> Parameters:
    logs = np.log(values)
    return max(float(logs.std()), 1e-6), float(np.exp(logs.mean()))


def _fit_exponential(values: Floats) -> Parameters:
    return (float(values.mean()),)


def _fit_gamma(values: Floats) -> Parameters:
    """Newton's steps on the shape (Minka 2002, Estimating a Gamma distribution)."""
    mean = float(values.mean())
    gap = max(np.log(mean) - float(np.log(values).mean()), 1e-9)
    shape = (3 - gap + np.sqrt((gap - 3) ** 2 + 24 * gap)) / (12 * gap)
    for _ in range(_NEWTON):
        slope = 1 / shape - polygamma(1, shape)
        step = (np.log(shape) - digamma(shape) - gap) / slope
        following = max(shape - step, shape / 4)
        if abs(following - shape) < 1e-10 * shape:
            break
        shape = following
    return float(shape), mean / float(shape)


def _fit_weibull(values: Floats) -> Parameters:
    """Newton's steps on the shape; durations are scaled by their largest, so that powers stay finite."""
    top = float(values.max())
    scaled, logs = values / top, np.log(values / top)
    shape = 1.2 / max(float(logs.std()), 1e-3)
    for _ in range(_NEWTON):
        power = scaled**shape
        total, first, second = power.sum(), power @ logs, power @ logs**2
        value = first / total - 1 / shape - logs.mean()
        slope = second / total - (first / total) ** 2 + 1 / shape**2
        following = max(shape - value / slope, shape / 4)
        if abs(following - shape) < 1e-10 * shape:
            break
        shape = following
    return float(shape), float(top * np.mean(scaled**shape) ** (1 / shape))


def _normal(values: Floats, p: Parameters) -> Floats:
    return np.asarray((np.log(values) - np.log(p[1])) / p[0])


_HALF_LOG_TAU = 0.5 * np.log(2 * np.pi)

LOGNORMAL = Family(
    "lognormal", 2, _fit_lognormal,
    lambda x, p: np.asarray(-0.5 * _normal(x, p) ** 2 - np.log(x * p[0]) - _HALF_LOG_TAU),
    lambda x, p: np.asarray(log_ndtr(-_normal(x, p))),
    lambda x, p: np.asarray(ndtr(_normal(x, p))),
    lambda share, p: np.asarray(p[1] * np.exp(p[0] * ndtri(share))),
    lambda p: float(p[1] * np.exp(p[0] ** 2 / 2)),
)  # fmt: skip
EXPONENTIAL = Family(
    "exponential", 1, _fit_exponential,
    lambda x, p: np.asarray(-x / p[0] - np.log(p[0])),
    lambda x, p: np.asarray(-x / p[0]),
    lambda x, p: np.asarray(-np.expm1(-x / p[0])),
    lambda share, p: np.asarray(-p[0] * np.log1p(-share)),
    lambda p: float(p[0]),
)  # fmt: skip
GAMMA = Family(
    "gamma", 2, _fit_gamma,
    lambda x, p: np.asarray((p[0] - 1) * np.log(x / p[1]) - x / p[1] - np.log(p[1]) - gammaln(p[0])),
    lambda x, p: np.asarray(np.log(np.maximum(gammaincc(p[0], x / p[1]), 1e-300))),
    lambda x, p: np.asarray(gammainc(p[0], x / p[1])),
    lambda share, p: np.asarray(p[1] * gammaincinv(p[0], share)),
    lambda p: float(p[0] * p[1]),
)  # fmt: skip
WEIBULL = Family(
    "Weibull", 2, _fit_weibull,
    lambda x, p: np.asarray(np.log(p[0] / p[1]) + (p[0] - 1) * np.log(x / p[1]) - (x / p[1]) ** p[0]),
    lambda x, p: np.asarray(-((x / p[1]) ** p[0])),
    lambda x, p: np.asarray(-np.expm1(-((x / p[1]) ** p[0]))),
    lambda share, p: np.asarray(p[1] * (-np.log1p(-share)) ** (1 / p[0])),
    lambda p: float(p[1] * gamma_function(1 + 1 / p[0])),
)  # fmt: skip
FAMILIES = (LOGNORMAL, GAMMA, WEIBULL, EXPONENTIAL)
