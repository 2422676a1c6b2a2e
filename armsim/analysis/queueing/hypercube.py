"""The hypercube model (Larson 1974, Computers and Operations Research 1:67), solved exactly.

A state is the set of busy units. Every stream of incidents (a zone, or one capability class of a zone) has an
order in which units are asked; the first free one goes. Service is exponential, from dispatch until free.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Units up to which the exact model is solved: 2**14 states.
MOST_UNITS = 14
_SETTLED = 1e-14
_SWEEPS = 5_000


@dataclass(frozen=True, eq=False)
class System:
    """A fleet and the streams of incidents that it answers.

    Attributes:
        rates: incidents a minute of each stream, shape (streams,).
        preference: units in the order in which a stream asks them, shape (streams, choices); -1 for no more.
            A stream that lists part of the fleet is a capability class.
        service: mean minutes that a unit is busy with an incident, shape (units,).
        queues: what finds all its units busy waits, first come first served; otherwise it is lost.

    Raises:
        ValueError: shapes, units or numbers that do not fit.
    """

    rates: Floats
    preference: Ints
    service: Floats
    queues: bool

    def __post_init__(self) -> None:
        if self.preference.ndim != 2 or len(self.rates) != len(self.preference):
            raise ValueError(f"{len(self.rates)} streams need a list of units each")
        if self.preference.size and not -1 <= self.preference.min() <= self.preference.max() < self.units:
            raise ValueError(f"a list names a unit that is none of the {self.units}")
        if not ((self.rates >= 0).all() and self.rates.sum() > 0 and (self.service > 0).all()):
            raise ValueError("rates must be 0 or more and not all 0, service above 0")

    @property
    def units(self) -> int:
        """Number of units."""
        return len(self.service)

    @property
    def capacity(self) -> float:
        """Incidents a minute that the fleet ends when all are busy."""
        return float((1 / self.service).sum())


@dataclass(frozen=True, eq=False)
class Solution:
    """What a fleet does in the long run.

    Attributes:
        utilisation: share of the time that each unit is busy, shape (units,).
        at_once: share of all arrivals that are of a stream and dispatched at once to a unit, shape
            (units, streams).
        after_wait: the same for those that wait first.
        waits: share of arrivals that wait, or that are lost where nothing queues.
        mean_wait: minutes, over all arrivals; 0 where nothing queues.
        spare: capacity less arrivals, a minute: waits of those that wait are exponential with this rate.
        states: chance of each set of busy units while nothing waits in a queue, unit n in bit n; the set of
            all has none of the time when something waits. Empty from an approximation.
    """

    utilisation: Floats
    at_once: Floats
    after_wait: Floats
    waits: float
    mean_wait: float
    spare: float
    states: Floats

    @property
    def dispatches(self) -> Floats:
        """Share of all dispatches by unit and stream; sums to 1."""
        shares = self.at_once + self.after_wait
        return np.asarray(shares / shares.sum())

    def mean_travel(self, minutes: ArrayLike, between: ArrayLike | None = None) -> float:
        """Mean travel of those served.

        Args:
            minutes: from each unit's place to each stream's, shape (units, streams).
            between: from stream to stream, shape (streams, streams), where a unit goes to work that waited
                from its last scene; exact when all units have one mean service.
        """
        if between is None:
            return float((self.dispatches * np.asarray(minutes)).sum())
        moved = float((self._pairs * np.asarray(between)).sum())
        return float((self.at_once * np.asarray(minutes)).sum()) + moved

    def within(self, limit: float, minutes: ArrayLike, between: ArrayLike | None = None) -> float:
        """Share of those served who are reached within *limit*, wait included; minutes as in mean travel."""
        travel = np.asarray(minutes, dtype=float)
        later, shares = (travel, self.after_wait) if between is None else (np.asarray(between), self._pairs)
        left = np.maximum(limit - later, 0.0)
        served = self.at_once.sum() + self.after_wait.sum()
        reached = (self.at_once * (travel <= limit)).sum() + (shares * (1 - np.exp(-self.spare * left))).sum()
        return float(reached / served)

    @property
    def _pairs(self) -> Floats:
        """Share of all arrivals that wait, by stream that their unit comes from and own stream."""
        streams = self.after_wait.sum(axis=0)
        return np.asarray(np.outer(streams, streams) / (streams.sum() or 1.0))


def solve(system: System, settled: float = _SETTLED) -> Solution:
    """The long-run solution.

    Balance equations by levels (the number of busy units): each sweep updates the levels in turn and then
    scales them so that as much goes up as comes down between two levels (aggregation and disaggregation,
    Takahashi 1975). With a queue the tail hangs on the state "all busy" alone.

    Args:
        system: the fleet.
        settled: largest change of a chance at which the sweeps end.

    Raises:
        ValueError: more than ``MOST_UNITS`` units; or what queues may not use every unit, or is too much.
    """
    if system.units > MOST_UNITS:
        raise ValueError(f"{system.units} units are too many for the exact model; it takes {MOST_UNITS}")
    total = float(system.rates.sum())
    if system.queues:
        _check_queue(system, total)
    orders, rates, stream = _orders(system)
    asked = _asked(orders, system.units)
    chance = _long_run(_assigned(asked, rates, system.units), 1 / system.service, settled)
    queued = 0.0
    if system.queues:
        tail = chance[-1] * (total / system.capacity) / (1 - total / system.capacity)
        chance, queued = chance / (1 + tail), tail / (1 + tail)
    return _solution(system, chance, queued, _first_free(asked, orders, chance, system.units)[:, stream])


def _check_queue(system: System, total: float) -> None:
    if total >= system.capacity:
        raise ValueError(f"{total:g} incidents a minute are too many for a capacity of {system.capacity:g}")
    if any(len(set(row[row >= 0].tolist())) < system.units for row in system.preference):
        raise ValueError("what queues must be able to use every unit; a capability class is solved as lost")


def _orders(system: System) -> tuple[Ints, Floats, Ints]:
    """Different lists, the rate of each, and which one each stream has."""
    orders, stream = np.unique(system.preference, axis=0, return_inverse=True)
    stream = stream.ravel()
    rates = np.bincount(stream, weights=system.rates, minlength=len(orders))
    return orders, np.asarray(rates, dtype=np.float64), stream.astype(np.int64)


def _asked(orders: Ints, units: int) -> NDArray[np.int8]:
    """Unit that goes, by list and state; -1 for none. Shape (lists, states)."""
    states = np.arange(1 << units)
    goes = np.full((len(orders), len(states)), -1, dtype=np.int8)
    for row, order in zip(goes, orders, strict=True):
        for unit in order[order >= 0].tolist():
            row[(row < 0) & (states >> unit & 1 == 0)] = unit
    return goes


def _assigned(asked: NDArray[np.int8], rates: Floats, units: int) -> Floats:
    """Rate at which each unit is sent, by state; shape (states, units)."""
    up = np.zeros((asked.shape[1], units))
    states = np.arange(len(up))
    for row, rate in zip(asked, rates, strict=True):
        goes = row >= 0
        up[states[goes], row[goes]] += rate
    return up


def _long_run(up: Floats, ends: Floats, settled: float) -> Floats:
    """Chance of each state of the process that goes up at rates *up* and down as units end their service."""
    count, units = up.shape
    states = np.arange(count)
    busy = (states[:, None] >> np.arange(units)) & 1
    level = busy.sum(axis=1)
    order = np.argsort(level, kind="stable")
    edges = np.searchsorted(level[order], np.arange(units + 2))
    parts = [slice(int(a), int(b)) for a, b in pairwise(edges)]
    rising, falling = _moves(up, busy * ends, order)
    out = (up.sum(axis=1) + busy @ ends)[order]
    lifts, drops = up.sum(axis=1)[order], (busy @ ends)[order]
    climbs = [rising[parts[k + 1], parts[k]] for k in range(units)]
    falls = [falling[parts[k], parts[k + 1]] for k in range(units)]
    chance = np.ones(count) / count
    for _ in range(_SWEEPS):
        before = chance.copy()
        for k, part in enumerate(parts):
            inflow = climbs[k - 1] @ chance[parts[k - 1]] if k else 0.0
            inflow = inflow + (falls[k] @ chance[parts[k + 1]] if k < units else 0.0)
            chance[part] = inflow / out[part]
        _balance(chance, parts, lifts, drops)
        if np.abs(chance - before).max() < settled:
            break
    found = np.empty(count)
    found[order] = chance
    return found


def _moves(up: Floats, down: Floats, order: Ints) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Matrices of the rates to (row) from (column), up and down, states in the given order."""
    count = len(order)
    place = np.empty(count, dtype=np.int64)
    place[order] = np.arange(count)

    def matrix(rates: Floats) -> sparse.csr_matrix:
        state, unit = np.nonzero(rates)
        moved = state ^ (1 << unit)
        return sparse.csr_matrix((rates[state, unit], (place[moved], place[state])), shape=(count, count))

    return matrix(up), matrix(down)


