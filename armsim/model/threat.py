"""The threat timeline: which level holds when."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema import Scenario
from armsim.domain import ThreatLevel


@dataclass(frozen=True, slots=True)
class Timeline:
    """Levels in order of time; each holds from its start until the next one's.

    Attributes:
        starts: minutes since the window opened, rising; the first is 0.
        levels: the level from each start on. Before 0 (warm-up) the first one holds.

    Raises:
        ValueError: the two differ in length, are empty, or the starts do not rise.
    """

    starts: tuple[float, ...]
    levels: tuple[ThreatLevel, ...]

    def __post_init__(self) -> None:
        if not self.starts or len(self.starts) != len(self.levels):
            raise ValueError(f"{len(self.starts)} starts do not fit {len(self.levels)} levels")
        if any(later <= earlier for earlier, later in zip(self.starts, self.starts[1:], strict=False)):
            raise ValueError(f"the starts of levels must rise, got {self.starts}")

    def level_at(self, minute: float) -> ThreatLevel:
        """The level that holds at *minute*; a change takes hold at its very minute."""
        return self.levels[max(bisect_right(self.starts, minute) - 1, 0)]

    def levels_at(self, minutes: NDArray[Any]) -> NDArray[np.int8]:
        """Codes of the levels that hold at *minutes*; same shape."""
        index = np.maximum(np.searchsorted(self.starts, minutes, side="right") - 1, 0)
        return np.array(self.levels, dtype=np.int8)[index]

    def spells(self, begin: float, end: float) -> list[tuple[ThreatLevel, float, float]]:
        """Spells of levels within [*begin*, *end*), as (level, start, end) in order, cut at both ends."""
        froms = (-np.inf, *self.starts[1:])
        untils = (*self.starts[1:], np.inf)
        cut = [
            (level, max(start, begin), min(until, end))
            for level, start, until in zip(self.levels, froms, untils, strict=True)
        ]
        return [(level, float(start), float(until)) for level, start, until in cut if start < until]


def timeline(scenario: Scenario) -> Timeline:
    """The timeline that *scenario* fixes; a change to the level that holds already is no change."""
    starts: list[float] = []
    levels: list[ThreatLevel] = []
    for change in scenario.threat.timeline:
        level = ThreatLevel[change.level]
        if not levels or level != levels[-1]:
            starts.append(change.at)
            levels.append(level)
    return Timeline(tuple(starts), tuple(levels))
