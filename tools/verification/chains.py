"""Exact results of small systems: stationary Markov chains and closed forms.

Written for the cases that ship with ``armsim verify`` and independent of the simulator: nothing of armsim is
imported here. Queues are cut where they hold less than 1e-13 of the probability.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import coo_matrix, csc_matrix
from scipy.sparse.linalg import spsolve

State = Hashable
Moves = Callable[[Any], Iterable[tuple[Any, float]]]


def stationary(start: State, moves: Moves) -> dict[Any, float]:
    """Stationary probabilities of the chain reached from *start*; *moves* gives (state, rate) pairs."""
    index: dict[Any, int] = {start: 0}
    rows, columns, rates = [], [], []
    waiting = [start]
    while waiting:
        state = waiting.pop()
        here = index[state]
        for target, rate in moves(state):
            if target not in index:
                index[target] = len(index)
                waiting.append(target)
            rows += [index[target], here]
            columns += [here, here]
            rates += [rate, -rate]
    size = len(index)
    balance = csc_matrix(coo_matrix((rates, (rows, columns)), shape=(size, size)))
    # The first state's weight is set to 1 and its own equation, which the others imply, is left out.
    rest = spsolve(balance[1:, 1:], -balance[1:, :1].toarray().ravel())
    weights = np.concatenate([[1.0], rest])
    return {state: float(weights[at] / weights.sum()) for state, at in index.items()}


def mean(chain: dict[Any, float], value: Callable[[Any], float]) -> float:
    """Mean of a function of the state."""
    return math.fsum(p * value(state) for state, p in chain.items())


# --- one unit a call ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dispatch:
    """Units that serve calls of several classes, one unit each, exponential service.

    Attributes:
        rates: by class, by zone.
        order: by class, by zone: units, best first.
        service: rate by unit.
        reserve: by class: served only if more than so many units are free.
        queue: calls that find nobody wait (priority by class, first come first served inside), or are lost.
        longest: length at which the queue is cut.
    """

    rates: Sequence[Sequence[float]]
    order: Sequence[Sequence[Sequence[int]]]
    service: Sequence[float]
    reserve: Sequence[int]
    queue: bool
    longest: int = 60

    def moves(self, state: tuple[int, tuple[int, ...]]) -> Iterable[tuple[Any, float]]:
        """Moves from (busy units as bits, calls waiting by class)."""
        busy, waiting = state
        for k, by_zone in enumerate(self.rates):
            for zone, rate in enumerate(by_zone):
                unit = self.pick(k, zone, busy)
                if unit is not None:
                    yield (busy | 1 << unit, waiting), rate
                elif self.queue and sum(waiting) < self.longest:
                    yield (busy, _added(waiting, k, 1)), rate
        for unit, rate in enumerate(self.service):
            if busy >> unit & 1:
                for target, share, _ in self.freed(busy & ~(1 << unit), waiting):
                    yield target, rate * share

    def pick(self, k: int, zone: int, busy: int) -> int | None:
        """The unit sent to a call, if any."""
        if len(self.service) - busy.bit_count() <= self.reserve[k]:
            return None
        return next((unit for unit in self.order[k][zone] if not busy >> unit & 1), None)

    def freed(
        self, busy: int, waiting: tuple[int, ...]
    ) -> Iterable[tuple[tuple[int, tuple[int, ...]], float, tuple[int, int] | None]]:
        """What becomes of a unit that comes free: states, their chances, and the trip (unit, zone) if any.

        The zone of a waiting call may be drawn when it is served: who is served next does not look at it.
        """
        for k, count in enumerate(waiting):
            total = sum(self.rates[k])
            if count and self.pick(k, 0, busy) is not None:
                for zone, rate in enumerate(self.rates[k]):
                    unit = self.pick(k, zone, busy)
                    assert unit is not None
                    yield (busy | 1 << unit, _added(waiting, k, -1)), rate / total, (unit, zone)
                return
        yield (busy, waiting), 1.0, None

    def solve(self) -> dict[str, Any]:
        """Utilisation, trips, waits and losses."""
        nothing = (0,) * len(self.rates)
        chain = stationary((0, nothing), self.moves)
        units, zones = len(self.service), len(self.rates[0])
        trips = np.zeros((len(self.rates), units, zones))
        refused = np.zeros(len(self.rates))
        for (busy, waiting), p in chain.items():
            for k, by_zone in enumerate(self.rates):
                for zone, rate in enumerate(by_zone):
                    unit = self.pick(k, zone, busy)
                    if unit is None:
                        refused[k] += p * rate
                    else:
                        trips[k, unit, zone] += p * rate
            for unit, rate in enumerate(self.service):
                if busy >> unit & 1:
                    for (_, left), share, trip in self.freed(busy & ~(1 << unit), waiting):
                        if trip is not None:
                            k = next(n for n, (a, b) in enumerate(zip(waiting, left, strict=True)) if a != b)
                            trips[(k, *trip)] += p * rate * share
        rates = np.array([sum(by_zone) for by_zone in self.rates])
        lengths = [mean(chain, lambda s, k=k: s[1][k]) for k in range(len(rates))]
        return {
            "utilisation": [mean(chain, lambda s, u=u: s[0] >> u & 1) for u in range(units)],
            "trips": trips,
            "refused": refused / rates,
            "refused_all": float(refused.sum() / rates.sum()),
            "wait": np.array(lengths) / rates,
            "wait_all": float(sum(lengths) / rates.sum()),
            "all_busy": mean(chain, lambda s: s[0] == (1 << units) - 1),
        }


def _added(counts: tuple[int, ...], at: int, change: int) -> tuple[int, ...]:
    return tuple(count + change if n == at else count for n, count in enumerate(counts))


# --- travel inside the busy time ------------------------------------------------------------------------


def phases(
    rates: Sequence[float],
    order: Sequence[Sequence[int]],
    travel: Sequence[Sequence[float]],
    service: Sequence[Sequence[float]],
    longest: int = 60,
) -> dict[str, Any]:
    """Exponential travel, then exponential work on the scene whose mean hangs on unit and zone; FIFO queue.

    Args:
        rates: calls by zone.
        order: units by zone, best first.
        travel: mean time by unit, by zone.
        service: mean work by unit, by zone.
        longest: length at which the queue is cut.
    """
    units, zones, total = range(len(travel)), range(len(rates)), sum(rates)

    def moves(state: tuple[tuple[int, ...], int]) -> Iterable[tuple[Any, float]]:
        doing, waiting = state  # 0 free, 1 + 2 zone on the way, 2 + 2 zone on the scene
        for zone in zones:
            unit = next((u for u in order[zone] if doing[u] == 0), None)
            if unit is not None:
                yield (_set(doing, unit, 1 + 2 * zone), waiting), rates[zone]
            elif waiting < longest:
                yield (doing, waiting + 1), rates[zone]
        for unit in units:
            if doing[unit] % 2:
                zone = (doing[unit] - 1) // 2
                yield (_set(doing, unit, doing[unit] + 1), waiting), 1 / travel[unit][zone]
            elif doing[unit]:
                rate = 1 / service[unit][(doing[unit] - 2) // 2]
                if not waiting:
                    yield (_set(doing, unit, 0), 0), rate
                else:
                    for zone in zones:
                        target = (_set(doing, unit, 1 + 2 * zone), waiting - 1)
                        yield target, rate * rates[zone] / total

    chain = stationary(((0,) * len(travel), 0), moves)
    trips = np.zeros((len(travel), len(rates)))
    for (doing, waiting), p in chain.items():
        for zone in zones:
            unit = next((u for u in order[zone] if doing[u] == 0), None)
            if unit is not None:
                trips[unit, zone] += p * rates[zone]
        if waiting:
            for unit in units:
                if doing[unit] % 2 == 0:
                    rate = 1 / service[unit][(doing[unit] - 2) // 2]
                    trips[unit] += p * rate * np.array(rates) / total
    return {
        "utilisation": [mean(chain, lambda s, u=u: s[0][u] > 0) for u in units],
        "trips": trips,
        "p_wait": mean(chain, lambda s: all(s[0])),
        "wait": mean(chain, lambda s: s[1]) / total,
    }


def _set(values: tuple[int, ...], at: int, value: int) -> tuple[int, ...]:
    return (*values[:at], value, *values[at + 1 :])


# --- several units a call -------------------------------------------------------------------------------


def together(
    rate: float, required: dict[int, float], units: int, mean_service: dict[int, float], common: bool
) -> dict[str, Any]:
    """Calls of k units, sent when all k are free, first come first served: the head of the queue blocks.

    Units leave singly, or all of a call at once if *common*. State: calls (or units) at work by k, class of
    the blocked head, calls behind it.
    """
    sizes = sorted(required)
    longest = 150

    def free(work: tuple[int, ...]) -> int:
        used = sum(count * (size if common else 1) for count, size in zip(work, sizes, strict=True))
        return units - used

    def started(work: tuple[int, ...], size: int) -> tuple[int, ...]:
        return _added(work, sizes.index(size), 1 if common else size)

    def settle(work: tuple[int, ...], head: int, behind: int) -> Iterable[tuple[Any, float]]:
        if head and head <= free(work):
            work = started(work, head)
            if not behind:
                yield (work, 0, 0), 1.0
                return
            for size in sizes:
                for state, share in settle(work, size, behind - 1):
                    yield state, share * required[size]
        else:
            yield (work, head, behind), 1.0

    def moves(state: tuple[tuple[int, ...], int, int]) -> Iterable[tuple[Any, float]]:
        work, head, behind = state
        if head:
            if behind < longest:
                yield (work, head, behind + 1), rate
        else:
            for size in sizes:
                target = (started(work, size), 0, 0) if size <= free(work) else (work, size, 0)
                yield target, rate * required[size]
        for position, size in enumerate(sizes):
            if work[position]:
                left = _added(work, position, -1)
                for target, share in settle(left, head, behind):
                    yield target, share * work[position] / mean_service[size]

    chain = stationary(((0,) * len(sizes), 0, 0), moves)
    wait = {
        k: (mean(chain, lambda s, k=k: s[1] == k) + required[k] * mean(chain, lambda s: s[2]))
        / rate
        / required[k]
        for k in sizes
    }
    late = {k: mean(chain, lambda s, k=k: s[1] > 0 or free(s[0]) < k) for k in sizes}
    return {
        "wait": wait,
        "p_wait": late,
        "busy": mean(chain, lambda s: units - free(s[0])),
    }


def as_available(
    rates: Sequence[float], required: dict[int, float], order: Sequence[Sequence[int]], mean_service: float
) -> dict[str, Any]:
    """Calls of k units: each free one goes at once, the head stays until it has k; units leave singly.

    State: busy units, units the head still misses, whether it has one, calls behind it.
    """
    units, total, longest = len(order[0]), sum(rates), 150

    def head_of(behind: int) -> Iterable[tuple[tuple[int, bool, int], float]]:
        if not behind:
            yield (0, False, 0), 1.0
        else:
            for size, share in required.items():
                yield (size, False, behind - 1), share

    def moves(state: tuple[int, int, bool, int]) -> Iterable[tuple[Any, float]]:
        busy, missing, begun, behind = state
        if missing:
            if behind < longest:
                yield (busy, missing, begun, behind + 1), total
        else:
            for zone, rate in enumerate(rates):
                able = [unit for unit in order[zone] if not busy >> unit & 1]
                for size, share in required.items():
                    sent = sum(1 << unit for unit in able[:size])
                    left = size - min(size, len(able))
                    yield (busy | sent, left, left > 0 and bool(able), 0), rate * share
        for unit in range(units):
            if not busy >> unit & 1:
                continue
            if not missing:
                yield (busy & ~(1 << unit), 0, False, 0), 1 / mean_service
            elif missing > 1:
                yield (busy, missing - 1, True, behind), 1 / mean_service
            else:
                for (need, has, rest), share in head_of(behind):
                    yield (busy, need, has, rest), share / mean_service

    chain = stationary((0, 0, False, 0), moves)
    nobody = mean(chain, lambda s: s[3] + (s[1] > 0 and not s[2]))
    short = mean(chain, lambda s: s[3] + (s[1] > 0))

    def late(size: int) -> float:
        return mean(chain, lambda s: s[1] > 0 or units - s[0].bit_count() < size)

    return {
        "utilisation": [mean(chain, lambda s, u=u: s[0] >> u & 1) for u in range(units)],
        "first": nobody / total,
        "last": short / total,
        "p_first": late(1),
        "p_last": {size: late(size) for size in required},
    }


def lose_rest(
    rates: Sequence[float], required: dict[int, float], order: Sequence[Sequence[int]], mean_service: float
) -> dict[str, Any]:
    """Calls of k units get the first k free ones of their list, fewer if short, and are lost if none is."""
    units = len(order[0])

    def moves(busy: int) -> Iterable[tuple[int, float]]:
        for zone, rate in enumerate(rates):
            able = [unit for unit in order[zone] if not busy >> unit & 1]
            for size, share in required.items():
                if able:
                    yield busy | sum(1 << unit for unit in able[:size]), rate * share
        for unit in range(units):
            if busy >> unit & 1:
                yield busy & ~(1 << unit), 1 / mean_service

    chain = stationary(0, moves)
    free = [mean(chain, lambda s, n=n: units - s.bit_count() == n) for n in range(units + 1)]
    trips = np.zeros((units, len(rates)))
    for busy, p in chain.items():
        for zone, rate in enumerate(rates):
            able = [unit for unit in order[zone] if not busy >> unit & 1]
            for size, share in required.items():
                for unit in able[:size]:
                    trips[unit, zone] += p * rate * share
    return {
        "utilisation": [mean(chain, lambda s, u=u: s >> u & 1) for u in range(units)],
        "loss": free[0],
        "short": {size: math.fsum(free[1:size]) for size in required},
        "trips": trips,
    }
