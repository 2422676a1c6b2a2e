"""Control variates of the whole system: what moves the number of busy units, less what moves it on average.

For a function f of the number in the system, the jumps of f at arrivals less their rate, and at ends of
exponential work less theirs, have the expectation 0 whatever the engine does (Dynkin's formula; Henderson and
Glynn 2002 use it so). With the f that solves Poisson's equation of the birth and death chain nearest to the
system, they tell nearly all of how long its units were all busy, or how many calls waited.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from armsim.study.verify.translate import Setup

Floats = NDArray[np.float64]

#: Numbers in the system followed beyond the highest load that matters, in relaxations of the queue.
_RELAXATIONS = 60.0
_LARGEST = 20_000


def potentials(setup: Setup, rate: float) -> Floats:
    """Two functions of the number in the system, shape (2, numbers), at *rate* calls a time unit.

    The first goes with the time in which all units are busy, the second with the number that waits; in a
    loss system there is nobody waiting, and it is 0. Beyond the last number they are as at the last.
    """
    system = setup.system
    units = len(system.units)
    work, calls = _work(setup)
    births, deaths = rate * calls, 1.0 / work
    loss = system.policy.queue == "loss"
    load = births / (units * deaths)
    patience = system.policy.patience_mean
    spare = 1.0 - min(load, 0.99) if patience is None else 0.1
    last = units if loss else min(_LARGEST, units + int(_RELAXATIONS / spare))
    number = np.arange(last + 1, dtype=float)
    ends = np.minimum(number, units) * deaths
    if patience is not None:
        ends = ends + np.maximum(number - units, 0.0) / patience
    steps = np.log(births) - np.log(ends[1:])
    shares = np.concatenate([[0.0], np.cumsum(steps)])
    shares = np.exp(shares - shares.max())
    shares /= shares.sum()
    goals = np.array([number >= units, np.maximum(number - units + 1.0, 0.0) * (not loss)])
    off = goals - (goals @ shares)[:, None]
    rises = np.zeros((2, last + 1))
    for n in range(last, 0, -1):
        rises[:, n - 1] = (births * rises[:, n] + off[:, n]) / ends[n]
    return np.cumsum(np.concatenate([np.zeros((2, 1)), rises[:, :-1]], axis=1), axis=1)


def _work(setup: Setup) -> tuple[float, float]:
    """Mean work of a unit for a call, and mean number of units of a call."""
    system = setup.system
    total = count = 0.0
    for one in setup.types:
        rate = sum(setup.rates(one).values()) * one.required
        total += rate * setup.base_mean(one) * float(np.mean(setup.factors(one)))
        count += rate
    return total / count, count / system.rate
