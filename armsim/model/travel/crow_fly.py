"""Travel as the crow flies: the square-root law on the straight line, lengthened by a circuity factor."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.model.travel.base import TravelBase
from armsim.model.travel.leg import Leg, Place


class CrowFly(TravelBase):
    """The ``crow_fly`` kind. A unit under way is on the straight line at the share of its time."""

    def places(self, x_km: NDArray[Any], y_km: NDArray[Any], zones: NDArray[Any]) -> list[Place]:  # noqa: ARG002
        """Places for points in km; the zones are not needed."""
        return list(zip(x_km.tolist(), y_km.tolist(), repeat(-1)))

    def zone_places(self) -> list[Place]:
        """The zones' centroids."""
        return self.places(self.zone_x, self.zone_y, np.arange(self.zone_x.size))

    def minutes(self, origin: Place, destination: Place) -> float:
        """Mean minutes between two places."""
        east = destination[0] - origin[0]
        north = destination[1] - origin[1]
        return self.law.of_squared(east * east + north * north)

    def approach(self, legs: Sequence[Leg], now: float, destination: Place) -> list[float]:
        """Mean minutes from where each unit truly is at *now*; the law is written out for speed."""
        x, y, _ = destination
        law = self.law
        joint, near, constant, per_km = law.joint_squared, law.near, law.constant, law.per_km
        result: list[float] = []
        add = result.append
        for leg in legs:
            if leg.arrives <= now:
                east, north, _ = leg.destination
            else:
                east, north, _ = leg.origin
                departs = leg.departs
                if now > departs:
                    end_x, end_y, _ = leg.destination
                    share = (now - departs) / (leg.arrives - departs)
                    east += share * (end_x - east)
                    north += share * (end_y - north)
            east -= x
            north -= y
            squared = east * east + north * north
            if squared > joint:
                add(constant + per_km * sqrt(squared))
            else:
                add(near * sqrt(sqrt(squared)))
        return result

    def position(self, leg: Leg, now: float) -> Place:
        """The point of the straight line at the share of the trip's time."""
        if leg.arrives <= now:
            return leg.destination
        share = leg.share(now)
        x, y, _ = leg.origin
        end_x, end_y, _ = leg.destination
        return x + share * (end_x - x), y + share * (end_y - y), -1

    def minutes_to_zones(self, places: Sequence[Place]) -> NDArray[np.float32]:
        """Mean minutes from each place to each zone's centroid; shape (places, zones)."""
        points = np.array([place[:2] for place in places], dtype=np.float64).reshape(-1, 2)
        return self._law_to_zones(points[:, 0], points[:, 1]).astype(np.float32)
