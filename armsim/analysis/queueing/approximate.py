"""The hypercube model, approximately: fleets too large for 2**units states.

Units are taken as busy independently of each other; a factor Q makes up for it in the mean, as though any
unit were asked first with equal chance. Larson (1975, Operations Research 23:845) for work that queues,
Jarvis (1985, Management Science 31:235) for work that is lost.

Error against exact solutions (``docs/explain.md``): the worst unit's utilisation is out by up to 0.02, mean
travel by up to 3%. A capability class (a stream that lists part of the fleet) takes the factor of its own
part, which is our extension.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, logsumexp, xlogy

from armsim.analysis.queueing.erlang import erlang_b, erlang_c
from armsim.analysis.queueing.hypercube import Solution, System

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Known error against exact solutions: utilisation of the worst unit, and mean travel as a share.
UTILISATION_ERROR, TRAVEL_ERROR = 0.02, 0.03
_SETTLED = 1e-12
_SWEEPS = 2_000


def approximate(system: System, eligible: int | None = None, settled: float = _SETTLED) -> Solution:
    """The long-run solution by Larson's approximation, or Jarvis's where nothing queues.

    Args:
        system: the fleet.
        eligible: units that may serve a stream, where lists are cut short to the first few of them; the
            length of each list when left out.
        settled: largest change of a utilisation at which the iteration ends.

    Raises:
        ValueError: what queues is too much for the fleet.
    """
    if system.queues and system.rates.sum() >= system.capacity:
        raise ValueError(
            f"{system.rates.sum():g} incidents a minute are too many for a capacity of {system.capacity:g}"
        )
    sizes = np.full(len(system.rates), eligible) if eligible else (system.preference >= 0).sum(axis=1)
    return (_larson if system.queues else _jarvis)(system, sizes, settled)


@lru_cache(maxsize=512)
def correction(units: int, load: float, queues: bool, most: int | None = None) -> Floats:
    """Q(N, rho, j) for j = 0 to N - 1 units asked before; shape (N,), read only.

    Q = sum over k from j to N - 1 of (N-j-1)! (N-k) / (k-j)! N**k / N! rho**(k-j) P_0, divided by 1 - rho
    where work queues, by (1 - P_N)**j (1 - rho (1 - P_N)) where it is lost.

    Args:
        units: N.
        load: offered load per unit, rho; below 1 where work queues.
        queues: whether work queues.
        most: only the first so many are wanted.
    """
    states = np.arange(units + 1)
    terms = xlogy(states, units * load) - gammaln(states + 1)
    if queues:
        terms[-1] -= np.log1p(-load)
    j, k = np.arange(min(units, most or units))[:, None], np.arange(units)[None, :]
    up = np.maximum(k - j, 0)
    parts = (
        gammaln(units - j) + np.log(units - k) - gammaln(up + 1) - gammaln(units + 1)
        + k * np.log(units) + xlogy(up, load) - logsumexp(terms)
    )  # fmt: skip
    factor = logsumexp(np.where(k >= j, parts, -np.inf), axis=1)
    if queues:
        found = np.exp(factor - np.log1p(-load))
    else:
        served = 1 - float(erlang_b(units, units * load))
        found = np.exp(factor - j[:, 0] * np.log(served) - np.log1p(-load * served))
    found.setflags(write=False)
    return np.asarray(found)


def _larson(system: System, sizes: Ints, settled: float) -> Solution:
    total, units, choices = float(system.rates.sum()), system.units, system.preference.shape[1]
    mean = _mean_service(system, np.full(units, 1.0))
    busy = np.full(units, total * mean / units)
    load = -1.0
    for _ in range(_SWEEPS):
        # With one service for all units the load stays what it is.
        if load != min(total * mean / units, 1 - 1e-9):
            load = min(total * mean / units, 1 - 1e-9)
            waits = float(erlang_c(units, units * load))
            factors = {size: correction(size, load, True, choices) for size in set(sizes.tolist())}
        asked = _asked(system, busy, sizes, factors)
        work = _by_unit(system, asked) * system.service
        new = (work + total * mean * waits / units) / (1 + work)
        new = np.minimum(new * (total / (new / system.service).sum()), 1 - 1e-9)
        done, busy = np.abs(new - busy).max() < settled, new
        mean = _mean_service(system, busy)
        if done:
            break
    at_once = _shares(system, busy, asked, np.full(len(system.rates), 1 - waits))
    after = waits * np.outer(1 / system.service / system.capacity, system.rates / total)
    spare = system.capacity - total
    return Solution(busy, at_once, after, waits, waits / spare, spare, np.empty(0))


def _jarvis(system: System, sizes: Ints, settled: float) -> Solution:
    total, units = float(system.rates.sum()), system.units
    busy = np.full(units, min(total * float(system.service.mean()) / units, 0.9))
    served = np.zeros(len(system.rates))
    mean = float(system.service.mean())
    for _ in range(_SWEEPS):
        loads, lost = _loads(system, busy, sizes, total * mean / units)
        asked = _asked(system, busy, sizes, loads)
        work = _by_unit(system, asked) * system.service
        new = work / (1 + work)
        shares = _shares(system, new, asked, 1 - lost)
        mean = float((shares.sum(axis=1) * system.service).sum() / shares.sum())
        done, busy, served = np.abs(new - busy).max() < settled, new, 1 - lost
        if done:
            break
    shares = _shares(system, busy, asked, served)
    blank = np.zeros_like(shares)
    missed = float(1 - shares.sum())
    return Solution(busy, shares, blank, missed, 0.0, system.capacity - total, np.empty(0))


def _loads(system: System, busy: Floats, sizes: Ints, load: float) -> tuple[dict[int, Floats], Floats]:
    """Factors by size of the part of the fleet, and the share of each stream that is lost."""
    lost = np.empty(len(sizes))
    factors: dict[int, Floats] = {}
    for size in sorted(set(sizes.tolist())):
        rows = sizes == size
        own = load
        if size < system.units and (system.preference[rows] >= 0).sum(axis=1).max() == size:
            listed = system.preference[rows]
            own = _offered(size, float(busy[listed[listed >= 0]].mean()))
        factors[size] = correction(size, own, False, system.preference.shape[1])
        lost[rows] = float(erlang_b(size, size * own))
    return factors, lost


def _offered(units: int, busy: float) -> float:
    """Load per unit of which a loss system of so many units carries *busy* per unit, by bisection."""
    low, high = busy, busy / max(1 - busy, 1e-9)
    for _ in range(60):
        middle = (low + high) / 2
        carried = middle * (1 - float(erlang_b(units, units * middle)))
        low, high = (middle, high) if carried < busy else (low, middle)
    return (low + high) / 2


def _asked(system: System, busy: Floats, sizes: Ints, factors: dict[int, Floats]) -> Floats:
    """Q x the product of the utilisations of the units asked before; shape (streams, choices)."""
    listed = system.preference >= 0
    used = np.where(listed, busy[system.preference], 1.0)
    before = np.cumprod(np.concatenate([np.ones((len(used), 1)), used[:, :-1]], axis=1), axis=1)
    choices = used.shape[1]
    table = {size: np.pad(q, (0, max(choices - len(q), 0)))[:choices] for size, q in factors.items()}
    return np.array([table[size] for size in sizes.tolist()]) * before * listed


def _by_unit(system: System, asked: Floats) -> Floats:
    """Incidents a minute that find each unit the first free one, if it is free; shape (units,)."""
    listed = system.preference >= 0
    rates = (system.rates[:, None] * asked)[listed]
    found = np.bincount(system.preference[listed], weights=rates, minlength=system.units)
    return np.asarray(found, dtype=np.float64)


def _shares(system: System, busy: Floats, asked: Floats, served: Floats) -> Floats:
    """Share of all arrivals by unit and stream, so that *served* of each stream are; (units, streams)."""
    listed = system.preference >= 0
    free = asked * np.where(listed, 1 - busy[system.preference], 0.0)
    sums = free.sum(axis=1)
    free *= (served / np.where(sums > 0, sums, 1.0) * system.rates / system.rates.sum())[:, None]
    found = np.zeros((system.units, len(system.rates)))
    stream = np.broadcast_to(np.arange(len(system.rates))[:, None], free.shape)
    np.add.at(found, (system.preference[listed], stream[listed]), free[listed])
    return found


def _mean_service(system: System, busy: Floats) -> float:
    """Mean service over the incidents that units end while busy."""
    return float(busy.sum() / (busy / system.service).sum())
