"""Everything that asks for units, drawn before a replication runs: incidents and posts.

Arrivals of a type are a Poisson process whose rate is annual rate x hour of the week x season x factor of the
day. They are drawn at demand multiplier 1; a level's multiplier above 1 adds incidents from a second set of
streams, one below 1 drops those whose mark lies above it. So every option meets the same incidents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.quantities import ClockSpan
from armsim.config.schema.demand import IncidentType
from armsim.config.schema.threat import LevelConfig, Post
from armsim.domain import MINUTES_PER_DAY, Capability, Grade, ThreatLevel
from armsim.model.attributes import Source, in_disc, pick, requirements
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

Floats = NDArray[np.float64]

#: Units of an incident that have luck of their own on the way; later ones share in turn.
ORDINALS = 4


@dataclass(frozen=True, eq=False)
class IncidentTable:
    """Incidents as columns, one row each, sorted by (graded_at, type, order of arrival).

    Times are minutes since the window opened. Attributes of shape (n,) unless said otherwise.

    Attributes:
        number: 0 to n - 1.
        type: code of the type: its index in ``World.types``.
        grade: code of :class:`~armsim.domain.Grade`.
        priority: order inside the grade, 0 first.
        zone: index of the zone.
        x: km east.
        y: km north.
        level: code of the threat level at ``received_at``.
        received_at: when the call came.
        graded_at: when a unit may be sent.
        authorisation: service minutes at the command desk; NaN needs none.
        command: minutes that the desk stays taken afterwards; 0 none.
        needs: shape (n, 4), in the order of :class:`~armsim.domain.Capability`.
        on_scene: minutes of work.
        stand_down_at: when it is stood down; NaN never.
        lost_at: when its patience ends; NaN never.
        follow_on: minutes of work elsewhere; 0 none.
        crew_off: the first armed crew is off for the rest of its tour.
        turnout_z: standard normals, shape (n, ORDINALS).
        trip_z: standard normals, shape (n, ORDINALS).
        places: where the incidents are, as the travel model wants it.
    """

    number: NDArray[np.int64]
    type: NDArray[np.int16]
    grade: NDArray[np.int8]
    priority: NDArray[np.int8]
    zone: NDArray[np.int32]
    x: Floats
    y: Floats
    level: NDArray[np.int8]
    received_at: Floats
    graded_at: Floats
    authorisation: Floats
    command: Floats
    needs: NDArray[np.int16]
    on_scene: Floats
    stand_down_at: Floats
    lost_at: Floats
    follow_on: Floats
    crew_off: NDArray[np.bool_]
    turnout_z: NDArray[np.float32]
    trip_z: NDArray[np.float32]
    places: list[Place]

    def __len__(self) -> int:
        return len(self.number)

    def counts(self) -> dict[int, int]:
        """Code of each type that occurs: its number of incidents."""
        codes, numbers = np.unique(self.type, return_counts=True)
        return dict(zip(codes.tolist(), numbers.tolist(), strict=True))


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


Columns = dict[str, NDArray[Any]]
_COLUMNS = tuple(one.name for one in fields(IncidentTable) if one.name not in ("number", "places"))


def draw_incidents(world: World, streams: Streams, begin: float, end: float) -> IncidentTable:
    """All incidents received in [*begin*, *end*) of one replication, with every random attribute.

    Args:
        world: the world.
        streams: the replication's streams; used are those whose names begin with ``"demand"``.
        begin: minute, 0 or before.
        end: minute, after *begin*.
    """
    levels = timeline(world.scenario)
    start = world.scenario.start
    hours = hourly_grid(start, begin, end)
    cut = hourly_grid(start, begin, end, levels.starts)
    season = seasonal(world.scenario.demand.season)
    shared = shared_days(streams, hours.days, world.scenario.demand.day_to_day)
    parts: list[Columns] = []
    for code, name in enumerate(world.types):
        kind = _Kind(world, streams, levels, code, name, season, shared)
        parts.append(kind.usual(hours))
        if (kind.multipliers > 1.0).any():
            parts.append(kind.extra(cut))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in _COLUMNS}
    order = np.lexsort((columns["type"], columns["graded_at"]))
    columns = {name: column[order] for name, column in columns.items()}
    places = world.travel.places(columns["x"], columns["y"], columns["zone"])
    return IncidentTable(number=np.arange(order.size), places=places, **columns)


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
    ) -> None:
        self.world, self.streams, self.levels = world, streams, levels
        self.code, self.name = code, name
        self.season, self.shared = season, shared
        self.kind: IncidentType = world.scenario.demand.types[name]
        self.multipliers = np.array([_at(world, level).demand.get(name, 1.0) for level in ThreatLevel])
        self.stood_down = self.kind.stand_down.per_operation if self.kind.stand_down else 0.0
        self.weights, annual = world.demand_by_zone[name]
        self.per_minute = annual * (1.0 + self.stood_down) / MINUTES_PER_YEAR

    def usual(self, grid: Grid) -> Columns:
        """Incidents at multiplier 1, without those that a multiplier below 1 drops."""
        source = Source(self.streams, "demand", self.name)
        columns = self._columns(source, arrivals(source.generator("arrivals"), grid.edges, self._rates(grid)))
        least = self.multipliers[columns["level"]]
        if not (least < 1.0).any():
            return columns
        kept = source.uniforms("keep", least.size) < least
        return {name: column[kept] for name, column in columns.items()}

    def extra(self, grid: Grid) -> Columns:
        """Incidents that multipliers above 1 add."""
        source = Source(self.streams, "demand", self.name, "extra")
        more = np.maximum(self.multipliers - 1.0, 0.0)[self.levels.levels_at(grid.starts)]
        received = arrivals(source.generator("arrivals"), grid.edges, self._rates(grid) * more)
        return self._columns(source, received)

    def _rates(self, grid: Grid) -> Floats:
        """Arrivals a minute in each stretch of *grid*, at multiplier 1."""
        demand = self.world.scenario.demand
        profile = demand.profiles[self.kind.profile] if self.kind.profile else None
        day = day_factors(self.streams, self.name, self.shared, demand.day_to_day)
        by_time = weekly(profile)[grid.hour] * self.season[grid.month] * day[grid.day]
        return np.asarray(self.per_minute * by_time)

    def _columns(self, source: Source, received: Floats) -> Columns:
        kind, count = self.kind, received.size
        levels = self.levels.levels_at(received)
        return {
            "type": np.full(count, self.code, dtype=np.int16),
            "grade": np.full(count, Grade[kind.grade], dtype=np.int8),
            "priority": np.full(count, kind.priority, dtype=np.int8),
            "level": levels,
            "received_at": received,
            **self._where(source, count),
            **self._clocks(source, received),
            "needs": self._needs(source, levels),
            "on_scene": source.times("on_scene", kind.on_scene, count),
            "follow_on": self._follow_on(source, count),
            "crew_off": self._marked(source, "crew_off", kind.crew_off, count),
            "turnout_z": source.normals("turnout", count, ORDINALS),
            "trip_z": source.normals("trip", count, ORDINALS),
        }

    def _where(self, source: Source, count: int) -> Columns:
        zones = self.world.zone_arrays
        zone = pick(self.weights, source.uniforms("zone", count))
        x, y, area = (zones[name][zone] for name in ("x_km", "y_km", "area_km2"))
        x, y = in_disc(x, y, area, source.uniforms("point", count, 2))
        return {"zone": zone, "x": x, "y": y}

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
            "command": np.full(count, kind.command or 0.0),
            "stand_down_at": self._stand_down(source, graded + np.nan_to_num(authorisation)),
            "lost_at": lost,
        }

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
    zone = world.nearest_zone(place[0], place[1])
    officers, ced, armed, arv = (post.needs.get(one.name.lower(), 0) for one in Capability)  # type: ignore[call-overload]
    kinds = tuple(world.kinds.index(kind) for kind in post.kinds)
    for opens, closes in openings:
        for index in range(post.count):
            yield PostSpec(
                name, index, place, zone, (officers, ced, armed, arv), kinds, post.priority, opens, closes
            )
