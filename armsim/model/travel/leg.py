"""A place, and a leg between two of them: all that a unit's whereabouts need.

A position is asked of the leg when somebody looks, and never stored.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

from armsim.model.travel.road_path import RoadPath

#: What a travel kind needs to know of a place; opaque to everybody else. crow_fly: x + iy. matrix: the zone,
#: or (zone, weight, x, y) parts in mid-trip. road_network: node, minutes to it, root, minutes and km² from
#: that.
Anchor: TypeAlias = Any

#: x km, y km, anchor.
Place: TypeAlias = tuple[float, float, Anchor]


class Leg:
    """One trip of a unit, or its standing still.

    Attributes:
        origin: where it starts.
        destination: where it ends; a unit whose leg has arrived is here.
        departs: minute of departure; before it the unit is at the origin.
        arrives: minute of arrival.
        path: the way along the roads, filled in by the road kind when first asked for; else ``None``.
    """

    __slots__ = ("arrives", "departs", "destination", "origin", "path")

    def __init__(self, origin: Place, destination: Place, departs: float, arrives: float) -> None:
        self.origin = origin
        self.destination = destination
        self.departs = departs
        self.arrives = arrives
        self.path: RoadPath | None = None

    @classmethod
    def at(cls, place: Place) -> Leg:
        """The leg of a unit that stands still at *place*, since ever."""
        return cls(place, place, -math.inf, -math.inf)

    def share(self, now: float) -> float:
        """Share of the trip's time that has passed at *now*, between 0 and 1."""
        if now >= self.arrives:
            return 1.0
        if now <= self.departs:
            return 0.0
        return (now - self.departs) / (self.arrives - self.departs)

    def __repr__(self) -> str:
        ends = f"{self.origin[:2]} -> {self.destination[:2]}"
        return f"Leg({ends}, departs={self.departs}, arrives={self.arrives})"
