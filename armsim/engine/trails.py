"""Where units were, for those who want to see it: legs cut into straight pieces. Off unless asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from math import hypot, inf

import numpy as np
from numpy.typing import NDArray

from armsim.domain import TRAIL_COLUMNS
from armsim.model.travel.leg import Leg, Place

#: A leg counts as straight when it is no farther off the straight line than this, in km, at three places.
_STRAIGHT = 0.05
#: Minutes between the places at which a leg that is not straight is cut.
_STEP = 1.0


class Trails:
    """The legs of every unit, written when they end: a unit that is diverted does not finish its leg.

    Args:
        position: where a unit on a leg is at a minute (``TravelModel.position``).
    """

    def __init__(self, position: Callable[[Leg, float], Place]) -> None:
        self._position = position
        self._present: dict[int, tuple[float, Leg]] = {}
        self._rows: list[tuple[float, ...]] = []

    def leg(self, unit: int, now: float, leg: Leg) -> None:
        """*unit* is on *leg* from *now*; what it was on before ends."""
        self._end(unit, now)
        self._present[unit] = now, leg

    def table(self, horizon: float) -> dict[str, NDArray[np.float64]]:
        """All legs until *horizon*; columns of ``domain.TRAIL_COLUMNS``, by unit and start."""
        for unit in list(self._present):
            self._end(unit, horizon)
        rows = np.array(sorted(self._rows, key=lambda row: row[:2])).reshape(-1, len(TRAIL_COLUMNS))
        return {name: np.ascontiguousarray(rows[:, index]) for index, name in enumerate(TRAIL_COLUMNS)}

    def _end(self, unit: int, now: float) -> None:
        start, leg = self._present.pop(unit, (inf, None))
        if leg is not None and start < now:
            for begin, until in self._pieces(leg, start, now):
                self._rows.append((unit, *self._piece(leg, begin, until)))

    def _pieces(self, leg: Leg, start: float, end: float) -> Iterator[tuple[float, float]]:
        """When each straight piece of a leg begins and ends."""
        first, last = max(start, leg.departs), min(end, leg.arrives)
        if first >= last or self._straight(leg):
            yield start, end
            return
        if start < first:
            yield start, first
        cuts = [*np.arange(first, last, _STEP).tolist(), last]
        yield from pairwise(cuts)
        if last < end:
            yield last, end

    def _piece(self, leg: Leg, begin: float, until: float) -> tuple[float, ...]:
        (from_x, from_y, _), (to_x, to_y, _) = self._position(leg, begin), self._position(leg, until)
        departs = min(max(leg.departs, begin), until)
        arrives = max(min(leg.arrives, until), departs)
        return begin, from_x, from_y, to_x, to_y, departs, arrives

    def _straight(self, leg: Leg) -> bool:
        (x, y, _), (to_x, to_y, _) = leg.origin, leg.destination
        for share in (0.25, 0.5, 0.75):
            at = self._position(leg, leg.departs + share * (leg.arrives - leg.departs))
            if hypot(at[0] - x - share * (to_x - x), at[1] - y - share * (to_y - y)) > _STRAIGHT:
                return False
        return True
