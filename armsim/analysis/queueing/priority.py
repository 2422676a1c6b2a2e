"""Waits of work in order of priority, on units that are all alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from armsim.analysis.queueing.erlang import erlang_c

Floats = NDArray[np.float64]


def priority_waits(units: ArrayLike, rates: ArrayLike, service: ArrayLike, scv: ArrayLike = 1.0) -> Floats:
    """Mean wait by class where no class interrupts another (Cobham 1954).

    With s_k the load of classes 1 to k per unit, W_k = C(c, a) S / c / ((1 - s_(k-1)) (1 - s_k)), times
    (1 + scv) / 2 where service is not exponential. One mean service for all classes; exact for exponential
    service and for one unit.

    Args:
        units: number of units c; shape (...).
        rates: arrivals a minute by class, the highest first; shape (classes, ...).
        service: mean minutes S that a unit is busy; shape (...).
        scv: squared coefficient of variation of those minutes.

    Returns:
        Minutes, shape (classes, ...); infinite from the first class whose load, with those above, is too high.
    """
    servers, minutes = np.asarray(units, dtype=float), np.asarray(service, dtype=float)
    loads = np.asarray(rates, dtype=float) * minutes
    upto = np.cumsum(loads, axis=0) / np.maximum(servers, np.finfo(float).tiny)
    before = np.concatenate([np.zeros_like(upto[:1]), upto[:-1]])
    waits = erlang_c(servers, loads.sum(axis=0))
    # Where all classes together are too many, the higher ones meet units that are always busy: C is 1.
    stable = (upto < 1) & (servers > 0)
    room = np.where(stable, (1 - before) * (1 - upto), 1.0)
    unit = waits * minutes / np.maximum(servers, np.finfo(float).tiny) * (1 + np.asarray(scv, dtype=float)) / 2
    return np.where(stable, unit / room, np.inf)


def preemptive_waits(units: ArrayLike, rates: ArrayLike, service: ArrayLike) -> Floats:
    """Mean time from arrival to the end of the work, by class, where a higher class takes units off a lower one.

    Classes 1 to k together are served as if nobody else were there, so L_k is a difference of two M/M/c queues
    and Little's law gives the time. Exact for exponential service with one mean.

    Args:
        units: number of units; shape (...).
        rates: arrivals a minute by class, all above 0, the highest first; shape (classes, ...).
        service: mean minutes that a unit is busy; shape (...).

    Returns:
        Minutes, shape (classes, ...); infinite from the first class whose load, with those above, is too high.
    """
    servers, minutes = np.asarray(units, dtype=float), np.asarray(service, dtype=float)
    arrivals = np.asarray(rates, dtype=float)
    loads = np.cumsum(arrivals * minutes, axis=0)
    stable = loads < servers
    queue = erlang_c(servers, loads) * loads / np.where(stable, servers - loads, 1.0)
    inside = np.where(stable, loads + queue, np.inf)
    before = np.concatenate([np.zeros_like(inside[:1]), inside[:-1]])
    gained = np.where(stable, inside - np.where(np.isfinite(before), before, 0.0), np.inf)
    return np.asarray(gained / arrivals)
