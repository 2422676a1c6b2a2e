"""Control variates of a replication: figures of its drawn calls whose expectations are known exactly.

Results are corrected by what the draws happened to be: how many calls came, how much work they brought, where
they came from, and what two other systems made of them whose results are known in closed form: one server of
c-fold speed (Pollaczek and Khinchine) for queues, and no end of servers (Poisson) for losses. Controls narrow
the interval and do not move the expectation (Lavenberg and Welch 1981), as long as the draws are right: a
fault in drawing would be corrected away. The controls are therefore judged themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import nbinom, poisson

from armsim.model.incident_table import ORDINALS, IncidentTable
from armsim.study.verify.rates import DAY
from armsim.study.verify.translate import CallType, Setup

Floats = NDArray[np.float64]


def controls(setup: Setup, table: IncidentTable, delays: Sequence[int] = ()) -> dict[str, float]:
    """What the drawn calls of the window came to, less its expectation, by name; the most telling first.

    *delays* are the calls of runs from empty whose delay is asked for.

    The names are the same in every replication of a setup; there are none for a Hawkes process.
    """
    system = setup.system
    if system.calls:
        return _of_runs(setup, table, delays)
    if system.arrivals.process != "Poisson":
        return {}
    times = table.received_at / setup.scale
    inside = (times >= 0) & (times < setup.window)
    types, zones = table.type[inside], table.zone[inside]
    work = _draws(setup, table)
    if system.day_rates:
        return {**_quarters(setup, times[inside]), "work": _mean_or(work[inside]) - 1.0}
    expected = system.rate * setup.window
    found = {"calls": len(types) / expected - 1.0, "work": float(work[inside].sum()) / expected - 1.0}
    if system.policy.queue == "loss" or system.policy.patience_mean is not None:
        first = table.on_scene / setup.scale / _means(setup)[table.type]
        stay = first * _loads(setup, whole=False)[table.type] + _travel(setup)[table.zone]
        found["overload of no end of servers"] = _overload(setup, times, stay, inside)
    else:
        load = work * _loads(setup)[table.type] + _required(setup)[table.type] * _travel(setup)[table.zone]
        found |= _one_server(setup, times, load, inside)
    return found | _counts(setup, types, zones)


def _of_runs(setup: Setup, table: IncidentTable, delays: Sequence[int]) -> dict[str, float]:
    """Runs from empty: mean work and time between calls, and delays at one server of c-fold speed."""
    system, work = setup.system, _draws(setup, table)
    size = system.calls
    gaps = np.diff(table.received_at)[np.arange(1, len(table)) % size != 0] / setup.scale * system.rate
    found = {"work": _mean_or(work) - 1.0, "time between calls": _mean_or(gaps) - 1.0}
    law = system.service
    if len(setup.types) == 1 and law.distribution == "exponential" and not system.busy_travel:
        came = gaps.reshape(setup.runs, size - 1)
        found |= _delays(setup, work.reshape(setup.runs, size), came, delays)
    return found


def _delays(setup: Setup, work: Floats, gaps: Floats, calls: Sequence[int]) -> dict[str, float]:
    """Mean delay of some calls of a run at one server, and of all up to the last of them.

    Of M/M/1 from empty the n-th delay has the mean sum over k < n of E[(S_1 + ... + S_k - A_1 - ... - A_k)+]
    over k (Spitzer). Work and times between calls being exponential, the pieces of work that are over before
    the k-th time between calls is are negative binomial.
    """
    units = len(setup.system.units)
    mean = float(_loads(setup)[0]) * setup.system.rate / units
    size = max(calls, default=1)
    delays = np.zeros((len(work), size))
    for n in range(1, size):
        left = delays[:, n - 1] + mean * work[:, n - 1] - gaps[:, n - 1]
        delays[:, n] = np.maximum(left, 0.0)
    expected = np.zeros(size)
    for k in range(1, size):
        over = np.arange(k)
        positive = mean * float(((k - over) * nbinom.pmf(over, k, mean / (1.0 + mean))).sum())
        expected[k] = expected[k - 1] + positive / k
    off = delays.mean(axis=0) - expected
    found = {f"delay of call {n} at one server": float(off[n - 1]) for n in sorted(calls) if n > 1}
    return found | {"mean delay at one server": float(off.mean())}


def _draws(setup: Setup, table: IncidentTable) -> Floats:
    """Work of each call, all its units together, over its mean."""
    means = _means(setup)[table.type] * setup.scale
    if not setup.released_singly:
        return table.on_scene / means
    required = _required(setup)[table.type].astype(int)
    width = table.on_scene_by_ordinal.shape[1]
    used = np.arange(width) < required[:, None]
    total = np.where(used, table.on_scene_by_ordinal, 0.0).sum(axis=1) / np.minimum(required, width)
    return np.asarray(total / means)


def _required(setup: Setup) -> Floats:
    return np.array([float(one.required) for one in setup.types])


def _excess(setup: Setup, values: NDArray[Any], expected: float) -> float:
    """Sum over calls of what each has beyond its expectation, over the expected number of calls.

    A sum over as many calls as come has the expectation 0 (PASTA); a mean over them has not, as busy windows
    have more calls.
    """
    return float((values - expected).sum()) / (setup.system.rate * setup.window)


def _mean_or(values: Floats) -> float:
    return float(values.mean()) if len(values) else 1.0


def _means(setup: Setup) -> Floats:
    """Mean of what is drawn as the work of a call, by type."""
    return np.array([setup.base_mean(one) for one in setup.types])


def _loads(setup: Setup, whole: bool = True) -> Floats:
    """By type: mean service, the mean over the units; of the *whole* call, all its units together."""
    system = setup.system

    def mean(one: CallType) -> float:
        units = range(len(system.units))
        zone = max(one.zone, 0)
        return float(np.mean([system.mean(one.kind, one.required, zone, unit) for unit in units]))

    return np.array([mean(one) * (one.required if whole else 1) for one in setup.types])


def _travel(setup: Setup) -> Floats:
    """By zone of the scenario: mean travel inside the busy time of a unit."""
    system = setup.system
    trips = {"recorded_only": 0.0, "exponential_phase": 1.0, "round_trip": 2.0}[system.policy.travel]
    by_zone = trips * np.array(system.travel).mean(axis=0)
    return np.concatenate([by_zone, np.zeros(len(system.units))])


def _quarters(setup: Setup, times: Floats) -> dict[str, float]:
    """Calls in quarters of the day, over their expected number, less 1."""
    system, days = setup.system, setup.window / DAY
    clock = np.mod(times, DAY)
    found = {}
    for quarter in range(4):
        start, end = quarter * DAY / 4, (quarter + 1) * DAY / 4
        mean = sum(rate.mean(start, end) for rate in system.day_rates)
        if system.arrivals.rate_by_time is not None:
            mean /= len(system.zones)  # every zone has the rate of all
        expected = mean * DAY / 4 * days
        came = float(((clock >= start) & (clock < end)).sum())
        found[f"calls of quarter {quarter + 1}"] = came / expected - 1.0 if expected else 0.0
    return found


def _counts(setup: Setup, types: NDArray[np.int16], zones: NDArray[np.int32]) -> dict[str, float]:
    """Calls by zone and by type less their expectations, over all; the total gives the last of each."""
    system, expected = setup.system, setup.system.rate * setup.window
    by_type = [sum(setup.rates(one).values()) / system.rate for one in setup.types]
    by_zone = np.sum([kind.rates for kind in system.classes], axis=0) / system.rate
    types_came = np.bincount(types, minlength=len(by_type)) / expected
    zones_came = np.bincount(zones, minlength=len(by_zone)) / expected
    off = {f"calls of zone {system.zones[z]}": zones_came[z] - by_zone[z] for z in range(len(by_zone) - 1)}
    off |= {f"calls of type {t + 1}": types_came[t] - by_type[t] for t in range(len(by_type) - 1)}
    if len(by_type) < len(by_zone):  # classes tell more than zones, where there are few of them
        off = dict(sorted(off.items(), key=lambda item: item[0].startswith("calls of zone")))
    return {name: float(value) for name, value in off.items()}


def _overload(setup: Setup, times: Floats, stay: Floats, inside: NDArray[np.bool_]) -> float:
    """Share of calls that would find as many calls served as there are units for, were there no end of units.

    Calls in service are then Poisson(rate x mean stay), also as arriving calls see them.
    """
    system = setup.system
    units = (
        sum(rate * one.required for one in setup.types for rate in setup.rates(one).values()) / system.rate
    )
    full = max(1, round(len(system.units) / units))
    ended = np.searchsorted(np.sort(times + stay), times, side="right")
    busy = np.arange(len(times)) - ended
    travel, loads = _travel(setup), _loads(setup, whole=False)
    offered = sum(
        rate * (load + travel[zone])
        for one, load in zip(setup.types, loads, strict=True)
        for zone, rate in setup.rates(one).items()
    )
    return _excess(setup, busy[inside] >= full, float(poisson.sf(full - 1, offered)))


def _one_server(setup: Setup, times: Floats, load: Floats, inside: NDArray[np.bool_]) -> dict[str, float]:
    """Mean wait and share of calls that wait at one server that works as fast as all units together.

    Lindley's recursion; Pollaczek and Khinchine: E[W] = lambda E[S^2] / (2 (1 - rho)), P(W > 0) = rho.
    """
    system = setup.system
    service = load / len(system.units)
    steps = np.diff(times, prepend=times[0]) - np.concatenate([[0.0], service[:-1]])
    path = -np.cumsum(steps)
    wait = path - np.minimum.accumulate(np.minimum(path, 0.0))
    rate, (first, second) = system.rate, _moments(setup)
    used = rate * first
    if used >= 0.98:
        return {}
    mean = rate * second / (2.0 * (1.0 - used))
    return {
        "wait at one server": _excess(setup, wait[inside] / mean, 1.0),
        "share waiting at one server": _excess(setup, wait[inside] > 0, used),
    }


def _moments(setup: Setup) -> tuple[float, float]:
    """First and second moment of a call's service by the one server."""
    system, units = setup.system, len(setup.system.units)
    law = system.service
    squared = {"exponential": 1.0, "deterministic": 0.0}.get(law.distribution, (law.cv or 0.0) ** 2)
    loads, travel = _loads(setup), _travel(setup)
    first = second = 0.0
    for one, load in zip(setup.types, loads, strict=True):
        # the mean of k independent draws varies by a k-th
        independent = setup.released_singly and not law.common_to_all_units_of_a_call
        varied = squared / (min(one.required, ORDINALS) if independent else 1)
        for zone, rate in setup.rates(one).items():
            mean, away = load / units, one.required * travel[zone] / units
            first += rate * (mean + away)
            second += rate * (varied * mean**2 + (mean + away) ** 2)
    return first / system.rate, second / system.rate