def _balance(chance: Floats, parts: list[slice], lifts: Floats, drops: Floats) -> None:
    """Scale the levels so that between two of them as much goes up as down, and the sum is 1."""
    for below, part in pairwise(parts):
        rising, falling = float(lifts[below] @ chance[below]), float(drops[part] @ chance[part])
        chance[part] *= rising / falling if falling > 0 else 0.0
    chance /= chance.sum()


def _first_free(asked: NDArray[np.int8], orders: Ints, chance: Floats, units: int) -> Floats:
    """Chance that each unit is the one that goes, by list; shape (units, lists)."""
    return np.array([
        np.bincount(row[row >= 0], weights=chance[row >= 0], minlength=units) for row in asked
    ]).T.reshape(units, len(orders))  # fmt: skip


def _solution(system: System, chance: Floats, queued: float, first: Floats) -> Solution:
    total = float(system.rates.sum())
    share = system.rates / total
    busy = (np.arange(len(chance))[:, None] >> np.arange(system.units)) & 1
    at_once = first * share
    spare = system.capacity - total
    waits = float(chance[-1] + queued) if system.queues else float(1 - at_once.sum())
    after = np.zeros_like(at_once)
    if system.queues:
        after = waits * np.outer(1 / system.service / system.capacity, share)
    return Solution(
        utilisation=chance @ busy + queued,
        at_once=at_once,
        after_wait=after,
        waits=waits,
        mean_wait=waits / spare if system.queues else 0.0,
        spare=spare,
        states=chance,
    )
