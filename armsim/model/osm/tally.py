"""What was left out of a map, why, and how much of it: counts and kilometres that add up."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from armsim.model.osm.lengths import metres

#: OSM id, longitude and latitude in units of ``DEGREE``.
Vertex: TypeAlias = tuple[int, int, int]

#: Why a whole way is left out, besides the rules.
OUTSIDE = "outside the boundary"
MISSING = "its nodes are not in the file"
_FLUSH_VERTICES = 1_000_000


@dataclass(slots=True)
class Tally:
    """Ways read and left out, by reason.

    Attributes:
        ways: reason, or an empty text for what is kept: number of ways.
        km: the same: kilometres of road, each street once.
        unread: text of a speed limit that could not be read: ways kept with the speed of their class.
        cut: barriers at which ways were cut.
        missing: vertices of kept ways whose place is not in the file.
    """

    ways: Counter[str] = field(default_factory=Counter)
    km: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    missing: int = 0
    _x: array[int] = field(default_factory=lambda: array("i"))
    _y: array[int] = field(default_factory=lambda: array("i"))
    _first: list[int] = field(default_factory=list)
    _why: list[str] = field(default_factory=list)

    def add(self, reason: str, stretches: Sequence[Sequence[Vertex]]) -> None:
        """Count a way and its stretches of known vertices; the reason is empty for what is kept."""
        self.ways[reason] += 1
        for stretch in stretches:
            self._first.append(len(self._x))
            self._why.append(reason)
            self._x.extend(vertex[1] for vertex in stretch)
            self._y.extend(vertex[2] for vertex in stretch)
        if len(self._x) >= _FLUSH_VERTICES:
            self.measure()

    def measure(self) -> None:
        """Bring ``km`` up to date: lengths are measured many ways at a time."""
        if not self._first:
            return
        x, y = (np.frombuffer(values, dtype=np.int32) for values in (self._x, self._y))
        steps = np.append(metres(x, y), 0.0)
        steps[np.array(self._first[1:], dtype=np.intp) - 1] = 0.0  # from one way to the next
        for reason, length in zip(self._why, np.add.reduceat(steps, self._first).tolist(), strict=True):
            self.km[reason] += length / 1000.0
        del x, y  # they lend the memory of the buffers
        self._x, self._y, self._first, self._why = array("i"), array("i"), [], []
