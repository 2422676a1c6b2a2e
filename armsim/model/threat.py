"""The threat timeline: which level holds when."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from armsim.config.schema import Scenario
from armsim.config.schema.laws import TimeLaw
from armsim.config.schema.threat import LevelProcess
from armsim.domain import ThreatLevel
from armsim.model.attacks import Attacks
from armsim.model.attributes import Source, pick
from armsim.streams import Streams


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


def timeline(scenario: Scenario, streams: Streams | None = None, attacks: Attacks | None = None) -> Timeline:
    """The timeline of one replication: fixed, drawn after the last fixed entry, raised by attacks, or a mix.

    At each moment the level is the higher of what the timeline says and what attacks raise. A change to the
    level that holds already is no change.

    Args:
        scenario: the scenario.
        streams: the replication's streams; without them only what the scenario fixes.
        attacks: the replication's attacks.
    """
    fixed = scenario.threat.timeline
    changes = [(change.at, ThreatLevel[change.level]) for change in fixed]
    process = scenario.threat.process
    if process is not None and streams is not None:
        end = scenario.window + scenario.cool_down
        changes += list(_drawn(process, changes[-1][1], changes[-1][0], end, streams))
    if attacks is not None:
        changes = _raised(changes, attacks)
    starts: list[float] = []
    levels: list[ThreatLevel] = []
    for start, level in changes:
        if not levels or level != levels[-1]:
            starts.append(start)
            levels.append(level)
    return Timeline(tuple(starts), tuple(levels))


def _drawn(
    process: LevelProcess, level: ThreatLevel, since: float, end: float, streams: Streams
) -> Iterator[tuple[float, ThreatLevel]]:
    """Changes of level after *since* and before *end*; spell k has streams of its own."""
    for number in count():
        spell = process.levels.get(level.name)  # type: ignore[call-overload]
        if spell is None:
            return
        source = Source(streams, "threat", "spell", str(number))
        if number == 0 and process.first == "under_way":
            since += _left(source, spell.dwell)
        else:
            since += float(source.times("dwell", spell.dwell, 1)[0])
        if since >= end:
            return
        names = sorted(spell.next)
        shares = np.array([spell.next[name] for name in names])
        level = ThreatLevel[names[int(pick(shares, source.uniforms("next", 1))[0])]]
        yield since, level


def _left(source: Source, dwell: TimeLaw) -> float:
    """What is left of a spell met at a random moment: an even share of a spell drawn in proportion to length.

    A lognormal law in proportion to length is lognormal, its log mean larger by the log variance; an
    exponential one is the sum of two of its kind (Cox 1962, Renewal Theory, 5.4).
    """
    if dwell.exponential is not None:
        return float(source.times("dwell", dwell, 1)[0])  # an even share of that sum is one of its kind
    if dwell.quantiles is not None:
        share = source.uniforms("dwell", 1)
        return float(_by_length(dwell, share)[0] * source.uniforms("under_way", 1)[0])
    longer = math.exp(dwell.log_sd**2)
    return float(source.times("dwell", dwell, 1)[0] * longer * source.uniforms("under_way", 1)[0])


def _by_length(law: TimeLaw, shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Durations by a table of quantiles, each in proportion to its length, at *shares* of that law."""
    width, low, high = np.array(law.pieces).T
    mass = np.cumsum(width * (low + high) / 2)
    piece = np.minimum(np.searchsorted(mass, shares * mass[-1], side="right"), len(mass) - 1)
    # Within a piece durations are evenly spread: the mass up to t grows by t squared.
    beyond = mass[piece] - shares * mass[-1]
    slope = (high - low)[piece] / width[piece]
    return np.asarray(np.sqrt(np.maximum(high[piece] ** 2 - 2 * slope * beyond, low[piece] ** 2)))


def _raised(changes: list[tuple[float, ThreatLevel]], attacks: Attacks) -> list[tuple[float, ThreatLevel]]:
    """*changes* with the levels that attacks raise on top; at one moment the last one counts."""
    base = Timeline(tuple(start for start, _ in changes), tuple(level for _, level in changes))
    edges = {start for start, _ in changes}
    edges |= {edge for one in attacks.raised for edge in (one.start, one.end)}
    result = []
    for edge in sorted(edges):
        raised = [one.level for one in attacks.raised if one.start <= edge < one.end]
        result.append((edge, max([base.level_at(edge), *raised])))
    return result
