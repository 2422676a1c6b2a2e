"""Poisson regression with a log link, by iterated weighted least squares (McCullagh and Nelder 1989, 2.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

Floats = NDArray[np.float64]

_STEPS = 60
_CLOSE = 1e-9
#: Keeps a direction that the counts do not determine near 0 and moves nothing else.
_RIDGE = 1e-8


@dataclass(frozen=True, eq=False)
class PoissonFit:
    """A fitted regression.

    Attributes:
        coefficients: shape (p,).
        log_likelihood: of the counts.
    """

    coefficients: Floats
    log_likelihood: float


def fit_poisson(design: Floats, counts: Floats, exposure: Floats, start: Floats | None = None) -> PoissonFit:
    """Fit ``counts ~ Poisson(exposure * exp(design @ coefficients))``.

    Args:
        design: shape (n, p); one column should be ones.
        counts: 0 or more, shape (n,).
        exposure: 0 or more, shape (n,); cells without exposure count for nothing.
        start: coefficients to start from.

    Raises:
        ValueError: there is nothing to fit: no counts or no exposure.
    """
    used = exposure > 0
    design, counts, exposure = design[used], counts[used], exposure[used]
    if not counts.sum() > 0:
        raise ValueError("no counts to fit")
    coefficients = _start(design, counts, exposure) if start is None else start.copy()
    before = -np.inf
    for _ in range(_STEPS):
        expected = exposure * np.exp(np.clip(design @ coefficients, -50, 50))
        now = float((xlogy(counts, expected) - expected).sum())
        if abs(now - before) <= _CLOSE * (abs(now) + 1):
            break
        before = now
        information = design.T @ (design * expected[:, None]) + _RIDGE * np.eye(design.shape[1])
        step = np.linalg.solve(information, design.T @ (counts - expected))
        coefficients = coefficients + step * min(1.0, 5.0 / max(1e-12, float(np.abs(step).max())))
    return PoissonFit(coefficients, now - float(gammaln(counts + 1).sum()))


def _start(design: Floats, counts: Floats, exposure: Floats) -> Floats:
    """Least squares of the log of the counts, half a count added so that 0 has one."""
    target = np.log((counts + 0.5) / exposure)
    scaled = np.sqrt(exposure)
    found: Floats = np.linalg.lstsq(design * scaled[:, None], target * scaled, rcond=None)[0]
    return found
