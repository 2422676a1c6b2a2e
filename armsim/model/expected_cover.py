"""Expected cover (MEXCLP, Daskin 1983): what k free units in reach of a zone are worth.

With each unit busy a fraction q of the time, independently, a zone of weight d that k units can reach within
the cover time is covered with probability 1 - q**k. The k-th unit is worth d (1 - q) q**(k - 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.spatial import cKDTree

from armsim.config.paths import Path
from armsim.config.quantities import Duration
from armsim.config.schema.region import Weight
from armsim.model.policies.base import Known, PolicyOptions
from armsim.model.travel.leg import Place
from armsim.model.weights import raw_weights

if TYPE_CHECKING:
    from armsim.model.world import World

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class CoverOptions(PolicyOptions):
    """How expected cover is counted."""

    within: Annotated[Duration, Field(gt=0)]
    """Cover time: a zone is covered from places from which the mean drive to its centroid is no longer."""
    busy: Annotated[float, Field(gt=0, lt=1)]
    """Fraction of the time that a unit is busy (q)."""
    weight: Weight = Weight()
    """What the zones are weighted by."""
    grade: Literal["FIREARMS", "G1", "G2", "G3"] = "G1"
    """Grade whose blue-light factor the drive is at, for kinds that may use blue lights."""

    def faults(self, known: Known) -> Iterator[tuple[Path, str]]:
        """A weight column that is not there."""
        for _, text in known.unknown([self.weight.column], "columns", ()):
            yield ("weight", "column"), text


class CoverMap:
    """Which zones can be reached in time from where.

    Args:
        options: how cover is counted.
        world: zones and travel.
        area: indices of the zones that count; ``None`` for all.
    """

    def __init__(self, options: CoverOptions, world: World, area: Ints | None = None) -> None:
        self._options = options
        self._world = world
        self._area = np.arange(len(world.zones)) if area is None else area
        weights = raw_weights(world.zones, self._area, options.weight, "weight")
        self.weights: Floats = weights / (weights.sum() or 1.0)
        x, y = (world.zone_arrays[name] for name in ("x_km", "y_km"))
        self._nearest = cKDTree(np.column_stack([x, y]))
        self._centroids = world.travel.zone_places()
        self._from_zone: dict[tuple[int, float], Bools] = {}

    def limit(self, kind: str) -> float:
        """Ordinary mean minutes that units of *kind* may drive within the cover time."""
        factors = self._world.scenario.travel.blue_light_time_factor
        blue = self._world.scenario.units[kind].blue_light
        return self._options.within / (factors.get(self._options.grade, 1.0) if blue else 1.0)

    def covers(self, places: Sequence[Place], kind: str) -> Bools:
        """Whether a unit of *kind* covers each zone from each place; shape (places, zones of the area)."""
        return np.asarray(self._world.travel.minutes_to_zones(places)[:, self._area] <= self.limit(kind))

    def zones_of(self, points: Sequence[Place]) -> Ints:
        """Index of the zone whose centroid is nearest to each point."""
        if not points:
            return np.zeros(0, dtype=np.int64)
        _, found = self._nearest.query([point[:2] for point in points])
        return np.asarray(found, dtype=np.int64)

    def from_zones(self, zones: Sequence[int], kind: str) -> Bools:
        """As :meth:`covers`, from centroids of zones; each is worked out once."""
        limit, known = self.limit(kind), self._from_zone
        new = [zone for zone in zones if (zone, limit) not in known]
        if new:
            rows = self.covers([self._centroids[zone] for zone in new], kind)
            known.update({(zone, limit): row for zone, row in zip(new, rows, strict=True)})
        return np.array([known[zone, limit] for zone in zones])

    def worth(self, count: NDArray[Any]) -> Floats:
        """What the k-th unit in reach of each zone is worth, 0 where k is 0; shape (zones of the area,)."""
        q = self._options.busy
        return np.where(count > 0, self.weights * (1 - q) * q ** np.maximum(count - 1.0, 0.0), 0.0)
