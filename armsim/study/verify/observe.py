"""From the log of a replication to the quantities of ``conventions``, as numerators and denominators."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from armsim.domain import Outcome, UnitStatus
from armsim.engine.log import EventLog, Table
from armsim.errors import DataError
from armsim.study.verify.translate import RECORDED, Setup

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]

_IDLE = (int(UnitStatus.OFF_DUTY), int(UnitStatus.AVAILABLE_AT_BASE))


class StillOpenError(DataError):
    """Calls that the system should have served were still open when a replication ended."""


@dataclass(frozen=True, eq=False)
class Observed:
    """One replication, in the time unit of the case. Call columns have shape (calls,), of the counted calls.

    Attributes:
        kind: position of the class.
        required: units needed.
        zone: position of the zone.
        received: when it came.
        sent: units sent.
        lost: nobody was ever sent.
        first_wait: until the first unit was sent; NaN for lost calls.
        last_wait: until the last one was.
        first_travel: of the first unit.
        last_travel: of the last one.
        sojourn: until it ended.
        dispatch: shape (units, zones): trips of units to calls.
        busy: shape (units,): busy time in the window.
        all_busy: time in the window with every unit busy.
        window: length of the window.
        run: number of the run of each call, for runs from empty, and -1 otherwise.
        position: position of each call in its run, from 1.
    """

    kind: NDArray[np.int64]
    required: NDArray[np.int64]
    zone: NDArray[np.int64]
    received: Floats
    sent: NDArray[np.int64]
    lost: Marks
    first_wait: Floats
    last_wait: Floats
    first_travel: Floats
    last_travel: Floats
    sojourn: Floats
    dispatch: Floats
    busy: Floats
    all_busy: float
    window: float
    run: NDArray[np.int64]
    position: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Spans:
    """Spans of time, minutes of the scenario.

    Attributes:
        unit: what each is a span of.
        kind: position of the class.
        start: begin.
        stop: end; infinite where none is known.
    """

    unit: NDArray[np.int64]
    kind: NDArray[np.int64]
    start: Floats
    stop: Floats


def observe(setup: Setup, log: EventLog) -> Observed:
    """What a replication shows.

    Raises:
        StillOpenError: a counted call was still open when the replication ended.
        DataError: runs from empty did not fit.
    """
    incidents, deployments = log.tables["incidents"], log.tables["deployments"]
    scale = setup.scale
    keep = (incidents["received_at"] >= 0) & (incidents["received_at"] < setup.window * scale)
    table = {name: column[keep] for name, column in incidents.items()}
    if (table["outcome"] == Outcome.OPEN_AT_END).any():
        raise StillOpenError(
            f"{setup.system.case}: calls were still open when a replication ended; is it overloaded?"
        )
    if setup.runs and len(table["incident"]) != setup.runs * setup.system.calls:
        raise DataError(f"{setup.system.case}: the runs from empty do not fit into a year; use fewer calls")
    first = np.searchsorted(deployments["incident"], table["incident"], side="left")
    beyond = np.searchsorted(deployments["incident"], table["incident"], side="right")
    sent = beyond - first
    served = sent > 0
    types = setup.types
    code = table["type"].astype(int)
    assigned = deployments["assigned_at"]
    travel = _travel(setup, deployments, incidents)
    busy, all_busy = _busy(setup, log)
    size = setup.system.calls or 1
    number = np.arange(len(code))
    return Observed(
        kind=np.array([one.kind for one in types])[code],
        required=np.array([one.required for one in types])[code],
        zone=table["zone"].astype(int),
        received=table["received_at"] / scale,
        sent=sent,
        lost=~served,
        first_wait=_at(assigned, first, served, table["received_at"]) / scale,
        last_wait=_at(assigned, beyond - 1, served, table["received_at"]) / scale,
        first_travel=_at(travel, first, served),
        last_travel=_at(travel, beyond - 1, served),
        sojourn=(table["closed_at"] - table["received_at"]) / scale,
        dispatch=_dispatch(setup, deployments, incidents, keep),
        busy=busy / scale,
        all_busy=all_busy / scale,
        window=setup.window,
        run=number // size if setup.runs else np.full(len(code), -1),
        position=number % size + 1,
    )


def _at(column: Floats, index: NDArray[np.int64], there: Marks, less: Floats | None = None) -> Floats:
    found = np.full(len(index), np.nan)
    found[there] = column[index[there]]
    return found if less is None else found - less


def _travel(setup: Setup, deployments: Table, incidents: Table) -> Floats:
    """Travel of each trip: as it was, or as recorded where it took no time."""
    system = setup.system
    if system.busy_travel:
        return (deployments["arrived_at"] - deployments["assigned_at"]) / setup.scale
    minutes = deployments["expected_minutes"] / (setup.scale * RECORDED)
    if system.policy.queued_travel_origin == "last_scene" and system.zone_travel is not None:
        # a trip inside one zone has no place in a matrix: its recorded time is put back here
        own = np.diag(np.array(system.zone_travel))
        zone = _zone_of(deployments, incidents)
        still = deployments["status_before"] == UnitStatus.RETURNING
        still &= deployments["expected_minutes"] == 0
        minutes = minutes + np.where(still, own[zone], 0.0)
    return minutes


def rows_of(deployments: Table, incidents: Table) -> NDArray[np.intp]:
    """Row of the incident of each deployment."""
    return np.searchsorted(incidents["incident"], deployments["incident"])


def _zone_of(deployments: Table, incidents: Table) -> NDArray[np.int64]:
    return incidents["zone"][rows_of(deployments, incidents)].astype(int)


def _dispatch(setup: Setup, deployments: Table, incidents: Table, keep: Marks) -> Floats:
    shape = (len(setup.system.units), len(setup.system.zones))
    rows = rows_of(deployments, incidents)
    counted = keep[rows]
    unit = deployments["unit"][counted].astype(int)
    zone = incidents["zone"][rows[counted]].astype(int)
    return np.bincount(unit * shape[1] + zone, minlength=shape[0] * shape[1]).reshape(shape).astype(float)


def spans(setup: Setup, log: EventLog) -> Spans:
    """Times in which units are busy, minutes of the scenario."""
    if setup.system.policy.travel == "round_trip":
        table = log.tables["unit_status"]
        work = ~np.isin(table["status"], _IDLE)
        unit, start, stop = (table[name][work] for name in ("unit", "start", "end"))
        return Spans(unit.astype(int), np.zeros(len(unit), dtype=int), start, stop)
    table, incidents = log.tables["deployments"], log.tables["incidents"]
    kinds = np.array([one.kind for one in setup.types])
    kind = kinds[incidents["type"][rows_of(table, incidents)].astype(int)]
    return Spans(table["unit"].astype(int), kind, table["assigned_at"], table["released_at"])


def waiting(setup: Setup, log: EventLog) -> Spans:
    """Times in which calls wait for a unit, or for the last of theirs; the unit is their class."""
    deployments, incidents = log.tables["deployments"], log.tables["incidents"]
    beyond = np.searchsorted(deployments["incident"], incidents["incident"], side="right")
    served = beyond > np.searchsorted(deployments["incident"], incidents["incident"], side="left")
    received, closed = incidents["received_at"], incidents["closed_at"]
    stop = np.where(np.isnan(closed), np.inf, closed)
    stop[served] = deployments["assigned_at"][beyond[served] - 1]
    waits = stop > received
    kind = np.array([one.kind for one in setup.types])[incidents["type"].astype(int)][waits]
    return Spans(kind, kind, received[waits], stop[waits])


def _busy(setup: Setup, log: EventLog) -> tuple[Floats, float]:
    """Busy minutes by unit, and minutes with all busy, inside the window."""
    units, end = len(setup.system.units), setup.window * setup.scale
    found = spans(setup, log)
    start, stop = np.clip(found.start, 0.0, end), np.clip(found.stop, 0.0, end)
    busy = np.bincount(found.unit, weights=stop - start, minlength=units)
    moments = np.concatenate([start, stop])
    order = np.argsort(moments, kind="stable")
    level = np.cumsum(np.concatenate([np.ones(len(start)), -np.ones(len(stop))])[order])
    lasts = np.diff(moments[order], append=end)
    return np.asarray(busy, dtype=np.float64), float(lasts[level >= units].sum())
