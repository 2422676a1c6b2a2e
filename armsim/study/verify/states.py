"""The states that a system passes through in a replication: who is busy, how many wait, for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.engine.log import EventLog
from armsim.model.incident_table import IncidentTable
from armsim.study.verify.observe import Spans, waiting
from armsim.study.verify.rates import DAY, DayRate
from armsim.study.verify.translate import Setup

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class States:
    """Different states of a replication, and how long and by which calls each was seen.

    Attributes:
        job: shape (states, units): 0 is free, else 1 and the position of the class served.
        queue: shape (states, classes): calls that wait.
        of_time: state after so many changes.
        at: moments of the changes, minutes.
    """

    job: Ints
    queue: Ints
    of_time: Ints
    at: Floats

    def number(self) -> Ints:
        """Calls and units at work, and calls that wait, by state."""
        return np.asarray((self.job > 0).sum(axis=1) + self.queue.sum(axis=1))

    def found(self, moments: Floats) -> Ints:
        """The state just before each moment."""
        return np.asarray(self.of_time[np.searchsorted(self.at, moments, side="left")])

    def weights(self, clock: Callable[[Floats], Floats], end: float) -> Floats:
        """By state: what *clock* counts while it lasts, between 0 and *end* minutes."""
        read = clock(np.clip(np.concatenate([[0.0], self.at, [end]]), 0.0, end))
        counted = np.bincount(self.of_time, weights=np.diff(read), minlength=len(self.job))
        return np.asarray(counted, dtype=np.float64)


def states_of(setup: Setup, log: EventLog, busy: Spans) -> States:
    """What units do and how many wait, change by change."""
    units, classes = len(setup.system.units), len(setup.system.classes)
    waits = waiting(setup, log)
    column = np.concatenate([busy.unit, busy.unit, units + waits.unit, units + waits.unit])
    size = busy.kind + 1 if setup.system.policy.preemptive else np.ones_like(busy.unit)
    ones = np.ones_like(waits.unit)
    moments = np.concatenate([busy.start, busy.stop, waits.start, waits.stop])
    order = np.argsort(moments, kind="stable")
    steps = np.zeros((len(order) + 1, units + classes), dtype=np.int64)
    steps[np.arange(1, len(order) + 1), column[order]] = np.concatenate([size, -size, ones, -ones])[order]
    path = np.cumsum(steps, axis=0)
    # What two jobs of a unit that meet in one minute come to between is over at once.
    np.clip(path, 0, None, out=path)
    key = path @ np.concatenate([[1], np.cumprod(path.max(axis=0)[:-1] + 1)])
    _, first, of_time = np.unique(key, return_index=True, return_inverse=True)
    return States(path[first, :units], path[first, units:], of_time, moments[order])


@dataclass(frozen=True, eq=False)
class Works:
    """Work of deployments as it was drawn, minutes; what the engine made of it is not asked.

    Attributes:
        drawn: by deployment; NaN where it was not drawn with its call.
        mean: its expectation.
    """

    drawn: Floats
    mean: Floats


def works(setup: Setup, log: EventLog, table: IncidentTable) -> Works:
    """What was drawn for each deployment of a log, by the unit that was sent."""
    trips = log.tables["deployments"]
    row = np.searchsorted(table.number, trips["incident"].astype(table.number.dtype))
    kind, unit, ordinal = table.type[row], trips["unit"].astype(int), trips["ordinal"].astype(int)
    factors = np.array([setup.factors(one) for one in setup.types])[kind, unit]
    base = np.array([setup.base_mean(one) for one in setup.types])[kind] * setup.scale
    drawn = table.on_scene[row]
    if setup.released_singly:
        width = table.on_scene_by_ordinal.shape[1]
        own = table.on_scene_by_ordinal[row, np.minimum(ordinal, width - 1)]
        drawn = np.where(ordinal < width, own, np.nan)
    return Works(np.asarray(drawn * factors, dtype=np.float64), base * factors)


def share(setup: Setup, opens: float, closes: float) -> float:
    """Mean rate in a part of the day over the highest."""
    rates = setup.system.day_rates
    if not rates:
        return 1.0
    return float(np.mean([one.mean(opens, closes) / one.highest() for one in rates]))


def minutes_in(minutes: Floats, scale: float, opens: float, closes: float) -> Floats:
    """Minutes that lie in a part of the day, up to each minute."""
    if (opens, closes) == (0.0, DAY):
        return minutes
    days, clock = np.divmod(minutes / scale, DAY)
    return np.asarray((days * (closes - opens) + np.clip(clock, opens, closes) - opens) * scale)


def clock_of(setup: Setup, zone: int, opens: float, closes: float) -> Callable[[Floats], Floats]:
    """Minutes passed at the highest rate of the zone that bring as many calls as have come by a minute."""
    scale, rates = setup.scale, setup.system.day_rates
    if not rates:
        return lambda minutes: minutes_in(minutes, scale, opens, closes)
    grid, passed = _passed(rates[zone])

    def read(minutes: Floats) -> Floats:
        days, clock = np.divmod(minutes / scale, DAY)
        start, end, now = (np.interp(t, grid, passed) for t in (opens, closes, np.clip(clock, opens, closes)))
        return np.asarray((days * (end - start) + now - start) * scale)

    return read


def _passed(rate: DayRate) -> tuple[Floats, Floats]:
    """Integral of a rate over its highest from midnight on, on a fine grid."""
    grid = np.linspace(0.0, DAY, 28_801)
    middle = rate.at((grid[1:] + grid[:-1]) / 2) / rate.highest()
    return grid, np.concatenate([[0.0], np.cumsum(middle * np.diff(grid))])
