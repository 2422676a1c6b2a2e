"""Travel by a ready table of minutes from zone to zone; inside a zone, the crow-fly law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from armsim.errors import DataError
from armsim.model.travel.base import TravelBase
from armsim.model.travel.law import SquareRootLaw
from armsim.model.travel.leg import Leg, Place

#: Part of a place in mid-trip: zone, weight, and the point of that zone that the part stands for.
Part: TypeAlias = tuple[int, float, float, float]


class Matrix(TravelBase):
    """The ``matrix`` kind.

    A unit that has done a share f of a trip from i towards k needs ``(1-f) t_ij + f t_kj`` minutes to j. Its
    place is a mix: parts (zone, weight, x, y) whose weights sum to 1, at most one part a zone. Inside one
    zone it is simply on the straight line.

    Args:
        law: minutes inside a zone.
        zone_x_km: centroids.
        zone_y_km: centroids.
        minutes: from zone (row) to zone (column), finite, 0 or more; the diagonal is not used.

    Raises:
        DataError: the shape is not (zones, zones), or a value off the diagonal is negative or not finite.
            :func:`~armsim.model.travel.matrix_file.read_matrix` names the pairs at fault.
    """

    def __init__(
        self, law: SquareRootLaw, zone_x_km: NDArray[Any], zone_y_km: NDArray[Any], minutes: NDArray[Any]
    ) -> None:
        super().__init__(law, zone_x_km, zone_y_km)
        count = self.zone_x.size
        table = np.array(minutes, dtype=np.float64)
        if table.shape != (count, count):
            raise DataError(f"travel matrix: {count} zones need shape {(count, count)}, got {table.shape}")
        np.fill_diagonal(table, 0.0)
        if not bool(np.all(np.isfinite(table) & (table >= 0))):
            raise DataError("travel matrix: minutes between zones must be finite and 0 or more")
        self._table = table
        self._to = [memoryview(row) for row in np.ascontiguousarray(table.T)]

    def places(self, x_km: NDArray[Any], y_km: NDArray[Any], zones: NDArray[Any]) -> list[Place]:
        """Places for points in km, in the zones of the given indices."""
        return list(zip(x_km.tolist(), y_km.tolist(), zones.tolist(), strict=True))

    def zone_places(self) -> list[Place]:
        """The zones' centroids."""
        return self.places(self.zone_x, self.zone_y, np.arange(self.zone_x.size))

    def minutes(self, origin: Place, destination: Place) -> float:
        """Mean minutes between two places, either of which may be in mid-trip."""
        total = 0.0
        for end, share, end_x, end_y in _parts(destination):
            to_end = self._to[end]
            for start, weight, x, y in _parts(origin):
                if start == end:
                    total += share * weight * self._inside(x - end_x, y - end_y)
                else:
                    total += share * weight * to_end[start]
        return total

    def approach(
        self, legs: Iterable[Leg], now: float, destination: Place, factor: float = 1.0, add: float = 0.0
    ) -> list[float]:
        """Expected minutes from where each unit truly is at *now*."""
        x, y, zone = destination
        if zone.__class__ is not int:
            return [factor * self.minutes(self.position(leg, now), destination) + add for leg in legs]
        to_zone, inside = self._to[zone], self._inside
        result: list[float] = []
        for leg in legs:
            departs = leg.departs
            if leg.arrives <= now:
                start_x, start_y, start = leg.destination
                share = 0.0
            else:
                start_x, start_y, start = leg.origin
                share = (now - departs) / (leg.arrives - departs) if now > departs else 0.0
            end = leg.destination[2]
            if start.__class__ is int and not share:
                minutes = inside(start_x - x, start_y - y) if start == zone else to_zone[start]
            elif start.__class__ is int and end.__class__ is int and zone not in (start, end):
                minutes = (1.0 - share) * to_zone[start] + share * to_zone[end]
            else:
                minutes = self.minutes(self.position(leg, now), destination)
            result.append(factor * minutes + add)
        return result

    def position(self, leg: Leg, now: float) -> Place:
        """The mix of the leg's two ends at the share of the trip's time; its x and y are on the line."""
        if leg.arrives <= now:
            return leg.destination
        share = leg.share(now)
        if not share:
            return leg.origin
        x, y, start = leg.origin
        end_x, end_y, end = leg.destination
        x += share * (end_x - x)
        y += share * (end_y - y)
        if start == end and start.__class__ is int:
            return x, y, start
        return x, y, _mix(_parts(leg.origin), _parts(leg.destination), share)

    def minutes_to_zones(self, places: Sequence[Place]) -> NDArray[np.float32]:
        """Mean minutes from each place to each zone's centroid; shape (places, zones)."""
        parts = [(row, *part) for row, place in enumerate(places) for part in _parts(place)]
        rows, zones = (np.array([part[k] for part in parts], dtype=np.intp) for k in (0, 1))
        weights, x, y = (np.array([part[k] for part in parts], dtype=np.float64) for k in (2, 3, 4))
        minutes = np.zeros((len(places), self.zone_x.size))
        np.add.at(minutes, rows, weights[:, None] * self._table[zones])
        straight = np.hypot(x - self.zone_x[zones], y - self.zone_y[zones])
        np.add.at(minutes, (rows, zones), weights * self.law.of_array(straight))
        return minutes.astype(np.float32)

    def _inside(self, east: float, north: float) -> float:
        """Minutes between two points of one zone, by the km between them."""
        return self.law.of_squared(east * east + north * north)


def _parts(place: Place) -> tuple[Part, ...]:
    """The parts of a place: one, unless it is in mid-trip."""
    x, y, anchor = place
    return ((anchor, 1.0, x, y),) if isinstance(anchor, int) else anchor


def _mix(start: Iterable[Part], end: Iterable[Part], share: float) -> tuple[Part, ...]:
    """``1 - share`` of the parts of the start and ``share`` of the end's, merged by zone, ascending."""
    merged: dict[int, Part] = {}
    for parts, factor in ((start, 1.0 - share), (end, share)):
        for zone, weight, x, y in parts:
            add = factor * weight
            _, had, had_x, had_y = merged.get(zone, (zone, 0.0, x, y))
            if add > 0:
                # a moving average: exact where points coincide, and the law is steep near zero
                pull = add / (had + add)
                merged[zone] = (zone, had + add, had_x + pull * (x - had_x), had_y + pull * (y - had_y))
    return tuple(sorted(merged.values()))
