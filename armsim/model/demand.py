"""Everything that asks for units, drawn before a replication runs: incidents and posts.

Arrivals of a type are a Poisson process whose rate is annual rate x hour of the week x season x factor of the
day. They are drawn at demand multiplier 1; a level's multiplier above 1 adds incidents from a second set of
streams, one below 1 drops those whose mark lies above it. So every option meets the same incidents. Types
that a log gives are not drawn but taken from it (``traced.py``); surges add to both (``surge.py``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray

from armsim.config.quantities import ClockSpan
from armsim.config.schema.threat import Post
from armsim.domain import MINUTES_PER_DAY, Capability
from armsim.model.attacks import Attacks, draw_attacks
from armsim.model.escalation import Columns, Rows, families, joined
from armsim.model.incident_table import ORDINALS, IncidentTable
from armsim.model.kinds import Kind
from armsim.model.levels import level_config
from armsim.model.profiles import (
    Grid,
    hourly_grid,
    seasonal,
    shared_days,
)
from armsim.model.surge import surged
from armsim.model.threat import Timeline, timeline
from armsim.model.traced import Traced
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
    kinds: list[Kind] = []
    for code, name in enumerate(world.types):
        kinds.append(Kind(world, streams, levels, code, name, season, shared, kinds))
    traced = Traced.of(world, streams, begin, end)
    parts: list[Rows] = []
    for kind in kinds:
        from_log = traced if traced is not None and kind.code in traced.types else None
        if from_log is not None:
            parts += from_log.rows(kind)
        if from_log is None or from_log.drawn_too:
            parts += _drawn(world, kind, hours, cut, from_log)
    parts += [kinds[burst.type].burst(burst, end) for burst in attacks.bursts]
    rows = joined(parts)
    # Rows of one moment and type stay in the order of the parts: by force, then by order of arrival.
    order = np.lexsort((rows.columns["type"], rows.columns["graded_at"]))
    incidents, children = families(rows.taken(order))
    return _table(world, incidents, None if children is None else _table(world, children, None))


def _drawn(world: World, kind: Kind, hours: Grid, cut: Grid, traced: Traced | None) -> Iterator[Rows]:
    """Incidents of a type by its rate, force by force; *traced* replaces those of some days."""
    for force in (force for force, own in enumerate(world.ground.own) if len(own)):
        rows = [kind.usual(hours, force)]
        if (kind.multipliers > 1.0).any():
            rows.append(kind.extra(cut, force))
        yield from rows if traced is None else map(traced.spared, rows)
        yield from surged(world, kind, force, hours.edges[0], hours.edges[-1])


def _table(world: World, columns: Columns, children: IncidentTable | None) -> IncidentTable:
    places = world.travel.places(columns["x"], columns["y"], columns["zone"])
    return IncidentTable(places=places, children=children, **columns)


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
        config = level_config(world.scenario, level)
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
