"""Least loss of expected cover among those that arrive in time."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from armsim.config.base import Model
from armsim.config.paths import Path
from armsim.config.quantities import Duration
from armsim.model.expected_cover import CoverMap, CoverOptions
from armsim.model.policies.base import Known, PolicyOptions
from armsim.model.policies.candidates import Candidates

if TYPE_CHECKING:
    from armsim.model.world import World


class CoverAwareOptions(PolicyOptions):
    """Options of ``cover_aware``."""

    in_time: Duration
    """Expected arrival, turn-out and handicap included, that is in time."""
    cover: CoverOptions
    """How cover is counted."""

    def faults(self, known: Known) -> Iterator[tuple[Path, str]]:
        """Those of the cover."""
        for place, text in self.cover.faults(known):
            yield ("cover", *place), text


class CoverAware:
    """Of the free units that arrive in time, the one whose leaving costs least cover; else the nearest.

    Cover is MEXCLP's (:mod:`armsim.model.expected_cover`), counted kind by kind over the candidates that are
    free, each at the centroid nearest to where it is. Units that would be diverted are ranked with those
    that are late: they go when no free unit is in time. The reserve is kept.
    """

    Options: type[Model] = CoverAwareOptions
    keeps_reserve = True
    RULES = ("least_loss_of_cover", "nearest_as_none_in_time")

    def __init__(self, options: CoverAwareOptions, world: World) -> None:
        self._in_time = options.in_time
        self._map = CoverMap(options.cover, world)
        self._kinds = world.kinds
        self._position = world.travel.position

    def costs(self, incident: Any, candidates: Candidates) -> list[float]:  # noqa: ARG002
        """Loss of cover (0 to 1) in time; 1 plus the expected arrival otherwise; infinity holds back."""
        arrivals, held = candidates.arrivals(), candidates.held()
        prices = [inf if kept else 1.0 + arrival for arrival, kept in zip(arrivals, held, strict=True)]
        free = [index for index, unit in enumerate(candidates.units) if unit.free]
        if any(arrivals[index] <= self._in_time and not held[index] for index in free):
            for index, loss in self._losses(candidates, free):
                if arrivals[index] <= self._in_time and not held[index]:
                    prices[index] = loss
        return prices

    def rule(self, incident: Any, candidates: Candidates, index: int) -> int:  # noqa: ARG002
        """Whether the unit was in time."""
        in_time = candidates.units[index].free and candidates.arrivals()[index] <= self._in_time
        return 0 if in_time else 1

    def _losses(self, candidates: Candidates, free: list[int]) -> Iterator[tuple[int, float]]:
        """Cover lost when a free candidate leaves its place, with its index."""
        units, now = candidates.units, candidates.now
        zones = self._map.zones_of([self._position(units[index].leg, now) for index in free])
        kinds = np.array([units[index].code for index in free])
        for code in np.unique(kinds).tolist():
            rows = np.flatnonzero(kinds == code)
            # By distinct zone, so that sums do not hang on the order of the candidates.
            at, which, count = np.unique(zones[rows], return_inverse=True, return_counts=True)
            reach = self._map.from_zones(at.tolist(), self._kinds[code])
            loss = reach @ self._map.worth(count @ reach)
            yield from zip((free[row] for row in rows.tolist()), loss[which].tolist(), strict=True)
