"""Turning points of a unit response, and the times between them that a log can tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.logs import EVENTS, EventName, Offset, UnitColumns
from armsim.model.logs.record import INTERVALS

Floats = NDArray[np.float64]

#: Where each interval of ``Log.units`` begins and ends.
ENDS: dict[str, tuple[EventName, EventName]] = {
    "to_dispatch": ("received", "dispatched"),
    "turnout": ("dispatched", "mobile"),
    "travel": ("mobile", "arrived"),
    "attendance": ("dispatched", "arrived"),
    "scene": ("arrived", "clear"),
    "busy": ("dispatched", "available"),
}
_CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened.

    Attributes:
        root: what it is counted from: ``clock``, or a turning point that the log has no time of.
        minutes: minutes since then; NaN where not recorded.
    """

    root: str
    minutes: Floats

    @property
    def on_clock(self) -> bool:
        """Whether the log has its time, and not only how long after something else it was."""
        return self.root == _CLOCK


def moments(unit: UnitColumns, index: int, columns: Mapping[str, Any]) -> dict[EventName, Moment]:
    """Turning points of the *index*-th units of a row, in their order, those that the log has."""
    found: dict[EventName, Moment] = {"received": Moment(_CLOCK, columns["received"])}
    for event, time in sorted(unit.times.items(), key=lambda one: EVENTS.index(one[0])):
        minutes = columns[f"{index}.{event}"]
        if not isinstance(time, Offset):
            found[event] = Moment(_CLOCK, minutes)
            continue
        since = found.get(time.since) or Moment(time.since, np.zeros(len(minutes)))
        found[event] = Moment(since.root, since.minutes + minutes)
    return found


def interval(found: Mapping[EventName, Moment], name: str, count: int) -> Floats:
    """An interval of ``INTERVALS`` in minutes, NaN where it is not known, shape (count,)."""
    start, end = (_moment(found, event) for event in ENDS[name])
    if start is None or end is None or start.root != end.root:
        return np.full(count, np.nan)
    return np.broadcast_to(end.minutes - start.minutes, (count,))


def known_intervals(unit: UnitColumns) -> frozenset[str]:
    """Names of the intervals that the columns of *unit* can tell."""
    nothing = {f"0.{event}": np.zeros(1) for event in EVENTS} | {"received": np.zeros(1)}
    found = moments(unit, 0, nothing)
    return frozenset(name for name in INTERVALS if not np.isnan(interval(found, name, 1)[0]))


def _moment(found: Mapping[EventName, Moment], event: EventName) -> Moment | None:
    """When *event* was: itself the root of what counts from it, where the log has no time of it."""
    if event in found:
        return found[event]
    if any(one.root == event for one in found.values()):
        return Moment(event, np.zeros(1))
    return None


@dataclass(frozen=True, slots=True)
class Impossible:
    """Rows whose times cannot be.

    Attributes:
        event: turning point whose time is at fault.
        rows: which rows, shape (rows,).
        minutes: from the turning point before it, shape (rows,).
        reason: what is wrong.
    """

    event: EventName
    rows: NDArray[np.bool_]
    minutes: Floats
    reason: str


def impossible(found: Mapping[EventName, Moment], longest: float) -> list[Impossible]:
    """Turning points before the one that must precede them, or longer than *longest* minutes after it."""
    faults = []
    last: dict[str, tuple[Floats, NDArray[np.int8]]] = {}
    for event, moment in found.items():
        code, known = EVENTS.index(event), ~np.isnan(moment.minutes)
        before, which = last.get(moment.root) or _first(event, moment)
        since = moment.minutes - before
        for earlier in np.unique(which[known & ((since < 0) | (since > longest))]).tolist():
            here, name = known & (which == earlier), EVENTS[earlier]
            faults.append(Impossible(event, here & (since < 0), since, f"{event} before it was {name}"))
            late = f"{event} more than {longest:g} min after it was {name}"
            faults.append(Impossible(event, here & (since > longest), since, late))
        following = np.where(known, code, which).astype(np.int8)
        last[moment.root] = np.where(known, moment.minutes, before), following
    return faults


def _first(event: EventName, moment: Moment) -> tuple[Floats, NDArray[np.int8]]:
    """What the first turning point counted from a root is held against: the root, or itself on the clock."""
    count = len(moment.minutes)
    if moment.root == _CLOCK:
        return moment.minutes, np.full(count, EVENTS.index(event), dtype=np.int8)
    return np.zeros(count), np.full(count, EVENTS.index(moment.root), dtype=np.int8)
