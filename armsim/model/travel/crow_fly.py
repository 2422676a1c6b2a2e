"""Travel as the crow flies: the square-root law on the straight line, lengthened by a circuity factor.

The anchor of a place is its point as a complex number: a distance is then one subtraction and one ``abs``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
        points = np.asarray(x_km, dtype=np.float64) + 1j * np.asarray(y_km, dtype=np.float64)
        return list(zip(x_km.tolist(), y_km.tolist(), points.tolist(), strict=True))

    def zone_places(self) -> list[Place]:
        """The zones' centroids."""
        return self.places(self.zone_x, self.zone_y, np.arange(self.zone_x.size))

    def minutes(self, origin: Place, destination: Place) -> float:
        """Mean minutes between two places."""
        return self.law.minutes(abs(destination[2] - origin[2]))

    def approach(
        self, legs: Iterable[Leg], now: float, destination: Place, factor: float = 1.0, add: float = 0.0
    ) -> list[float]:
        """Expected minutes from where each unit truly is at *now*; the law is written out for speed."""
        law, here = self.law, destination[2]
        joint, near = law.joint, law.near * factor
        constant, per_km = law.constant * factor + add, law.per_km * factor
        straight = [
            abs((leg.destination[2] if leg.arrives <= now else _under_way(leg, now)) - here) for leg in legs
        ]
        return [constant + per_km * km if km > joint else near * sqrt(km) + add for km in straight]

    def position(self, leg: Leg, now: float) -> Place:
        """The point of the straight line at the share of the trip's time."""
        if leg.arrives <= now:
            return leg.destination
        point = _under_way(leg, now)
        return point.real, point.imag, point

    def minutes_to_zones(self, places: Sequence[Place]) -> NDArray[np.float32]:
        """Mean minutes from each place to each zone's centroid; shape (places, zones)."""
        points = np.array([place[:2] for place in places], dtype=np.float64).reshape(-1, 2)
        return self._law_to_zones(points[:, 0], points[:, 1]).astype(np.float32)


def _under_way(leg: Leg, now: float) -> complex:
    """The point of a unit that has not arrived: at the share of its trip's time, at the start before it."""
    start: complex = leg.origin[2]
    departs = leg.departs
    if now <= departs:
        return start
    end: complex = leg.destination[2]
    return start + (end - start) * ((now - departs) / (leg.arrives - departs))
