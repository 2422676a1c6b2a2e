"""Incidents of a replication that come from a log: its own days, days drawn from it, and more of them.

Time and place, and what else the scenario takes from the log, are the log's; every other attribute is drawn
by the type's laws from streams of its own, in order of the incidents, so that options meet the same
incidents. Below a demand multiplier of 1 incidents are dropped by marks, as drawn ones are. What a multiplier
or a surge adds comes in layers: whole days drawn from the log with the weekday of the day, of which each
incident is kept with a probability, so that what comes together stays together.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.traces import Surge, Trace
from armsim.domain import MINUTES_PER_DAY, Capability
from armsim.model.attributes import Source, in_disc, pick
from armsim.model.escalation import Columns, Rows
from armsim.model.kinds import Kind
from armsim.model.surge_fit import zones_of
from armsim.model.trace import LogDays
from armsim.model.world import World
from armsim.streams import Streams

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_WEEK = 7
_NONE = -1


class Traced:
    """What a log gives one replication.

    Attributes:
        types: codes of the types that come from the log.
    """

    def __init__(
        self, world: World, log: LogDays, trace: Trace, streams: Streams, begin: float, end: float
    ) -> None:
        self._world, self._log, self._trace, self._streams = world, log, trace, streams
        self._begin, self._end = begin, end
        self.types = log.types
        first, last = np.floor(begin / MINUTES_PER_DAY), np.ceil(end / MINUTES_PER_DAY)
        self._days = np.arange(first, last).astype(np.int64)
        self._surge = world.scenario.demand.surge
        self._from = self._chosen()

    @classmethod
    def of(cls, world: World, streams: Streams, begin: float, end: float) -> Traced | None:
        """What the log of *world* gives in [*begin*, *end*); ``None`` when it has none."""
        trace = world.scenario.demand.trace
        if trace is None or world.log is None:
            return None
        return cls(world, world.log, trace, streams, begin, end)

    @property
    def drawn_too(self) -> bool:
        """Whether the types are also drawn from their rates, on days that the log does not replace."""
        return self._trace.mode == "surge_only"

    def spared(self, rows: Rows) -> Rows:
        """*rows* that were drawn, without those of days that come from the log."""
        day = np.floor(rows.columns["received_at"] / MINUTES_PER_DAY).astype(np.int64)
        return rows.taken(np.flatnonzero(~np.isin(day, self._days[self._from != _NONE])))

    def rows(self, kind: Kind) -> Iterator[Rows]:
        """Incidents of a type: those of the log, and what is added to a type that is not drawn."""
        yield self._own(kind)
        if not self.drawn_too:
            yield from self._more(kind)

    def _own(self, kind: Kind) -> Rows:
        """Incidents on the days that come from the log, at the multipliers that hold."""
        mine = self._from != _NONE
        source = Source(self._streams, "demand", kind.name, "trace")
        rows = self._made(kind, source, self._from[mine], self._days[mine])
        least = kind.at_levels(rows.columns["received_at"])
        if not (least < 1.0).any():
            return rows
        return rows.taken(np.flatnonzero(source.uniforms("keep", least.size) < least))

    def _more(self, kind: Kind) -> Iterator[Rows]:
        """What multipliers above 1 and surges add."""
        if (kind.multipliers > 1.0).any():
            most = float(kind.multipliers.max()) - 1.0
            yield from self._layers(kind, ("extra",), most, None)
        for name, surge in self._surge.items():
            if surge.scale is not None and (surge.types is None or kind.name in surge.types):
                most = float(kind.multipliers.max()) * (surge.scale - 1.0)
                yield from self._layers(kind, ("surge", name), most, surge)

    def _layers(self, kind: Kind, name: tuple[str, ...], most: float, surge: Surge | None) -> Iterator[Rows]:
        """Layers of more incidents, each with up to one day of the log for every day."""
        for layer in range(int(np.ceil(most))):
            part = Source(self._streams, "demand", "trace", *name, str(layer))
            days = self._drawn(part, ("weekday",), self._from)
            source = Source(self._streams, "demand", kind.name, "trace", *name, str(layer))
            rows = self._made(kind, source, days, self._days)
            wanted = self._wanted(kind, rows.columns, surge)
            kept = source.uniforms("keep", len(rows)) < wanted - layer
            yield rows.taken(np.flatnonzero(kept))

    def _wanted(self, kind: Kind, columns: Columns, surge: Surge | None) -> Floats:
        """How many incidents are to be added for each of the log's."""
        multipliers = kind.at_levels(columns["received_at"])
        if surge is None or surge.scale is None or surge.until is None:
            return multipliers - 1.0
        inside = (columns["received_at"] >= surge.since) & (columns["received_at"] < surge.until)
        inside &= zones_of(self._world.ground, surge)[columns["zone"]]
        return np.where(inside, multipliers * (surge.scale - 1.0), 0.0)

    # --- days -----------------------------------------------------------------------------------------

    def _chosen(self) -> Ints:
        """Number of the day of the log for each day of the run; -1 for none."""
        if self._trace.mode == "replay":
            chosen = self._same_dates()
        elif self._trace.mode == "bootstrap":
            chosen = self._drawn(Source(self._streams, "demand", "trace"), self._trace.match)
        else:
            chosen = np.full(len(self._days), _NONE)
        for surge in self._surge.values():
            if surge.day is not None:
                chosen[self._days == surge.since // MINUTES_PER_DAY] = self._log.day_of(surge.day)
        return chosen

    def _same_dates(self) -> Ints:
        """The log's own days; before and after it, outside the window, the nearest of the same weekday."""
        days, count = self._days + self._log.day_of(self._world.scenario.start), self._log.days
        week = min(_WEEK, count)
        days = np.where(days < 0, days % week, days)
        return np.where(days >= count, count - week + (days - count) % week, days)

    def _drawn(self, source: Source, match: tuple[str, ...], but: Ints | None = None) -> Ints:
        """A day of the log drawn for each day of the run, among those that match it (all, if none does).

        Days of *but* are not drawn for the day that they stand at, so that no incident comes twice.
        """
        start = self._world.scenario.start
        chosen = np.empty(len(self._days), dtype=np.int64)
        for at, share in enumerate(source.uniforms("day", len(self._days))):
            like = self._log.like(start + timedelta(days=int(self._days[at])), match)
            if not len(like):
                like = np.arange(self._log.days)
            if but is not None and len(like) > 1:
                like = like[like != but[at]]
            chosen[at] = like[int(share * len(like))]
        return chosen

    # --- rows -----------------------------------------------------------------------------------------

    def _made(self, kind: Kind, source: Source, days: Ints, on: Ints) -> Rows:
        """Incidents of a type on *days* of the log, received on the days *on* of the run."""
        rows, received = self._log.rows(days, np.asarray(on * MINUTES_PER_DAY, dtype=np.float64), kind.code)
        inside = (received >= self._begin) & (received < self._end)
        rows, received = rows[inside], received[inside]
        made = kind.rows(source, received, self._where(kind, source, rows))
        self._record(kind, made.columns, rows)
        return made

    def _where(self, kind: Kind, source: Source, rows: Ints) -> Columns:
        log, zones = self._log, self._world.zone_arrays
        zone, x, y = log.zone[rows].copy(), log.x[rows].copy(), log.y[rows].copy()
        nowhere = zone < 0
        if nowhere.any():
            weights = self._world.zone_weights(kind.kind.weight)
            zone[nowhere] = pick(weights, source.uniforms("zone", len(rows)))[nowhere]
        drawn = np.isnan(x)
        if drawn.any():
            middle_x, middle_y, area = (zones[name][zone] for name in ("x_km", "y_km", "area_km2"))
            east, north = in_disc(middle_x, middle_y, area, source.uniforms("point", len(rows), 2))
            x[drawn], y[drawn] = east[drawn], north[drawn]
        return {"zone": zone, "x": x, "y": y}

    def _record(self, kind: Kind, columns: Columns, rows: Ints) -> None:
        """Put what the log has in place of what was drawn."""
        log = self._log
        sent = log.sent[rows]
        known = sent >= 1
        for name, each in self._trace.per_unit.items():
            columns["needs"][known, Capability[name.upper()]] = np.round(sent[known] * each)
        handled = log.call_handling[rows]
        known = ~np.isnan(handled)
        later = (columns["received_at"] + handled - columns["graded_at"])[known]
        columns["graded_at"][known] += later
        columns["stand_down_at"][known] += later
        known = ~np.isnan(log.on_scene[rows])
        by_unit = log.by_unit[rows]
        own = columns["on_scene_by_ordinal"]
        if kind.kind.release == "singly":
            known = ~np.isnan(by_unit)
            own[known] = by_unit[known]
            first = known[:, 0]
            columns["on_scene"][first] = by_unit[first, 0]
        else:
            columns["on_scene"][known] = log.on_scene[rows][known]
