"""What a travel kind promises to the rest of the program, and what all three have in common."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from armsim.errors import DataError
from armsim.model.travel.law import SquareRootLaw
from armsim.model.travel.leg import Leg, Place

FloatArray = NDArray[np.float64]


class TravelModel(Protocol):
    """Mean ordinary minutes between places, and where a unit under way is.

    No speed of the hour, blue-light factor or trip noise is in these minutes: the engine applies them.
    A destination is a place from :meth:`places` or :meth:`zone_places`; an origin may also be a position.
    """

    @property
    def unreachable(self) -> tuple[int, ...]:
        """Indices of zones that no road reaches, ascending; they get finite crow-fly minutes."""

    def places(self, x_km: NDArray[Any], y_km: NDArray[Any], zones: NDArray[Any]) -> list[Place]:
        """Places for points, in order; *zones* are the indices of the zones that hold them."""

    def zone_places(self) -> list[Place]:
        """The places of the zones' centroids, in order of zone."""

    def approach(
        self, legs: Iterable[Leg], now: float, destination: Place, factor: float = 1.0, add: float = 0.0
    ) -> list[float]:
        """Mean minutes to *destination* from where each unit truly is at *now*, one a leg, in order.

        Each is multiplied by *factor*, and *add* added: what a dispatcher expects of units of one kind.
        """

    def minutes(self, origin: Place, destination: Place) -> float:
        """Mean minutes between two places; equal to :meth:`approach` from a unit that stands at *origin*."""

    def position(self, leg: Leg, now: float) -> Place:
        """Where the unit on *leg* truly is at *now*: neither of its ends while it is under way."""

    def leg(self, origin: Place, destination: Place, departs: float, minutes: float) -> Leg:
        """The leg of a trip that actually takes *minutes*."""

    def trip(self, origin: Place, destination: Place, departs: float, factor: float) -> Leg:
        """The leg of a trip without noise: the mean minutes times *factor*."""

    def road_km(self, origin: Place, destination: Place) -> float:
        """Circuity times the straight line, km: what the spread of trip noise depends on."""

    def minutes_to_zones(self, places: Sequence[Place]) -> NDArray[np.float32]:
        """Mean minutes from each place to each zone's centroid; shape (places, zones)."""


class TravelBase(ABC):
    """Zones' centroids and the crow-fly law, which every kind needs somewhere.

    Raises:
        DataError: a zone's centroid is not finite, or x and y differ in length.
    """

    def __init__(self, law: SquareRootLaw, zone_x_km: NDArray[Any], zone_y_km: NDArray[Any]) -> None:
        self.law = law
        self.zone_x: FloatArray = np.asarray(zone_x_km, dtype=np.float64)
        self.zone_y: FloatArray = np.asarray(zone_y_km, dtype=np.float64)
        if self.zone_x.ndim != 1 or self.zone_x.shape != self.zone_y.shape:
            raise DataError(
                f"zone centroids: x and y must be two lists of one length, got shapes "
                f"{self.zone_x.shape} and {self.zone_y.shape}"
            )
        faulty = np.flatnonzero(~(np.isfinite(self.zone_x) & np.isfinite(self.zone_y)))
        if faulty.size:
            raise DataError(
                f"zone centroids must be finite numbers; they are not for zones {faulty.tolist()}"
            )

    @property
    def unreachable(self) -> tuple[int, ...]:
        """No zone: only roads can fail to reach one."""
        return ()

    @abstractmethod
    def minutes(self, origin: Place, destination: Place) -> float:
        """Mean minutes between two places."""

    def trip(self, origin: Place, destination: Place, departs: float, factor: float) -> Leg:
        """The leg of a trip without noise, its mean minutes multiplied by *factor*."""
        return Leg(origin, destination, departs, departs + self.minutes(origin, destination) * factor)

    def leg(self, origin: Place, destination: Place, departs: float, minutes: float) -> Leg:
        """The leg of a trip that leaves at *departs* and actually takes *minutes*."""
        return Leg(origin, destination, departs, departs + minutes)

    def road_km(self, origin: Place, destination: Place) -> float:
        """Circuity times the straight line between two places, km."""
        return self.law.circuity * math.hypot(destination[0] - origin[0], destination[1] - origin[1])

    def _law_to_zones(self, x_km: FloatArray, y_km: FloatArray) -> FloatArray:
        """Crow-fly minutes from points to every zone's centroid; shape (points, zones)."""
        east, north = x_km[:, None] - self.zone_x, y_km[:, None] - self.zone_y
        return self.law.of_array(np.sqrt(east * east + north * north))  # half the time of hypot
