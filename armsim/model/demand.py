"""Everything that asks for units, drawn before a replication runs: incidents and posts.

Arrivals of a type are a Poisson process whose rate is annual rate x hour of the week x season x factor of the
day. They are drawn at demand multiplier 1; a level's multiplier above 1 adds incidents from a second set of
streams, one below 1 drops those whose mark lies above it. So every option meets the same incidents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf

import numpy as np
from numpy.typing import NDArray

from armsim.config.quantities import ClockSpan
from armsim.config.schema.demand import IncidentType
from armsim.config.schema.threat import LevelConfig, Post
from armsim.domain import MINUTES_PER_DAY, Capability, Grade, ThreatLevel
from armsim.model.attacks import Attacks, Burst, draw_attacks
from armsim.model.attributes import Source, in_disc, pick, requirements
from armsim.model.desks import desk_config
from armsim.model.escalation import Columns, Rows, escalating, families, joined
from armsim.model.incident_table import ORDINALS, IncidentTable
from armsim.model.profiles import (
    MINUTES_PER_YEAR,
    Grid,
    arrivals,
    day_factors,
    hourly_grid,
    seasonal,
    shared_days,
    weekly,
)
from armsim.model.threat import Timeline, timeline
from armsim.model.travel import Place
from armsim.model.world import World
from armsim.streams import Streams

__all__ = ["ORDINALS", "IncidentTable", "PostSpec", "draw_incidents", "post_incidents"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PostSpec:
    """A post during one spell of opening: work for a unit that nobody calls for.

    Attributes:
        name: name of the post in the scenario.
        index: 0 for the first post of that name, and so on.
        place: where it stands.
        zone: index of the zone there.
        needs: counts in the order of :class:`~armsim.domain.Capability`.
        kinds: codes of the unit kinds that may fill it, in asking order.
        priority: order among posts, 0 first.
        opens: minute.
        closes: minute, after *opens*.
        force: code of the force of the zone.
    """

    name: str
    index: int
    place: Place
    zone: int
    needs: tuple[int, int, int, int]
    kinds: tuple[int, ...]
    priority: int
    opens: float
    closes: float
    force: int = 0


def draw_incidents(
    world: World,
    streams: Streams,
    begin: float,
    end: float,
    attacks: Attacks | None = None,
    levels: Timeline | None = None,
) -> IncidentTable:
    """All incidents received in [*begin*, *end*) of one replication, with every random attribute.

    Args:
        world: the world.
        streams: the replication's streams; used are those whose names begin with ``"demand"``.
        begin: minute, 0 or before.
        end: minute, after *begin*.
        attacks: what ``draw_attacks`` gave for the same replication; drawn here if left out.
        levels: its timeline, likewise.
    """
    if attacks is None:
        attacks = draw_attacks(world, streams, begin, end)
    if levels is None:
        levels = timeline(world.scenario, streams, attacks)
    start = world.scenario.start
    hours = hourly_grid(start, begin, end)
    cut = hourly_grid(start, begin, end, levels.starts)
    season = seasonal(world.scenario.demand.season)
    shared = shared_days(streams, hours.days, world.scenario.demand.day_to_day)
    kinds: list[_Kind] = []
    for code, name in enumerate(world.types):
        kinds.append(_Kind(world, streams, levels, code, name, season, shared, kinds))
    parts: list[Rows] = []
    territorial = [force for force, own in enumerate(world.ground.own) if len(own)]
    for kind, force in product(kinds, territorial):
        parts.append(kind.usual(hours, force))
        if (kind.multipliers > 1.0).any():
            parts.append(kind.extra(cut, force))
    parts += [kinds[burst.type].burst(burst, end) for burst in attacks.bursts]
    rows = joined(parts)
    # Rows of one moment and type stay in the order of the parts: by force, then by order of arrival.
    order = np.lexsort((rows.columns["type"], rows.columns["graded_at"]))
    incidents, children = families(rows.taken(order))
    return _table(world, incidents, None if children is None else _table(world, children, None))


def _table(world: World, columns: Columns, children: IncidentTable | None) -> IncidentTable:
    places = world.travel.places(columns["x"], columns["y"], columns["zone"])
    return IncidentTable(places=places, children=children, **columns)


class _Kind:
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
        kinds: list[_Kind],
    ) -> None:
        self.world, self.streams, self.levels = world, streams, levels
        self.code, self.name = code, name
        self.season, self.shared = season, shared
        self.kinds = kinds
        self.singly = any(one.release == "singly" for one in world.scenario.demand.types.values())
        self.kind: IncidentType = world.scenario.demand.types[name]
        self.multipliers = np.array([_at(world, level).demand.get(name, 1.0) for level in ThreatLevel])
        self.stood_down = self.kind.stand_down.per_operation if self.kind.stand_down else 0.0
        self.by_force = world.demand_by_force[name]

    def usual(self, grid: Grid, force: int) -> Rows:
        """Incidents of a force at multiplier 1, without those that a multiplier below 1 drops."""
        source = Source(self.streams, "demand", self.name, self.world.forces[force])
        received = arrivals(source.generator("arrivals"), grid.edges, self._rates(grid, force))
        rows = self._rows(source, received, self._where(source, received.size, force))
        least = self.multipliers[rows.columns["level"]]
        if not (least < 1.0).any():
            return rows
        return rows.taken(np.flatnonzero(source.uniforms("keep", least.size) < least))

    def extra(self, grid: Grid, force: int) -> Rows:
        """Incidents of a force that multipliers above 1 add."""
        source = Source(self.streams, "demand", self.name, self.world.forces[force], "extra")
        more = np.maximum(self.multipliers - 1.0, 0.0)[self.levels.levels_at(grid.starts)]
        received = arrivals(source.generator("arrivals"), grid.edges, self._rates(grid, force) * more)
        return self._rows(source, received, self._where(source, received.size, force))

    def burst(self, burst: Burst, end: float) -> Rows:
        """Incidents that an attack brings and that are received before *end*."""
        where: Columns = {"zone": burst.zone, "x": burst.x, "y": burst.y}
        rows = self._rows(burst.source, burst.minute, where, burst.attack, burst.site)
        return rows.taken(np.flatnonzero(burst.minute < end))

    def _rates(self, grid: Grid, force: int) -> Floats:
        """Arrivals a minute in a force in each stretch of *grid*, at multiplier 1."""
        demand = self.world.scenario.demand
        profile = demand.profiles[self.kind.profile] if self.kind.profile else None
        day = day_factors(self.streams, self.name, self.world.forces[force], self.shared, demand.day_to_day)
        by_time = weekly(profile)[grid.hour] * self.season[grid.month] * day[grid.day]
        per_minute = self.by_force[force][1] * (1.0 + self.stood_down) / MINUTES_PER_YEAR
        return np.asarray(per_minute * by_time)

    def _rows(
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
        return escalating(columns, source, law, lambda own, at: into._rows(own, at, where, columns["attack"]))

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
            "trip_z": source.normals("trip", count, ORDINALS),
        }

    def _where(self, source: Source, count: int, force: int) -> Columns:
        """Zones and points in a force."""
        zones, zone = self.world.zone_arrays, np.empty(0, dtype=np.int32)
        if count:
            chosen = pick(self.by_force[force][0], source.uniforms("zone", count))
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
            other = _at(self.world, level).attendance.get(self.name)
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


def _at(world: World, level: ThreatLevel) -> LevelConfig:
    """What the scenario sets at *level*; nothing for a level that it leaves out."""
    return world.scenario.threat.levels.get(level.name) or _NOTHING  # type: ignore[call-overload]


_NOTHING = LevelConfig()


def post_incidents(world: World, timeline: Timeline, begin: float, end: float) -> list[PostSpec]:
    """Posts to be filled in [*begin*, *end*): one for each post, count and spell of opening.

    A post is wanted while its level holds, from ``starts_after`` it took hold; one marked ``until_backfill``
    only until the level's lead time of backfill has passed. The first level takes hold at *begin*. Posts
    open for 24 hours stay open through midnight.

    Returns:
        Posts by (opens, name, index).
    """
    posts: list[PostSpec] = []
    for level, since, until in timeline.spells(-inf, inf):
        start = begin if since == -inf else since
        config = _at(world, level)
        for name, post in config.posts.items():
            wanted_until = until
            if post.until_backfill and config.backfill_after is not None:
                wanted_until = min(until, start + config.backfill_after)
            wanted_from = max(start + post.starts_after, begin)
            openings = list(_openings(post.hours, wanted_from, min(wanted_until, end)))
            posts.extend(_posts(world, name, post, openings))
    return sorted(posts, key=lambda one: (one.opens, one.name, one.index))


def _openings(hours: ClockSpan, start: float, end: float) -> Iterator[tuple[float, float]]:
    """Spells of *hours* of every day, cut at *start* and *end*."""
    if hours.length >= MINUTES_PER_DAY:
        if start < end:
            yield start, end
        return
    # Hours past midnight of the day before may still run at the start.
    day = MINUTES_PER_DAY * (start // MINUTES_PER_DAY - 1)
    while day + hours.start < end:
        opens, closes = max(day + hours.start, start), min(day + hours.end, end)
        if opens < closes:
            yield opens, closes
        day += MINUTES_PER_DAY


def _posts(world: World, name: str, post: Post, openings: list[tuple[float, float]]) -> Iterator[PostSpec]:
    place = world.sites[post.site]
    zone = world.site_zone(post.site)
    force = int(world.zone_force[zone])
    officers, ced, armed, arv = (post.needs.get(one.name.lower(), 0) for one in Capability)  # type: ignore[call-overload]
    kinds = tuple(world.kinds.index(kind) for kind in post.kinds)
    for opens, closes in openings:
        for index in range(post.count):
            needs = (officers, ced, armed, arv)
            yield PostSpec(name, index, place, zone, needs, kinds, post.priority, opens, closes, force)
