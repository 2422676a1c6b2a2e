"""The quantities of ``conventions`` in one replication, each as a numerator and a denominator.

A result is the ratio of their sums over replications: never a mean of ratios.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from armsim.study.verify.observe import Observed
from armsim.study.verify.quantities import Axis, Cell, delayed_calls
from armsim.study.verify.rates import DAY
from armsim.study.verify.translate import Setup

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
Ratio = tuple[float, float]

#: Calls whose unit is sent later than this after they came have waited; time units of the case.
_AT_ONCE = 1e-7


def ratio(cell: Cell, seen: Observed, setup: Setup) -> Ratio:
    """Numerator and denominator of a quantity in one replication."""
    name = cell.quantity
    if name in _OF_UNITS:
        return _OF_UNITS[name](cell, seen, setup)
    first = delayed_calls(name)
    if first is not None:
        return _mean(seen.first_wait, seen.position <= first)
    if name == "delay_of_call":
        return _mean(seen.first_wait, seen.position == cell.at[Axis.LIMIT])
    return _OF_CALLS[name](seen, _split(cell, seen, setup), cell.at.get(Axis.LIMIT, np.nan))


def _split(cell: Cell, seen: Observed, setup: Setup) -> Marks:
    """Calls of the class, number of units or block that a cell is about."""
    mark = np.ones(len(seen.kind), dtype=bool)
    if Axis.CLASS in cell.at:
        mark &= seen.kind == cell.at[Axis.CLASS]
    if Axis.REQUIRED in cell.at:
        mark &= seen.required == cell.at[Axis.REQUIRED]
    if Axis.BLOCK in cell.at:
        start, end = setup.system.blocks[int(cell.at[Axis.BLOCK])]
        clock = np.mod(seen.received, DAY)
        mark &= (clock >= start) & (clock < end)
    return mark


def _mean(values: Floats, mark: Marks) -> Ratio:
    return float(values[mark].sum()), float(mark.sum())


def _share(which: Marks, mark: Marks) -> Ratio:
    return float((which & mark).sum()), float(mark.sum())


# --- of calls -------------------------------------------------------------------------------------------

OfCalls = Callable[[Observed, Marks, float], Ratio]


def _of_served(*columns: str) -> OfCalls:
    """Mean over served calls of a sum of columns."""

    def figure(seen: Observed, mark: Marks, _: float) -> Ratio:
        total: Floats = sum((getattr(seen, name) for name in columns), np.zeros(len(mark)))
        return _mean(total, mark & ~seen.lost)

    return figure


def _within(*columns: str) -> OfCalls:
    """Share of served calls whose sum of columns is within the limit; a call sent at once has waited 0."""

    def figure(seen: Observed, mark: Marks, limit: float) -> Ratio:
        total: Floats = sum((getattr(seen, name) for name in columns), np.zeros(len(mark)))
        return _share(total <= limit + _AT_ONCE, mark & ~seen.lost)

    return figure


def _not_at_once(column: str) -> OfCalls:
    """Share of all calls, lost and withdrawn ones among them, that waited."""

    def figure(seen: Observed, mark: Marks, _: float) -> Ratio:
        wait = getattr(seen, column)
        return _share(~(wait <= _AT_ONCE), mark)  # lost calls have NaN: they were not sent to at once

    return figure


def _lost(seen: Observed, mark: Marks, _: float) -> Ratio:
    return _share(seen.lost, mark)


def _wait_of_all(seen: Observed, mark: Marks, _: float) -> Ratio:
    return _mean(np.where(seen.lost, seen.sojourn, seen.first_wait), mark)


def _travel_of_queued(seen: Observed, mark: Marks, _: float) -> Ratio:
    return _mean(seen.first_travel, mark & (seen.first_wait > _AT_ONCE))


def _short(seen: Observed, mark: Marks, _: float) -> Ratio:
    """Share of all calls that got some of their units and not all."""
    return _share(~seen.lost & (seen.sent < seen.required), mark)


def _sojourn(seen: Observed, mark: Marks, _: float) -> Ratio:
    return _mean(seen.sojourn, mark & ~seen.lost)


_OF_CALLS: dict[str, OfCalls] = {
    "p_wait": _not_at_once("first_wait"),
    "p_wait_first": _not_at_once("first_wait"),
    "p_wait_last": _not_at_once("last_wait"),
    "p_not_started_at_once": _not_at_once("first_wait"),
    "p_loss": _lost,
    "p_abandon": _lost,
    "p_short": _short,
    "mean_wait": _of_served("first_wait"),
    "mean_wait_first": _of_served("first_wait"),
    "mean_wait_last": _of_served("last_wait"),
    "mean_wait_all_calls": _wait_of_all,
    "mean_travel": _of_served("first_travel"),
    "mean_first_unit_travel": _of_served("first_travel"),
    "mean_last_unit_travel": _of_served("last_travel"),
    "mean_travel_of_queued_calls": _travel_of_queued,
    "mean_response": _of_served("first_wait", "first_travel"),
    "mean_first_response": _of_served("first_wait", "first_travel"),
    "mean_last_response": _of_served("last_wait", "last_travel"),
    "mean_sojourn": _sojourn,
    "p_response_le": _within("first_wait", "first_travel"),
    "p_first_response_le": _within("first_wait", "first_travel"),
    "p_last_response_le": _within("last_wait", "last_travel"),
    "p_wait_le": _within("first_wait"),
    "p_wait_first_le": _within("first_wait"),
    "p_wait_last_le": _within("last_wait"),
}


# --- of units and of counts -----------------------------------------------------------------------------

OfUnits = Callable[[Cell, Observed, Setup], Ratio]


def _utilisation(cell: Cell, seen: Observed, _: Setup) -> Ratio:
    return float(seen.busy[int(cell.at[Axis.UNIT])]), seen.window


def _mean_utilisation(_: Cell, seen: Observed, __: Setup) -> Ratio:
    return float(seen.busy.sum()), seen.window * len(seen.busy)


def _busy_units(_: Cell, seen: Observed, __: Setup) -> Ratio:
    return float(seen.busy.sum()), seen.window


def _all_busy(_: Cell, seen: Observed, __: Setup) -> Ratio:
    return seen.all_busy, seen.window


def _imbalance(_: Cell, seen: Observed, __: Setup) -> Ratio:
    return float(seen.busy.max() - seen.busy.min()), seen.window


def _dispatch(cell: Cell, seen: Observed, _: Setup) -> Ratio:
    row, column = int(cell.at[Axis.UNIT]), int(cell.at[Axis.ZONE])
    return float(seen.dispatch[row, column]), float(seen.dispatch.sum())


def _other_areas(_: Cell, seen: Observed, setup: Setup) -> Ratio:
    """Trips by another unit than the first of the zone's list, the classes' lists alike."""
    order = setup.system.classes[0].order
    own = sum(seen.dispatch[units[0], zone] for zone, units in enumerate(order))
    total = float(seen.dispatch.sum())
    return total - float(own), total


def _rate(_: Cell, seen: Observed, __: Setup) -> Ratio:
    return float(len(seen.received)), seen.window


def _counts(seen: Observed, setup: Setup) -> NDArray[np.int64]:
    """Calls in each whole window."""
    length = setup.system.arrivals.window or seen.window
    edges = np.arange(int(seen.window / length + 1e-9) + 1) * length
    return np.histogram(seen.received, edges)[0]


def _mean_count(_: Cell, seen: Observed, setup: Setup) -> Ratio:
    counts = _counts(seen, setup)
    return float(counts.sum()), float(len(counts))


def _variance(_: Cell, seen: Observed, setup: Setup) -> Ratio:
    counts = _counts(seen, setup)
    return float(counts.var(ddof=1) * len(counts)), float(len(counts))


def _dispersion(_: Cell, seen: Observed, setup: Setup) -> Ratio:
    counts = _counts(seen, setup)
    return float(counts.var(ddof=1) * len(counts)), float(counts.sum())


_OF_UNITS: dict[str, OfUnits] = {
    "unit_utilisation": _utilisation,
    "mean_unit_utilisation": _mean_utilisation,
    "mean_busy_units": _busy_units,
    "time_average_all_busy": _all_busy,
    "workload_imbalance": _imbalance,
    "dispatch_fraction": _dispatch,
    "interresponse_area_fraction": _other_areas,
    "mean_rate": _rate,
    "mean_count": _mean_count,
    "variance_of_count": _variance,
    "dispersion_of_count": _dispersion,
}
