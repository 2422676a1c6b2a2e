"""How far a parameter may move while others make up for it: the likelihood along its ridge.

Limits from the curvature at the peak are too narrow where the likelihood falls slower than a parabola, as it
does when turn-out is told from travel by form alone. The profile likelihood keeps what is within half the 5%
point of chi-square with one degree of freedom (Venzon and Moolgavkar 1988).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from armsim.analysis.fitting.blocks import Floats
from armsim.analysis.intervals import Estimate

_DROP = 1.92
#: Step in the (log) parameter, and steps to either side at most.
_STEP, _MOST = 0.1, 12


def along_ridge(
    climb: Callable[[Floats, int], Floats],
    likelihood: Callable[[Floats], float],
    best: Floats,
    at: int,
    bounds: tuple[float, float],
) -> Iterator[Floats]:
    """Parameters with that numbered *at* moved off *best* and the others at their greatest likelihood.

    Args:
        climb: from where, and which parameter stays: the greatest likelihood of the others.
        likelihood: log-likelihood of parameters.
        best: where it is greatest.
        at: which parameter moves.
        bounds: of it.
    """
    top = likelihood(best)
    for step in (-_STEP, _STEP):
        here = best
        for _ in range(_MOST):
            start = here.copy()
            start[at] += step
            if not bounds[0] <= start[at] <= bounds[1]:
                break
            here = climb(start, at)
            if top - likelihood(here) > _DROP:
                break
            yield here


def widened(one: Estimate, values: list[float]) -> Estimate:
    """An estimate whose limits hold *values* too."""
    if not values:
        return one
    return replace(one, low=float(np.fmin(one.low, min(values))), high=float(np.fmax(one.high, max(values))))
