"""One incident type, being drawn: when, where, and with what attributes its incidents come."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.demand import IncidentType
from armsim.domain import Capability, Grade, ThreatLevel
from armsim.model.attacks import Burst
from armsim.model.attributes import Source, in_disc, pick, requirements
from armsim.model.desks import desk_config
from armsim.model.escalation import Columns, Rows, escalating
from armsim.model.incident_table import ORDINALS
from armsim.model.levels import level_config
from armsim.model.luck import trip_luck
from armsim.model.profiles import MINUTES_PER_YEAR, Grid, arrivals, day_factors, weekly
from armsim.model.threat import Timeline
from armsim.model.world import World
from armsim.streams import Streams

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Kind:
    """One incident type, being drawn."""

    def __init__(
        self,
        world: World,
        streams: Streams,
        levels: Timeline,
        code: int,
        name: str,
        season: Floats,
        shared: Floats,
        kinds: list[Kind],
    ) -> None:
        self.world, self.streams, self.levels = world, streams, levels
        self.code, self.name = code, name
        self.season, self.shared = season, shared
        self.kinds = kinds
        self.singly = any(one.release == "singly" for one in world.scenario.demand.types.values())
        self.kind: IncidentType = world.scenario.demand.types[name]
        self.multipliers = np.array(
            [level_config(world.scenario, level).demand.get(name, 1.0) for level in ThreatLevel]
        )
        self.stood_down = self.kind.stand_down.per_operation if self.kind.stand_down else 0.0
        self.by_force = world.demand_by_force[name]

    def usual(self, grid: Grid, force: int) -> Rows:
        """Incidents of a force at multiplier 1, without those that a multiplier below 1 drops."""
        source = Source(self.streams, "demand", self.name, self.world.forces[force])
        received = arrivals(source.generator("arrivals"), grid.edges, self._rates(grid, force))
        where = self._where(source, received.size, force, self.by_force[force][0])
        rows = self.rows(source, received, where)
        least = self.multipliers[rows.columns["level"]]
        if not (least < 1.0).any():
            return rows
        return rows.taken(np.flatnonzero(source.uniforms("keep", least.size) < least))

    def extra(self, grid: Grid, force: int) -> Rows:
        """Incidents of a force that multipliers above 1 add."""
        return self.more(grid, force, ("extra",), np.maximum(self.at_levels(grid.starts) - 1.0, 0.0))

    def more(
        self, grid: Grid, force: int, name: tuple[str, ...], times: Floats, zones: Bools | None = None
    ) -> Rows:
        """Incidents of a force beside the usual ones.

        Args:
            grid: stretches of time.
            force: code of the force.
            name: end of the name of their streams.
            times: their rate as a multiple of the usual one in each stretch.
            zones: zones of the region that they are in; none is all.
        """
        source = Source(self.streams, "demand", self.name, self.world.forces[force], *name)
        weights = self.by_force[force][0]
        if zones is not None:
            weights = weights * zones[self.world.ground.own[force]]
            times = times * weights.sum()
        received = arrivals(source.generator("arrivals"), grid.edges, self._rates(grid, force) * times)
        return self.rows(source, received, self._where(source, received.size, force, weights))

    def at_levels(self, minutes: Floats) -> Floats:
        """Multipliers of the levels that hold at *minutes*."""
        return np.asarray(self.multipliers[self.levels.levels_at(minutes)])

    def burst(self, burst: Burst, end: float) -> Rows:
        """Incidents that an attack brings and that are received before *end*."""
        where: Columns = {"zone": burst.zone, "x": burst.x, "y": burst.y}
        rows = self.rows(burst.source, burst.minute, where, burst.attack, burst.site)
        return rows.taken(np.flatnonzero(burst.minute < end))

    def _rates(self, grid: Grid, force: int) -> Floats:
        """Arrivals a minute in a force in each stretch of *grid*, at multiplier 1."""
        demand = self.world.scenario.demand
        profile = demand.profiles[self.kind.profile] if self.kind.profile else None
        day = day_factors(self.streams, self.name, self.world.forces[force], self.shared, demand.day_to_day)
        by_time = weekly(profile)[grid.hour] * self.season[grid.month] * day[grid.day]
        per_minute = self.by_force[force][1] * (1.0 + self.stood_down) / MINUTES_PER_YEAR
        return np.asarray(per_minute * by_time)

    def rows(
        self,
        source: Source,
        received: Floats,
        where: Columns,
        attack: int | NDArray[np.int32] = -1,
        site: int | NDArray[np.int16] = -1,
    ) -> Rows:
        """Incidents with what they turn into; *where* is their zones and points."""
        count = received.size
        columns = self._columns(source, received) | where
        columns["force"] = self.world.zone_force[where["zone"]].astype(np.int16)
        columns["command"] = self._command(source, columns["force"])
        columns["key"] = source.keys(count)
        columns["attack"] = np.full(count, attack, dtype=np.int32)
        columns["attack_site"] = np.full(count, site, dtype=np.int16)
        law = self.kind.escalation
        if law is None:
            columns["escalates_at"] = np.full(count, np.nan)
            return Rows(columns)
        into = self.kinds[self.world.types.index(law.to)]
        return escalating(columns, source, law, lambda own, at: into.rows(own, at, where, columns["attack"]))

    def _columns(self, source: Source, received: Floats) -> Columns:
        kind, count = self.kind, received.size
        levels = self.levels.levels_at(received)
        on_scene = source.times("on_scene", kind.on_scene, count)
        return {
            "type": np.full(count, self.code, dtype=np.int16),
            "grade": np.full(count, Grade[kind.grade], dtype=np.int8),
            "priority": np.full(count, kind.priority, dtype=np.int8),
            "level": levels,
            "received_at": received,
            **self._clocks(source, received),
            "needs": self._needs(source, levels),
            "containment": self._containment(source, count),
            "on_scene": on_scene,
            "on_scene_by_ordinal": self._by_ordinal(source, on_scene),
            "follow_on": self._follow_on(source, count),
            "crew_off": self._marked(source, "crew_off", kind.crew_off, count),
            "turnout_z": source.normals("turnout", count, ORDINALS),
            "trip_z": trip_luck(source, self.world.scenario.travel.trip_noise.shared, count),
        }

    def _where(self, source: Source, count: int, force: int, weights: Floats) -> Columns:
        """Zones and points in a force, by *weights* of its own zones."""
        zones, zone = self.world.zone_arrays, np.empty(0, dtype=np.int32)
        if count:
            chosen = pick(weights, source.uniforms("zone", count))
            zone = self.world.ground.own[force][chosen].astype(np.int32)
        x, y, area = (zones[name][zone] for name in ("x_km", "y_km", "area_km2"))
        x, y = in_disc(x, y, area, source.uniforms("point", count, 2))
        return {"zone": zone, "x": x, "y": y}

    def _by_ordinal(self, source: Source, on_scene: Floats) -> NDArray[np.float32]:
        """Work of each unit by ordinal, the first that of *on_scene*; nothing where no type needs it."""
        if not self.singly:
            return np.empty((on_scene.size, 0), dtype=np.float32)
        work = np.full((on_scene.size, ORDINALS), np.nan, dtype=np.float32)
        if self.kind.release == "singly":
            later = source.times("on_scene_later", self.kind.on_scene, on_scene.size * (ORDINALS - 1))
            work[:, 0], work[:, 1:] = on_scene, later.reshape(-1, ORDINALS - 1)
        return work

    def _clocks(self, source: Source, received: Floats) -> Columns:
        kind, count = self.kind, received.size
        never = np.full(count, np.nan)
        graded = received + source.times("call_handling", kind.call_handling, count)
        authorisation = (
            source.times("authorisation", kind.authorisation, count) if kind.authorisation else never
        )
        lost = received + source.times("patience", kind.patience, count) if kind.patience else never
        return {
            "graded_at": graded,
            "authorisation": authorisation,
            "stand_down_at": self._stand_down(source, graded + np.nan_to_num(authorisation)),
            "lost_at": lost,
        }

    def _command(self, source: Source, force: NDArray[np.int16]) -> Floats:
        """Minutes that the desk commands: what the type says, else by the law of the force's desk."""
        minutes = np.full(force.size, self.kind.command or 0.0)
        if self.kind.authorisation is None or self.kind.command is not None:
            return minutes
        for code in np.unique(force).tolist():
            law = desk_config(self.world, code).handover
            if law is not None:
                here = force == code
                minutes[here] = source.times("command", law, force.size)[here]
        return minutes

    def _stand_down(self, source: Source, authorised: Floats) -> Floats:
        """When each is stood down, NaN never: the draw counts from an authorisation that did not queue."""
        law = self.kind.stand_down
        if law is None:
            return np.full(authorised.size, np.nan)
        share = self.stood_down / (1.0 + self.stood_down)
        stood = self._marked(source, "stand_down", share, authorised.size)
        after = source.times("stand_down_after", law.after, authorised.size)
        return np.where(stood, authorised + after, np.nan)

    def _follow_on(self, source: Source, count: int) -> Floats:
        law = self.kind.follow_on
        if law is None:
            return np.zeros(count)
        leads = self._marked(source, "follow_on", law.share, count)
        return np.where(leads, source.times("follow_on_duration", law.duration, count), 0.0)

    def _needs(self, source: Source, levels: NDArray[np.int8]) -> NDArray[np.int16]:
        """Requirement at the level that holds; every level's attendance is read off the same uniforms."""
        uniforms = source.uniforms("attendance", levels.size, len(Capability))
        needs = requirements(self.kind.attendance, uniforms)
        for level in ThreatLevel:
            other = level_config(self.world.scenario, level).attendance.get(self.name)
            if other is not None:
                here = levels == level
                needs[here] = requirements(other, uniforms[here])
        return needs

    def _containment(self, source: Source, count: int) -> NDArray[np.int16]:
        """What is wanted in the second wave; nothing where there is none."""
        if self.kind.containment is None:
            return np.zeros((count, len(Capability)), dtype=np.int16)
        uniforms = source.uniforms("containment", count, len(Capability))
        return requirements(self.kind.containment.attendance, uniforms)

    @staticmethod
    def _marked(source: Source, attribute: str, share: float, count: int) -> NDArray[np.bool_]:
        """Which incidents bear the mark that a *share* of them bears."""
        if share == 0:
            return np.zeros(count, dtype=np.bool_)
        return source.uniforms(attribute, count) < share
