"""Erlang's formulas: how often all units are busy, and how long work waits for one.

Every function takes arrays and broadcasts. Units need not be whole: between whole numbers the formulas are
continued by their integral (Jagerman 1974), so that a mean number of crews can stand for the fleet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincc, gammaln, xlogy

Floats = NDArray[np.float64]

#: Above this load e**-load is beyond floating point; the start of the recursion is then by its expansion.
_LARGE = 500.0


def erlang_b(units: ArrayLike, offered: ArrayLike) -> Floats:
    """Chance that all units are busy where work that finds none free is lost (Erlang 1917).

    B(x + 1) = a B(x) / (x + 1 + a B(x)) from the fraction f of the units on, where B(f) = a**f e**-a /
    (Gamma(f + 1) Q(f + 1, a)), which is 1 for f = 0.

    Args:
        units: number of units, 0 or more.
        offered: load a in erlangs (arrivals x mean service), 0 or more.

    Returns:
        Shares, of the shape that the two broadcast to.

    Raises:
        ValueError: a number is negative or not finite.
    """
    servers, load = np.broadcast_arrays(np.asarray(units, dtype=float), np.asarray(offered, dtype=float))
    if not (
        np.isfinite(servers).all() and np.isfinite(load).all() and (servers >= 0).all() and (load >= 0).all()
    ):
        raise ValueError("units and offered load must be finite numbers of 0 or more")
    whole = np.floor(servers)
    part = servers - whole
    near = np.minimum(load, _LARGE)
    exact = np.exp(xlogy(part, near) - near - gammaln(part + 1)) / gammaincc(part + 1, near)
    busy = np.where(load > _LARGE, 1 / (1 + part / np.maximum(load, 1.0)), exact)
    for step in range(1, int(whole.max(initial=0)) + 1):
        later = load * busy / (part + step + load * busy)
        busy = np.where(step <= whole, later, busy)
    return np.asarray(busy, dtype=np.float64)


def erlang_c(units: ArrayLike, offered: ArrayLike) -> Floats:
    """Chance that work has to wait where it queues: B / (1 - rho (1 - B)).

    It is 1 where the load is no less than the units.

    Raises:
        ValueError: as :func:`erlang_b`.
    """
    lost = erlang_b(units, offered)
    servers, load = np.broadcast_arrays(np.asarray(units, dtype=float), np.asarray(offered, dtype=float))
    share = np.divide(load, servers, out=np.ones(load.shape), where=servers > load)
    return np.where(servers > load, lost / (1 - share * (1 - lost)), 1.0)


def mean_wait(units: ArrayLike, rate: ArrayLike, service: ArrayLike, scv: ArrayLike = 1.0) -> Floats:
    """Mean wait of all work, that which finds a unit free included; infinite where the load is too high.

    C / (c / S - rate), times (1 + scv) / 2 for service that is not exponential (Lee and Longton 1959): exact
    for one unit and for exponential service, else within a few per cent.

    Args:
        units: number of units c.
        rate: arrivals a minute.
        service: mean minutes S that a unit is busy.
        scv: squared coefficient of variation of those minutes.

    Returns:
        Minutes.
    """
    arrivals, minutes = np.asarray(rate, dtype=float), np.asarray(service, dtype=float)
    waits = erlang_c(units, arrivals * minutes)
    spare = np.asarray(units, dtype=float) / minutes - arrivals
    safe = np.where(spare > 0, spare, 1.0)
    return np.where(spare > 0, waits / safe * (1 + np.asarray(scv, dtype=float)) / 2, np.inf)
