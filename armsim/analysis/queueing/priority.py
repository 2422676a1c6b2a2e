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
        Minutes, shape (classes, ...); infinite from the first class whose load, with those above, is too
        high.
    """
    servers, minutes = np.asarray(units, dtype=float), np.asarray(service, dtype=float)
    loads = np.asarray(rates, dtype=float) * minutes
    there = np.where(servers > 0, servers, 1.0)
    upto = np.cumsum(loads, axis=0) / there
    before = np.concatenate([np.zeros_like(upto[:1]), upto[:-1]])
    waits = erlang_c(servers, loads.sum(axis=0))
    # Where all classes together are too many, the higher ones meet units that are always busy: C is 1.
    stable = (upto < 1) & (servers > 0)
    room = np.where(stable, (1 - before) * (1 - upto), 1.0)
    unit = waits * minutes / there * (1 + np.asarray(scv, dtype=float)) / 2
    return np.where(stable, unit / room, np.inf)


def reserve_wait(units: int, above: float, own: float, service: float, reserve: int) -> tuple[float, float]:
    """Mean wait, and share that waits, of work that takes a unit only if more than a reserve are free.

    Cutoff priority (Taylor and Templeton 1980). Above m = c - r busy units the number busy moves by the
    higher work alone and the own queue q by one: a quasi-birth-death process that falls a level only at m
    busy, so that its rate matrix is explicit, R = l (-A_1 - l 1 e_m)**-1 for own arrivals at rate l. Exact
    for exponential service, but that higher work which finds all units busy counts as lost: with a reserve it
    hardly ever does.

    Args:
        units: number of units c.
        above: arrivals of higher work a minute.
        own: arrivals of the own work a minute, above 0.
        service: mean minutes that a unit is busy, for both.
        reserve: r, from 0 to c - 1.

    Returns:
        Minutes over all own work, and the share; (infinite, 1) without a steady state.

    Raises:
        ValueError: the reserve leaves no unit.
    """
    if not 0 <= reserve < units:
        raise ValueError(f"a reserve of {reserve} leaves none of {units} units")
    low, ends = units - reserve, 1 / service
    phases = reserve + 1
    busy = np.arange(low, units + 1)
    within = np.diag(np.full(reserve, above), 1) + np.diag(busy[1:] * ends, -1)
    leaves = np.where(busy < units, above, 0.0) + busy * ends
    within -= np.diag(leaves + own)
    fall = np.zeros((phases, phases))
    fall[0, 0] = low * ends
    back = np.zeros((phases, phases))
    back[:, 0] = own
    rate = own * np.linalg.inv(-within - back)
    if np.abs(np.linalg.eigvals(rate)).max() >= 1:
        return float("inf"), 1.0
    below = np.cumprod(np.concatenate([[1.0], (above + own) / (np.arange(1, low) * ends)]))
    start = np.zeros(phases)
    start[0] = below[-1] * (above + own)
    level = start @ np.linalg.inv(-(within + rate @ fall))
    rest = np.linalg.inv(np.eye(phases) - rate)
    first = level @ rate
    total = below.sum() + level.sum() + (first @ rest).sum()
    queue = float((first @ rest @ rest).sum() / total)
    return queue / own, float((level.sum() + (first @ rest).sum()) / total)
