"""Patrol points: where each roving unit makes for, slot by slot, drawn before the run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema.duty import Patrol
from armsim.model.attributes import in_disc
from armsim.model.travel import Place
from armsim.model.world import Base, World
from armsim.streams import Streams


class PatrolPoints:
    """Draws the patrol points of units of one kind.

    Args:
        world: the world.
        patrol: how the kind roves.
        group: name of its group of bases; a beat is the zones nearest to one of them.
    """

    def __init__(self, world: World, patrol: Patrol, group: str) -> None:
        self._world = world
        self._patrol = patrol
        self._weights = world.zone_weights(patrol.weight)
        zones = world.zones
        self._x = zones["x_km"].to_numpy()
        self._y = zones["y_km"].to_numpy()
        self._area = zones["area_km2"].to_numpy()
        self._group = group
        self._cumulative: dict[str, NDArray[np.float64]] = {}

    def _beat(self, base: Base) -> NDArray[np.float64]:
        """Cumulative zone weights of the unit's area, shape (zones,)."""
        if base.name not in self._cumulative:
            weights = self._weights
            if self._patrol.area == "beat":
                bases = self._world.bases[self._group]
                squared = [(self._x - at.place[0]) ** 2 + (self._y - at.place[1]) ** 2 for at in bases]
                nearest = np.argmin(np.array(squared), axis=0)
                own = nearest == [at.name for at in bases].index(base.name)
                if (weights * own).sum() > 0:
                    weights = weights * own
            self._cumulative[base.name] = np.cumsum(weights) / weights.sum()
        return self._cumulative[base.name]

    def draw(self, streams: Streams, unit: str, base: Base, count: int) -> list[Place]:
        """*count* points of the stream of the unit called *unit*, uniform inside their zones."""
        uniforms = streams.generator("patrol", unit).random((count, 3))
        zone = np.searchsorted(self._beat(base), uniforms[:, 0], side="right").clip(0, len(self._x) - 1)
        x, y = in_disc(self._x[zone], self._y[zone], self._area[zone], uniforms[:, 1:])
        return self._world.travel.places(x, y, zone)
